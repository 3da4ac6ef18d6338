// Grant: what the vendor holds for a rental, as its plugin reported it. Stored as JSON (schema 1,
// docs/formats/rental-record.md). The references are the plugin's own and opaque here.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/desired.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace gatehouse::access {

struct GrantedTarget {
    std::string target;  // "group:4711"
    std::string name;    // the vendor's name of it, may be empty
};

struct Grant {
    AccessState state = AccessState::kEnded;
    bool is_pending = false;  // accepted by the vendor, not done yet
    // The last state that the vendor said it had brought about, whatever was asked since; nothing
    // until it said so once.
    std::optional<AccessState> confirmed;
    std::vector<GrantedTarget> targets;
    nlohmann::json references = nlohmann::json::object();
    std::string detail;  // one line for people
    UnixMs applied_ms = 0;
    std::optional<std::int64_t> poll_after_ms;  // with is_pending; not stored
    // The desired access that the last call failed to bring about, for people; null once one
    // succeeded. Until then the vendor may hold it, what it held before, or a part of either.
    nlohmann::json attempted;
};

// Reads the result document of "access.apply". kInternal if the plugin's answer does not fit what
// was asked: another state, or a target left out.
Result<Grant> grant_from_result(std::string_view result, const Desired& asked, UnixMs now_ms);

// What the vendor has confirmed, of a stored grant's document: its state, or while something is
// pending the one before. Nothing if it never confirmed any.
std::optional<AccessState> confirmed_state(const nlohmann::json& grant);

std::string grant_to_json(const Grant& grant);
Result<Grant> grant_from_json(std::string_view text);

// "active: group:4711 (Unit A12)". For the custom field `{prefix}_status` and the timeline.
std::string describe(const Grant& grant, const Desired& desired);

}  // namespace gatehouse::access
