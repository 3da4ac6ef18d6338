// Unloc's own ways: keys that are made by jobs, and access events of each lock.
#include <stdexcept>

#include "e2e/sentences.hpp"

namespace gatehouse::e2e {
namespace {

using nlohmann::json;

constexpr const char* kProject = "d45031c2-be07-4d20-adbe-4e51e6ad0fed";

void tell_unloc(World& world, json change) {
    change["project"] = kProject;
    must(world.simulators().post("unloc", change), "unloc");
}

std::string lock_of(World& world, const std::string& unit) {
    return world.target(unit).substr(std::string("lock:").size());
}

void expect_keys_made(World& world, int count) {
    const json found =
        world.simulators().counters().value("unloc", json::object()).value("keys_created", json(0));
    if (found != count) {
        throw std::runtime_error("Unloc made " + found.dump() + " keys, not " +
                                 std::to_string(count));
    }
}

// Somebody's phone opens the lock at that time; Unloc tells it now.
void unlock(World& world, const std::string& renter, const std::string& unit,
            const std::string& created) {
    json order = {{"project", kProject},
                  {"lock_id", lock_of(world, unit)},
                  {"phone", world.person(renter).phone}};
    if (!created.empty()) order["created"] = created;
    order["to"] = "https://127.0.0.1:" + std::to_string(world.host().port());
    const json told = must(world.simulators().post("unloc_event", order), "access event");
    if (told.at("deliveries").size() != 1 || told.at("deliveries")[0].at("status") != 200) {
        throw std::runtime_error("the access event was not taken: " + told.dump());
    }
}

// The host's port is known only when it listens: Unloc is told a name, and the simulator where that
// name is.
void let_unloc_tell(Scene& scene) {
    scene.vendor = "Unloc";
    scene.options.public_url = "https://gatehouse.test";
    scene.options.dispatch = "{first_retry: 200ms, max_retry: 200ms, care: 3s}";
}

void expect_registered(World& world, const std::string& unit) {
    world.await([&]() -> std::string {
        const json project = world.simulators().get("state").at("unloc").at(kProject);
        for (const json& webhook : project.at("webhooks")) {
            if (webhook.at("lockId") == lock_of(world, unit)) return "";
        }
        return "no webhook is registered for " + unit;
    });
}

// "" = none.
void expect_end(World& world, const std::string& unit, const std::string& end) {
    const json project = world.simulators().get("state").at("unloc").at(kProject);
    for (const json& key : project.at("keys")) {
        if (key.at("lockId") != lock_of(world, unit) || key.at("state") == "revoked") continue;
        const std::string found = key.at("end").is_null() ? "" : key.at("end").get<std::string>();
        if (found.substr(0, end.size()) == end && found.empty() == end.empty()) return;
        throw std::runtime_error("the key ends at '" + found + "'");
    }
    throw std::runtime_error("there is no key");
}

std::vector<Sentence> of_jobs() {
    return {
        say("given Unloc makes keys after (\\d+) polls?",
            [](Scene& scene, const std::smatch& m) {
                tell_unloc(scene.get(), {{"job_polls", std::stoi(m[1])}});
            }),
        say("given Unloc leaves its jobs pending",
            [](Scene& scene, const std::smatch&) {
                tell_unloc(scene.get(), {{"job_polls", -1}});
            }),
        say("when Unloc finishes its jobs",
            [](Scene& scene, const std::smatch&) {
                tell_unloc(scene.get(), {{"finish_jobs", true}, {"job_polls", 1}});
            }),
        say("when Unloc's tokens end",
            [](Scene& scene, const std::smatch&) {
                tell_unloc(scene.get(), {{"expire_tokens", true}});
            }),
        say("then Unloc made (\\d+) keys?",
            [](Scene& scene, const std::smatch& m) {
                expect_keys_made(scene.get(), std::stoi(m[1]));
            }),
    };
}

}  // namespace

std::vector<Sentence> sentences_of_unloc() {
    std::vector<Sentence> all = of_jobs();
    all.push_back(
        say("when (\\w+) unlocks (\\w+)(?: at (\\S+Z))?",
            [](Scene& scene, const std::smatch& m) { unlock(scene.get(), m[1], m[2], m[3]); }));
    all.push_back(say("given Unloc may tell of its doors",
                      [](Scene& scene, const std::smatch&) { let_unloc_tell(scene); }));
    all.push_back(
        say("then Unloc tells gatehouse of the use of (\\w+)",
            [](Scene& scene, const std::smatch& m) { expect_registered(scene.get(), m[1]); }));
    all.push_back(
        say("then the key of (\\w+) ends at (\\S+)",
            [](Scene& scene, const std::smatch& m) { expect_end(scene.get(), m[1], m[2]); }));
    all.push_back(say("then the key of (\\w+) has no end", [](Scene& scene, const std::smatch& m) {
        expect_end(scene.get(), m[1], "");
    }));
    return all;
}

}  // namespace gatehouse::e2e
