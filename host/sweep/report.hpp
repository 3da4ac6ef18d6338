// Report: what a sweep came to, as the admin API and the command line show it. The last ones are
// kept in memory; a restart forgets them, the metrics and steps stay.
#pragma once

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "sweep/findings.hpp"

namespace gatehouse::sweep {

struct Report {
    std::string business;
    std::string key;    // of its task: "full", "delta", "full:dry"
    std::string state;  // "running", "done", "failed"
    UnixMs began_ms = 0;
    UnixMs ended_ms = 0;  // 0 = not yet
    std::string error;    // of the last step that failed, while it is tried again
    std::int64_t rentals_listed = 0;
    std::int64_t rows_unreadable = 0;
    std::int64_t requests = 0;
    std::int64_t vendor_calls = 0;
    std::int64_t grants_ours = 0;
    std::int64_t grants_foreign = 0;
    std::array<std::int64_t, kKinds> counts{};
    std::vector<Difference> differences;  // the first few hundred
    std::vector<std::string> troubles;
    std::vector<Unread> unread;  // the first of rows_unreadable
};

// How many differences a report shows; the counts say all.
constexpr std::size_t kMaxShown = 500;

void take_counts(Report& report, const Findings& findings);

// "12 rentals read: 1 facts differ, 2 not held" and the like. One line.
std::string summary(const Report& report);

nlohmann::json report_view(const Report& report);

// [any thread]
class Reports {
  public:
    void put(const Report& report);
    std::optional<Report> find(const std::string& business, const std::string& key) const;

  private:
    mutable std::mutex mutex_;
    std::map<std::pair<std::string, std::string>, Report> reports_;  // guarded by mutex_
};

}  // namespace gatehouse::sweep
