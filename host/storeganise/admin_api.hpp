// AdminApi: one request to a business's admin API: its address, its authorization, its errors.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "egress/egress.hpp"
#include "observe/step.hpp"

namespace gatehouse::storeganise {

// [any thread; blocks]
class AdminApi {
  public:
    // `egress` and `clock` outlive it.
    AdminApi(const config::Business& business, const std::vector<std::string>& allow_private,
             egress::Egress& egress, const Clock& clock);

    // Both answer the body of a 2xx answer, else the error (docs/storeganise.md, "Errors"). `path`
    // is what follows /v1/admin/, encoded; `what` names the thing in messages ("job 5bf4...").
    Result<std::string> get(const std::string& path, const std::string& what,
                            observe::StepLog* steps);
    // The vendor's own words are not quoted: an answer to a write could repeat a PIN.
    Result<std::string> send(const char* method, const std::string& path,
                             const nlohmann::json& body, const std::string& what,
                             observe::StepLog* steps);

  private:
    Result<std::string> exchange(const char* method, const std::string& path, std::string body,
                                 const std::string& what, observe::StepLog* steps);

    const std::string base_;
    const egress::Policy policy_;
    egress::Egress& egress_;
    const Clock& clock_;
};

}  // namespace gatehouse::storeganise
