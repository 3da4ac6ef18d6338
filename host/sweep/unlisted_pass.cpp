#include "sweep/unlisted_pass.hpp"

#include <algorithm>

#include "access/rental_state.hpp"

namespace gatehouse::sweep {
namespace {

constexpr int kRecordsAtOnce = 500;
constexpr std::size_t kProbes = 5;
constexpr std::int64_t kFewMissing = 5;
constexpr std::int64_t kMissingShare = 10;  // one in ten

}  // namespace

bool is_suspicious(std::int64_t missing, std::int64_t holders) {
    return missing > std::max(kFewMissing, holders / kMissingShare);
}

bool is_over_state(const std::string& state) {
    return access::phase_of(state) == access::RentalPhase::kAfter;
}

Result<void> UnlistedPass::step(Findings& findings) {
    return stage_ == Stage::kRecords ? read_records(findings) : probe(findings);
}

Result<void> UnlistedPass::read_records(Findings& findings) {
    const auto records = parts_.records.rentals(parts_.business.business, after_, kRecordsAtOnce);
    if (!records) return fail(ErrorKind::kInternal, records.error().message);
    for (const access::RentalRecord& record : *records) {
        if (record.grant_json.empty()) continue;
        ++holders_;
        if (!listed_.has(record.rental_id)) unlisted_.push_back(record.rental_id);
    }
    if (std::ssize(*records) == kRecordsAtOnce) {
        after_ = records->back().rental_id;
        return {};
    }
    judge(findings);
    return {};
}

void UnlistedPass::judge(Findings& findings) {
    if (listed_.size() == 0 && holders_ > 0) {
        return reject(findings,
                      "it is empty, and " + std::to_string(holders_) + " rentals hold access");
    }
    const std::int64_t missing = std::ssize(unlisted_);
    const bool is_none_listed = missing > 0 && missing == holders_;
    const bool is_doubtful = is_none_listed || is_suspicious(missing, holders_);
    if (is_trusted_ || !is_doubtful) return accept(findings);
    const std::size_t stride = std::max<std::size_t>(1, unlisted_.size() / kProbes);
    for (std::size_t at = 0; at < unlisted_.size() && probes_.size() < kProbes; at += stride) {
        probes_.push_back(unlisted_[at]);
    }
    stage_ = Stage::kProbes;
}

Result<void> UnlistedPass::probe(Findings& findings) {
    const std::string& rental_id = probes_.back();
    const auto facts = parts_.client.rental(rental_id, nullptr);
    ++findings.requests;
    const bool is_unknown = !facts && facts.error().kind == ErrorKind::kNotFound;
    if (!facts && !is_unknown) return not_answered(facts.error());
    if (is_unknown || !is_over_state(facts->state)) {
        reject(findings, "it lacks " + std::to_string(unlisted_.size()) + " of " +
                             std::to_string(holders_) + " rentals that hold access, and rental " +
                             rental_id + (is_unknown ? " is not known" : " is " + facts->state));
        return {};
    }
    probes_.pop_back();
    if (probes_.empty()) accept(findings);
    return {};
}

void UnlistedPass::accept(Findings& findings) {
    for (std::string& rental_id : unlisted_) {
        findings.add(Difference{std::move(rental_id), Kind::kNotListed,
                                "holds access, and the list does not name it"});
    }
    unlisted_.clear();
    findings.accept();
    stage_ = Stage::kOver;
}

void UnlistedPass::reject(Findings& findings, const std::string& why) {
    findings.reject("Storeganise's list of rentals is not believed: " + why);
    stage_ = Stage::kOver;
}

}  // namespace gatehouse::sweep
