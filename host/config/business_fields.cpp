#include <algorithm>
#include <cctype>

#include "config/host_fields.hpp"
#include "config/rules.hpp"
#include "config/scalar.hpp"
#include "config/secret_doubt.hpp"
#include "config/suggest.hpp"

namespace gatehouse::config {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kMiB = 1'048'576;
constexpr std::size_t kMaxSettingBytes = 8192;  // more would not fit a request's head

// The second part of the path /v1/webhooks/{business}/storeganise.
constexpr std::string_view kReservedName = "storeganise";

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// Reads a URL as it is written. Plain http only goes to a listed address.
void read_url(Fields& fields, const std::string& key, std::string& out, const About& about,
              const TextRule& rule, const std::vector<std::string>& allow_private) {
    fields.text(key, out, about, rule);
    const auto head = url_head(out);
    if (!head || head->is_tls) return;
    const bool is_listed =
        std::any_of(allow_private.begin(), allow_private.end(),
                    [&](const std::string& entry) { return lower(entry) == head->host_and_port; });
    if (!is_listed) {
        fields.error(key,
                     '\'' + key + "' is plain http, and its address is not in egress.allow_private",
                     "use https");
    }
}

void check_connection(Fields& fields, const std::string& key, const std::string& name,
                      const Business& business) {
    if (name.empty() || business.connections.contains(name)) return;
    std::vector<std::string> known;
    for (const auto& [known_name, connection] : business.connections)
        known.push_back(known_name);
    fields.error(key, '\'' + key + "' names no connection of this business",
                 did_you_mean(name, known));
}

// Any other path answers 404, which looks like things that are not there yet. An address of one's
// own, a gateway, may have its own paths.
void check_api(Fields& fields, const std::string& api) {
    const auto head = url_head(api);
    if (!head) return;
    const std::size_t begin = api.find("://") + 3;
    const std::string path = api.substr(std::min(api.find('/', begin), api.size()));
    const bool is_theirs = head->host_and_port.ends_with(".storeganise.com:443");
    const bool has_version = path.find("/api/v") != std::string::npos;
    if (has_version || (is_theirs && path != "/api")) {
        fields.error("api", "'api' is not the address of the API",
                     "it ends with /api, as https://acme.storeganise.com/api");
    } else if (!path.ends_with("/api")) {
        fields.warning("api", "'api' does not end with /api, as Storeganise's addresses do");
    }
}

void storeganise_fields(Fields& fields, const std::vector<std::string>& allow_private,
                        Storeganise& out) {
    out.place = fields.place();
    read_url(fields, "api", out.api,
             {"the business's API, as https://acme.storeganise.com/api", true}, rules::url(),
             allow_private);
    while (out.api.ends_with('/'))
        out.api.pop_back();
    check_api(fields, out.api);
    LabelledSecret api_key;
    fields.secret("api_key", api_key, {"the API key of a Storeganise user for Gatehouse", true});
    out.api_key = std::move(api_key.value);
    fields.text("addon_id", out.addon_id,
                {"the add-on that api_key belongs to; without it, an operator"}, rules::addon_id());
    fields.secrets("webhook_secrets", out.webhook_secrets,
                   {"the webhook's secrets; several while one replaces the other", true});
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

// A key with a line end in it is only met when it is sent, and then by every renter: so no text of
// a setting may hold what the other secrets may not. The reader bounds the depth.
void check_setting(Fields& fields, const nlohmann::json& value,
                   const nlohmann::json::json_pointer& at, const RawSettings& settings) {
    if (value.is_structured()) {
        for (const auto& [name, inner] : value.items())
            check_setting(fields, inner, at / name, settings);
        return;
    }
    if (!value.is_string()) return;
    const auto& text = value.get_ref<const std::string&>();
    const std::string pointer = at.to_string();
    const auto place = settings.places.find(pointer);
    const Place& where = place == settings.places.end() ? fields.place("settings") : place->second;
    const std::string name = '\'' + (pointer.empty() ? "settings" : pointer.substr(1)) + '\'';
    if (has_control(text)) {
        fields.problem(where, name + " must be text on one line, without control characters",
                       settings.labels.contains(pointer) ? "look at the end of the value" : "",
                       Fields::Severity::kError);
    } else if (text.size() > kMaxSettingBytes) {
        fields.problem(where, name + " is longer than 8 KiB", "", Fields::Severity::kError);
    } else if (!settings.labels.contains(pointer) && looks_like_mistaken_reference(text)) {
        fields.problem(where, name + " is written like a reference and is none",
                       "write ${env:NAME} or ${file:/path}", Fields::Severity::kError);
    }
}

void connection_fields(Fields& fields, const std::vector<std::string>& allow_private,
                       Connection& out) {
    out.place = fields.place();
    fields.text("plugin", out.plugin, {"the plugin's id", true}, rules::name());
    std::string base_url;
    read_url(fields, "base_url", base_url,
             {"the vendor's API, or the receiver's whole address; default: the plugin's own"},
             rules::vendor_url(), allow_private);
    if (!base_url.empty()) out.base_url = std::move(base_url);
    fields.any("settings", out.settings, {"the plugin's settings; see its README"});
    check_setting(fields, out.settings.value, nlohmann::json::json_pointer(), out.settings);
    if (!out.settings.value.is_object()) fields.error("settings", "'settings' must be a map");
    fields.secrets("webhook_secrets", out.webhook_secrets,
                   {"secrets of the vendor's webhooks; for Basic: user:password"});
    isolation_field(fields, out.is_isolated, {"the same for this one; default: the business's"});
    fields.boolean("shadow", out.is_shadow,
                   {"reads reach the vendor, writes are recorded and not sent"});
    double rate = 0;
    fields.number("requests_per_second", rate, {"default: the plugin's own"}, 0.01, 10'000);
    if (rate > 0) out.requests_per_second = rate;
}

void fuse_fields(Fields& fields, Fuse& out) {
    fields.whole("max_ends", out.max_ends, {"this many ends always pass"}, 0, 1'000'000);
    fields.number("max_share", out.max_share, {"or this share of the site's grants"}, 0, 1);
    fields.lasting("per", out.per_ms, {"within this time"}, kMinuteMs, 30 * kDayMs);
}

void site_fields(Fields& fields, const Business& business, Site& out) {
    out.place = fields.place();
    fields.text("site", out.site, {"the site's id or code; \"*\" = every other site", true},
                rules::site());
    fields.text("access", out.access, {"the connection that opens its doors", true}, rules::name());
    check_connection(fields, "access", out.access, business);
    fields.text("fields", out.fields, {"prefix of the custom fields; default: the plugin's id"},
                rules::field_prefix());
    fields.texts("targets", out.targets, {"shared doors that come with every rental, as kind:id"},
                 rules::target());
    out.targets_place = fields.place("targets");
    fields.text("time_zone", out.time_zone,
                {"where its days begin and end; default: the business's"}, rules::time_zone());
    fields.map("overlock", {"when a rental is suspended"}, [&](Fields& overlock) {
        overlock.boolean("on_overdue", out.overlock_on_overdue, {"while its rent is overdue"});
    });
    fields.map("fuse", {"the limit of unasked ends; a person must confirm more"},
               [&](Fields& fuse) { fuse_fields(fuse, out.fuse); });
    const auto other = std::ranges::find(business.sites, out.site, &Site::site);
    if (other != business.sites.end() && !out.site.empty()) {
        fields.error("site", "this site stands here twice",
                     "the first is in line " + std::to_string(other->place.line));
    }
}

void sweep_fields(Fields& fields, Sweep& out) {
    fields.boolean("enabled", out.is_enabled, {"whether lost webhooks are looked for"});
    fields.lasting("delta", out.delta_ms, {"between two looks at what changed"}, kMinuteMs, kDayMs);
    std::string window = "02:00-05:00";
    fields.text("full", window, {"when the whole is compared, once a day, in the time zone"},
                rules::day_window());
    if (const auto parsed = parse_day_window(window)) out.full = *parsed;
}

void alert_fields(Fields& fields, AlertRules& out) {
    fields.boolean("staff_tasks", out.has_staff_tasks,
                   {"a task in Storeganise for each alert, completed when it is cured"});
    fields.lasting("settle", out.settle_ms, {"a cure must last this long before it is told"}, 0,
                   kDayMs);
}

void notify_fields(Fields& fields, const Business& business, Notify& out) {
    static const TextRule object{
        "what is fetched", nullptr, {}, {"job", "rental", "unit", "renter", "site", "invoice"}};
    out.place = fields.place();
    fields.texts("on", out.on, {"event types; * stands for any run of characters", true},
                 rules::event_pattern());
    fields.texts("sites", out.sites, {"only events of these sites, by id or code"},
                 rules::site_name());
    fields.texts("fetch", out.fetch, {"what is read from Storeganise for the message"}, object);
    fields.text("connection", out.connection, {"the connection that is told", true}, rules::name());
    check_connection(fields, "connection", out.connection, business);
    fields.any("message", out.message, {"its texts, as templates; see docs/notify.md"});
    if (!out.message.value.is_object()) fields.error("message", "'message' must be a map");
    fields.map("rate", {"how often this route is used at most"}, [&](Fields& rate) {
        rate.whole("max", out.rate.max, {"so many messages", true}, 1, 10'000);
        rate.lasting("per", out.rate.per_ms, {"within this time"}, 1'000, kDayMs);
    });
}

// A zone that nobody chose ends access at an hour that nobody expects.
void check_days(Fields& fields, const Business& business) {
    const bool is_left_out = std::ranges::any_of(
        business.sites, [](const Site& site) { return site.time_zone.empty(); });
    if (is_left_out && !fields.has("time_zone")) {
        fields.warning("business", "no 'time_zone': its days begin and end with UTC's",
                       "give the business or each site one, as Europe/Copenhagen");
    }
}

}  // namespace

void quota_fields(Fields& fields, Quota& out) {
    auto events = static_cast<std::int64_t>(out.events_per_second);
    fields.integer("events_per_second", events,
                   {"webhooks in the long run; a minute's worth may come at once"}, 1, 1'000'000);
    out.events_per_second = static_cast<double>(events);
    fields.size("bytes_per_day", out.bytes_per_day, {"what is kept of them"}, kMiB, kMiB * kMiB);
}

void business_fields(Fields& fields, const std::vector<std::string>& allow_private, Business& out) {
    out.place = fields.place();
    fields.text("business", out.business, {"the business's name, as in its webhooks' path", true},
                rules::name());
    fields.text("time_zone", out.time_zone, {"where its days begin and end; default: UTC"},
                rules::time_zone());
    fields.map("storeganise", {"the business's Storeganise account", true}, [&](Fields& account) {
        storeganise_fields(account, allow_private, out.storeganise);
    });
    isolation_field(fields, out.is_isolated,
                    {"what shares a runner process: all of a plugin's connections, or this "
                     "business's alone; default: the host's"});
    fields.named_maps("connections", {"plugins with this business's credentials, by name"},
                      [&](Fields& item, const std::string& name) {
                          Connection connection;
                          connection.name = name;
                          connection.is_isolated = out.is_isolated;
                          connection_fields(item, allow_private, connection);
                          if (name == kReservedName) {
                              item.problem(item.place(),
                                           "a connection cannot be called '" + name + '\'',
                                           "choose another name", Fields::Severity::kError);
                          }
                          out.connections.emplace(name, std::move(connection));
                      });
    fields.maps("sites", {"which connection serves which site"}, [&](Fields& item) {
        Site site;
        site_fields(item, out, site);
        out.sites.push_back(std::move(site));
    });
    fields.map("quota", {"how much it may send at most; default: the host's"},
               [&](Fields& quota) { quota_fields(quota, out.quota); });
    fields.map("sweep", {"comparing everything with what is held"},
               [&](Fields& sweep) { sweep_fields(sweep, out.sweep); });
    fields.map("alerts", {"what becomes of alerts"},
               [&](Fields& alerts) { alert_fields(alerts, out.alerts); });
    fields.maps("notify", {"who is told of which events"}, [&](Fields& item) {
        Notify notify;
        notify_fields(item, out, notify);
        out.notify.push_back(std::move(notify));
    });
    check_days(fields, out);
}

}  // namespace gatehouse::config
