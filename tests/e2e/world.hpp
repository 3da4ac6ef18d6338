// World: one business with its units and renters, the simulators that stand for Storeganise and its
// vendor, and the real gatehouse between them. The verbs of the end-to-end cases and of the demo.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "e2e/vendor.hpp"
#include "support/gatehouse_host.hpp"
#include "support/simulators.hpp"

namespace gatehouse::e2e {

// Verbs throw std::runtime_error with what was expected and what was found. [one thread]
class World {
  public:
    explicit World(test::HostOptions options = {}, const std::string& vendor = "Kisi",
                   const std::vector<std::string>& simulator_arguments = {},
                   const std::string& site_code = "hk1");

    // Makes a unit; with a door, also what opens it at the vendor, named in the unit's
    // `<vendor>_id`.
    void add_unit(const std::string& name, const std::string& door);
    void add_renter(const std::string& name, const std::string& email,
                    const std::string& phone = "");

    // Makes the gatehouse process if there is none yet. Called by the first move.
    void start_host();

    void move_in(const std::string& renter, const std::string& unit,
                 const std::string& start_date = "");
    void move_out(const std::string& renter, const std::string& unit);
    void send_again(int copies, bool at_once);

    // Sends a signed webhook of this business and remembers it as the last one.
    void send_event(const std::string& type, const nlohmann::json& data);

    // Moves the host's and the simulators' time of day, and wakes the host for what is then due.
    // The host needs HostOptions::has_own_clock.
    void set_time(const std::string& utc);

    // Changes the rental's or the unit's data or custom fields in Storeganise, without a webhook.
    void change_rental(const std::string& unit, const nlohmann::json& data,
                       const nlohmann::json& custom_fields);
    void change_unit(const std::string& unit, const nlohmann::json& custom_fields);

    // Waits until the last event is in `state`.
    void expect_event(const std::string& state);
    void expect_doors(const std::string& renter, const std::vector<std::string>& doors);
    void expect_field(const std::string& unit, const std::string& code, const std::string& value);
    void expect_timeline(const std::string& text);
    void expect_writes(const std::string& service, int count);
    void expect_events(int count);
    // How often injected faults struck: a case that misses its target shows itself.
    void expect_faults(int count);

    std::string email(const std::string& renter) const { return renters_.at(renter).person.email; }
    std::string target(const std::string& unit) const { return units_.at(unit).target; }
    // "" if no unit was added with a door of this name.
    std::string target_of_door(const std::string& door) const;
    std::string unit_id(const std::string& unit) const { return units_.at(unit).id; }
    std::string renter_id(const std::string& renter) const { return renters_.at(renter).id; }
    // Of the unit's present rental; nothing = no such field, or empty.
    std::optional<std::string> field_of(const std::string& unit, const std::string& code);
    void set_rental(const std::string& unit, const std::string& rental_id);
    const std::string& renter_of(const std::string& unit) const { return units_.at(unit).renter; }
    void set_renter_of(const std::string& unit, const std::string& renter);
    Person& person(const std::string& renter) { return renters_.at(renter).person; }
    void remember_webhook(const nlohmann::json& answer, const std::string& type,
                          const nlohmann::json& data);
    nlohmann::json webhook_options() const;
    // Waits until `complaint` is empty, looking again after each line of the host's log; for two
    // minutes at most (support/await.hpp).
    void await(const std::function<std::string()>& complaint);
    std::string rental_of(const std::string& unit) const { return units_.at(unit).rental_id; }
    std::int64_t last_event();  // its number at gatehouse
    const nlohmann::json& last_webhook() const { return last_webhook_; }

    test::Simulators& simulators() { return simulators_; }
    test::GatehouseHost& host() { return host_; }
    Vendor& vendor() { return *vendor_; }

    static constexpr const char* kBusiness = "acme";  // in the simulators
    static constexpr const char* kSite = "site-1";

  private:
    struct Unit {
        std::string id;
        std::string target;  // "group:101"; empty = none
        std::string rental_id;
        std::string renter;
    };
    struct Renter {
        std::string id;
        Person person;
    };

    nlohmann::json rental(const std::string& unit);

    const std::string name_;  // of the business in the host's configuration
    test::Simulators simulators_;
    std::unique_ptr<Vendor> vendor_;
    test::GatehouseHost host_;
    std::map<std::string, Unit> units_;
    std::map<std::string, Renter> renters_;
    std::map<std::string, std::string> doors_;  // their targets
    nlohmann::json last_webhook_;               // the type, data and id that were last sent
    int next_door_ = 101;
    bool is_running_ = false;
};

}  // namespace gatehouse::e2e
