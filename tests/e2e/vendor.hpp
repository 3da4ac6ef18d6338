// Vendor: what the end-to-end world has to know of one vendor's simulator: how a connection to it
// is written down, how a door is made there, and who can open which.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/gatehouse_host.hpp"
#include "support/simulators.hpp"

namespace gatehouse::e2e {

// What a renter can stand at a door with.
struct Person {
    std::string email;
    std::string phone;
    std::vector<std::string> pins;  // as the custom fields of the renter's rentals say
};

class Vendor {
  public:
    virtual ~Vendor() = default;

    // The simulator's service name, which is the plugin's id and the custom fields' prefix too.
    virtual std::string id() const = 0;

    // YAML of `connections`, for test::HostOptions; empty = that class's default.
    virtual std::string connections() const = 0;

    // Makes the account of the business "acme" there, which holds nothing yet.
    virtual void make_account(const test::Simulators& simulators) = 0;

    // Makes a door and answers its target. `number` is unique in the world and begins at 101.
    virtual std::string add_door(const test::Simulators& simulators, const std::string& unit,
                                 const std::string& door, int number) = 0;

    // The names of the doors that this person can open now, sorted.
    virtual std::vector<std::string> open_doors(const test::Simulators& simulators,
                                                const Person& person) = 0;

    // "127.0.0.1:PORT" of what the host asks besides the simulators.
    virtual std::vector<std::string> authorities() const { return {}; }

    // Somebody types the PIN at the door of `target`, and the vendor's webhook tells the host.
    // Throws std::runtime_error if the host does not take it, or there are no keypads.
    virtual void type_pin(const test::Simulators& simulators, test::GatehouseHost& host,
                          const std::string& target, const std::string& pin);

    // The vendor's webhook tells the host of the code that has the PIN, which stands in it in
    // clear. Throws as type_pin().
    virtual void send_pin(const test::Simulators& simulators, test::GatehouseHost& host,
                          const std::string& target, const std::string& pin);
};

// By the name that cases use: "Kisi", "Nuki", "Seam", "Unloc". Throws std::runtime_error for
// another.
std::unique_ptr<Vendor> make_vendor(const std::string& name);

std::unique_ptr<Vendor> make_kisi();
std::unique_ptr<Vendor> make_nuki();
std::unique_ptr<Vendor> make_seam();
std::unique_ptr<Vendor> make_unloc();

// Throws what the simulator complains of.
nlohmann::json must(nlohmann::json answer, const std::string& what);

}  // namespace gatehouse::e2e
