// The Unloc plugin: a renter is a phone number, and a target `lock:<uuid>` a key of that number for
// that lock. README.md says the rules.

#include <algorithm>
#include <string_view>
#include <utility>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/utc_time.hpp"
#include "inbound.hpp"
#include "inventory.hpp"
#include "keeper.hpp"
#include "phone/phone.hpp"
#include "subscription.hpp"

namespace gatehouse::unloc {
namespace {

using sdk::AccessRequest;
using sdk::AccessResult;
using sdk::Error;
using sdk::State;

constexpr const char* kDefaultUrl = "https://api.unloc.app";
constexpr std::uint64_t kFirstPollMs = 1'000;
constexpr std::uint64_t kMaxPollMs = 300'000;
constexpr int kMaxDoublings = 9;
constexpr std::int64_t kSecondMs = 1'000;
constexpr std::size_t kMaxDetailBytes = 300;

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool is_uuid(std::string_view text) {
    constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return std::ranges::equal(
        text, kShape, [](char c, char shape) { return shape == '-' ? c == '-' : is_hex(c); });
}

std::string to_lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

std::string lock_of(const std::string& target) {
    std::string id = to_lower(sdk::target_id(target, "lock").value_or(""));
    if (!is_uuid(id)) {
        throw Error("'" + target + "' is no target of Unloc: write lock:<id of the lock>",
                    {{"targets", "not lock:<uuid>"}});
    }
    return id;
}

// Whole seconds, as they are written to Unloc.
sdk::Window whole_seconds(sdk::Window window) {
    if (window.from_ms) *window.from_ms -= *window.from_ms % kSecondMs;
    if (window.until_ms) *window.until_ms -= *window.until_ms % kSecondMs;
    return window;
}

std::uint64_t poll_after_ms(int polls) {
    return std::min(kFirstPollMs << std::min(std::max(polls - 1, 0), kMaxDoublings), kMaxPollMs);
}

std::string keys_in_words(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " key" : " keys");
}

class UnlocPlugin final : public AccessPlugin,
                          public sdk::TargetsFeature,
                          public sdk::InventoryFeature,
                          public sdk::InboundFeature,
                          public sdk::EventsFeature {
  public:
    void start() override {
        for (const char* name : {"client_id", "client_secret", "project_id"}) {
            require_setting(name);
        }
        const std::string country = setting("default_country");
        if (!country.empty() && !phone::is_known_country(country)) {
            throw Error("default_country " + country + " is no country that has phone numbers",
                        {{"default_country", "unknown"}});
        }
    }

    AccessResult apply(const AccessRequest& request) override {
        UnlocApi api = make_api();
        Keeper keeper(api, {business(), request.rental.id}, references_from(request.references),
                      host().now_ms());
        return is_open(request.state) ? open(keeper, request) : close(keeper, request);
    }

    std::string probe() override {
        return "Unloc answers; the project is " + make_api().project_name();
    }

    Page list_targets(const std::string&) override {
        Page page;
        for (const Lock& lock : make_api().locks()) {
            page.targets.push_back({"lock:" + lock.id, lock.name, "lock"});
        }
        return page;
    }

    Json list_inventory(const std::string& cursor) override {
        UnlocApi api = make_api();
        return inventory_page(api, cursor);
    }

    Json parse_inbound(const Json& request) override { return parse_event(request); }

    Json subscribe(const Json& request) override {
        UnlocApi api = make_api();
        return unloc::subscribe(api, request);
    }

  private:
    UnlocApi make_api() {
        return {host(),
                http(),
                {base_url(kDefaultUrl), setting("client_id"), setting("client_secret"),
                 setting("project_id")},
                token_};
    }

    std::string phone_of(const AccessRequest& request) const {
        if (request.renter.phone.empty()) {
            throw Error("renter " + request.renter.id + " has no phone number; Unloc needs one",
                        {{"renter.phone", "is missing"}});
        }
        return phone::to_e164(request.renter.phone, setting("default_country"), "renter.phone");
    }

    AccessResult open(Keeper& keeper, const AccessRequest& request) const {
        Wish wish;
        wish.window = whole_seconds(sdk::window_of(request));
        for (const std::string& target : request.targets) {
            wish.locks.insert(lock_of(target));
        }
        if (wish.locks.empty()) throw Error("the rental has no target", {{"targets", "is empty"}});
        wish.phone = phone_of(request);
        const Progress progress = keeper.open(wish);

        AccessResult result = result_of(request.state, progress);
        for (const std::string& target : request.targets) {
            const bool is_ready = progress.ready.contains(lock_of(target));
            result.targets.push_back(
                {target, std::nullopt, is_ready ? request.state : State::kPending});
        }
        result.detail = progress.is_done
                            ? keys_in_words(wish.locks.size()) + " for " + phone::masked(wish.phone)
                            : "Unloc is still making keys for " + phone::masked(wish.phone);
        name_foreign(progress, result);
        return result;
    }

    AccessResult close(Keeper& keeper, const AccessRequest& request) const {
        const Progress progress = keeper.close(phones_of(request));
        AccessResult result = result_of(request.state, progress);
        if (!progress.is_done) {
            result.detail = "Unloc is still making keys, which are revoked then";
        } else if (request.state == State::kEnded) {
            result.references = Json::object();
        }
        name_foreign(progress, result);
        return result;
    }

    // Keys may be there of a call that did not live to report them. A number that cannot be read
    // got none.
    std::set<std::string> phones_of(const AccessRequest& request) const {
        try {
            return {phone_of(request)};
        } catch (const Error&) {
            return {};
        }
    }

    static void name_foreign(const Progress& progress, AccessResult& result) {
        for (const std::string& lock : progress.references.foreign) {
            if (result.detail.size() > kMaxDetailBytes) return;
            if (!result.detail.empty()) result.detail += "; ";
            result.detail += "somebody else gave a key for lock " + lock;
        }
    }

    static AccessResult result_of(State state, const Progress& progress) {
        AccessResult result;
        result.state = progress.is_done ? state : State::kPending;
        result.references = to_json(progress.references);
        if (!progress.is_done) result.poll_after_ms = poll_after_ms(progress.references.polls);
        return result;
    }

    Token token_;
};

}  // namespace
}  // namespace gatehouse::unloc

GATEHOUSE_PLUGIN(gatehouse::unloc::UnlocPlugin, "unloc", "1.0.0")
