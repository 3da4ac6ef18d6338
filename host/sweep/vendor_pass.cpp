#include "sweep/vendor_pass.hpp"

#include <algorithm>

#include "access/desired.hpp"
#include "access/grant.hpp"
#include "base/encoding.hpp"
#include "base/json.hpp"
#include "egress/ascii.hpp"
#include "plugins/documents.hpp"
#include "sweep/unlisted_pass.hpp"

namespace gatehouse::sweep {
namespace {

using nlohmann::json;

constexpr const char* kFunction = "inventory.list";
constexpr int kRecordsAtOnce = 500;
constexpr std::size_t kMaxStrays = 200;
constexpr std::size_t kMaxQuoted = 64;

std::string place_of(const std::string& rental_id, const std::string& target) {
    return rental_id + ' ' + target;
}

}  // namespace

Result<void> VendorPass::step(Findings& findings) {
    switch (stage_) {
        case Stage::kInventory:
            return read_page(findings);
        case Stage::kRecords:
            return read_records(findings);
        case Stage::kStrays:
            return settle_stray(findings);
        case Stage::kOver:
            break;
    }
    return {};
}

void VendorPass::give_up(Findings& findings, const std::string& why) {
    findings.reject("what the vendor of '" + connection_ + "' holds is not known: " + why);
    stage_ = Stage::kOver;
}

Result<void> VendorPass::read_page(Findings& findings) {
    json request{{"schema", 1}, {"cursor", nullptr}};
    if (!cursor_.empty()) request["cursor"] = cursor_;
    ++findings.vendor_calls;
    const auto answer = parts_.plugins.call(
        plugins::Call{parts_.business.business, connection_, kFunction, dump_json(request)});
    if (!answer) return not_answered(answer.error());
    const auto page = plugins::read_result(kFunction, *answer);
    if (!page) return not_answered(page.error());
    for (const json& grant : (*page)["grants"]) {
        if (Result<void> taken = take_entry(grant, findings); !taken) return taken;
    }
    cursor_ = string_member(*page, "next_cursor").value_or("");
    if (cursor_.empty()) {
        stage_ = Stage::kRecords;
    } else if (!cursors_.add(cursor_)) {
        give_up(findings, "its pages go round in a circle");
    }
    return {};
}

Result<void> VendorPass::take_entry(const json& grant, Findings& findings) {
    ++entries_;
    Entry entry;
    entry.rental_id = string_member(grant, "rental").value_or("");
    entry.target = string_member(grant, "target").value_or("");
    entry.state = string_member(grant, "state").value_or("");
    const bool is_ours = !entry.rental_id.empty() &&
                         string_member(grant, "business").value_or(parts_.business.business) ==
                             parts_.business.business;
    if (!is_ours) {
        ++findings.grants_foreign;
        return {};
    }
    ++findings.grants_ours;
    ++ours_;
    // Vendors may keep what is over for their own history.
    if (entry.state == "ended") return {};
    entry.references = grant.value("references", json::object());
    if (const json* renter = member(grant, "renter")) {
        entry.email = string_member(*renter, "email").value_or("");
    }
    return take_ours(std::move(entry), findings);
}

// A call that the host did not live to hear of may have been for an address that the renter has
// given up since. What else that address holds is not known here, so a person ends it.
bool VendorPass::is_for_another(const Entry& entry, const access::RentalRecord& record,
                                Findings& findings) const {
    const auto desired = access::desired_from_json(record.desired_json);
    const bool is_settled = desired && record.updated_ms < began_ms_;
    if (!is_settled || entry.email.empty() || desired->renter.email.empty() ||
        egress::equal_without_case(entry.email, desired->renter.email)) {
        return false;
    }
    findings.report("the vendor of '" + connection_ + "' holds " +
                    shorten(entry.target, kMaxQuoted) + " for rental " +
                    shorten(entry.rental_id, kMaxQuoted) +
                    " under an address that is not the renter's: end it there by hand");
    return true;
}

Result<void> VendorPass::take_ours(Entry entry, Findings& findings) {
    const auto record = parts_.records.rental(parts_.business.business, entry.rental_id);
    if (!record) return fail(ErrorKind::kInternal, record.error().message);
    if (!*record || (*record)->grant_json.empty()) {
        if (strays_.size() < kMaxStrays && stray_ids_.add(entry.rental_id)) {
            strays_.push_back(std::move(entry));
        }
        return {};
    }
    if (is_for_another(entry, **record, findings)) return {};
    held_.add(place_of(entry.rental_id, entry.target));
    const auto grant = access::grant_from_json((*record)->grant_json);
    if (!grant || grant->is_pending || (*record)->updated_ms >= began_ms_) return {};
    const bool is_known = std::ranges::any_of(
        grant->targets,
        [&](const access::GrantedTarget& granted) { return granted.target == entry.target; });
    if (entry.state == "active" && grant->state == access::AccessState::kSuspended) {
        unlike_.push_back({entry.rental_id, Kind::kHeldOtherwise,
                           "open at " + shorten(entry.target, kMaxQuoted) + " though suspended"});
    } else if (!is_known && entry.state != "suspended") {
        unlike_.push_back({entry.rental_id, Kind::kHeldOtherwise,
                           "open at " + shorten(entry.target, kMaxQuoted) + ", a target too many"});
    } else if (entry.state == "suspended" && grant->state == access::AccessState::kActive) {
        unlike_.push_back({entry.rental_id, Kind::kHeldOtherwise,
                           "suspended at " + shorten(entry.target, kMaxQuoted)});
    }
    return {};
}

Result<void> VendorPass::read_records(Findings& findings) {
    const auto records = parts_.records.rentals(parts_.business.business, after_, kRecordsAtOnce);
    if (!records) return fail(ErrorKind::kInternal, records.error().message);
    for (const access::RentalRecord& record : *records) {
        if (record.connection == connection_ && !record.grant_json.empty()) expect(record);
    }
    if (std::ssize(*records) == kRecordsAtOnce) {
        after_ = records->back().rental_id;
    } else {
        judge(findings);
    }
    return {};
}

// What was granted while the list was read may or may not stand in it.
void VendorPass::expect(const access::RentalRecord& record) {
    const auto grant = access::grant_from_json(record.grant_json);
    const bool must_be_held = grant && !grant->is_pending &&
                              grant->state == access::AccessState::kActive &&
                              record.updated_ms < began_ms_;
    if (!must_be_held) return;
    ++holders_;
    const bool is_held = std::ranges::all_of(grant->targets, [&](const auto& granted) {
        return held_.has(place_of(record.rental_id, granted.target));
    });
    if (!is_held) missing_.push_back(record.rental_id);
}

void VendorPass::judge(Findings& findings) {
    const std::string list = "the list of what the vendor of '" + connection_ + "' holds";
    const std::string holders = std::to_string(holders_) + " rentals have access there";
    if (holders_ > 0 && entries_ == 0) {
        findings.reject(list + " is not believed: it is empty, and " + holders);
    } else if (holders_ > 0 && ours_ == 0) {
        findings.reject(list + " is not believed: nothing in it is ours, and " + holders);
    } else if (!is_trusted_ && is_suspicious(std::ssize(missing_), holders_)) {
        findings.reject(list + " is not believed: it lacks " + std::to_string(missing_.size()) +
                        " of those, and " + holders);
    } else {
        for (std::string& rental_id : missing_) {
            findings.add(Difference{std::move(rental_id), Kind::kNotHeld,
                                    "has access, and the vendor does not hold it"});
        }
        for (Difference& difference : unlike_)
            findings.add(std::move(difference));
        findings.accept();
        stage_ = strays_.empty() ? Stage::kOver : Stage::kStrays;
        return;
    }
    stage_ = Stage::kOver;
}

// One of ours for a rental that holds nothing as far as is known here. Storeganise decides: only a
// rental that reads as over is taught what the vendor holds, so that its look may end that.
Result<void> VendorPass::settle_stray(Findings& findings) {
    const Entry entry = strays_.back();
    const auto facts = parts_.client.rental(entry.rental_id, nullptr);
    ++findings.requests;
    const std::string where = "the vendor of '" + connection_ + "' holds " +
                              shorten(entry.target, kMaxQuoted) + " for rental " +
                              shorten(entry.rental_id, kMaxQuoted);
    if (!facts) {
        const ErrorKind kind = facts.error().kind;
        const bool is_final = kind == ErrorKind::kNotFound || kind == ErrorKind::kInvalid ||
                              kind == ErrorKind::kForbidden;
        if (!is_final) return not_answered(facts.error());
        findings.report(where + ", which Storeganise does not know; nothing is done");
    } else if (!is_over_state(facts->state)) {
        findings.add(Difference{entry.rental_id, Kind::kHeldOtherwise,
                                where + ", of which nothing was known"});
        findings.accept();
    } else {
        const auto known = parts_.records.rental(parts_.business.business, entry.rental_id);
        if (!known) return fail(ErrorKind::kInternal, known.error().message);
        if (!*known || (*known)->grant_json.empty()) teach(entry, *facts, *known, findings);
    }
    strays_.pop_back();
    if (strays_.empty()) stage_ = Stage::kOver;
    return {};
}

void VendorPass::teach(const Entry& entry, const access::Facts& facts,
                       const std::optional<access::RentalRecord>& known, Findings& findings) {
    access::Desired desired;
    desired.state = access::AccessState::kActive;
    desired.targets = {entry.target};
    desired.renter = facts.renter;
    desired.reasons = {"found at the vendor by a sweep"};
    access::Grant grant;
    grant.state = access::AccessState::kActive;
    grant.targets = {{entry.target, ""}};
    grant.references = entry.references;
    grant.applied_ms = parts_.clock.now_ms();
    access::RentalRecord record = known.value_or(access::RentalRecord{});
    record.business = parts_.business.business;
    record.rental_id = entry.rental_id;
    record.connection = connection_;
    record.site_id = facts.site_id;
    record.unit_id = facts.unit_id;
    record.unit_name = facts.unit_name;
    record.renter_id = facts.renter.id;
    record.targets = desired.targets;
    record.desired_json = access::desired_to_json(desired);
    record.grant_json = access::grant_to_json(grant);
    record.updated_ms = parts_.clock.now_ms();
    findings.add(Orphan{
        {entry.rental_id, Kind::kOrphan,
         "open at " + shorten(entry.target, kMaxQuoted) + " though the rental is " + facts.state},
        std::move(record)});
}

}  // namespace gatehouse::sweep
