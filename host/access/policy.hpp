// Policy: from facts, the site's rules and the clock to the access that a rental should have. Pure
// but for the system's time zones: it reads nothing, writes nothing and answers the same to the
// same question.
//
// Precedence (promise P7): ended > staff overlock > debt overlock > scheduled > active. Access
// begins with the start day and ends with the move-out day, both whole in the site's time zone;
// after that day it is ended even if the rental still reads occupied.
#pragma once

#include <optional>
#include <string>

#include "access/desired.hpp"
#include "access/facts.hpp"
#include "access/site_rules.hpp"
#include "base/result.hpp"

namespace gatehouse::access {

// What is remembered from the last look.
struct Memory {
    bool holds_grant = false;                     // the vendor holds something for this rental
    std::optional<Desired> desired;               // as last applied
    std::optional<std::string> overlocked_field;  // `{prefix}_overlocked` as last written by us
};

struct Decision {
    // Nothing = leave everything as it is; `note` says why.
    std::optional<Desired> desired;
    std::string note;
    // When the same facts will be judged otherwise: the start, the end. Nothing = never.
    std::optional<UnixMs> again_ms = {};
};

// kNotFound: the unit has no target (a person must fill the field in; time may cure it).
// kInvalid: a target that is not "kind:id", or a renter without what the vendor needs.
// kConflict: a rental state that is not known, or not as one of a rental that has access; nothing
// is ended on a guess (promise P6).
// kUnavailable: a date that is none.
Result<Decision> decide(const Facts& facts, const SiteRules& rules, const Memory& memory,
                        UnixMs now_ms);

}  // namespace gatehouse::access
