// StoreganiseModel: the businesses with their sites, units, users, rentals, jobs and invoices.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "simulators/entities.hpp"
#include "simulators/sim_clock.hpp"

namespace gatehouse::simulators {

// The member's text, "" when it is missing or no text.
std::string text_of(const nlohmann::json& object, const char* member);

struct Business {
    std::string code;
    std::string api_key;
    std::string addon_id;  // "" = any add-on's id goes with the key
    std::string webhook_secret;
    // Which custom fields exist, by collection ("units", "rentals", "users", "sites").
    std::map<std::string, std::set<std::string>, std::less<>> field_codes;
    Entities sites, units, users, rentals, jobs, invoices;
    // How long rentals are shown as they were before they were moved, ended or marked, while their
    // jobs and events say so already.
    std::int64_t lag_ms = 0;
    struct Before {
        nlohmann::json data;
        UnixMs until_ms = 0;
    };
    std::map<std::string, Before> rentals_before = {};
};

// Where a job keeps its ids; sources differ (facts/storeganise.md, section 7), so tests choose.
enum class JobForm : std::uint8_t {
    kFull,     // in result, in the start step and in data
    kResult,   // in result only
    kSteps,    // in steps[type=start].result only
    kData,     // in data only (the old form)
    kObjects,  // in result, as objects {"id": ...}
};

std::optional<JobForm> job_form_from(std::string_view word);

struct MoveIn {
    std::string unit_id, user_id, start_date;
    JobForm form = JobForm::kFull;
};

struct Transfer {
    std::string rental_id, unit_id;
    JobForm form = JobForm::kFull;
};

struct JobMade {
    std::string job_id, rental_id;  // of a transfer: the new rental
};

class StoreganiseModel {
  public:
    // The business with that code, made if it is new with the key "sg-key-<code>", the webhook
    // secret "whsec-<code>" and Kisi's custom fields. Stays good until reset().
    Business& business(const std::string& code);
    Business* find(std::string_view code);
    Business* find_by_key(const std::string& api_key);
    void set_key(Business& business, const std::string& api_key);
    const std::map<std::string, Business, std::less<>>& businesses() const { return businesses_; }

    // Puts the object into "sites", "units", "users", "rentals", "jobs" or "invoices" over the
    // defaults of its kind, and returns its id (a new one when `data` has none). kInvalid for
    // another collection.
    Result<std::string> put(Business& business, std::string_view collection, nlohmann::json data,
                            const nlohmann::json& custom_fields);

    // The collection of that name, or nothing.
    static Entities* collection(Business& business, std::string_view name);

    // A completed unit_moveIn: the rental is occupied, so is the unit. kNotFound without the unit
    // or the user.
    Result<JobMade> move_in(Business& business, const MoveIn& wanted);

    // A completed unit_moveOut: the rental has ended, the unit is available. One that was planned
    // is what is completed. kNotFound without the rental.
    Result<JobMade> move_out(Business& business, const std::string& rental_id, JobForm form);

    // A unit_moveOut for `date` ("2026-11-30"): nothing but the rental's moveOutJobId changes. One
    // that was planned before gets the new date. kNotFound without the rental.
    Result<JobMade> plan_move_out(Business& business, const std::string& rental_id,
                                  const std::string& date, JobForm form);

    // Cancels what was planned. With `keeps_reference` the rental goes on naming the job, which
    // nobody has proven it does not. kNotFound if nothing is planned.
    Result<JobMade> cancel_move_out(Business& business, const std::string& rental_id,
                                    bool keeps_reference);

    // A completed unit_transfer: the old rental has ended, a new one of the same renter is occupied
    // in the other unit, with no custom field filled in. kNotFound without the rental or the unit.
    Result<JobMade> transfer(Business& business, const Transfer& wanted);

    // Marks the rental, and its renter while any rental of theirs is marked. kNotFound without the
    // rental.
    Result<void> set_overdue(Business& business, const std::string& rental_id, bool is_overdue);

    // Completes the step, and the job with its last one. kNotFound without them.
    Result<void> complete_step(Business& business, const std::string& job_id,
                               const std::string& step_id);

    // As the API shows the rental now: itself, or as it was before.
    const nlohmann::json& shown_rental(const Business& business, const Entity& rental) const;

    // Sets the members of `fields`; null clears one.
    static void merge_fields(Entity& entity, const nlohmann::json& fields);

    std::string new_id(std::string_view kind);
    void reset();

    // Told after the API wrote a rental's custom fields, with their codes.
    std::function<void(const Business&, const std::string& rental_id,
                       const std::vector<std::string>& codes)>
        on_rental_fields;

  private:
    struct JobParts {
        std::string_view type;
        std::string_view state;
        JobForm form = JobForm::kFull;
        nlohmann::json ids, data;
        std::string owner_id;
    };

    // Makes the job and returns its id.
    std::string add_job(Business& business, JobParts parts);
    std::string add_move_out(Business& business, const Entity& rental, const std::string& date,
                             std::string_view state, JobForm form);
    void set_job_state(Business& business, const std::string& job_id, std::string_view state);
    // Shows the rental as it is now, a new one as reserved, for the business's lag, whatever
    // becomes of it.
    void hold_back(Business& business, const Entity& rental, bool is_new = false);
    void occupy(Entity& unit, const std::string& owner_id, const std::string& rental_id);
    void end(Business& business, Entity& rental);
    void touch(Entity& entity);
    std::string today() const;

    std::map<std::string, Business, std::less<>> businesses_;
    std::unordered_map<std::string, std::string> code_by_key_;
    std::uint64_t next_id_ = 1;
    SimClock clock_;
};

}  // namespace gatehouse::simulators
