// The Nuki plugin: a rental becomes a keypad code on each of its smart locks, `smartlock:<id>`,
// with the PIN that the host chose. README.md says the rules.

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/window.hpp"
#include "marker.hpp"
#include "nuki_events.hpp"
#include "references.hpp"
#include "rental_codes.hpp"

namespace gatehouse::nuki {
namespace {

using sdk::AccessRequest;
using sdk::AccessResult;
using sdk::Error;
using sdk::Kind;
using sdk::State;

constexpr const char* kDefaultUrl = "https://api.nuki.io";
constexpr std::int64_t kDefaultResendS = 60;
constexpr std::int64_t kSecondMs = 1'000;
constexpr std::int64_t kMaxPollMs = 60'000;
constexpr std::size_t kLocksPerPage = 8;

LockId lock_of(const std::string& target) {
    const std::string text = sdk::target_id(target, "smartlock").value_or("");
    LockId id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || end != text.data() + text.size() || id <= 0) {
        throw Error("'" + target + "' is no target of Nuki: write smartlock:<number>",
                    {{"targets", "not smartlock:<number>"}});
    }
    return id;
}

std::string target_of(LockId lock) {
    return "smartlock:" + std::to_string(lock);
}

// Empty: keep the one that is held.
std::string pin_of(const AccessRequest& request) {
    if (request.credential.is_null()) return {};
    std::string pin = sdk::text_at(request.credential, "value");
    if (sdk::text_at(request.credential, "kind") != "pin" || !is_keypad_pin(pin)) {
        throw Error("the PIN does not fit: Nuki takes 6 digits from 1 to 9, not beginning with 12",
                    {{"credential", "not a PIN for Nuki"}});
    }
    return pin;
}

class NukiPlugin final : public AccessPlugin,
                         public sdk::TargetsFeature,
                         public sdk::InventoryFeature,
                         public sdk::InboundFeature,
                         public sdk::EventsFeature {
  public:
    void start() override { require_setting("api_token"); }

    AccessResult apply(const AccessRequest& request) override {
        std::set<LockId> locks;
        for (const std::string& target : request.targets) {
            locks.insert(lock_of(target));
        }
        if (is_open(request.state) && locks.empty()) {
            throw Error("the rental has no target", {{"targets", "is empty"}});
        }
        const HeldCodes before = held_codes(request.references);
        Applied applied;
        NukiApi api = make_api();
        const Wish wish = is_open(request.state)               ? Wish::kOpens
                          : request.state == State::kSuspended ? Wish::kDisabled
                                                               : Wish::kAbsent;
        try {
            apply_to_all(api, request, locks, wish, before, applied);
        } catch (const Error& error) {
            if (!keep_what_is_new(api, locks, before, error, applied)) throw;
        }
        return result_of(request, locks, applied);
    }

    std::string probe() override { return "Nuki answers; the token is of " + make_api().account(); }

    Page list_targets(const std::string&) override {
        Page page;
        for (const SmartLock& lock : make_api().locks()) {
            page.targets.push_back({target_of(lock.id), lock.name, "lock"});
        }
        return page;
    }

    Json list_inventory(const std::string& cursor) override;

    Json parse_inbound(const Json& request) override {
        return {{"schema", 1},
                {"events", events_of_webhook(sdk::text_at(request, "body"), host().now_ms())}};
    }

    Json subscribe(const Json& request) override;
    Json catch_up(const Json& request) override;

  private:
    struct Applied {
        HeldCodes held;
        std::set<LockId> not_done;
        std::int64_t poll_ms = kMaxPollMs;
        bool is_done = true;
    };

    NukiApi make_api() const { return {http(), base_url(kDefaultUrl), setting("api_token")}; }

    Patience patience() const {
        const auto found = settings().find("resend_after_s");
        const bool is_given = found != settings().end() && found->is_number_integer();
        return {host().now_ms(),
                (is_given ? found->get<std::int64_t>() : kDefaultResendS) * kSecondMs};
    }

    void apply_to_all(NukiApi& api, const AccessRequest& request, const std::set<LockId>& locks,
                      Wish wish, const HeldCodes& before, Applied& applied) {
        RentalCodes codes(api, wanted_by(request, wish), locks, before, patience());
        if (wish != Wish::kAbsent) codes.agree_on_pin();
        for (const LockId lock : locks) {
            note(lock, codes.at(lock).bring_into_line(wish), applied);
        }
        for (const auto& [lock, held] : before) {
            if (locks.contains(lock)) continue;
            // Old doors close only after the new ones are known to open.
            if (is_open(request.state) && !applied.is_done) {
                applied.held[lock] = held;
            } else {
                note(lock, codes.at(lock).bring_into_line(Wish::kAbsent), applied);
            }
        }
    }

    // Only references lead back to a lock that is no target any more. Codes on locks that the host
    // does not know of yet are told first; what went wrong shows again at the next call. But for a
    // PIN that is taken: the host chooses another at once.
    bool keep_what_is_new(const NukiApi& api, const std::set<LockId>& locks,
                          const HeldCodes& before, const Error& error, Applied& applied) const {
        if (error.kind() == Kind::kConflict) return false;
        if (const auto lock = api.doubtful_lock()) {
            applied.held[*lock] = HeldCode{"", "", Asked{host().now_ms(), {}, true, false}};
        }
        const bool has_new = std::ranges::any_of(
            applied.held, [&](const auto& entry) { return !before.contains(entry.first); });
        if (!has_new) return false;
        applied.held.insert(before.begin(), before.end());
        applied.not_done = locks;
        applied.is_done = false;
        const auto pause_ms = static_cast<std::int64_t>(error.retry_after_ms());
        applied.poll_ms = std::max(pause_ms, kSecondMs);
        return true;
    }

    static WantedCode wanted_by(const AccessRequest& request, Wish wish) {
        WantedCode wanted;
        wanted.name = marker_of(request.rental.business, request.rental.id);
        wanted.dates = sdk::window_of(request);
        if (wish != Wish::kAbsent) wanted.code = pin_of(request);
        return wanted;
    }

    void note(LockId lock, const Progress& progress, Applied& applied) const {
        if (!progress.held.id.empty() || progress.held.asked) applied.held[lock] = progress.held;
        if (progress.is_done) return;
        applied.is_done = false;
        applied.not_done.insert(lock);
        // Soon at first, then as rarely as it already takes.
        const std::int64_t since_ms =
            progress.held.asked ? host().now_ms() - progress.held.asked->at_ms : 0;
        applied.poll_ms = std::min(applied.poll_ms, std::max(since_ms, kSecondMs));
    }

    AccessResult result_of(const AccessRequest& request, const std::set<LockId>& locks,
                           const Applied& applied) const {
        AccessResult result;
        result.state = applied.is_done ? request.state : State::kPending;
        for (const LockId lock : locks) {
            const bool is_done = !applied.not_done.contains(lock);
            result.targets.push_back(
                {target_of(lock), std::nullopt, is_done ? request.state : State::kPending});
        }
        if (!applied.held.empty()) {
            result.references =
                to_references(request.rental.business, request.rental.id, applied.held);
            result.credential = {{"kind", "pin"}};
        }
        if (applied.is_done) {
            result.detail = "keypad codes on " + std::to_string(applied.held.size()) + " locks";
        } else {
            result.poll_after_ms = static_cast<std::uint64_t>(applied.poll_ms);
            result.detail = "waiting for " + std::to_string(applied.not_done.size()) +
                            " locks to confirm their keypad codes";
        }
        return result;
    }
};

const char* state_of(const KeypadCode& code, std::int64_t now_ms) {
    if (!code.is_enabled) return "suspended";
    if (code.applies_dates && code.dates.until_ms && *code.dates.until_ms <= now_ms) return "ended";
    const bool is_early = code.applies_dates && code.dates.from_ms && *code.dates.from_ms > now_ms;
    return is_early ? "scheduled" : "active";
}

Json NukiPlugin::list_inventory(const std::string& cursor) {
    NukiApi api = make_api();
    std::vector<SmartLock> locks = api.locks();
    std::ranges::sort(locks, {}, &SmartLock::id);
    Json grants = Json::array();
    Json next;
    std::size_t read = 0;
    for (const SmartLock& lock : locks) {
        if (!cursor.empty() && lock.id <= lock_of(cursor)) continue;
        if (read++ == kLocksPerPage) break;
        next = target_of(lock.id);
        for (const KeypadCode& code : api.codes(lock.id)) {
            Json grant = {{"target", target_of(lock.id)},
                          {"state", state_of(code, host().now_ms())},
                          {"window", to_json(code.dates)},
                          {"references", {{"id", code.id}, {"auth", code.auth}}}};
            if (const auto rental = rental_in(business(), code.name)) {
                grant["rental"] = *rental;
                grant["business"] = business();
            }
            grants.push_back(std::move(grant));
        }
    }
    const bool has_more = read > kLocksPerPage;
    return {
        {"schema", 1}, {"grants", std::move(grants)}, {"next_cursor", has_more ? next : Json()}};
}

// Nuki makes up a webhook's secret itself and tells it in the answer to the registration, which a
// plugin does not pass on: a person registers it, and this says whether it is there.
Json NukiPlugin::subscribe(const Json& request) {
    const std::string url = sdk::text_at(request, "url");
    std::set<std::string> features;
    for (const Json& webhook : make_api().webhooks()) {
        if (sdk::text_at(webhook, "webhookUrl") != url) continue;
        for (const std::string& feature : sdk::texts_at(webhook, "webhookFeatures")) {
            features.insert(feature);
        }
    }
    std::string detail;
    if (features.contains("DEVICE_AUTHS")) {
        detail =
            "the webhook also sends DEVICE_AUTHS, which carry PINs: register it anew with "
            "DEVICE_LOGS and DEVICE_STATUS only";
    } else if (!features.contains("DEVICE_LOGS")) {
        detail =
            "Nuki has no webhook with DEVICE_LOGS for this address: register it as the plugin's "
            "README says and put its secret into webhook_secrets";
    }
    return {{"schema", 1}, {"state", detail.empty() ? "ok" : "disabled"}, {"detail", detail}};
}

Json NukiPlugin::catch_up(const Json& request) {
    const auto since_ms = sdk::parse_time(sdk::text_at(request, "since"));
    if (!since_ms) throw Error("the time is not readable", {{"since", "not RFC 3339"}});
    const Json log = make_api().log(*since_ms, sdk::text_at(request, "cursor"));
    Json events = Json::array();
    for (const Json& entry : log) {
        Json event = event_of_log(entry);
        if (!event.is_null()) events.push_back(std::move(event));
    }
    const bool is_last = log.size() < NukiApi::kLogPage;
    const std::string next = is_last ? "" : sdk::text_at(log.back(), "id");
    return {{"schema", 1},
            {"events", std::move(events)},
            {"next_cursor", next.empty() ? Json() : Json(next)}};
}

}  // namespace
}  // namespace gatehouse::nuki

GATEHOUSE_PLUGIN(gatehouse::nuki::NukiPlugin, "nuki", "1.0.0")
