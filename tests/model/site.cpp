#include "model/site.hpp"

#include <algorithm>

namespace gatehouse::model {
namespace {

using nlohmann::json;

constexpr std::int64_t kDayMs = 86'400'000;
std::size_t index_of(int number) {
    return static_cast<std::size_t>(number);
}

int door_of(std::size_t unit, int target) {
    return 101 + static_cast<int>(unit) * 10 + target;
}

}  // namespace

const Openings& RentalFacts::on(const std::string& day) const {
    static const Openings none;
    return day < first_day || (!last_day.empty() && last_day < day) ? none : openings;
}

Site::Site(const History& history, const std::string& business, const Clock& clock,
           InProcessClient& client)
    : name_(business),
      clock_(clock),
      storeganise_api_(storeganise_),
      business_(storeganise_.business(business)),
      doors_(make_doors(history.vendor, business, clock)),
      prefix_(doors_->plugin()),
      has_gate_(history.has_gate) {
    client.serve(kStoreganiseAuthority,
                 [this](const simulators::Request& r) { return storeganise_api_.answer(r); });
    client.serve(kVendorAuthority,
                 [this](const simulators::Request& r) { return doors_->answer(r); });
    business_.field_codes["units"].insert(prefix_ + "_id");
    for (const char* code : {"_pinCode", "_overlocked", "_status", "_resync"}) {
        business_.field_codes["rentals"].insert(prefix_ + code);
    }
    doors_->add_door(kGate);
    change("sites", "site-1", {{"code", "one"}});
    for (std::size_t i = 0; i < kUnits; ++i) {
        doors_->add_door(door_of(i, 0));
        doors_->add_door(door_of(i, 1));
        units_.push_back({"unit-" + std::to_string(i), "", 0});
        change("units", units_.back().id,
               {{"name", "U" + std::to_string(i)}, {"siteId", "site-1"}});
        write_target(units_.back());
    }
    for (int i = 0; i < kRenters; ++i) {
        emails_.push_back("renter" + std::to_string(i) + "@example.com");
        phones_.push_back("+4790000" + std::to_string(100 + i));
        people_.insert({emails_.back(), phones_.back()});
        change("users", "user-" + std::to_string(i),
               {{"name", "Renter " + std::to_string(i)},
                {"email", emails_.back()},
                {"phone", phones_.back()}});
    }
}

void Site::act(const Act& act) {
    using Deed = void (Site::*)(const Act&);
    static const std::map<std::string, Deed> deeds{
        {"move_in", &Site::move_in},
        {"move_out", &Site::move_out},
        {"plan_move_out", &Site::plan_move_out},
        {"cancel_move_out", &Site::cancel_move_out},
        {"transfer", &Site::transfer},
        {"new_email", &Site::change_email},
        {"new_phone", &Site::change_phone},
        {"type_pin", &Site::type_pin},
        {"retarget", &Site::retarget},
        {"echo", &Site::echo},
        {"somebody_deletes", &Site::delete_at_vendor},
    };
    if (const auto deed = deeds.find(act.verb); deed != deeds.end()) {
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
}

void Site::emit(const Act& act, const std::string& type, const json& data) {
    const Webhook webhook{"event-" + name_ + "-" + std::to_string(next_id_++), type, data};
    if (act.webhook == "now" || act.webhook == "twice") to_deliver.push_back(webhook);
    if (act.webhook == "twice" || act.webhook == "late") late.push_back(webhook);
}

std::string Site::make_job(const std::string& type, const std::string& state, const json& data) {
    std::string id = "job-" + std::to_string(next_id_++);
    change("jobs", id, {{"type", type}, {"state", state}, {"data", data}});
    return id;
}

// As Storeganise's: plugins may keep it in less room.
std::string Site::new_rental_id() {
    const std::string number = std::to_string(next_id_++);
    return "5bf540e87200" + std::string(12 - number.size(), '0') + number;
}

void Site::move_in(const Act& act) {
    Unit& unit = units_[index_of(act.numbers[1])];
    if (has_rental(unit)) return;
    unit.rental_id = new_rental_id();
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
    const std::string new_id = new_rental_id();
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
    pins_.transferred(old_id, new_id);
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
    const bool is_ticked = fields.value(prefix_ + "_overlocked", json(false)) == json(true);
    const bool is_staffs = staff_locked_.count(unit.rental_id) > 0;
    // Before the first look a tick cannot be told from one left over from before the move-in.
    const bool is_known = fields.contains(prefix_ + "_status");
    if (is_locked ? is_ticked || is_staffs || !is_known : !is_ticked || !is_staffs) return;
    change("rentals", unit.rental_id, json::object(), {{prefix_ + "_overlocked", is_locked}});
    if (is_locked) {
        staff_locked_.insert(unit.rental_id);
    } else {
        staff_locked_.erase(unit.rental_id);
    }
    emit(act, "unitRental.updated",
         {{"unitRentalId", unit.rental_id},
          {"changedKeys", json::array({"customFields." + prefix_ + "_overlocked"})}});
}

void Site::change_email(const Act& act) {
    const std::size_t renter = index_of(act.numbers[0]);
    emails_[renter] =
        "renter" + std::to_string(renter) + "." + std::to_string(next_id_++) + "@example.com";
    people_.insert(emails_[renter]);
    const std::string id = "user-" + std::to_string(renter);
    change("users", id, {{"email", emails_[renter]}});
    emit(act, "user.updated", {{"userId", id}, {"changedKeys", json::array({"email"})}});
}

void Site::change_phone(const Act& act) {
    const std::size_t renter = index_of(act.numbers[0]);
    phones_[renter] = "+4791000" + std::to_string(100 + next_id_++);
    people_.insert(phones_[renter]);
    const std::string id = "user-" + std::to_string(renter);
    change("users", id, {{"phone", phones_[renter]}});
    emit(act, "user.updated", {{"userId", id}, {"changedKeys", json::array({"phone"})}});
}

void Site::type_pin(const Act& act) {
    const Unit& unit = units_[index_of(act.numbers[0])];
    if (!has_rental(unit)) return;
    const std::string& others = units_[(index_of(act.numbers[0]) + 1) % units_.size()].rental_id;
    const std::string pin = pins_.typed(act.numbers[1], pin_field(others));
    const std::string code = prefix_ + "_pinCode";
    change("rentals", unit.rental_id, json::object(),
           {{code, pin.empty() ? json(nullptr) : json(pin)}});
    emit(
        act, "unitRental.updated",
        {{"unitRentalId", unit.rental_id}, {"changedKeys", json::array({"customFields." + code})}});
}

void Site::retarget(const Act& act) {
    Unit& unit = units_[index_of(act.numbers[0])];
    unit.target = 1 - unit.target;
    write_target(unit);
    emit(act, "unit.updated",
         {{"unitId", unit.id}, {"changedKeys", json::array({"customFields." + prefix_ + "_id"})}});
}

void Site::write_target(const Unit& unit) {
    const auto index = static_cast<std::size_t>(&unit - units_.data());
    change("units", unit.id, json::object(),
           {{prefix_ + "_id", doors_->target(door_of(index, unit.target))}});
}

void Site::echo(const Act& act) {
    const Unit& unit = units_[index_of(act.numbers[0])];
    if (!has_rental(unit)) return;
    emit(act, "unitRental.updated",
         {{"unitRentalId", unit.rental_id}, {"changedKeys", json::array({"price"})}});
}

void Site::delete_at_vendor(const Act& act) {
    const auto unit = index_of(act.numbers[0]);
    doors_->delete_one_of({door_of(unit, 0), door_of(unit, 1)});
    has_lost_rights_ = true;
}

std::string Site::rental_in(int unit) const {
    return units_[index_of(unit)].rental_id;
}

Openings Site::open() {
    return doors_->open(people_);
}

Openings Site::allowed() const {
    Openings all;
    for (const std::string& rental_id : occupied_rentals()) {
        all.merge(Openings(facts_of(rental_id).on(today())));
    }
    return all;
}

Openings Site::unsure() const {
    Openings all;
    if (doors_->key() != Doors::Key::kPin) return all;
    for (const std::string& rental_id : occupied_rentals()) {
        if (pins_.is_usable(rental_id, pin_field(rental_id))) continue;
        all.merge(facts_of(rental_id).openings);
    }
    return all;
}

const Site::Unit* Site::unit_of(const std::string& rental_id) const {
    const auto unit = std::find_if(units_.begin(), units_.end(), [&](const Unit& each) {
        return !rental_id.empty() && each.rental_id == rental_id;
    });
    return unit == units_.end() ? nullptr : &*unit;
}

std::vector<std::string> Site::occupied_rentals() const {
    std::vector<std::string> ids;
    for (const Unit& unit : units_) {
        if (has_rental(unit)) ids.push_back(unit.rental_id);
    }
    return ids;
}

RentalFacts Site::facts_of(const std::string& rental_id) const {
    const Unit* unit = unit_of(rental_id);
    if (unit == nullptr) return {};
    RentalFacts facts;
    const json& rental = business_.rentals.find(rental_id)->second.data;
    facts.first_day = rental.at("startDate").get<std::string>();
    if (const auto planned = planned_.find(rental_id); planned != planned_.end()) {
        const json& job = business_.jobs.find(planned->second)->second.data;
        facts.last_day = job.at("data").at("date").get<std::string>();
    }
    const bool is_overdue = !rental.value("overdue", json(nullptr)).is_null();
    if (is_overdue || staff_locked_.contains(rental_id)) return facts;
    const auto index = static_cast<std::size_t>(unit - units_.data());
    for (const std::string& key : keys_of(rental_id)) {
        facts.openings.emplace(key, door_name(door_of(index, unit->target)));
        if (has_gate_) facts.openings.emplace(key, door_name(kGate));
    }
    return facts;
}

std::set<std::string> Site::targets_of(const std::string& rental_id) const {
    const Unit* unit = unit_of(rental_id);
    if (unit == nullptr) return {};
    const auto index = static_cast<std::size_t>(unit - units_.data());
    std::set<std::string> targets{doors_->target(door_of(index, unit->target))};
    if (has_gate_) targets.insert(doors_->target(kGate));
    return targets;
}

std::vector<std::string> Site::keys_of(const std::string& rental_id) const {
    if (doors_->key() == Doors::Key::kPin) return pins_.of(rental_id, pin_field(rental_id));
    const json& rental = business_.rentals.find(rental_id)->second.data;
    const auto owner = index_of(rental.at("ownerId").get<std::string>().back() - '0');
    return {doors_->key() == Doors::Key::kPhone ? phones_[owner] : emails_[owner]};
}

std::map<std::string, std::string> Site::pin_fields() const {
    std::map<std::string, std::string> fields;
    if (doors_->key() != Doors::Key::kPin) return fields;
    for (const auto& [id, rental] : business_.rentals) {
        fields[id] = pin_field(id);
    }
    return fields;
}

std::string Site::pin_field(const std::string& rental_id) const {
    const auto rental = business_.rentals.find(rental_id);
    if (rental == business_.rentals.end()) return "";
    return rental->second.custom_fields.value(prefix_ + "_pinCode", std::string());
}

bool Site::is_over(const std::string& rental_id) const {
    if (unit_of(rental_id) == nullptr) return true;
    const RentalFacts facts = facts_of(rental_id);
    return !facts.last_day.empty() && facts.last_day < std::max(today(), facts.first_day);
}

}  // namespace gatehouse::model
