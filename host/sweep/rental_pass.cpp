#include "sweep/rental_pass.hpp"

#include <unordered_set>

#include "access/rental_state.hpp"

namespace gatehouse::sweep {
namespace {

constexpr std::size_t kMaxUnknownStates = 20;

// A row without an id is known by its place.
const std::string& id_of(const storeganise::UnreadableRow& row) {
    return row.rental_id.empty() ? row.name : row.rental_id;
}

void note_state(const std::string& state, Findings& findings) {
    const bool is_known = access::phase_of(state) != access::RentalPhase::kUnknown;
    if (is_known || findings.unknown_states.size() >= kMaxUnknownStates) return;
    findings.unknown_states.insert(state);
}

}  // namespace

Result<void> compare(const Parts& parts, const access::Facts& facts, Findings& findings) {
    const auto record = parts.records.rental(parts.business.business, facts.rental_id);
    // The rest of the page would be taken for compared.
    if (!record) return fail(ErrorKind::kInternal, record.error().message);
    Result<std::string> difference = parts.comparison.difference(parts.business, facts, *record);
    if (!difference) return tl::unexpected(difference.error());
    if (!difference->empty()) {
        findings.add(Difference{facts.rental_id, Kind::kFactsDiffer, std::move(*difference)});
    }
    return {};
}

Unread unread(const storeganise::UnreadableRow& row) {
    return {row.name, row.rental_id, row.why, row.is_occupied};
}

Result<void> RentalPass::step(Findings& findings) {
    storeganise::ListQuery query;
    query.updated_after_ms = since_ms_;
    query.offset = walk_.offset();
    query.limit = ListWalk::kPageRows;
    const auto page = parts_.client.rentals(query, nullptr);
    ++findings.requests;
    if (!page) return not_answered(page.error());

    std::vector<std::string> ids;
    std::vector<std::string> first_ids;
    for (const access::Facts& facts : page->rentals) {
        ids.push_back(facts.rental_id);
    }
    if (!ids.empty()) first_ids.push_back(ids.front());
    for (const storeganise::UnreadableRow& row : page->unreadable) {
        ids.push_back(id_of(row));
    }
    if (!page->unreadable.empty()) first_ids.push_back(id_of(page->unreadable.front()));

    const auto fresh = walk_.take(first_ids, ids, page->rows);
    if (!fresh) return tl::unexpected(fresh.error());
    const std::unordered_set<std::string> is_fresh(fresh->begin(), fresh->end());
    for (const storeganise::UnreadableRow& row : page->unreadable) {
        if (is_fresh.contains(id_of(row))) findings.add(unread(row));
    }
    for (const access::Facts& facts : page->rentals) {
        if (!is_fresh.contains(facts.rental_id)) continue;
        ++findings.rentals_listed;
        note_state(facts.state, findings);
        Result<void> compared = compare(parts_, facts, findings);
        if (compared) continue;
        if (compared.error().kind != ErrorKind::kUnavailable) return compared;
        is_foreign_ = true;
        findings.reject("Storeganise's list is not believed: " + compared.error().message);
        return {};
    }
    return {};
}

}  // namespace gatehouse::sweep
