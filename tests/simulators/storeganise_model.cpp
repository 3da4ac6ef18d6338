#include "simulators/storeganise_model.hpp"

#include <array>
#include <cstdio>
#include <optional>
#include <utility>

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

// The shapes that real API output has, with the members that nothing here computes.
json defaults_of(std::string_view collection) {
    if (collection == "units") {
        return {{"typeId", "5bf3a1f0d4c3f2001a000001"},
                {"state", "available"},
                {"length", 2},
                {"width", 1.5},
                {"height", 2.5},
                {"measure", "m"},
                {"floor", 0},
                {"defaultPrice", 99},
                {"defaultDeposit", 50},
                {"featureIds", json::array()},
                {"labels", json::array()}};
    }
    if (collection == "users") {
        return {{"language", "en"},
                {"isActive", true},
                {"address", nullptr},
                {"labels", json::array()},
                {"billingMethod", "invoice"}};
    }
    if (collection == "rentals") {
        return {{"state", "occupied"},
                {"price", 99},
                {"deposit", 50},
                {"balance", 0},
                {"charges", json::array()}};
    }
    if (collection == "jobs") return {{"type", "task"}, {"state", "ready"}, {"ownerId", nullptr}};
    return json::object();
}

json in_objects(const json& ids) {
    json wrapped = json::object();
    for (const auto& [name, id] : ids.items()) {
        wrapped[name] = {{"id", id}};
    }
    return wrapped;
}

Entity* find_in(Entities& entities, const std::string& id) {
    const auto found = entities.find(id);
    return found == entities.end() ? nullptr : &found->second;
}

}  // namespace

