// SiteCodes: the codes of a business's sites. The configuration may name a site by its code, but a
// rental carries its site's id alone.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "access/facts.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "observe/step.hpp"
#include "storeganise/admin_api.hpp"

namespace gatehouse::storeganise {

// [any thread; blocks]
class SiteCodes {
  public:
    // `api` and `clock` outlive it.
    SiteCodes(const config::Business& business, AdminApi& api, const Clock& clock);

    // Fills in the code of the facts' site if a rule may be meant by it: one GET for a site, then
    // remembered for ten minutes. One that cannot be read again keeps its last code. An error if
    // nothing is known of it: which rule holds must not be guessed.
    Result<void> add_to(access::Facts& facts, observe::StepLog* steps);

  private:
    struct Known {
        std::string code;
        std::int64_t read_ns = 0;
    };

    Result<std::string> code_of(const std::string& site_id, observe::StepLog* steps);
    Result<std::string> read(const std::string& site_id, observe::StepLog* steps);
    std::optional<Known> known(const std::string& site_id);

    std::set<std::string> names_;  // of the rules, but for "*"
    AdminApi& api_;
    const Clock& clock_;
    std::mutex mutex_;
    std::map<std::string, Known> known_;  // by the site's id
};

}  // namespace gatehouse::storeganise
