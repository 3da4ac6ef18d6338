// EventObjects: the objects in Storeganise that an event speaks of, found by the ids that it and
// they carry, each read at most once.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "observe/step.hpp"
#include "storeganise/client.hpp"

namespace gatehouse::dispatch {

// What routes may ask for (config::Notify::fetch).
//
//   object  | its id stands in
//   job     | data.jobId
//   invoice | data.invoiceId
//   rental  | data.unitRentalId, .unitRentalIds, .newRentalId; the job; the invoice; the unit that
//           | data names
//   unit    | data.unitId; the rental; the job
//   renter  | data.userId; the rental; the job; the invoice; the unit
//   site    | data.siteId; the rental; the unit; the invoice; the job
//
// Where jobs keep ids: docs/storeganise.md. Objects are as Storeganise has them. [one thread]
class EventObjects {
  public:
    // `data` is the event's; `client` and `steps` (may be null) are borrowed.
    EventObjects(storeganise::Client& client, nlohmann::json data, observe::StepLog* steps);

    // Null: the event speaks of none, or it is gone (that makes a step). Errors: kUnavailable and
    // the rest as Client::object(); kNotFound only while `is_patient` says that it may still come.
    Result<nlohmann::json> get(std::string_view object);

    // The site's id without reading the site itself; empty if the event belongs to none.
    Result<std::string> site_id();

    // While set, what is not there is an error instead of nothing.
    void set_patient(bool is_patient) { is_patient_ = is_patient; }

  private:
    using IdOf = Result<std::string> (EventObjects::*)();

    Result<nlohmann::json> find(std::string_view object);
    Result<nlohmann::json> rental_of_unit();
    Result<std::string> rental_id();
    Result<std::string> unit_id();
    Result<std::string> renter_id();
    Result<std::string> job_id();
    Result<std::string> invoice_id();
    Result<nlohmann::json> read(const std::string& collection, const std::string& id);

    // The first id that one of the places gives; an object is only read if the places before it
    // gave none.
    struct Place {
        std::string_view object;  // empty = the event's data
        std::string_view member;
    };
    Result<std::string> first_id(std::initializer_list<Place> places);

    storeganise::Client& client_;
    const nlohmann::json data_;
    observe::StepLog* steps_;
    bool is_patient_ = false;
    std::map<std::string, nlohmann::json, std::less<>> read_;
};

}  // namespace gatehouse::dispatch
