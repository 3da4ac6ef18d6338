// Alert: something that needs a person. One stands for each subject at most, however often the work
// behind it fails; it ends by itself when that work succeeds.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace gatehouse::dispatch {

// Subjects: "rental:<id>", "connection:<name>", "sweep:<business>", "fuse:<site id>",
// "configuration:<business>", "certificate", ...
struct AlertChange {
    std::string subject = {};
    bool is_raised = false;      // false = cured
    std::string text = {};       // one line for people, no secret; of a raised one
    std::string rental_id = {};  // where staff's task belongs; both may be empty
    std::string unit_id = {};
};

// The business of alerts that are the host's own and no business's. No business can be called so.
inline constexpr std::string_view kHostAlerts = "-";

// (business, subject) is its identity. A cured alert stays until staff's task is completed and the
// news is told, then it goes.
struct AlertRecord {
    std::string business = {};
    std::string subject = {};
    std::string text = {};
    std::string rental_id = {};
    std::string unit_id = {};
    UnixMs raised_ms = 0;
    UnixMs cured_ms = 0;      // 0 = stands
    std::string job_id = {};  // staff's task in Storeganise; empty = none yet
    bool is_told = false;
    bool is_cure_told = false;
    bool is_over = false;  // nothing is left to do: the store removes it
};

// [any thread]
class Alerts {
  public:
    virtual ~Alerts() = default;

    virtual Result<std::optional<AlertRecord>> alert(const std::string& business,
                                                     const std::string& subject) = 0;

    // Oldest first; of one business, or of all.
    virtual Result<std::vector<AlertRecord>> alerts(const std::optional<std::string>& business,
                                                    int limit) = 0;

    // Outside of a task: puts the change and its kAlert task in one commit. Durable on return.
    virtual Result<void> change_alerts(const std::string& business,
                                       const std::vector<AlertChange>& changes) = 0;
};

}  // namespace gatehouse::dispatch
