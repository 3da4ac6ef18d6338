// What happens to rentals: move-ins, move-outs, transfers, debts.
#include <algorithm>
#include <utility>

#include "simulators/storeganise_model.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

Entity* find_in(Entities& entities, const std::string& id) {
    const auto found = entities.find(id);
    return found == entities.end() ? nullptr : &found->second;
}

json in_objects(const json& ids) {
    json wrapped = json::object();
    for (const auto& [name, id] : ids.items()) {
        wrapped[name] = {{"id", id}};
    }
    return wrapped;
}

tl::unexpected<Error> none(const std::string& what) {
    return fail(ErrorKind::kNotFound, "no " + what);
}

json ids_of(const Entity& rental) {
    return {{"unitId", text_of(rental.data, "unitId")},
            {"unitRentalId", text_of(rental.data, "id")},
            {"ownerId", text_of(rental.data, "ownerId")}};
}

bool is_planned(const Entity* job) {
    return job != nullptr && text_of(job->data, "state") == "ready";
}

}  // namespace

Result<JobMade> StoreganiseModel::move_in(Business& business, const MoveIn& wanted) {
    Entity* unit = find_in(business.units, wanted.unit_id);
    if (unit == nullptr) return none("unit " + wanted.unit_id);
    if (find_in(business.users, wanted.user_id) == nullptr) return none("user " + wanted.user_id);
    const std::string rental_id = new_id("rentals");
    const std::string start = wanted.start_date.empty() ? today() : wanted.start_date;
    const json ids = {
        {"unitId", wanted.unit_id}, {"unitRentalId", rental_id}, {"ownerId", wanted.user_id}};
    const std::string job_id = add_job(
        business,
        {"unit_moveIn", "completed", wanted.form, ids, {{"startDate", start}}, wanted.user_id});
    (void)put(business, "rentals",
              {{"id", rental_id},
               {"unitId", wanted.unit_id},
               {"siteId", text_of(unit->data, "siteId")},
               {"ownerId", wanted.user_id},
               {"startDate", start},
               {"invoiceDate", start},
               {"moveInJobId", job_id}},
              json::object());
    hold_back(business, *find_in(business.rentals, rental_id), true);
    occupy(*unit, wanted.user_id, rental_id);
    return JobMade{job_id, rental_id};
}

Result<JobMade> StoreganiseModel::move_out(Business& business, const std::string& rental_id,
                                           JobForm form) {
    Entity* rental = find_in(business.rentals, rental_id);
    if (rental == nullptr) return none("rental " + rental_id);
    std::string job_id = text_of(rental->data, "moveOutJobId");
    if (is_planned(find_in(business.jobs, job_id))) {
        set_job_state(business, job_id, "completed");
    } else {
        job_id = add_move_out(business, *rental, today(), "completed", form);
    }
    hold_back(business, *rental);
    rental->data["moveOutJobId"] = job_id;
    end(business, *rental);
    return JobMade{job_id, rental_id};
}

Result<JobMade> StoreganiseModel::plan_move_out(Business& business, const std::string& rental_id,
                                                const std::string& date, JobForm form) {
    Entity* rental = find_in(business.rentals, rental_id);
    if (rental == nullptr) return none("rental " + rental_id);
    std::string job_id = text_of(rental->data, "moveOutJobId");
    Entity* job = find_in(business.jobs, job_id);
    if (is_planned(job)) {
        job->data["data"]["date"] = date;
        touch(*job);
    } else {
        job_id = add_move_out(business, *rental, date, "ready", form);
    }
    hold_back(business, *rental);
    rental->data["moveOutJobId"] = job_id;
    touch(*rental);
    return JobMade{job_id, rental_id};
}

Result<JobMade> StoreganiseModel::cancel_move_out(Business& business, const std::string& rental_id,
                                                  bool keeps_reference) {
    Entity* rental = find_in(business.rentals, rental_id);
    if (rental == nullptr) return none("rental " + rental_id);
    const std::string job_id = text_of(rental->data, "moveOutJobId");
    if (!is_planned(find_in(business.jobs, job_id))) return none("planned move-out");
    set_job_state(business, job_id, "cancelled");
    hold_back(business, *rental);
    if (!keeps_reference) rental->data.erase("moveOutJobId");
    touch(*rental);
    return JobMade{job_id, rental_id};
}

Result<JobMade> StoreganiseModel::transfer(Business& business, const Transfer& wanted) {
    Entity* old_rental = find_in(business.rentals, wanted.rental_id);
    if (old_rental == nullptr) return none("rental " + wanted.rental_id);
    Entity* unit = find_in(business.units, wanted.unit_id);
    if (unit == nullptr) return none("unit " + wanted.unit_id);
    const std::string owner_id = text_of(old_rental->data, "ownerId");
    const std::string new_rental_id = new_id("rentals");
    const std::string date = today();
    // The step's unitRentalId is the new one; data names the old one and the unit in every form.
    const json ids = {{"oldRentalId", wanted.rental_id},
                      {"newRentalId", new_rental_id},
                      {"unitRentalId", new_rental_id},
                      {"ownerId", owner_id}};
    const std::string job_id = add_job(business, {"unit_transfer",
                                                  "completed",
                                                  wanted.form,
                                                  ids,
                                                  {{"oldRentalId", wanted.rental_id},
                                                   {"oldUnitId", old_rental->data["unitId"]},
                                                   {"newUnitId", wanted.unit_id},
                                                   {"transferDate", date}},
                                                  owner_id});
    (void)put(business, "rentals",
              {{"id", new_rental_id},
               {"unitId", wanted.unit_id},
               {"siteId", text_of(unit->data, "siteId")},
               {"ownerId", owner_id},
               {"startDate", date},
               {"invoiceDate", date}},
              json::object());
    hold_back(business, *find_in(business.rentals, new_rental_id), true);
    hold_back(business, *old_rental);
    end(business, *old_rental);
    occupy(*unit, owner_id, new_rental_id);
    return JobMade{job_id, new_rental_id};
}

