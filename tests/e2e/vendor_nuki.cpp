#include <algorithm>
#include <set>
#include <stdexcept>

#include "e2e/vendor.hpp"

namespace gatehouse::e2e {
namespace {

using nlohmann::json;

constexpr const char* kAccount = "acme";
constexpr const char* kWebhookSecret = "nuki-webhook-secret-of-acme";
constexpr int kFirstLock = 17'000;

// Something happens at the lock, and Nuki tells the host of it.
void tell(const test::Simulators& simulators, const test::GatehouseHost& host,
          const std::string& target, json event) {
    event["account"] = kAccount;
    event["lock_id"] = std::stoi(target.substr(target.find(':') + 1));
    event["webhook"] = {{"url", host.webhook_url("acme", "doors")}, {"secret", kWebhookSecret}};
    const json told = must(simulators.post("nuki_event", event), "nuki_event");
    if (told.at("deliveries").size() != 1 || told.at("deliveries")[0].at("status") != 200) {
        throw std::runtime_error("the webhook was not taken: " + told.at("deliveries").dump());
    }
}

// A door is a smart lock with a keypad; who stands there has the PINs of their rentals.
class Nuki final : public Vendor {
  public:
    std::string id() const override { return "nuki"; }

    std::string connections() const override {
        return "  doors:\n"
               "    plugin: nuki\n"
               "    base_url: {url:nuki}\n"
               "    settings: {api_token: nuki-token-acme, resend_after_s: 2}\n"
               "    webhook_secrets: [" +
               std::string(kWebhookSecret) + "]\n";
    }

    void make_account(const test::Simulators& simulators) override {
        const json codes{
            {"units", {"nuki_id"}},
            {"rentals", {"nuki_pinCode", "nuki_overlocked", "nuki_status", "nuki_resync"}}};
        const json business{{"business", "acme"}, {"field_codes", codes}};
        must(simulators.post("seed", {{"storeganise", json::array({business})},
                                      {"nuki", json::array({json{{"account", kAccount}}})}}),
             "seed nuki");
    }

    std::string add_door(const test::Simulators& simulators, const std::string& /*unit*/,
                         const std::string& door, int number) override {
        const int id = kFirstLock + number;
        const json lock{{"id", id}, {"name", door}};
        const json account{{"account", kAccount}, {"locks", json::array({lock})}};
        must(simulators.post("seed", {{"nuki", json::array({account})}}), "seed nuki");
        return "smartlock:" + std::to_string(id);
    }

    std::vector<std::string> open_doors(const test::Simulators& simulators,
                                        const Person& person) override {
        std::set<std::string> doors;
        for (const std::string& pin : person.pins) {
            for (const std::string& door : simulators.locks_opened_by(pin)) {
                doors.insert(door);
            }
        }
        return {doors.begin(), doors.end()};
    }

    void type_pin(const test::Simulators& simulators, test::GatehouseHost& host,
                  const std::string& target, const std::string& pin) override {
        tell(simulators, host, target, {{"pin", pin}});
    }

    void send_pin(const test::Simulators& simulators, test::GatehouseHost& host,
                  const std::string& target, const std::string& pin) override {
        tell(simulators, host, target, {{"feature", "DEVICE_AUTHS"}, {"pin", pin}});
    }
};

}  // namespace

std::unique_ptr<Vendor> make_nuki() {
    return std::make_unique<Nuki>();
}

}  // namespace gatehouse::e2e
