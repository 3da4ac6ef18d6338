#include "dispatch/event_objects.hpp"

#include <array>
#include <utility>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "notify/facts.hpp"

namespace gatehouse::dispatch {
namespace {

using nlohmann::json;
using notify::id_in;

constexpr std::size_t kMaxIdBytes = 128;

// `member` of a job: in its result, in the result of its start step, in its data or in itself.
std::string id_in_job(const json& job, std::string_view name) {
    if (const json* result = member(job, "result")) {
        if (std::string id = id_in(*result, name); !id.empty()) return id;
    }
    const json* steps = member(job, "steps");
    if (steps != nullptr && steps->is_array()) {
        for (const json& step : *steps) {
            const json* result = member(step, "result");
            if (result == nullptr || string_member(step, "type") != "start") continue;
            if (std::string id = id_in(*result, name); !id.empty()) return id;
        }
    }
    if (const json* data = member(job, "data")) {
        if (std::string id = id_in(*data, name); !id.empty()) return id;
    }
    return id_in(job, name);
}

// "unitRentalIds" is a list: its first.
std::string id_in_data(const json& data, std::string_view name) {
    const json* found = member(data, name);
    if (found != nullptr && found->is_array()) {
        if (found->empty()) return {};
        return id_in(json{{"id", found->front()}}, "id");
    }
    return id_in(data, name);
}

}  // namespace

EventObjects::EventObjects(storeganise::Client& client, json data, observe::StepLog* steps)
    : client_(client), data_(std::move(data)), steps_(steps) {}

Result<std::string> EventObjects::first_id(std::initializer_list<Place> places) {
    for (const Place& place : places) {
        std::string id;
        if (place.object.empty()) {
            id = id_in_data(data_, place.member);
        } else {
            const Result<json> object = find(place.object);
            if (!object) return tl::unexpected(object.error());
            id = place.object == "job" ? id_in_job(*object, place.member)
                                       : id_in(*object, place.member);
        }
        if (id.size() > kMaxIdBytes) return fail(ErrorKind::kInvalid, "an id is too long");
        if (!id.empty()) return id;
    }
    return std::string();
}

Result<std::string> EventObjects::job_id() {
    return first_id({{"", "jobId"}});
}

Result<std::string> EventObjects::invoice_id() {
    return first_id({{"", "invoiceId"}});
}

Result<std::string> EventObjects::rental_id() {
    return first_id({{"", "unitRentalId"},
                     {"", "unitRentalIds"},
                     {"", "newRentalId"},
                     {"", "rentalId"},
                     {"job", "unitRentalId"},
                     {"job", "newRentalId"},
                     {"invoice", "unitRentalId"}});
}

Result<std::string> EventObjects::unit_id() {
    return first_id({{"", "unitId"},
                     {"", "newUnitId"},
                     {"rental", "unitId"},
                     {"job", "unitId"},
                     {"job", "newUnitId"}});
}

Result<std::string> EventObjects::renter_id() {
    return first_id({{"", "userId"},
                     {"rental", "ownerId"},
                     {"job", "ownerId"},
                     {"invoice", "ownerId"},
                     {"invoice", "userId"},
                     {"unit", "ownerId"}});
}

Result<std::string> EventObjects::site_id() {
    return first_id({{"", "siteId"},
                     {"rental", "siteId"},
                     {"unit", "siteId"},
                     {"invoice", "siteId"},
                     {"job", "siteId"}});
}

Result<json> EventObjects::get(std::string_view object) {
    Result<json> found = find(object);
    const bool is_missing = found && found->is_null();
    return is_missing && object == "rental" ? rental_of_unit() : found;
}

// An event of a unit names no rental; the unit may.
Result<json> EventObjects::rental_of_unit() {
    if (id_in_data(data_, "unitId").empty()) return json();
    const Result<json> unit = find("unit");
    if (!unit) return tl::unexpected(unit.error());
    const std::string id = id_in(*unit, "rentalId");
    if (id.empty()) return json();
    Result<json> rental = read("unit-rentals", id);
    if (rental) read_.insert_or_assign("rental", *rental);
    return rental;
}

Result<json> EventObjects::find(std::string_view object) {
    struct Known {
        std::string_view name;
        const char* collection;
        IdOf id;
    };
    static constexpr std::array<Known, 6> kKnown{
        {{"job", "jobs", &EventObjects::job_id},
         {"invoice", "invoices", &EventObjects::invoice_id},
         {"rental", "unit-rentals", &EventObjects::rental_id},
         {"unit", "units", &EventObjects::unit_id},
         {"renter", "users", &EventObjects::renter_id},
         {"site", "sites", &EventObjects::site_id}}};
    const auto done = read_.find(object);
    if (done != read_.end()) return done->second;
    for (const Known& known : kKnown) {
        if (known.name != object) continue;
        const Result<std::string> id = (this->*known.id)();
        if (!id) return tl::unexpected(id.error());
        Result<json> found = id->empty() ? Result<json>(json()) : read(known.collection, *id);
        if (found) read_.emplace(object, *found);
        return found;
    }
    return fail(ErrorKind::kInternal, "no object of this kind is known");
}

Result<json> EventObjects::read(const std::string& collection, const std::string& id) {
    Result<json> found = client_.object(collection, id, steps_);
    if (found || found.error().kind != ErrorKind::kNotFound || is_patient_) return found;
    if (steps_ != nullptr) {
        steps_->add(observe::StepKind::kNote,
                    collection + "/" + shorten(id, 64) + " is not there; the message goes without");
    }
    return json();
}

}  // namespace gatehouse::dispatch
