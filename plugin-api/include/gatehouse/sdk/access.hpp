// The documents of gatehouse.access/1 as values (schemas/access.apply.*.json).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gatehouse/sdk/json.hpp"

namespace gatehouse::sdk {

enum class State { kScheduled, kActive, kSuspended, kEnded, kPending };

inline std::string_view to_string(State state) {
    switch (state) {
        case State::kScheduled:
            return "scheduled";
        case State::kActive:
            return "active";
        case State::kSuspended:
            return "suspended";
        case State::kEnded:
            return "ended";
        case State::kPending:
            return "pending";
    }
    return "pending";
}

struct Rental {
    std::string id;
    std::string unit_id;
    std::string unit_name;
    std::string site_id;
    std::string business;
};

struct Renter {
    std::string id;
    std::string name;
    std::string email;  // empty if none
    std::string phone;
    std::string language;
};

// What a rental should have. It names an end, never a step.
struct AccessRequest {
    Rental rental;
    Renter renter;
    State state = State::kEnded;       // never kPending
    std::vector<std::string> targets;  // "group:4711"
    std::optional<std::string> from;   // RFC 3339 UTC; nothing = open
    std::optional<std::string> until;
    Json credential;                   // null: none asked for
    Json references = Json::object();  // as the plugin returned it last time; {} at first
    std::vector<std::string> reasons;
};

struct TargetState {
    std::string target;
    std::optional<std::string> name;  // as people know it: "Unit A12 door"
    State state = State::kActive;
};

// What the vendor now holds.
struct AccessResult {
    State state = State::kEnded;
    std::vector<TargetState> targets;
    Json references = Json::object();
    Json credential;  // null, or {"kind": "pin|link|app", "display": ...}
    std::optional<std::uint64_t> poll_after_ms;  // with kPending: when to ask again
    std::string detail;                          // one line for people
};

// "4711" of "group:4711" if its kind is `kind`.
inline std::optional<std::string> target_id(std::string_view target, std::string_view kind) {
    if (target.size() <= kind.size() + 1 || target.substr(0, kind.size()) != kind ||
        target[kind.size()] != ':') {
        return std::nullopt;
    }
    return std::string(target.substr(kind.size() + 1));
}

inline std::optional<State> state_from(std::string_view word) {
    for (const State state :
         {State::kScheduled, State::kActive, State::kSuspended, State::kEnded, State::kPending}) {
        if (to_string(state) == word) return state;
    }
    return std::nullopt;
}

// Whether somebody may open with it, now or from its beginning on.
inline bool is_open(State state) {
    return state == State::kActive || state == State::kScheduled;
}

namespace detail {

inline std::optional<std::string> optional_text(const Json& value) {
    if (!value.is_string()) return std::nullopt;
    return value.get<std::string>();
}

}  // namespace detail

// Throws Error(kInvalid) when the document has no usable state. Unknown members are passed over.
inline AccessRequest access_request_from(const Json& document) {
    AccessRequest request;
    const Json& rental = member_at(document, "rental");
    request.rental = {text_at(rental, "id"), text_at(rental, "unit_id"),
                      text_at(rental, "unit_name"), text_at(rental, "site_id"),
                      text_at(rental, "business")};
    const Json& renter = member_at(document, "renter");
    request.renter = {text_at(renter, "id"), text_at(renter, "name"), text_at(renter, "email"),
                      text_at(renter, "phone"), text_at(renter, "language")};
    const std::optional<State> state = state_from(text_at(document, "state"));
    if (!state || *state == State::kPending) {
        throw Error("the request has no usable state", {{"state", "unknown"}});
    }
    request.state = *state;
    request.targets = texts_at(document, "targets");
    request.from = detail::optional_text(member_at(member_at(document, "window"), "from"));
    request.until = detail::optional_text(member_at(member_at(document, "window"), "until"));
    request.credential = member_at(document, "credential");
    const Json& references = member_at(document, "references");
    if (references.is_object()) request.references = references;
    request.reasons = texts_at(document, "reasons");
    return request;
}

inline Json to_json(const AccessResult& result) {
    Json targets = Json::array();
    for (const TargetState& target : result.targets) {
        targets.push_back({{"target", target.target},
                           {"name", target.name ? Json(*target.name) : Json()},
                           {"state", to_string(target.state)}});
    }
    return {{"schema", 1},
            {"state", to_string(result.state)},
            {"targets", std::move(targets)},
            {"references", result.references},
            {"credential", result.credential},
            {"poll_after_ms", result.poll_after_ms ? Json(*result.poll_after_ms) : Json()},
            {"detail", result.detail}};
}

}  // namespace gatehouse::sdk
