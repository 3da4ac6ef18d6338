// Webhooks that never come, what is changed behind gatehouse's back, and what finds it: sweeps, the
// fuse, alerts and staff's tasks.
#include <filesystem>
#include <stdexcept>

#include "base/clock.hpp"
#include "e2e/sentences.hpp"
#include "egress/egress.hpp"

namespace gatehouse::e2e {
namespace {

using nlohmann::json;

// A job whose webhook is lost on the way.
void move_in_unheard(World& world, const std::string& renter, const std::string& unit) {
    world.start_host();
    const json moved =
        must(world.simulators().post("move_in", {{"business", World::kBusiness},
                                                 {"unit_id", world.unit_id(unit)},
                                                 {"user_id", world.renter_id(renter)}}),
             "move in");
    world.set_rental(unit, moved.at("rental_id").get<std::string>());
}

void move_out_unheard(World& world, const std::string& unit) {
    must(world.simulators().post(
             "move_out", {{"business", World::kBusiness}, {"rental_id", world.rental_of(unit)}}),
         "move out");
}

json kisi_call(World& world, const std::string& method, const std::string& path) {
    const std::string address = "127.0.0.1:" + std::to_string(world.simulators().kisi_port());
    const auto http = egress::make_curl_client({{address}, ""});
    egress::HttpCall call;
    call.method = method;
    call.url = "http://" + address + path;
    call.headers = {
        {"Authorization", "KISI-LOGIN " + test::GatehouseHost::kisi_key(World::kBusiness)}};
    const auto reply = http->send(call);
    if (!reply || reply->status >= 300) {
        throw std::runtime_error(method + ' ' + path + " at Kisi failed");
    }
    return reply->body.empty() ? json() : json::parse(reply->body, nullptr, false);
}

// What somebody does in Kisi's own dashboard.
void take_away_at_kisi(World& world, const std::string& renter) {
    // Who works there by hand has an allowance of his own.
    must(world.simulators().post("settings", {{"kisi_rate_limit", false}}), "settings");
    for (const json& assignment : kisi_call(world, "GET", "/role_assignments?limit=250")) {
        const json user =
            kisi_call(world, "GET",
                      "/users/" + std::to_string(assignment.value("assignee_id", std::int64_t{0})));
        if (user.value("email", "") == world.email(renter)) {
            kisi_call(world, "DELETE",
                      "/role_assignments/" + std::to_string(assignment.at("id").get<int>()));
        }
    }
    must(world.simulators().post("settings", {{"kisi_rate_limit", true}}), "settings");
}

// A new machine with the configuration and without the backup.
void lose_the_database(World& world) {
    world.host().kill();
    for (const char* file : {"gatehouse.db", "gatehouse.db-wal", "gatehouse.db-shm"}) {
        std::filesystem::remove(world.host().folder() / file);
    }
    world.host().start();
}

void run(World& world, std::vector<std::string> words) {
    world.start_host();
    const test::CommandResult result = world.host().run(words);
    if (result.status != 0) {
        throw std::runtime_error("gatehouse " + words.front() + " ended with " +
                                 std::to_string(result.status) + ": " + result.output);
    }
}

json last_sweep(World& world, const std::string& key) {
    return world.host().admin(std::string("/v1/sweeps/") + World::kBusiness + '/' + key);
}

void expect_in_the_end(World& world, const std::string& renter,
                       const std::vector<std::string>& doors) {
    world.await([&]() -> std::string {
        try {
            world.expect_doors(renter, doors);
            return "";
        } catch (const std::runtime_error& error) {
            return error.what();
        }
    });
}

// Until nothing of what sweeps found is worked on or due.
void await_looks(World& world) {
    world.await([&]() -> std::string {
        for (const char* key : {"full%3Anow", "delta%3Anow"}) {
            const json report = last_sweep(world, key);
            for (const json& found : report.value("differences", json::array())) {
                const std::string rental = found.at("rental").get<std::string>();
                const json story = world.host().admin(std::string("/v1/rentals/") +
                                                      World::kBusiness + '/' + rental + "/explain");
                const json pending = story.value("pending", json());
                const bool is_due =
                    pending.is_object() &&
                    (pending.value("working", false) || pending.value("attempts", 0) > 0 ||
                     pending.value("due", "") <= format_utc(SystemClock().now_ms()));
                if (is_due) return "rental " + rental + " is worked on: " + pending.dump();
            }
        }
        return "";
    });
}

json standing_alerts(World& world) {
    json standing = json::array();
    for (const json& alert : world.host().admin("/v1/alerts").value("alerts", json::array())) {
        if (alert.at("cured").is_null()) {
            standing.push_back(alert);
        }
    }
    return standing;
}

// Of the tasks for staff, those that are (not) completed.
int count_staff_tasks(World& world, bool is_open) {
    int count = 0;
    const json state = world.simulators().get("state");
    for (const json& job : state.at("storeganise").at(World::kBusiness).at("jobs")) {
        const bool is_task = job.value("type", "") == "task";
        count += is_task && (job.value("state", "") != "completed") == is_open ? 1 : 0;
    }
    return count;
}

void expect_staff_tasks(World& world, int count, bool is_open) {
    world.await([&]() -> std::string {
        const int found = count_staff_tasks(world, is_open);
        return found == count
                   ? ""
                   : "staff have " + std::to_string(found) + " tasks, not " + std::to_string(count);
    });
}

std::size_t count_blocked(World& world) {
    return world.host().admin("/v1/fuse").value("rentals", json::array()).size();
}

std::vector<Sentence> actions() {
    return {
        say("when (\\w+) moves into (\\w+) and the webhook is lost",
            [](Scene& scene, const std::smatch& m) { move_in_unheard(scene.get(), m[1], m[2]); }),
        say("when (\\w+) moves out of (\\w+) and the webhook is lost",
            [](Scene& scene, const std::smatch& m) { move_out_unheard(scene.get(), m[2]); }),
        say("when somebody takes (\\w+)'s access away at Kisi",
            [](Scene& scene, const std::smatch& m) { take_away_at_kisi(scene.get(), m[1]); }),
        say("when gatehouse loses its database",
            [](Scene& scene, const std::smatch&) { lose_the_database(scene.get()); }),
        say("when everything is swept",
            [](Scene& scene, const std::smatch&) {
                run(scene.get(), {"sweep", World::kBusiness});
            }),
        say("when everything is swept dry",
            [](Scene& scene, const std::smatch&) {
                run(scene.get(), {"sweep", World::kBusiness, "--dry-run"});
            }),
        say("when what changed is swept",
            [](Scene& scene, const std::smatch&) {
                run(scene.get(), {"sweep", World::kBusiness, "--delta"});
            }),
        say("when the looks have ended",
            [](Scene& scene, const std::smatch&) { await_looks(scene.get()); }),
        say("when the ends that wait are confirmed",
            [](Scene& scene, const std::smatch&) {
                run(scene.get(), {"fuse", World::kBusiness, "--confirm-all"});
            }),
        say("given the fuse lets (\\d+) ends? pass",
            [](Scene& scene, const std::smatch& m) {
                scene.options.sites =
                    "  - {site: \"*\", access: doors, fuse: {max_ends: " + m[1].str() +
                    ", max_share: 0}}\n";
            }),
        say("given a cure counts at once",
            [](Scene& scene, const std::smatch&) {
                scene.options.business_sections += "alerts: {settle: 0s}\n";
            }),
    };
}

std::vector<Sentence> expectations() {
    return {
        say("then the (full|dry|delta) sweep found nothing",
            [](Scene& scene, const std::smatch& m) {
                const std::string key = m[1] == "dry" ? "full%3Adry" : m[1].str() + "%3Anow";
                const json report = last_sweep(scene.get(), key);
                for (const auto& [kind, count] : report.at("counts").items()) {
                    if (count != 0) throw std::runtime_error("it found " + report.dump(1));
                }
            }),
        say("then the (full|dry|delta) sweep found (\\d+) \"([^\"]*)\"",
            [](Scene& scene, const std::smatch& m) {
                const std::string key = m[1] == "dry" ? "full%3Adry" : m[1].str() + "%3Anow";
                const json report = last_sweep(scene.get(), key);
                if (report.at("counts").value(m[3].str(), -1) != std::stoi(m[2])) {
                    throw std::runtime_error("it found " + report.dump(1));
                }
            }),
        say("then in the end (\\w+) can open nothing",
            [](Scene& scene, const std::smatch& m) { expect_in_the_end(scene.get(), m[1], {}); }),
        say("then in the end (\\w+) can open (\".*\")",
            [](Scene& scene, const std::smatch& m) {
                expect_in_the_end(scene.get(), m[1], quoted(m[2]));
            }),
        say("then in the end nobody known as (\\S+) can open a door",
            [](Scene& scene, const std::smatch& m) {
                World& world = scene.get();
                world.await([&]() -> std::string {
                    const auto doors =
                        world.vendor().open_doors(world.simulators(), {m[1], {}, {}});
                    return doors.empty() ? "" : m[1].str() + " opens " + json(doors).dump();
                });
            }),
        say("then an alert says \"([^\"]*)\"",
            [](Scene& scene, const std::smatch& m) {
                World& world = scene.get();
                world.await([&]() -> std::string {
                    const std::string alerts = standing_alerts(world).dump(1);
                    return alerts.find(m[1].str()) != std::string::npos ? "" : "alerts: " + alerts;
                });
            }),
        say("then no alert stands",
            [](Scene& scene, const std::smatch&) {
                World& world = scene.get();
                world.await([&]() -> std::string {
                    const json alerts = standing_alerts(world);
                    return alerts.empty() ? "" : "alerts: " + alerts.dump(1);
                });
            }),
        say("then staff have (\\d+) open tasks?",
            [](Scene& scene, const std::smatch& m) {
                expect_staff_tasks(scene.get(), std::stoi(m[1]), true);
            }),
        say("then staff have (\\d+) completed tasks?",
            [](Scene& scene, const std::smatch& m) {
                expect_staff_tasks(scene.get(), std::stoi(m[1]), false);
            }),
        say("then (\\d+) ends? waits? for a person",
            [](Scene& scene, const std::smatch& m) {
                World& world = scene.get();
                const auto count = static_cast<std::size_t>(std::stoi(m[1]));
                world.await([&]() -> std::string {
                    const std::size_t found = count_blocked(world);
                    return found == count ? "" : std::to_string(found) + " ends wait";
                });
            }),
    };
}

}  // namespace

std::vector<Sentence> sentences_of_sweeps() {
    std::vector<Sentence> all = actions();
    for (Sentence& sentence : expectations()) {
        all.push_back(std::move(sentence));
    }
    return all;
}

}  // namespace gatehouse::e2e
