// World: one business with its units and renters, the simulators that stand for Storeganise and
// Kisi, and the real gatehouse between them. The verbs of the end-to-end cases and of the demo.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/gatehouse_host.hpp"
#include "support/simulators.hpp"

namespace gatehouse::e2e {

// Verbs throw std::runtime_error with what was expected and what was found. [one thread]
class World {
  public:
    explicit World(test::HostOptions options = {});

    // Makes a unit; with a door, also a group at Kisi that opens it, named in the unit's kisi_id.
    void add_unit(const std::string& name, const std::string& door);
    void add_renter(const std::string& name, const std::string& email);

    // Makes the gatehouse process if there is none yet. Called by the first move.
    void start_host();

    void move_in(const std::string& renter, const std::string& unit,
                 const std::string& start_date = "");
    void move_out(const std::string& renter, const std::string& unit);
    void send_again(int copies, bool at_once);

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

    std::string email(const std::string& renter) const { return renters_.at(renter).email; }
    std::string group(const std::string& unit) const { return units_.at(unit).group; }
    std::string rental_of(const std::string& unit) const { return units_.at(unit).rental_id; }
    std::int64_t last_event();  // its number at gatehouse
    const nlohmann::json& last_webhook() const { return last_webhook_; }

    test::Simulators& simulators() { return simulators_; }
    test::GatehouseHost& host() { return host_; }

  private:
    struct Unit {
        std::string id;
        std::string group;  // "group:101"; empty = none
        std::string rental_id;
    };
    struct Renter {
        std::string id;
        std::string email;
    };

    nlohmann::json rental(const std::string& unit);
    nlohmann::json webhook_options() const;
    void await(const std::function<std::string()>& complaint);

    test::Simulators simulators_;
    test::GatehouseHost host_;
    std::map<std::string, Unit> units_;
    std::map<std::string, Renter> renters_;
    nlohmann::json last_webhook_;  // the type, data and id that were last sent
    int next_group_ = 101;
    bool is_running_ = false;
};

}  // namespace gatehouse::e2e
