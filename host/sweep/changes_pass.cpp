#include "sweep/changes_pass.hpp"

#include <algorithm>

#include "sweep/rental_pass.hpp"

namespace gatehouse::sweep {
namespace {

constexpr int kRecordsAtOnce = 200;

}  // namespace

Result<void> ChangesPass::step(Findings& findings) {
    return waiting_.empty() ? read_page(findings) : compare_some(findings);
}

Result<void> ChangesPass::read_page(Findings& findings) {
    storeganise::ListQuery query;
    query.updated_after_ms = since_ms_;
    query.offset = walk_.offset();
    query.limit = ListWalk::kPageRows;
    const auto page = of_ == Of::kUnits ? parts_.client.units(query, nullptr)
                                        : parts_.client.users(query, nullptr);
    ++findings.requests;
    if (!page) return not_answered(page.error());
    std::vector<std::string> first_ids;
    if (!page->ids.empty()) first_ids.push_back(page->ids.front());
    const auto fresh = walk_.take(first_ids, page->ids, page->rows);
    if (!fresh) return tl::unexpected(fresh.error());
    for (const std::string& id : *fresh) {
        if (Result<void> found = find_rentals(id); !found) return found;
    }
    return {};
}

Result<void> ChangesPass::find_rentals(const std::string& changed_id) {
    const auto key = of_ == Of::kUnits ? access::RentalKey::kUnit : access::RentalKey::kRenter;
    std::string after;
    while (true) {
        const auto records = parts_.lookups.rentals_by(parts_.business.business, key, changed_id,
                                                       after, kRecordsAtOnce);
        if (!records) return fail(ErrorKind::kInternal, records.error().message);
        for (const access::RentalRecord& record : *records) {
            if (!done_.has(record.rental_id) && queued_.add(record.rental_id)) {
                waiting_.push_back(record.rental_id);
            }
        }
        if (std::ssize(*records) < kRecordsAtOnce) return {};
        after = records->back().rental_id;
    }
}

Result<void> ChangesPass::compare_some(Findings& findings) {
    storeganise::ListQuery query;
    query.limit = ListWalk::kPageRows;
    const auto count =
        std::min<std::ptrdiff_t>(std::ssize(waiting_), std::ptrdiff_t{ListWalk::kPageRows});
    query.ids.assign(waiting_.begin(), waiting_.begin() + count);
    const auto page = parts_.client.rentals(query, nullptr);
    ++findings.requests;
    if (!page) return not_answered(page.error());
    for (const storeganise::UnreadableRow& row : page->unreadable) {
        if (done_.has(row.rental_id)) continue;  // met in the list
        findings.add(unread(row));
    }
    for (const access::Facts& facts : page->rentals) {
        // A server that does not know the filter answers with others, which prove nothing.
        if (std::ranges::find(query.ids, facts.rental_id) == query.ids.end()) continue;
        Result<void> compared = compare(parts_, facts, findings);
        if (compared) continue;
        if (compared.error().kind != ErrorKind::kUnavailable) return compared;
        findings.reject("Storeganise's list is not believed: " + compared.error().message);
        is_foreign_ = true;
        return {};
    }
    waiting_.erase(waiting_.begin(), waiting_.begin() + count);
    return {};
}

}  // namespace gatehouse::sweep
