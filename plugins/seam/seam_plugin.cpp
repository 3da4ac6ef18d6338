// The Seam plugin: a rental becomes an access code on each of its devices, `device:<id>`, with the
// PIN that the host chose. README.md says the rules.

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "code_name.hpp"
#include "device_code.hpp"
#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/utc_time.hpp"
#include "seam_events.hpp"

namespace gatehouse::seam {
namespace {

using sdk::AccessRequest;
using sdk::AccessResult;
using sdk::Error;
using sdk::Kind;
using sdk::State;

constexpr const char* kDefaultUrl = "https://connect.getseam.com";
constexpr std::size_t kMinDigits = 4;
constexpr std::size_t kMaxDigits = 9;
constexpr std::int64_t kSecondMs = 1'000;
constexpr std::int64_t kMaxPollMs = 60'000;
constexpr std::size_t kDevicesPerPage = 8;
constexpr std::size_t kEventsPerPage = 500;
constexpr std::array<std::string_view, 5> kTypesWithPins{
    "*", "access_code.set_on_device", "access_code.scheduled_on_device", "access_code.code_changed",
    "access_code.mutations_requested"};

std::string device_of(const std::string& target) {
    std::string id = sdk::target_id(target, "device").value_or("");
    if (id.empty()) {
        throw Error("'" + target + "' is no target of Seam: write device:<id>",
                    {{"targets", "not device:<id>"}});
    }
    return id;
}

// Empty: keep the one that is held.
std::string pin_of(const AccessRequest& request) {
    if (request.credential.is_null()) return {};
    std::string pin = sdk::text_at(request.credential, "value");
    const bool fits = sdk::text_at(request.credential, "kind") == "pin" &&
                      pin.size() >= kMinDigits && pin.size() <= kMaxDigits &&
                      pin.find_first_not_of("0123456789") == std::string::npos;
    if (!fits) {
        throw Error("the PIN does not fit: Seam takes 4 to 9 digits",
                    {{"credential", "not a PIN for Seam"}});
    }
    return pin;
}

Wish wish_of(State state) {
    if (state == State::kActive) return Wish::kOpens;
    return state == State::kScheduled ? Wish::kOpensLater : Wish::kAbsent;
}

// By device: the access code that we made there.
using Held = std::map<std::string, std::string>;

struct Known {
    Held codes;
    std::optional<std::int64_t> waiting_since_ms;
};

Known known_from(const Json& references) {
    Known known;
    const auto codes = references.find("codes");
    if (codes != references.end() && codes->is_object()) {
        for (const auto& [device, id] : codes->items()) {
            if (id.is_string()) known.codes[device] = id.get<std::string>();
        }
    }
    const auto since = references.find("waiting_since_ms");
    if (since != references.end() && since->is_number_integer()) {
        known.waiting_since_ms = since->get<std::int64_t>();
    }
    return known;
}

class SeamPlugin final : public AccessPlugin,
                         public sdk::TargetsFeature,
                         public sdk::InventoryFeature,
                         public sdk::InboundFeature,
                         public sdk::EventsFeature {
  public:
    void start() override { require_setting("api_key"); }

    AccessResult apply(const AccessRequest& request) override {
        std::set<std::string> devices;
        for (const std::string& target : request.targets) {
            devices.insert(device_of(target));
        }
        if (is_open(request.state) && devices.empty()) {
            throw Error("the rental has no target", {{"targets", "is empty"}});
        }
        SeamApi api = make_api();
        const Known before = known_from(request.references);
        Applied applied;
        for (const std::string& device : devices) {
            apply_to(api, request, device, wish_of(request.state), before.codes, applied);
        }
        for (const auto& [device, id] : before.codes) {
            if (devices.contains(device)) continue;
            // Old doors close only after the new ones are known to open.
            if (is_open(request.state) && !applied.is_done()) {
                applied.held[device] = id;
            } else {
                apply_to(api, request, device, Wish::kAbsent, before.codes, applied);
            }
        }
        return result_of(request, devices, before, applied);
    }

    std::string probe() override { return "Seam answers; workspace " + make_api().workspace(); }

    Page list_targets(const std::string&) override {
        Page page;
        for (const Device& device : make_api().devices()) {
            if (device.takes_codes) {
                page.targets.push_back({"device:" + device.id, device.name, "lock"});
            }
        }
        return page;
    }

    Json list_inventory(const std::string& cursor) override;

    Json parse_inbound(const Json& request) override {
        Json events = Json::array();
        Json event = to_event(sdk::read_json(sdk::text_at(request, "body")));
        if (!event.is_null()) events.push_back(std::move(event));
        return {{"schema", 1}, {"events", std::move(events)}};
    }

    Json subscribe(const Json& request) override;
    Json catch_up(const Json& request) override;

  private:
    struct Applied {
        Held held;
        std::set<std::string> waiting;

        bool is_done() const { return waiting.empty(); }
    };

    SeamApi make_api() const { return {http(), base_url(kDefaultUrl), setting("api_key")}; }

    void apply_to(SeamApi& api, const AccessRequest& request, const std::string& device, Wish wish,
                  const Held& before, Applied& applied) {
        WantedCode wanted;
        wanted.name = name_of(request.rental.business, request.rental.id);
        wanted.window = sdk::window_of(request);
        if (wish != Wish::kAbsent) wanted.code = pin_of(request);
        const auto known = before.find(device);
        const Progress progress = bring_into_line(
            api, device, wanted, known == before.end() ? "" : known->second, wish, host().now_ms());
        if (!progress.id.empty()) applied.held[device] = progress.id;
        if (!progress.is_done) applied.waiting.insert(device);
    }

    AccessResult result_of(const AccessRequest& request, const std::set<std::string>& devices,
                           const Known& before, const Applied& applied) const {
        AccessResult result;
        result.state = applied.is_done() ? request.state : State::kPending;
        for (const std::string& device : devices) {
            const bool is_waiting = applied.waiting.contains(device);
            result.targets.push_back(
                {"device:" + device, std::nullopt, is_waiting ? State::kPending : request.state});
        }
        if (!applied.held.empty()) {
            result.references = {{"business", request.rental.business},
                                 {"rental", request.rental.id},
                                 {"codes", applied.held}};
            result.credential = {{"kind", "pin"}};
        }
        if (applied.is_done()) {
            result.detail = "access codes on " + std::to_string(applied.held.size()) + " devices";
            return result;
        }
        const std::int64_t now_ms = host().now_ms();
        const std::int64_t since_ms = before.waiting_since_ms.value_or(now_ms);
        result.references["waiting_since_ms"] = since_ms;
        // Soon at first, then as rarely as it already takes.
        result.poll_after_ms =
            static_cast<std::uint64_t>(std::clamp(now_ms - since_ms, kSecondMs, kMaxPollMs));
        result.detail = "waiting for " + std::to_string(applied.waiting.size()) +
                        " devices to take their access codes";
        return result;
    }
};

const char* state_of(const AccessCode& code, std::int64_t now_ms) {
    if (code.window.until_ms && *code.window.until_ms <= now_ms) return "ended";
    return code.window.from_ms && *code.window.from_ms > now_ms ? "scheduled" : "active";
}

Json SeamPlugin::list_inventory(const std::string& cursor) {
    SeamApi api = make_api();
    std::vector<Device> devices = api.devices();
    std::ranges::sort(devices, {}, &Device::id);
    Json grants = Json::array();
    Json next;
    std::size_t read = 0;
    for (const Device& device : devices) {
        if (!device.takes_codes || device.id <= cursor) continue;
        if (read++ == kDevicesPerPage) break;
        next = device.id;
        for (const AccessCode& code : api.codes(device.id)) {
            Json grant = {{"target", "device:" + device.id},
                          {"state", state_of(code, host().now_ms())},
                          {"window", to_json(code.window)},
                          {"references", {{"access_code_id", code.id}}}};
            if (const auto rental = rental_in(business(), code.name)) {
                grant["rental"] = *rental;
                grant["business"] = business();
            }
            grants.push_back(std::move(grant));
        }
    }
    const bool has_more = read > kDevicesPerPage;
    return {
        {"schema", 1}, {"grants", std::move(grants)}, {"next_cursor", has_more ? next : Json()}};
}

// Seam makes up a webhook's secret itself, so a person registers it; this says whether it is there.
Json SeamPlugin::subscribe(const Json& request) {
    const std::string url = sdk::text_at(request, "url");
    std::string detail =
        "Seam has no webhook for this address: add it in Seam's console as the plugin's README "
        "says "
        "and put its secret into webhook_secrets";
    for (const Json& webhook : make_api().webhooks()) {
        if (sdk::text_at(webhook, "url") != url) continue;
        detail.clear();
        for (const std::string& type : sdk::texts_at(webhook, "event_types")) {
            if (std::ranges::find(kTypesWithPins, type) != kTypesWithPins.end()) {
                detail = "the webhook also sends " + type +
                         ", whose events carry PINs: choose the event types of the README";
            }
        }
        if (detail.empty()) break;
    }
    return {{"schema", 1}, {"state", detail.empty() ? "ok" : "disabled"}, {"detail", detail}};
}

Json SeamPlugin::catch_up(const Json& request) {
    const std::string cursor = sdk::text_at(request, "cursor");
    const std::string since = cursor.empty() ? sdk::text_at(request, "since") : cursor;
    if (!sdk::parse_time(since))
        throw Error("the time is not readable", {{"since", "not RFC 3339"}});
    const Json listed = make_api().events(since, kEventsPerPage);
    Json events = Json::array();
    std::string last;
    for (const Json& entry : listed) {
        last = std::max(last, sdk::text_at(entry, "created_at"));
        Json event = to_event(entry);
        if (!event.is_null() && events.size() < 2 * kEventsPerPage)
            events.push_back(std::move(event));
    }
    const bool has_more = listed.size() == kEventsPerPage && last > since;
    return {{"schema", 1},
            {"events", std::move(events)},
            {"next_cursor", has_more ? Json(last) : Json()}};
}

}  // namespace
}  // namespace gatehouse::seam

GATEHOUSE_PLUGIN(gatehouse::seam::SeamPlugin, "seam", "1.0.0")
