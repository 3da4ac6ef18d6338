// What happens in Storeganise to a rental that stands: planned move-outs, transfers, debts, and
// what staff and renters change. Each sends its event.
#include <stdexcept>

#include "e2e/sentences.hpp"

namespace gatehouse::e2e {
namespace {

using nlohmann::json;

// Posts to the simulator with a webhook to the host, and remembers that as the last one.
json act(World& world, const std::string& verb, json body) {
    world.start_host();
    body["business"] = World::kBusiness;
    body["webhook"] = world.webhook_options();
    json answer = must(world.simulators().post(verb, body), verb);
    if (answer.contains("event_id")) {
        world.remember_webhook(answer, answer.at("type").get<std::string>(), answer.at("data"));
    }
    return answer;
}

void transfer(World& world, const std::string& from, const std::string& to) {
    const json made = act(world, "transfer",
                          {{"rental_id", world.rental_of(from)}, {"unit_id", world.unit_id(to)}});
    world.set_rental(to, made.at("rental_id").get<std::string>());
    world.set_renter_of(to, world.renter_of(from));
}

void set_debt(World& world, const std::string& unit, bool is_overdue) {
    const json told = act(world, is_overdue ? "mark_overdue" : "unmark_overdue",
                          {{"rental_id", world.rental_of(unit)}});
    world.remember_webhook({{"event_id", told.at("event_ids").at(0)}},
                           is_overdue ? "unitRental.markOverdue" : "unitRental.unmarkOverdue",
                           {{"unitRentalId", world.rental_of(unit)}});
}

// "true", "false", "nothing" or "text".
json value_of(const std::string& word) {
    if (word == "nothing") return nullptr;
    if (word == "true" || word == "false") return word == "true";
    return word.substr(1, word.size() - 2);
}

void change(World& world, const std::string& collection, const std::string& id, const json& data,
            const json& fields) {
    act(world, "change",
        {{"collection", collection}, {"id", id}, {"data", data}, {"customFields", fields}});
}

void change_email(World& world, const std::string& renter, const std::string& email) {
    world.person(renter).email = email;
    change(world, "users", world.renter_id(renter), {{"email", email}}, json::object());
}

void await_every_event(World& world) {
    world.await([&]() -> std::string {
        const json events = world.host().admin("/v1/events?limit=100");
        for (const json& event : events.at("events")) {
            const std::string state = event.value("state", "");
            if (state == "open") return "an event is still open: " + event.dump();
        }
        return "";
    });
}

// Until no write of ours leads to another one. A host that answers every echo with a write never
// comes to rest.
void await_rest(World& world) {
    constexpr int kRounds = 20;
    json before;
    for (int round = 0; round < kRounds; ++round) {
        await_every_event(world);
        const json echoes = must(world.simulators().post("await_echoes", json::object()), "echoes");
        if (echoes == before) return;
        before = echoes;
    }
    throw std::runtime_error("the echoes never end: " + before.dump());
}

std::vector<Sentence> of_moves() {
    return {
        say("when staff plan the move-out of (\\w+) for (\\S+)",
            [](Scene& scene, const std::smatch& m) {
                World& world = scene.get();
                act(world, "plan_move_out",
                    {{"rental_id", world.rental_of(m[1])}, {"date", m[2].str()}});
            }),
        say("when staff cancel the move-out of (\\w+)",
            [](Scene& scene, const std::smatch& m) {
                World& world = scene.get();
                act(world, "cancel_move_out", {{"rental_id", world.rental_of(m[1])}});
            }),
        say("when (?:\\w+) is transferred from (\\w+) to (\\w+)",
            [](Scene& scene, const std::smatch& m) { transfer(scene.get(), m[1], m[2]); }),
        say("when the rent of (\\w+) becomes overdue",
            [](Scene& scene, const std::smatch& m) { set_debt(scene.get(), m[1], true); }),
        say("when the rent of (\\w+) is paid",
            [](Scene& scene, const std::smatch& m) { set_debt(scene.get(), m[1], false); }),
    };
}

std::vector<Sentence> of_edits() {
    return {
        say("when staff put the rental of (\\w+) back to \"(\\w+)\"",
            [](Scene& scene, const std::smatch& m) {
                World& world = scene.get();
                change(world, "rentals", world.rental_of(m[1]), {{"state", m[2].str()}},
                       json::object());
            }),
        say("when staff set (\\w+) of unit (\\w+) to (nothing|\"[^\"]*\")",
            [](Scene& scene, const std::smatch& m) {
                World& world = scene.get();
                change(world, "units", world.unit_id(m[2]), json::object(),
                       {{m[1].str(), value_of(m[3])}});
            }),
        say("when staff set (\\w+) of the rental of (\\w+) to (true|false|nothing|\"[^\"]*\")",
            [](Scene& scene, const std::smatch& m) {
                World& world = scene.get();
                change(world, "rentals", world.rental_of(m[2]), json::object(),
                       {{m[1].str(), value_of(m[3])}});
            }),
        say("when (\\w+) changes (?:her|his|their) e-mail to (\\S+)",
            [](Scene& scene, const std::smatch& m) { change_email(scene.get(), m[1], m[2]); }),
        say("then nobody known as (\\S+) can open a door",
            [](Scene& scene, const std::smatch& m) {
                World& world = scene.get();
                const auto doors = world.vendor().open_doors(world.simulators(), {m[1], {}, {}});
                if (!doors.empty()) throw std::runtime_error("opens " + json(doors).dump());
            }),
        say("when staff change the settings of the site",
            [](Scene& scene, const std::smatch&) {
                change(scene.get(), "sites", World::kSite, {{"name", "Harbour West"}},
                       json::object());
            }),
        say("when the event (\\S+) comes with (\\{.*\\})",
            [](Scene& scene, const std::smatch& m) {
                scene.get().send_event(m[1], json::parse(m[2].str()));
            }),
    };
}

}  // namespace

std::vector<Sentence> sentences_of_storeganise() {
    std::vector<Sentence> all = of_moves();
    for (Sentence& sentence : of_edits()) {
        all.push_back(std::move(sentence));
    }
    all.push_back(say("given the site is in (\\S+)", [](Scene& scene, const std::smatch& m) {
        scene.options.sites = "  - {site: \"*\", access: doors, time_zone: " + m[1].str() + "}\n";
    }));
    all.push_back(say(
        "given Storeganise shows rentals (\\d+) ms late", [](Scene& scene, const std::smatch& m) {
            const json late{{"business", World::kBusiness}, {"lag_ms", std::stoi(m[1])}};
            scene.get().simulators().post("seed", {{"storeganise", json::array({late})}});
        }));
    all.push_back(say("given Storeganise echoes every write", [](Scene& scene, const std::smatch&) {
        World& world = scene.get();
        world.start_host();
        json echo = world.webhook_options();
        echo["business"] = World::kBusiness;
        must(world.simulators().post("settings", {{"echo", echo}}), "echo");
    }));
    all.push_back(say("when everything has come to rest",
                      [](Scene& scene, const std::smatch&) { await_rest(scene.get()); }));
    return all;
}

}  // namespace gatehouse::e2e
