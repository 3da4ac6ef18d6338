// Site: the simulated world of one history: Storeganise's data and a vendor's, changed as people
// would, and the simple answer to who may open what now, by Storeganise's data alone.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "model/doors.hpp"
#include "model/history.hpp"
#include "model/in_process_client.hpp"
#include "model/pins.hpp"
#include "simulators/storeganise_api.hpp"

namespace gatehouse::model {

constexpr const char* kStoreganiseAuthority = "127.0.0.1:9301";
constexpr const char* kVendorAuthority = "127.0.0.1:9302";

struct Webhook {
    std::string id;
    std::string type;
    nlohmann::json data;
};

// Who may open what by one rental, as its data stood at one moment.
struct RentalFacts {
    Openings openings;      // none: over, overdue, overlocked, or without a PIN
    std::string first_day;  // "2026-03-20"
    std::string last_day;   // empty = no end is planned

    const Openings& on(const std::string& day) const;
    bool operator==(const RentalFacts&) const = default;
};

// [one thread]
class Site {
  public:
    // All outlive the site.
    Site(const History& history, const std::string& business, const Clock& clock,
         InProcessClient& client);

    Doors& doors() { return *doors_; }
    Pins& pins() { return pins_; }

    // Carries out an act of Storeganise's or the vendor's side. What is impossible now does
    // nothing. The webhooks that it made are in `webhooks` of those ways.
    void act(const Act& act);

    std::vector<Webhook> to_deliver;  // now
    std::deque<Webhook> late;

    // Who can open what now, at the vendor.
    Openings open();

    // By the present data; staff's overlock as staff meant it. Nothing of a rental that is over.
    RentalFacts facts_of(const std::string& rental_id) const;
    // What the rental's access opens, as the business names it, whether today or not.
    std::set<std::string> targets_of(const std::string& rental_id) const;
    // All that is allowed today.
    Openings allowed() const;

    // What stands on a PIN that is in no field any more, because staff typed one that cannot be
    // used: what the vendor does not hold of it nobody can give.
    Openings unsure() const;

    // Whether somebody took a right away by hand, at the vendor.
    bool has_lost_rights() const { return has_lost_rights_; }
    // Where staff's overlock stands among a unit's custom fields.
    std::string box_code() const { return prefix_ + "_overlocked"; }
    // The rental of a unit; empty if it has none.
    std::string rental_in(int unit) const;

    const std::string& name() const { return name_; }  // of the business
    std::string today() const { return day(0); }
    std::vector<std::string> occupied_rentals() const;
    // Of every rental, over or not, the PIN in its field.
    std::map<std::string, std::string> pin_fields() const;
    std::string pin_field(const std::string& rental_id) const;
    bool is_over(const std::string& rental_id) const;

  private:
    struct Unit {
        std::string id;
        std::string rental_id;  // empty = none
        int target = 0;         // which of its two doors
    };

    nlohmann::json& rental_of(const Unit& unit);
    const Unit* unit_of(const std::string& rental_id) const;
    std::vector<std::string> keys_of(const std::string& rental_id) const;
    std::string new_rental_id();
    bool has_rental(const Unit& unit) const { return !unit.rental_id.empty(); }
    std::string day(int days_from_now) const;
    void change(const std::string& collection, const std::string& id, const nlohmann::json& data,
                const nlohmann::json& fields = nlohmann::json::object());
    void emit(const Act& act, const std::string& type, const nlohmann::json& data);
    std::string make_job(const std::string& type, const std::string& state,
                         const nlohmann::json& data);
    void move_in(const Act& act);
    void move_out(const Act& act);
    void plan_move_out(const Act& act);
    void cancel_move_out(const Act& act);
    void transfer(const Act& asked);
    void set_overdue(const Act& act, bool is_overdue);
    void set_staff_lock(const Act& act, bool is_locked);
    void change_email(const Act& act);
    void change_phone(const Act& act);
    void type_pin(const Act& act);
    void retarget(const Act& act);
    void echo(const Act& act);
    void delete_at_vendor(const Act& act);
    void write_target(const Unit& unit);

    const std::string name_;
    const Clock& clock_;
    simulators::StoreganiseModel storeganise_;
    simulators::StoreganiseApi storeganise_api_;
    simulators::Business& business_;
    const std::unique_ptr<Doors> doors_;
    const std::string prefix_;  // of the custom fields
    const bool has_gate_;
    Pins pins_;
    std::vector<Unit> units_;
    std::vector<std::string> emails_;             // of each renter, now
    std::vector<std::string> phones_;             // likewise
    std::set<std::string> people_;                // every address and number that anybody ever had
    std::set<std::string> staff_locked_;          // rentals
    std::map<std::string, std::string> planned_;  // rental -> the job of its planned move-out
    bool has_lost_rights_ = false;
    int next_id_ = 1;
};

}  // namespace gatehouse::model
