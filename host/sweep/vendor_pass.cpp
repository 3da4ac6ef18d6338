#include "sweep/vendor_pass.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "plugins/documents.hpp"
#include "sweep/unlisted_pass.hpp"

namespace gatehouse::sweep {
namespace {

using nlohmann::json;

constexpr const char* kFunction = "inventory.list";
constexpr int kRecordsAtOnce = 500;
constexpr std::size_t kMaxStrays = 200;
// Of one connection; a list that has more does not end.
constexpr int kMaxPages = 20'000;
constexpr std::int64_t kMaxEntries = 500'000;
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
    } else if (++pages_ >= kMaxPages || entries_ > kMaxEntries) {
        give_up(findings, "its list does not end");
    }
    return {};
}

Result<void> VendorPass::take_entry(const json& grant, Findings& findings) {
    ++entries_;
    Entry entry;
    entry.rental_id = string_member(grant, "rental").value_or("");
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
    access::Stray& right = entry.right;
    right.connection = connection_;
    right.target = string_member(grant, "target").value_or("");
    right.references = grant.value("references", json::object());
    if (const json* renter = member(grant, "renter")) {
        right.email = string_member(*renter, "email").value_or("");
        right.phone = string_member(*renter, "phone").value_or("");
    }
    return take_ours(std::move(entry));
}

Result<void> VendorPass::take_ours(Entry entry) {
    const auto record = parts_.records.rental(parts_.business.business, entry.rental_id);
    if (!record) return fail(ErrorKind::kInternal, record.error().message);
    if (!*record || (*record)->grant_json.empty()) {
        const bool has_room = strays_.size() < kMaxStrays || strays_.contains(entry.rental_id);
        if (has_room) strays_[entry.rental_id].push_back(std::move(entry.right));
        return {};
    }
    const auto desired = access::desired_from_json((*record)->desired_json);
    const auto grant = access::grant_from_json((*record)->grant_json);
    const bool is_known = desired && grant && !grant->is_pending;
    // A look that ended while the list was read changes nothing here: the rental's next look judges
    // each right once more, by what it wants then.
    if (is_known && take_stray(entry, *desired, *grant)) return {};
    held_.add(place_of(entry.rental_id, entry.right.target));
    if (is_known && (*record)->updated_ms < began_ms_) compare(entry, *grant);
    return {};
}

// A call that the host did not live to hear of may have been for an address that the renter has
// given up since, or for a door that was the unit's. The rental's look ends it.
bool VendorPass::take_stray(const Entry& entry, const access::Desired& desired,
                            const access::Grant& grant) {
    if (!access::is_other_right(entry.right, desired, grant.references)) return false;
    const bool has_address = !entry.right.email.empty() || !entry.right.phone.empty();
    unlike_.push_back(
        {entry.rental_id,
         Kind::kHeldOtherwise,
         "open at " + shorten(entry.right.target, kMaxQuoted) +
             (has_address ? " for an address that is not the renter's" : ", a target too many"),
         {entry.right}});
    return true;
}

void VendorPass::compare(const Entry& entry, const access::Grant& grant) {
    const std::string& target = entry.right.target;
    const bool is_known = std::ranges::any_of(
        grant.targets,
        [&](const access::GrantedTarget& granted) { return granted.target == target; });
    if (entry.state == "active" && grant.state == access::AccessState::kSuspended) {
        unlike_.push_back({entry.rental_id, Kind::kHeldOtherwise,
                           "open at " + shorten(target, kMaxQuoted) + " though suspended"});
    } else if (!is_known && entry.state != "suspended") {
        unlike_.push_back({entry.rental_id, Kind::kHeldOtherwise,
                           "open at " + shorten(target, kMaxQuoted) + ", a target too many"});
    } else if (entry.state == "suspended" && grant.state == access::AccessState::kActive) {
        unlike_.push_back(
            {entry.rental_id, Kind::kHeldOtherwise, "suspended at " + shorten(target, kMaxQuoted)});
    }
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

// What is ours for a rental that holds nothing as far as is known here. Storeganise decides: only a
// rental that reads as over is taught what the vendor holds, so that its look may end that.
Result<void> VendorPass::settle_stray(Findings& findings) {
    const auto& [rental_id, rights] = *strays_.begin();
    const auto facts = parts_.client.rental(rental_id, nullptr);
    ++findings.requests;
    const std::string where = "the vendor of '" + connection_ + "' holds " +
                              shorten(rights.front().target, kMaxQuoted) + " for rental " +
                              shorten(rental_id, kMaxQuoted);
    if (!facts) {
        const ErrorKind kind = facts.error().kind;
        const bool is_final = kind == ErrorKind::kNotFound || kind == ErrorKind::kInvalid ||
                              kind == ErrorKind::kForbidden;
        if (!is_final) return not_answered(facts.error());
        findings.report(where + ", which Storeganise does not know; nothing is done");
    } else if (!is_over_state(facts->state)) {
        findings.add(Difference{rental_id, Kind::kHeldOtherwise,
                                where + ", of which nothing was known", rights});
        findings.accept();
    } else {
        const auto known = parts_.records.rental(parts_.business.business, rental_id);
        if (!known) return fail(ErrorKind::kInternal, known.error().message);
        if (!*known || (*known)->grant_json.empty()) teach(rights, *facts, *known, findings);
    }
    strays_.erase(strays_.begin());
    if (strays_.empty()) stage_ = Stage::kOver;
    return {};
}

// The look ends what is the renter's by what it is taught here; what is under another address goes
// with it as strays.
void VendorPass::teach(const std::vector<access::Stray>& rights, const access::Facts& facts,
                       const std::optional<access::RentalRecord>& known, Findings& findings) {
    access::Desired desired;
    desired.state = access::AccessState::kActive;
    desired.renter = facts.renter;
    desired.reasons = {"found at the vendor by a sweep"};
    for (const access::Stray& right : rights) {
        desired.targets.push_back(right.target);
    }
    access::Grant grant;
    grant.state = access::AccessState::kActive;
    grant.applied_ms = parts_.clock.now_ms();
    std::vector<access::Stray> others;
    for (const access::Stray& right : rights) {
        if (access::is_other_right(right, desired, json::object())) {
            others.push_back(right);
        } else {
            if (grant.targets.empty()) grant.references = right.references;
            grant.targets.push_back({right.target, ""});
        }
    }
    access::RentalRecord record = known.value_or(access::RentalRecord{});
    record.business = parts_.business.business;
    record.rental_id = facts.rental_id;
    record.connection = connection_;
    record.site_id = facts.site_id;
    record.unit_id = facts.unit_id;
    record.unit_name = facts.unit_name;
    record.renter_id = facts.renter.id;
    record.targets = desired.targets;
    record.desired_json = access::desired_to_json(desired);
    record.grant_json = access::grant_to_json(grant);
    record.updated_ms = parts_.clock.now_ms();
    Difference difference{record.rental_id, Kind::kOrphan,
                          "open at " + shorten(rights.front().target, kMaxQuoted) +
                              " though the rental is " + facts.state,
                          std::move(others)};
    findings.add(Orphan{std::move(difference), std::move(record)});
}

}  // namespace gatehouse::sweep