Result<void> StoreganiseModel::set_overdue(Business& business, const std::string& rental_id,
                                           bool is_overdue) {
    Entity* rental = find_in(business.rentals, rental_id);
    if (rental == nullptr) return none("rental " + rental_id);
    hold_back(business, *rental);
    const json since = is_overdue ? json(format_utc(clock_.now_ms())) : json(nullptr);
    rental->data["overdue"] = since;
    touch(*rental);
    const std::string owner_id = text_of(rental->data, "ownerId");
    Entity* owner = find_in(business.users, owner_id);
    if (owner == nullptr) return {};
    const bool owes =
        is_overdue ||
        std::any_of(business.rentals.begin(), business.rentals.end(), [&](const auto& entry) {
            const json& other = entry.second.data;
            return text_of(other, "ownerId") == owner_id && !text_of(other, "overdue").empty();
        });
    if (owes != !text_of(owner->data, "overdue").empty()) {
        owner->data["overdue"] = since;
        touch(*owner);
    }
    return {};
}

Result<void> StoreganiseModel::complete_step(Business& business, const std::string& job_id,
                                             const std::string& step_id) {
    Entity* job = find_in(business.jobs, job_id);
    if (job == nullptr) return none("job " + job_id);
    bool is_found = false;
    bool is_all = true;
    for (json& step : job->data["steps"]) {
        if (text_of(step, "id") == step_id) {
            is_found = true;
            step["state"] = "completed";
            step["completedAt"] = format_utc(clock_.now_ms());
        }
        is_all = is_all && text_of(step, "state") == "completed";
    }
    if (!is_found) return none("step " + step_id);
    if (is_all) job->data["state"] = "completed";
    touch(*job);
    return {};
}

std::string StoreganiseModel::add_job(Business& business, JobParts parts) {
    const std::string now = format_utc(clock_.now_ms());
    const JobForm form = parts.form;
    json start = {{"id", new_id("steps")},
                  {"type", "start"},
                  {"state", parts.state},
                  {"completedAt", parts.state == "completed" ? json(now) : json(nullptr)},
                  {"result", json::object()}};
    json result = json::object();
    if (form == JobForm::kFull || form == JobForm::kSteps) start["result"] = parts.ids;
    if (form == JobForm::kFull || form == JobForm::kResult) result = parts.ids;
    if (form == JobForm::kObjects) result = in_objects(parts.ids);
    if (form == JobForm::kFull || form == JobForm::kData) parts.data.update(parts.ids);
    std::string id = new_id("jobs");
    business.jobs[id].data = {{"id", id},
                              {"type", parts.type},
                              {"state", parts.state},
                              {"step", nullptr},
                              {"steps", json::array({std::move(start)})},
                              {"data", std::move(parts.data)},
                              {"result", std::move(result)},
                              {"ownerId", parts.owner_id},
                              {"created", now},
                              {"updated", now}};
    return id;
}

std::string StoreganiseModel::add_move_out(Business& business, const Entity& rental,
                                           const std::string& date, std::string_view state,
                                           JobForm form) {
    return add_job(business, {"unit_moveOut",
                              state,
                              form,
                              ids_of(rental),
                              {{"date", date}},
                              text_of(rental.data, "ownerId")});
}

void StoreganiseModel::set_job_state(Business& business, const std::string& job_id,
                                     std::string_view state) {
    Entity& job = business.jobs[job_id];
    job.data["state"] = state;
    for (json& step : job.data["steps"]) {
        step["state"] = state;
    }
    touch(job);
}

void StoreganiseModel::hold_back(Business& business, const Entity& rental, bool is_new) {
    if (business.lag_ms <= 0) return;
    json before = rental.data;
    if (is_new) before["state"] = "reserved";
    business.rentals_before[text_of(rental.data, "id")] = {std::move(before),
                                                           clock_.now_ms() + business.lag_ms};
}

const json& StoreganiseModel::shown_rental(const Business& business, const Entity& rental) const {
    const auto before = business.rentals_before.find(text_of(rental.data, "id"));
    const bool is_held_back =
        before != business.rentals_before.end() && clock_.now_ms() < before->second.until_ms;
    return is_held_back ? before->second.data : rental.data;
}

void StoreganiseModel::occupy(Entity& unit, const std::string& owner_id,
                              const std::string& rental_id) {
    unit.data["state"] = "occupied";
    unit.data["ownerId"] = owner_id;
    unit.data["rentalId"] = rental_id;
    touch(unit);
}

void StoreganiseModel::end(Business& business, Entity& rental) {
    rental.data["state"] = "ended";
    rental.data["endDate"] = today();
    touch(rental);
    Entity* unit = find_in(business.units, text_of(rental.data, "unitId"));
    if (unit == nullptr) return;
    unit->data["state"] = "available";
    unit->data.erase("ownerId");
    unit->data.erase("rentalId");
    touch(*unit);
}

void StoreganiseModel::touch(Entity& entity) {
    entity.data["updated"] = format_utc(clock_.now_ms());
}

std::string StoreganiseModel::today() const {
    return format_utc(clock_.now_ms()).substr(0, std::string_view("2026-11-22").size());
}

}  // namespace gatehouse::simulators
