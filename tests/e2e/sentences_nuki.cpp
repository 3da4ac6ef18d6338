// PINs on keypads: whose opens what, which is the same as before, what the vendor tells of them,
// and what goes wrong at Nuki.
#include <algorithm>
#include <stdexcept>

#include "e2e/sentences.hpp"
#include "support/database_bytes.hpp"

namespace gatehouse::e2e {
namespace {

using nlohmann::json;

std::string join(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text.empty() ? "nothing" : text;
}

void expect_opens(World& world, const std::string& pin, std::vector<std::string> doors) {
    std::sort(doors.begin(), doors.end());
    world.await([&]() -> std::string {
        const std::vector<std::string> found = world.simulators().locks_opened_by(pin);
        if (found == doors) return "";
        return "it opens " + join(found) + " and not " + join(doors);
    });
}

std::string pin_field(World& world) {
    return world.vendor().id() + "_pinCode";
}

std::string pin_of(World& world, const std::string& unit) {
    std::string pin;
    world.await([&]() -> std::string {
        pin = world.field_of(unit, pin_field(world)).value_or("");
        return pin.empty() ? "the rental has no PIN" : "";
    });
    return pin;
}

void put_code_by_hand(World& world, const std::string& unit, const std::string& name,
                      const std::string& pin) {
    const std::string target = world.target(unit);
    const int lock = std::stoi(target.substr(target.find(':') + 1));
    must(world.simulators().post(
             "nuki_auth", {{"account", "acme"}, {"lock_id", lock}, {"name", name}, {"code", pin}}),
         "nuki_auth");
}

std::string target_of(World& world, const std::string& door) {
    std::string target = world.target_of_door(door);
    if (target.empty()) throw std::runtime_error("there is no door " + door);
    return target;
}

void type_pin(World& world, const std::string& door, const std::string& pin) {
    world.vendor().type_pin(world.simulators(), world.host(), target_of(world, door), pin);
}

void send_pin(World& world, const std::string& door, const std::string& pin) {
    world.vendor().send_pin(world.simulators(), world.host(), target_of(world, door), pin);
}

void expect_not_kept(World& world, const std::string& pin) {
    for (const auto& [file, bytes] : test::database_of(world.host())) {
        if (test::holds_number(bytes, pin)) throw std::runtime_error(file + " holds the PIN");
    }
}

std::vector<Sentence> of_webhooks() {
    return {
        say("when the PIN of (\\w+) is typed at \"([^\"]+)\"",
            [](Scene& scene, const std::smatch& m) {
                type_pin(scene.get(), m[2], pin_of(scene.get(), m[1]));
            }),
        say("when the PIN (\\d+) is typed at \"([^\"]+)\"",
            [](Scene& scene, const std::smatch& m) { type_pin(scene.get(), m[2], m[1]); }),
        say("when the PIN of (\\w+) at \"([^\"]+)\" is told in a webhook",
            [](Scene& scene, const std::smatch& m) {
                send_pin(scene.get(), m[2], pin_of(scene.get(), m[1]));
            }),
        say("then the database does not hold the PIN of (\\w+)",
            [](Scene& scene, const std::smatch& m) {
                expect_not_kept(scene.get(), pin_of(scene.get(), m[1]));
            }),
    };
}

std::vector<Sentence> of_pins() {
    const auto remembered = std::make_shared<std::string>();
    return {
        say("when the PIN of (\\w+) is remembered",
            [remembered](Scene& scene, const std::smatch& m) {
                *remembered = pin_of(scene.get(), m[1]);
            }),
        say("then the PIN of (\\w+) is the remembered one",
            [remembered](Scene& scene, const std::smatch& m) {
                if (pin_of(scene.get(), m[1]) != *remembered) {
                    throw std::runtime_error("it is another one");
                }
            }),
        say("then the remembered PIN opens nothing",
            [remembered](Scene& scene, const std::smatch&) {
                expect_opens(scene.get(), *remembered, {});
            }),
        say("then the remembered PIN opens (\".*\")",
            [remembered](Scene& scene, const std::smatch& m) {
                expect_opens(scene.get(), *remembered, quoted(m[1]));
            }),
        say("then the PIN of (\\w+) has (\\d+) digits from 1 to 9",
            [](Scene& scene, const std::smatch& m) {
                const std::string pin = pin_of(scene.get(), m[1]);
                const bool fits = pin.size() == std::stoul(m[2]) &&
                                  pin.find_first_not_of("123456789") == std::string::npos;
                if (!fits) throw std::runtime_error("it does not fit");
            }),
        say("then the rental of (\\w+) has no PIN",
            [](Scene& scene, const std::smatch& m) {
                World& world = scene.get();
                const std::string unit = m[1];
                world.await([&]() -> std::string {
                    return world.field_of(unit, pin_field(world)) ? "it still has one" : "";
                });
            }),
    };
}

std::vector<Sentence> of_keypads() {
    return {
        say("then the PIN (\\d+) opens nothing",
            [](Scene& scene, const std::smatch& m) { expect_opens(scene.get(), m[1], {}); }),
        say("then the PIN (\\d+) opens (\".*\")",
            [](Scene& scene, const std::smatch& m) {
                expect_opens(scene.get(), m[1], quoted(m[2]));
            }),
        say("given the (\\w+) has the PIN (\\d+) at the door of (\\w+)",
            [](Scene& scene, const std::smatch& m) {
                put_code_by_hand(scene.get(), m[3], m[1], m[2]);
            }),
        say("given Nuki loses the next (\\d+) commands?",
            [](Scene& scene, const std::smatch& m) {
                must(scene.get().simulators().post("settings", {{"nuki_lose", std::stoi(m[1])}}),
                     "settings");
            }),
    };
}

}  // namespace

std::vector<Sentence> sentences_of_nuki() {
    std::vector<Sentence> all = of_pins();
    for (std::vector<Sentence> more : {of_keypads(), of_webhooks()}) {
        for (Sentence& one : more) {
            all.push_back(std::move(one));
        }
    }
    return all;
}

}  // namespace gatehouse::e2e
