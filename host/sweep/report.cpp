#include "sweep/report.hpp"

namespace gatehouse::sweep {
namespace {

using nlohmann::json;

json time_or_null(UnixMs at_ms) {
    return at_ms == 0 ? json(nullptr) : json(format_utc(at_ms));
}

}  // namespace

void take_counts(Report& report, const Findings& findings) {
    report.rentals_listed = findings.rentals_listed;
    report.rows_unreadable = findings.rows_unreadable;
    report.requests = findings.requests;
    report.vendor_calls = findings.vendor_calls;
    report.grants_ours = findings.grants_ours;
    report.grants_foreign = findings.grants_foreign;
    report.counts = findings.counts;
    report.troubles = findings.troubles();
    if (std::string trouble = findings.unread_trouble(); !trouble.empty()) {
        report.troubles.push_back(std::move(trouble));
    }
    report.unread = findings.unread();
}

std::string summary(const Report& report) {
    std::string text = std::to_string(report.rentals_listed) + " rentals read";
    if (report.rows_unreadable > 0) {
        text += ", " + std::to_string(report.rows_unreadable) + " rows unreadable";
    }
    if (report.vendor_calls > 0) {
        text += ", " + std::to_string(report.grants_ours) + " grants of ours and " +
                std::to_string(report.grants_foreign) + " of others at vendors";
    }
    std::string found;
    for (std::size_t kind = 0; kind < kKinds; ++kind) {
        if (report.counts[kind] == 0) continue;
        found += (found.empty() ? ": " : ", ") + std::to_string(report.counts[kind]) + ' ' +
                 std::string(to_string(static_cast<Kind>(kind)));
    }
    if (!found.empty()) return text + found;
    if (report.state == "failed") return text + ": it did not get to the end";
    return text +
           (report.troubles.empty() ? ": no difference" : ": no difference in what was believed");
}

json report_view(const Report& report) {
    json counts = json::object();
    for (std::size_t kind = 0; kind < kKinds; ++kind) {
        counts[std::string(to_string(static_cast<Kind>(kind)))] = report.counts[kind];
    }
    json differences = json::array();
    for (const Difference& difference : report.differences) {
        differences.push_back(json{{"rental", difference.rental_id},
                                   {"kind", to_string(difference.kind)},
                                   {"detail", difference.detail}});
    }
    json unread = json::array();
    for (const Unread& row : report.unread) {
        unread.push_back(
            json{{"row", row.name}, {"why", row.why}, {"is_occupied", row.is_occupied}});
    }
    return json{{"business", report.business},
                {"sweep", report.key},
                {"state", report.state},
                {"began", time_or_null(report.began_ms)},
                {"ended", time_or_null(report.ended_ms)},
                {"error", report.error},
                {"rentals_listed", report.rentals_listed},
                {"rows_unreadable", report.rows_unreadable},
                {"requests", report.requests},
                {"vendor_calls", report.vendor_calls},
                {"grants_ours", report.grants_ours},
                {"grants_of_others", report.grants_foreign},
                {"counts", std::move(counts)},
                {"differences", std::move(differences)},
                {"unreadable", std::move(unread)},
                {"troubles", report.troubles},
                {"summary", summary(report)}};
}

void Reports::put(const Report& report) {
    const std::lock_guard lock(mutex_);
    reports_.insert_or_assign(std::pair(report.business, report.key), report);
}

std::optional<Report> Reports::find(const std::string& business, const std::string& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = reports_.find({business, key});
    return found == reports_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace gatehouse::sweep
