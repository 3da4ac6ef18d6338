// The Kisi plugin: a renter becomes a managed user, found by e-mail, and a target `group:<id>` a
// group_basic role in that group. README.md says the rules.

#include <charconv>
#include <string_view>
#include <utility>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/text.hpp"
#include "history.hpp"
#include "holding.hpp"
#include "inventory.hpp"
#include "kisi_events.hpp"
#include "lock_groups.hpp"
#include "webhook.hpp"

namespace gatehouse::kisi {
namespace {

using sdk::AccessRequest;
using sdk::AccessResult;
using sdk::Error;
using sdk::Kind;
using sdk::State;

constexpr const char* kDefaultUrl = "https://api.kisi.io";
constexpr const char* kRenterKey = "gatehouse-renter";
constexpr std::uint64_t kLeastRemainingMs = 4'000;  // for one more poll and the answer

std::optional<Id> parse_id(std::string_view text) {
    Id id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || end != text.data() + text.size() || id <= 0) return std::nullopt;
    return id;
}

Id group_of(const std::string& target) {
    const auto id = parse_id(sdk::target_id(target, "group").value_or(""));
    if (!id) {
        throw Error("'" + target + "' is no target of Kisi: write group:<number>",
                    {{"targets", "not group:<number>"}});
    }
    return *id;
}

Claim wish_of(const AccessRequest& request) {
    Claim wish;
    if (!is_open(request.state)) return wish;
    wish.window = sdk::window_of(request);
    for (const std::string& target : request.targets) {
        wish.groups.insert(group_of(target));
    }
    if (wish.groups.empty()) throw Error("the rental has no target", {{"targets", "is empty"}});
    return wish;
}

// Empty if there is none that could be used.
std::string email_of(const AccessRequest& request) {
    const std::string email = sdk::pasted_email(request.renter.email);
    return email.find_first_of(",;") == std::string::npos ? email : std::string();
}

std::string needed_email_of(const AccessRequest& request) {
    std::string email = email_of(request);
    if (email.empty()) {
        throw Error("renter " + request.renter.id + " has no e-mail; Kisi needs one",
                    {{"renter.email", "is missing or unusable"}});
    }
    return email;
}

Id user_id_of(const Json& references) {
    const auto found = references.find("user_id");
    return found != references.end() && found->is_number_integer() ? found->get<Id>() : 0;
}

Held held_of(const Json& references) {
    Held held;
    const auto found = references.find("assignments");
    if (found == references.end() || !found->is_object()) return held;
    for (const auto& [group, assignment] : found->items()) {
        const auto group_id = parse_id(group);
        if (group_id && assignment.is_number_integer()) {
            held.assignments[*group_id] = assignment.get<Id>();
        }
    }
    return held;
}

Json to_references(Id user_id, const Held& held) {
    Json assignments = Json::object();
    for (const auto& [group_id, assignment_id] : held.assignments) {
        assignments[std::to_string(group_id)] = assignment_id;
    }
    return {{"user_id", user_id}, {"assignments", assignments}, {"foreign", held.foreign}};
}

struct FoundUser {
    User user;
    bool is_new = false;
};

FoundUser find_or_create(KisiApi& api, const AccessRequest& request, const std::string& email,
                         const Claim& wish, std::int64_t now_ms) {
    if (auto found = api.find_user(email)) return {std::move(*found), false};
    Claims claims(Json::object(), request.rental.business);
    claims.set(request.rental.id, wish, now_ms);
    Json metadata = claims.metadata();
    metadata[kRenterKey] = request.renter.id;
    const std::string& name = request.renter.name.empty() ? email : request.renter.name;
    auto made = api.create_user(email, name, metadata);
    if (auto* user = std::get_if<User>(&made)) return {std::move(*user), true};
    if (auto found = api.find_user(email)) return {std::move(*found), false};
    throw std::get<Error>(made);
}

class KisiPlugin final : public AccessPlugin,
                         public sdk::TargetsFeature,
                         public sdk::InventoryFeature,
                         public sdk::InboundFeature,
                         public sdk::EventsFeature {
  public:
    void start() override { require_setting("api_key"); }

    AccessResult apply(const AccessRequest& request) override {
        const Claim wish = wish_of(request);
        KisiApi api = make_api();
        std::optional<User> known;
        if (const Id id = user_id_of(request.references); id > 0) known = api.user(id);
        return is_open(request.state) ? open(api, request, wish, std::move(known))
                                      : close(api, request, std::move(known));
    }

    std::string probe() override { return "Kisi answers; the key is of " + make_api().caller(); }

    Page list_targets(const std::string& cursor) override {
        const auto offset = cursor.empty() ? Id{0} : parse_id(cursor);
        if (!offset || *offset > KisiApi::kMaxOffset) {
            throw Error("the cursor is not one of this plugin", {{"cursor", "is unusable"}});
        }
        bool is_last = true;
        const auto groups = make_api().groups(static_cast<int>(*offset), is_last);
        Page page;
        for (const Group& group : groups) {
            page.targets.push_back({"group:" + std::to_string(group.id), group.name, "group"});
        }
        const Id next = *offset + static_cast<Id>(groups.size());
        if (!is_last && next <= KisiApi::kMaxOffset) page.next_cursor = std::to_string(next);
        return page;
    }

    Json list_inventory(const std::string& cursor) override {
        KisiApi api = make_api();
        return inventory_page(api, cursor, host().now_ms());
    }

    Json parse_inbound(const Json& request) override {
        KisiApi api = make_api();
        const Json event = sdk::read_json(sdk::text_at(request, "body"));
        Json events = Json::array();
        events.push_back(read_event(api, event));
        return {{"schema", 1}, {"events", std::move(events)}};
    }

    Json subscribe(const Json& request) override {
        KisiApi api = make_api();
        return keep_webhook(api, sdk::text_at(request, "url"), sdk::text_at(request, "secret"));
    }

    Json catch_up(const Json& request) override {
        KisiApi api = make_api();
        HistoryPage page =
            history_page(api, sdk::text_at(request, "since"), sdk::text_at(request, "cursor"),
                         host().now_ms(), [this] { return remaining_ms() > kLeastRemainingMs; });
        Json events = Json::array();
        for (const Json& event : page.events) {
            if (is_event(event)) events.push_back(read_event(api, event));
        }
        return {{"schema", 1},
                {"events", std::move(events)},
                {"next_cursor", page.next_cursor.empty() ? Json() : Json(page.next_cursor)}};
    }

  private:
    // A lock is no target of a grant: the groups that open it are.
    Json read_event(KisiApi& api, const Json& event) {
        Json read = to_access_event(event);
        if (const auto lock =
                parse_id(sdk::target_id(sdk::text_at(read, "target"), "lock").value_or(""))) {
            read["grant_targets"] = lock_groups_.of(api, *lock, host().now_ms());
        }
        return read;
    }

    KisiApi make_api() const { return {http(), base_url(kDefaultUrl), setting("api_key")}; }

    AccessResult open(KisiApi& api, const AccessRequest& request, const Claim& wish,
                      std::optional<User> known) {
        const std::string email = needed_email_of(request);
        const std::int64_t now_ms = host().now_ms();
        const bool is_known = known && is_same_email(known->email, email);
        FoundUser found =
            is_known ? FoundUser{*known, false} : find_or_create(api, request, email, wish, now_ms);
        if (!found.user.is_enabled) {
            throw Error(Kind::kConflict, "access is switched off for Kisi user " +
                                             std::to_string(found.user.id) +
                                             ": no door opens until it is switched on there");
        }
        const Id user_id = found.user.id;
        const bool has_moved = known && known->id != user_id;
        const Held before = has_moved ? Held{} : held_of(request.references);
        Holding holding(api, std::move(found.user), request.rental.id, request.rental.business,
                        now_ms, found.is_new);
        const Held held = holding.bring_into_line(wish, before);
        if (has_moved) {  // the renter's e-mail changed: the old user's roles go last
            Holding(api, std::move(*known), request.rental.id, request.rental.business, now_ms,
                    false)
                .bring_into_line({}, held_of(request.references));
        }
        AccessResult result = result_of(request.state, to_references(user_id, held));
        for (const std::string& target : request.targets) {
            result.targets.push_back({target, std::nullopt, request.state});
        }
        result.detail = "Kisi user " + std::to_string(user_id);
        for (const Id group_id : held.foreign) {
            result.detail += "; group " + std::to_string(group_id) + " was given by somebody else";
        }
        return result;
    }

    AccessResult close(KisiApi& api, const AccessRequest& request, std::optional<User> known) {
        // There may be what a call made that did not live to report it.
        const std::string email = email_of(request);
        std::optional<User> renter;
        if (!email.empty() && !(known && is_same_email(known->email, email))) {
            renter = api.find_user(email);
        }
        Id user_id = 0;
        for (std::optional<User>* user : {&known, &renter}) {
            if (!*user) continue;
            user_id = (*user)->id;
            const Held before = user == &known ? held_of(request.references) : Held{};
            Holding(api, std::move(**user), request.rental.id, request.rental.business,
                    host().now_ms(), false)
                .bring_into_line({}, before);
        }
        if (user_id == 0) return result_of(request.state, Json::object());
        const bool has_ended = request.state == State::kEnded;
        return result_of(request.state, has_ended ? Json::object() : to_references(user_id, {}));
    }

    static AccessResult result_of(State state, Json references) {
        AccessResult result;
        result.state = state;
        result.references = std::move(references);
        return result;
    }

    LockGroups lock_groups_;
};

}  // namespace
}  // namespace gatehouse::kisi

GATEHOUSE_PLUGIN(gatehouse::kisi::KisiPlugin, "kisi", "1.0.0")
