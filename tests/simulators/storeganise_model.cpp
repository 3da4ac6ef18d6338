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
    if (collection == "invoices") return {{"state", "sent"}, {"total", 99}};
    return json::object();
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
    if (name == "invoices") return &business.invoices;
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
