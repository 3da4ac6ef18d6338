// Desired: the access that one rental should have, with the reasons. Stored as JSON (schema 1,
// docs/formats/rental-record.md) and sent to the plugin as part of "access.apply".
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/facts.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace gatehouse::access {

enum class AccessState : std::uint8_t { kScheduled = 1, kActive, kSuspended, kEnded };

std::string_view to_string(AccessState state);
std::optional<AccessState> access_state_from_string(std::string_view word);

// Why a rental is suspended; both may hold at once.
struct Overlock {
    bool is_debt = false;
    bool is_staff = false;
};

struct Desired {
    AccessState state = AccessState::kEnded;
    std::vector<std::string> targets;  // "group:4711", no repeats, in the order of the sources
    std::optional<UnixMs> from_ms;     // nothing = at once
    std::optional<UnixMs> until_ms;    // nothing = for good
    Renter renter;
    Overlock overlock;
    std::vector<std::string> reasons;  // for people, most weighty first
    std::string site_code;             // by which the rule may have been found; empty if not known
};

// Whether a vendor that holds `a` already holds `b`: everything but the reasons, causes and site.
bool is_same_access(const Desired& a, const Desired& b);

// {"id", "name", "email", "phone", "language"}, as stored and as sent to the plugin.
nlohmann::json renter_to_json(const Renter& renter);

std::string desired_to_json(const Desired& desired);

// kInvalid if it is not what desired_to_json writes.
Result<Desired> desired_from_json(std::string_view text);

}  // namespace gatehouse::access
