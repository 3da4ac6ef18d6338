// Policy: from facts, the site's rules and the clock to the access that a rental should have. Pure:
// it reads nothing, writes nothing and answers the same to the same question.
//
// Precedence (promise P7): ended > staff overlock > debt overlock > scheduled > active.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/desired.hpp"
#include "access/facts.hpp"
#include "base/result.hpp"
#include "config/config.hpp"

namespace gatehouse::access {

// What the configuration and the plugin's manifest say about one site.
struct SiteRules {
    std::string connection;
    std::string plugin;
    std::string fields;  // prefix of the custom fields: "kisi"
    std::vector<std::string> shared_targets;
    bool overlock_on_overdue = true;
    std::vector<std::string> renter_key;  // what the vendor needs of a renter: "email", "phone"
};

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
};

// The entry of `sites` for this site: its id, else its code, else "*". Null if none fits.
const config::Site* find_site(const std::vector<config::Site>& sites, const std::string& site_id,
                              const std::string& site_code);

// kNotFound: the unit has no target (a person must fill the field in; time may cure it).
// kInvalid: a target that is not "kind:id", or a renter without what the vendor needs.
// kConflict: a rental state that is not known; nothing is ended on a guess (promise P6).
Result<Decision> decide(const Facts& facts, const SiteRules& rules, const Memory& memory,
                        UnixMs now_ms);

}  // namespace gatehouse::access
