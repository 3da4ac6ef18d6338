// Promise P8: after a full run with known keys, secrets and a PIN, none of them is found in
// anything that the run produced.
#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "e2e/world.hpp"
#include "support/database_bytes.hpp"

namespace gatehouse::e2e {
namespace {

constexpr const char* kPin = "84731956";

// What a leak could look like: as it is, in base64, in hex.
std::vector<std::string> forms_of(const std::string& secret) {
    return {secret, to_base64(secret), to_hex(secret)};
}

class SecretsTest : public testing::Test {
  protected:
    // Everything that the run wrote or answered, by where it was found.
    std::map<std::string, std::string> produced(World& world) {
        std::map<std::string, std::string> all;
        test::GatehouseHost& host = world.host();
        for (const char* path :
             {"/healthz", "/readyz", "/metrics", "/v1/events?limit=100", "/v1/dead-letters",
              "/v1/plugins", "/v1/businesses", "/v1/rentals/acme", "/v1/version"}) {
            const auto reply = host.admin_raw(path);
            EXPECT_TRUE(reply.has_value() && reply->status == 200) << path;
            all[path] = reply ? reply->body : "";
        }
        for (int event = 1; event <= 6; ++event) {
            const std::string path = "/v1/events/" + std::to_string(event);
            all[path] = host.admin(path).dump();
        }
        const std::string explain = "/v1/rentals/acme/" + world.rental_of("A12") + "/explain";
        all[explain] = host.admin(explain).dump();
        for (const std::vector<std::string>& command :
             std::vector<std::vector<std::string>>{{"events", "list"},
                                                   {"plugins"},
                                                   {"businesses"},
                                                   {"dead-letters"},
                                                   {"check"},
                                                   {"explain", "acme", world.rental_of("A12")}}) {
            all["gatehouse " + command[0]] = host.run(command).output;
        }
        EXPECT_EQ(host.stop(), 0);
        all["log"] = host.log();
        all.merge(test::database_of(host));
        return all;
    }
};

TEST_F(SecretsTest, P8_NoKeySecretOrPinIsFoundInAnythingThatARunProduced) {
    test::HostOptions options;
    options.dispatch = "{first_retry: 200ms, max_retry: 200ms, budget: 500ms}";
    World world(options);
    world.add_unit("A12", "Door A12");
    world.add_unit("B07", "Door B07");
    world.add_renter("ada", "ada@example.com");
    world.add_renter("bob", "");
    world.move_in("ada", "A12");
    world.expect_event("done");
    world.change_rental("A12", nlohmann::json::object(), {{"kisi_pinCode", kPin}});
    world.send_again(1, false);
    world.move_in("bob", "B07");
    world.expect_event("dead");
    // Wrong signatures, rubbish, and the keys themselves where a careless client may put them.
    const std::string key = test::GatehouseHost::api_key("acme");
    EXPECT_EQ(world.host().post_webhook("{}", {{"sg-signature", key}})->status, 401);
    EXPECT_EQ(world.host().send_signed("not json")->status, 400);
    // Refused credentials are the classic place for a leak.
    world.simulators().post("faults", {{"kind", "status"}, {"service", "kisi"}, {"status", 401}});
    world.move_out("ada", "A12");
    world.expect_timeline("auth");

    const std::vector<std::string> secrets = [&] {
        std::vector<std::string> all = world.host().secrets();
        all.emplace_back(kPin);
        return all;
    }();
    const auto all = produced(world);
    EXPECT_GT(all.at("log").size(), 500U);
    EXPECT_GT(all.at("gatehouse.db").size(), 4096U);
    for (const auto& [where, text] : all) {
        EXPECT_FALSE(text.empty()) << where;
        for (const std::string& secret : secrets) {
            for (const std::string& form : forms_of(secret)) {
                EXPECT_EQ(text.find(form), std::string::npos)
                    << where << " holds a form of a secret that begins with "
                    << secret.substr(0, 4);
            }
        }
    }
}

// A PIN that is chosen, one that staff type, one that the keypad refuses with its own words, one
// that the rule refuses.
TEST_F(SecretsTest, P8_NoPinOfAKeypadIsFoundInAnythingThatARunProduced) {
    constexpr const char* kField = "nuki_pinCode";
    test::HostOptions options;
    options.dispatch = "{first_retry: 200ms, max_retry: 200ms, budget: 500ms}";
    World world(options, "Nuki");
    world.add_unit("A12", "Door A12");
    world.add_renter("ada", "ada@example.com");
    world.move_in("ada", "A12");
    world.expect_event("done");
    std::vector<std::string> pins{world.field_of("A12", kField).value_or("")};
    ASSERT_EQ(pins[0].size(), 6U);
    const auto type = [&](const std::string& pin) {
        pins.push_back(pin);
        world.change_rental("A12", nlohmann::json::object(), {{kField, pin}});
        world.send_event("unitRental.updated", {{"unitRentalId", world.rental_of("A12")}});
    };
    type("739164");
    world.expect_event("done");
    type("120364");
    world.expect_timeline("cannot be used");
    const nlohmann::json refusal = {
        {"detailMessage", "The supplied value '815937' for parameter 'code' is not valid"}};
    world.simulators().post("faults", {{"kind", "status"},
                                       {"service", "nuki"},
                                       {"method", "POST"},
                                       {"path", "/smartlock/*/auth/*"},
                                       {"status", 400},
                                       {"body", refusal.dump()}});
    type("815937");
    world.expect_timeline("the lock refuses the PIN");

    const auto all = produced(world);
    for (const auto& [where, text] : all) {
        for (const std::string& pin : pins) {
            EXPECT_FALSE(test::holds_number(text, pin))
                << where << " holds the PIN that begins with " << pin.substr(0, 2);
            EXPECT_EQ(text.find(to_base64(pin)), std::string::npos) << where;
        }
    }
}

}  // namespace
}  // namespace gatehouse::e2e
