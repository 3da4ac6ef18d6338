// Site: the simulated world of one history: Storeganise's data and Kisi's, changed as people would,
// and the simple answer to who may open what now, by Storeganise's data alone.
#pragma once

#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "model/history.hpp"
#include "model/in_process_client.hpp"
#include "simulators/kisi_api.hpp"
#include "simulators/recorder.hpp"
#include "simulators/storeganise_api.hpp"

namespace gatehouse::model {

constexpr const char* kStoreganiseAuthority = "127.0.0.1:9301";
constexpr const char* kVendorAuthority = "127.0.0.1:9302";

struct Webhook {
    std::string id;
    std::string type;
    nlohmann::json data;
};

// (a renter's e-mail, a door's name)
using Opening = std::pair<std::string, std::string>;
using Openings = std::set<Opening>;

// [one thread]
class Site {
  public:
    Site(const std::string& business, const Clock& clock, InProcessClient& client);

    // Carries out an act of Storeganise's or the vendor's side. What is impossible now does
    // nothing. The webhooks that it made are in `webhooks` of those ways.
    void act(const Act& act);

    std::vector<Webhook> to_deliver;  // now
    std::deque<Webhook> late;

    // Who can open what now, at the vendor.
    Openings open();

    // Who may, by the present data; staff's overlock as staff meant it.
    Openings allowed() const;
    // The part of it that stands on this rental; empty for one that is over or unknown.
    Openings allowed_by(const std::string& rental_id) const;

  private:
    struct Unit {
        std::string id;
        std::string rental_id;  // empty = none
        int target = 0;         // which of its two doors
    };

    nlohmann::json& rental_of(const Unit& unit);
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
    void retarget(const Act& act);
    void echo(const Act& act);
    void delete_at_vendor(const Act& act);
    void write_target(const Unit& unit);

    const std::string name_;
    const Clock& clock_;
    simulators::StoreganiseModel storeganise_;
    simulators::StoreganiseApi storeganise_api_;
    simulators::Recorder recorder_;
    simulators::KisiModel kisi_;
    simulators::KisiApi kisi_api_;
    simulators::Business& business_;
    std::vector<Unit> units_;
    std::vector<std::string> emails_;             // of each renter, now
    std::set<std::string> all_emails_;            // that anybody ever had
    std::set<std::string> staff_locked_;          // rentals
    std::map<std::string, std::string> planned_;  // rental -> the job of its planned move-out
    int next_id_ = 1;
};

}  // namespace gatehouse::model