std::string text_of(const json& object, const char* member) {
    const auto found = object.find(member);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<JobForm> job_form_from(std::string_view word) {
    if (word == "full") return JobForm::kFull;
    if (word == "result") return JobForm::kResult;
    if (word == "steps") return JobForm::kSteps;
    if (word == "data") return JobForm::kData;
    if (word == "objects") return JobForm::kObjects;
    return std::nullopt;
}

Business& StoreganiseModel::business(const std::string& code) {
    Business* known = find(code);
    if (known != nullptr) return *known;
    Business& made = businesses_[code];
    made.code = code;
    made.webhook_secret = "whsec-" + code;
    made.field_codes["units"] = {"kisi_id"};
    made.field_codes["rentals"] = {"kisi_pinCode", "kisi_overlocked", "kisi_status", "kisi_resync"};
    set_key(made, "sg-key-" + code);
    return made;
}

Business* StoreganiseModel::find(std::string_view code) {
    const auto found = businesses_.find(code);
    return found == businesses_.end() ? nullptr : &found->second;
}

Business* StoreganiseModel::find_by_key(const std::string& api_key) {
    const auto found = code_by_key_.find(api_key);
    return found == code_by_key_.end() ? nullptr : find(found->second);
}

void StoreganiseModel::set_key(Business& business, const std::string& api_key) {
    code_by_key_.erase(business.api_key);
    business.api_key = api_key;
    code_by_key_[api_key] = business.code;
}

Entities* StoreganiseModel::collection(Business& business, std::string_view name) {
    if (name == "sites") return &business.sites;
    if (name == "units") return &business.units;
    if (name == "users") return &business.users;
    if (name == "rentals") return &business.rentals;
    if (name == "jobs") return &business.jobs;
    return nullptr;
}

Result<std::string> StoreganiseModel::put(Business& business, std::string_view collection_name,
                                          json data, const json& custom_fields) {
    Entities* entities = collection(business, collection_name);
    if (entities == nullptr) {
        return fail(ErrorKind::kInvalid, "no collection " + std::string(collection_name));
    }
    if (!data.is_object()) return fail(ErrorKind::kInvalid, "an object is a JSON object");
    const bool has_id = data.contains("id") && data["id"].is_string();
    const std::string id = has_id ? data["id"].get<std::string>() : new_id(collection_name);
    Entity& entity = (*entities)[id];
    const std::string now = format_utc(clock_.now_ms());
    if (entity.data.is_null()) {
        entity.data = defaults_of(collection_name);
        entity.data["created"] = now;
    }
    entity.data.update(data);
    entity.data["id"] = id;
    entity.data["updated"] = now;
    merge_fields(entity, custom_fields);
    return id;
}

Result<JobMade> StoreganiseModel::move_in(Business& business, const MoveIn& wanted) {
    Entity* unit = find_in(business.units, wanted.unit_id);
    if (unit == nullptr) return fail(ErrorKind::kNotFound, "no unit " + wanted.unit_id);
    if (find_in(business.users, wanted.user_id) == nullptr) {
        return fail(ErrorKind::kNotFound, "no user " + wanted.user_id);
    }
    const std::string rental_id = new_id("rentals");
    const std::string today = format_utc(clock_.now_ms()).substr(0, 10);
    const std::string start = wanted.start_date.empty() ? today : wanted.start_date;
    const json ids = {
        {"unitId", wanted.unit_id}, {"unitRentalId", rental_id}, {"ownerId", wanted.user_id}};
    json job = make_job("unit_moveIn", wanted.form, ids, {{"startDate", start}}, wanted.user_id);
    const std::string job_id = job["id"].get<std::string>();
    business.jobs[job_id].data = std::move(job);
    (void)put(business, "rentals",
              {{"id", rental_id},
               {"unitId", wanted.unit_id},
               {"siteId", text_of(unit->data, "siteId")},
               {"ownerId", wanted.user_id},
               {"startDate", start},
               {"invoiceDate", start},
               {"moveInJobId", job_id}},
              json::object());
    unit->data["state"] = "occupied";
    unit->data["ownerId"] = wanted.user_id;
    unit->data["rentalId"] = rental_id;
    return JobMade{job_id, rental_id};
}

Result<JobMade> StoreganiseModel::move_out(Business& business, const std::string& rental_id,
                                           JobForm form) {
    Entity* rental = find_in(business.rentals, rental_id);
    if (rental == nullptr) return fail(ErrorKind::kNotFound, "no rental " + rental_id);
    const std::string unit_id = text_of(rental->data, "unitId");
    const std::string owner_id = text_of(rental->data, "ownerId");
    const std::string now = format_utc(clock_.now_ms());
    const std::string today = now.substr(0, 10);
    const json ids = {{"unitId", unit_id}, {"unitRentalId", rental_id}, {"ownerId", owner_id}};
    json job = make_job("unit_moveOut", form, ids, {{"date", today}}, owner_id);
    const std::string job_id = job["id"].get<std::string>();
    business.jobs[job_id].data = std::move(job);
    rental->data["state"] = "ended";
    rental->data["endDate"] = today;
    rental->data["moveOutJobId"] = job_id;
    rental->data["updated"] = now;
    Entity* unit = find_in(business.units, unit_id);
    if (unit != nullptr) {
        unit->data["state"] = "available";
        unit->data.erase("ownerId");
        unit->data.erase("rentalId");
    }
    return JobMade{job_id, rental_id};
}

json StoreganiseModel::make_job(std::string_view type, JobForm form, const json& ids, json data,
                                const std::string& owner_id) {
    const std::string now = format_utc(clock_.now_ms());
    json start = {{"id", new_id("steps")},
                  {"type", "start"},
                  {"state", "completed"},
                  {"completedAt", now},
                  {"result", json::object()}};
    json result = json::object();
    if (form == JobForm::kFull || form == JobForm::kSteps) start["result"] = ids;
    if (form == JobForm::kFull || form == JobForm::kResult) result = ids;
    if (form == JobForm::kObjects) result = in_objects(ids);
    if (form == JobForm::kFull || form == JobForm::kData) data.update(ids);
    return {{"id", new_id("jobs")},
            {"type", type},
            {"state", "completed"},
            {"step", nullptr},
            {"steps", json::array({std::move(start)})},
            {"data", std::move(data)},
            {"result", std::move(result)},
            {"ownerId", owner_id},
            {"created", now},
            {"updated", now}};
}

void StoreganiseModel::merge_fields(Entity& entity, const json& fields) {
    if (!fields.is_object()) return;
    for (const auto& [code, value] : fields.items()) {
        if (value.is_null()) {
            entity.custom_fields.erase(code);
        } else {
            entity.custom_fields[code] = value;
        }
    }
}

std::string StoreganiseModel::new_id(std::string_view kind) {
    // 24 hex digits as Storeganise's ids; the ninth and tenth tell the kind to a reader of logs.
    const int tag = kind.empty() ? 0 : static_cast<unsigned char>(kind.front());
    std::array<char, 25> text{};
    (void)std::snprintf(text.data(), text.size(), "5bf540e8%02x%014llx", tag,
                        static_cast<unsigned long long>(next_id_++));
    return text.data();
}

void StoreganiseModel::reset() {
    businesses_.clear();
    code_by_key_.clear();
    next_id_ = 1;
}

}  // namespace gatehouse::simulators
