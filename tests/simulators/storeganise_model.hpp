// StoreganiseModel: the businesses with their sites, units, users, rentals and jobs.
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

#include "base/clock.hpp"
#include "base/result.hpp"

namespace gatehouse::simulators {

// `data` is what the API shows, `id` included; the custom fields are shown only when asked for.
struct Entity {
    nlohmann::json data;
    nlohmann::json custom_fields = nlohmann::json::object();
};

// The member's text, "" when it is missing or no text.
std::string text_of(const nlohmann::json& object, const char* member);

using Entities = std::map<std::string, Entity, std::less<>>;

struct Business {
    std::string code;
    std::string api_key;
    std::string webhook_secret;
    // Which custom fields exist, by collection ("units", "rentals", "users", "sites").
    std::map<std::string, std::set<std::string>, std::less<>> field_codes;
    Entities sites, units, users, rentals, jobs;
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

struct JobMade {
    std::string job_id, rental_id;
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

    // Puts the object into "sites", "units", "users", "rentals" or "jobs" over the defaults of its
    // kind, and returns its id (a new one when `data` has none). kInvalid for another collection.
    Result<std::string> put(Business& business, std::string_view collection, nlohmann::json data,
                            const nlohmann::json& custom_fields);

    // The collection of that name, or nothing.
    static Entities* collection(Business& business, std::string_view name);

    // A completed unit_moveIn: the rental is occupied, so is the unit. kNotFound without the unit
    // or the user.
    Result<JobMade> move_in(Business& business, const MoveIn& wanted);

    // A completed unit_moveOut: the rental has ended, the unit is available. kNotFound without the
    // rental.
    Result<JobMade> move_out(Business& business, const std::string& rental_id, JobForm form);

    // Sets the members of `fields`; null clears one.
    static void merge_fields(Entity& entity, const nlohmann::json& fields);

    std::string new_id(std::string_view kind);
    void reset();

    // Told after the API wrote a rental's custom fields.
    std::function<void(const Business&, const std::string& rental_id)> on_rental_fields;

  private:
    nlohmann::json make_job(std::string_view type, JobForm form, const nlohmann::json& ids,
                            nlohmann::json data, const std::string& owner_id);

    std::map<std::string, Business, std::less<>> businesses_;
    std::unordered_map<std::string, std::string> code_by_key_;
    std::uint64_t next_id_ = 1;
    SystemClock clock_;
};

}  // namespace gatehouse::simulators
