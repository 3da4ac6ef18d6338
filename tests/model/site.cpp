#include "model/site.hpp"

#include <algorithm>

namespace gatehouse::model {
namespace {

using nlohmann::json;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr int kGate = 900;

std::size_t index_of(int number) {
    return static_cast<std::size_t>(number);
}

int group_of(std::size_t unit, int target) {
    return 101 + static_cast<int>(unit) * 10 + target;
}

std::string door_name(int group) {
    return group == kGate ? "gate" : "door " + std::to_string(group);
}

}  // namespace

Site::Site(const std::string& business, const Clock& clock, InProcessClient& client)
    : name_(business),
      clock_(clock),
      storeganise_api_(storeganise_),
      kisi_api_(kisi_, recorder_),
      business_(storeganise_.business(business)) {
    kisi_api_.set_rate_limited(false);
    recorder_.set_log_limit(0);
    client.serve(kStoreganiseAuthority,
                 [this](const simulators::Request& r) { return storeganise_api_.answer(r); });
    client.serve(kVendorAuthority,
                 [this](const simulators::Request& r) { return kisi_api_.answer(r); });
    simulators::KisiOrganization& organization = kisi_.organization(business);
    const auto add_door = [&](int group) {
        kisi_.add(organization, simulators::KisiGroup{group, door_name(group), "", ""});
        kisi_.add(organization,
                  simulators::KisiLock{group + 1000, door_name(group), false, "", ""});
        kisi_.add(organization, simulators::KisiGroupLock{0, group, group + 1000, "", ""});
    };
    add_door(kGate);
    change("sites", "site-1", {{"code", "one"}});
    for (std::size_t i = 0; i < kUnits; ++i) {
        add_door(group_of(i, 0));
        add_door(group_of(i, 1));
        units_.push_back({"unit-" + std::to_string(i), "", 0});
        change("units", units_.back().id,
               {{"name", "U" + std::to_string(i)}, {"siteId", "site-1"}});
        write_target(units_.back());
    }
    for (int i = 0; i < kRenters; ++i) {
        emails_.push_back("renter" + std::to_string(i) + "@example.com");
        all_emails_.insert(emails_.back());
        change("users", "user-" + std::to_string(i),
               {{"name", "Renter " + std::to_string(i)}, {"email", emails_.back()}});
    }
}

void Site::act(const Act& act) {
    using Deed = void (Site::*)(const Act&);
    static const std::map<std::string, Deed> kDeeds{
        {"move_in", &Site::move_in},
        {"move_out", &Site::move_out},
        {"plan_move_out", &Site::plan_move_out},
        {"cancel_move_out", &Site::cancel_move_out},
        {"transfer", &Site::transfer},
        {"new_email", &Site::change_email},
        {"retarget", &Site::retarget},
        {"echo", &Site::echo},
        {"somebody_deletes", &Site::delete_at_vendor},
    };
    if (const auto deed = kDeeds.find(act.verb); deed != kDeeds.end()) {
        (this->*deed->second)(act);
    } else if (act.verb == "overdue" || act.verb == "pay") {
        set_overdue(act, act.verb == "overdue");
    } else if (act.verb == "staff_lock" || act.verb == "staff_unlock") {
        set_staff_lock(act, act.verb == "staff_lock");
    }
}

json& Site::rental_of(const Unit& unit) {
    return business_.rentals.find(unit.rental_id)->second.data;
}

std::string Site::day(int days_from_now) const {
    return format_utc(clock_.now_ms() + days_from_now * kDayMs).substr(0, 10);
}

void Site::change(const std::string& collection, const std::string& id, const json& data,
                  const json& fields) {
    json whole = data;
    whole["id"] = id;
    (void)storeganise_.put(business_, collection, std::move(whole), fields);
    auto* entities = simulators::StoreganiseModel::collection(business_, collection);
    entities->find(id)->second.data["updated"] = format_utc(clock_.now_ms());
}

void Site::emit(const Act& act, const std::string& type, const json& data) {
    const Webhook webhook{"event-" + name_ + "-" + std::to_string(next_id_++), type, data};
    if (act.webhook == "now" || act.webhook == "twice") to_deliver.push_back(webhook);
    if (act.webhook == "twice" || act.webhook == "late") late.push_back(webhook);
}

std::string Site::make_job(const std::string& type, const std::string& state, const json& data) {
    const std::string id = "job-" + std::to_string(next_id_++);
    change("jobs", id, {{"type", type}, {"state", state}, {"data", data}});
    return id;
}

void Site::move_in(const Act& act) {
    Unit& unit = units_[index_of(act.numbers[1])];
    if (has_rental(unit)) return;
    unit.rental_id = "rental-" + std::to_string(next_id_++);
    const std::string owner = "user-" + std::to_string(act.numbers[0]);
    const std::string job =
        make_job("unit_moveIn", "completed", {{"unitRentalId", unit.rental_id}});
    change("rentals", unit.rental_id,
           {{"unitId", unit.id},
            {"siteId", "site-1"},
            {"ownerId", owner},
            {"state", "occupied"},
            {"startDate", day(act.numbers[2])},
            {"moveInJobId", job}});
    emit(act, "job.unit_moveIn.completed", {{"jobId", job}});
}

void Site::move_out(const Act& act) {
    Unit& unit = units_[index_of(act.numbers[0])];
    if (!has_rental(unit)) return;
    const std::string job =
        make_job("unit_moveOut", "completed", {{"unitRentalId", unit.rental_id}, {"date", day(0)}});
    change("rentals", unit.rental_id, {{"state", "ended"}, {"moveOutJobId", job}});
    unit.rental_id.clear();
    emit(act, "job.unit_moveOut.completed", {{"jobId", job}});
}

void Site::plan_move_out(const Act& act) {
    const Unit& unit = units_[index_of(act.numbers[0])];
    if (!has_rental(unit) || planned_.count(unit.rental_id) > 0) return;
    const std::string job = make_job(
        "unit_moveOut", "ready",
        {{"unitRentalId", unit.rental_id}, {"unitId", unit.id}, {"date", day(act.numbers[1])}});
    planned_[unit.rental_id] = job;
    change("rentals", unit.rental_id, {{"moveOutJobId", job}});
    emit(act, "job.unit_moveOut.created", {{"jobId", job}});
}

void Site::cancel_move_out(const Act& act) {
    const Unit& unit = units_[index_of(act.numbers[0])];
    const auto planned = planned_.find(unit.rental_id);
    if (!has_rental(unit) || planned == planned_.end()) return;
    const std::string job = planned->second;
    planned_.erase(planned);
    change("jobs", job, {{"state", "cancelled"}});
    change("rentals", unit.rental_id, {{"moveOutJobId", nullptr}});
    emit(act, "job.unit_moveOut.cancelled", {{"jobId", job}});
}

void Site::transfer(const Act& asked) {
    Unit& from = units_[index_of(asked.numbers[0])];
    Unit& to = units_[index_of(asked.numbers[1])];
    if (!has_rental(from) || has_rental(to)) return;
    const std::string old_id = from.rental_id;
    // Once the old rental was seen to be over, its box says nothing any more: staff's overlock is
    // carried over by a host that hears in time.
    Act act = asked;
    if (act.webhook == "late" && staff_locked_.count(old_id) > 0) act.webhook = "now";
    const std::string new_id = "rental-" + std::to_string(next_id_++);
    const json old = rental_of(from);
    change("rentals", new_id,
           {{"unitId", to.id},
            {"siteId", "site-1"},
            {"ownerId", old.at("ownerId")},
            {"state", "occupied"},
            {"startDate", day(0)},
            {"overdue", old.value("overdue", json(nullptr))}});
    change("rentals", old_id, {{"state", "ended"}});
    const std::string job =
        make_job("unit_transfer", "completed",
                 {{"oldRentalId", old_id}, {"newRentalId", new_id}, {"newUnitId", to.id}});
    // Only a host that hears of the transfer can carry staff's overlock over.
    if (act.webhook != "lost" && staff_locked_.count(old_id) > 0) staff_locked_.insert(new_id);
    from.rental_id.clear();
    to.rental_id = new_id;
    emit(act, "job.unit_transfer.completed", {{"jobId", job}});
}

void Site::set_overdue(const Act& act, bool is_overdue) {
    const Unit& unit = units_[index_of(act.numbers[0])];
    if (!has_rental(unit)) return;
    change("rentals", unit.rental_id,
           {{"overdue", is_overdue ? json(format_utc(clock_.now_ms())) : json(nullptr)}});
    emit(act, is_overdue ? "unitRental.markOverdue" : "unitRental.unmarkOverdue",
         {{"unitRentalId", unit.rental_id}});
}

// Staff can only tick a box that is not ticked, and only untick what they ticked: what they mean by
// unticking a box that says "overdue" is nothing that a field could tell.
void Site::set_staff_lock(const Act& act, bool is_locked) {
    const Unit& unit = units_[index_of(act.numbers[0])];
    if (!has_rental(unit)) return;
    const auto& fields = business_.rentals.find(unit.rental_id)->second.custom_fields;
    const bool is_ticked = fields.value("kisi_overlocked", json(false)) == json(true);
    const bool is_staffs = staff_locked_.count(unit.rental_id) > 0;
    // Before the first look a tick cannot be told from one left over from before the move-in.
    const bool is_known = fields.contains("kisi_status");
    if (is_locked ? is_ticked || is_staffs || !is_known : !is_ticked || !is_staffs) return;
    change("rentals", unit.rental_id, json::object(), {{"kisi_overlocked", is_locked}});
    if (is_locked) {
        staff_locked_.insert(unit.rental_id);
    } else {
        staff_locked_.erase(unit.rental_id);
    }
    emit(act, "unitRental.updated",
         {{"unitRentalId", unit.rental_id},
          {"changedKeys", json::array({"customFields.kisi_overlocked"})}});
}

void Site::change_email(const Act& act) {
    const std::size_t renter = index_of(act.numbers[0]);
    emails_[renter] =
        "renter" + std::to_string(renter) + "." + std::to_string(next_id_++) + "@example.com";
    all_emails_.insert(emails_[renter]);
    const std::string id = "user-" + std::to_string(renter);
    change("users", id, {{"email", emails_[renter]}});
    emit(act, "user.updated", {{"userId", id}, {"changedKeys", json::array({"email"})}});
}

void Site::retarget(const Act& act) {
    Unit& unit = units_[index_of(act.numbers[0])];
    unit.target = 1 - unit.target;
    write_target(unit);
    emit(act, "unit.updated",
         {{"unitId", unit.id}, {"changedKeys", json::array({"customFields.kisi_id"})}});
}

void Site::write_target(const Unit& unit) {
    const auto index = static_cast<std::size_t>(&unit - units_.data());
    change("units", unit.id, json::object(),
           {{"kisi_id", "group:" + std::to_string(group_of(index, unit.target))}});
}

void Site::echo(const Act& act) {
    const Unit& unit = units_[index_of(act.numbers[0])];
    if (!has_rental(unit)) return;
    emit(act, "unitRental.updated",
         {{"unitRentalId", unit.rental_id}, {"changedKeys", json::array({"price"})}});
}

void Site::delete_at_vendor(const Act& act) {
    simulators::KisiOrganization& organization = kisi_.organization(name_);
    const auto unit = index_of(act.numbers[0]);
    for (const auto& [id, assignment] : organization.role_assignments) {
        if (assignment.applies_to_id == group_of(unit, 0) ||
            assignment.applies_to_id == group_of(unit, 1)) {
            simulators::KisiModel::remove_role_assignment(organization, id);
            return;
        }
    }
}

Openings Site::open() {
    Openings found;
    for (const std::string& email : all_emails_) {
        for (const auto& door :
             simulators::KisiModel::open_doors(kisi_.organization(name_), email, clock_.now_ms())) {
            found.emplace(email, door.lock_name);
        }
    }
    return found;
}

Openings Site::allowed() const {
    Openings all;
    for (const Unit& unit : units_) {
        all.merge(allowed_by(unit.rental_id));
    }
    return all;
}

Openings Site::allowed_by(const std::string& rental_id) const {
    const auto unit = std::find_if(units_.begin(), units_.end(), [&](const Unit& each) {
        return !rental_id.empty() && each.rental_id == rental_id;
    });
    if (unit == units_.end()) return {};
    const std::string today = day(0);
    const json& rental = business_.rentals.find(rental_id)->second.data;
    const auto planned = planned_.find(rental_id);
    const bool is_over =
        planned != planned_.end() &&
        business_.jobs.find(planned->second)->second.data.at("data").at("date") < today;
    const bool is_early = rental.at("startDate").get<std::string>() > today;
    const bool is_overdue = !rental.value("overdue", json(nullptr)).is_null();
    if (is_over || is_early || is_overdue || staff_locked_.count(rental_id) > 0) return {};
    const std::string owner = rental.at("ownerId").get<std::string>();
    const std::string& email = emails_[index_of(owner.back() - '0')];
    const auto index = static_cast<std::size_t>(unit - units_.begin());
    return {{email, door_name(group_of(index, unit->target))}, {email, door_name(kGate)}};
}

}  // namespace gatehouse::model
