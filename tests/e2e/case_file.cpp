#include "e2e/case_file.hpp"

#include <fstream>
#include <functional>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

#include "e2e/world.hpp"

namespace gatehouse::e2e {
namespace {

using nlohmann::json;

// How often a fault without a number strikes.
constexpr int kEver = 1'000'000;

// What a case may say before the world exists, and the world.
struct Scene {
    test::HostOptions options;
    std::unique_ptr<World> world;

    World& get() {
        if (!world) {
            world = std::make_unique<World>(options);
        }
        return *world;
    }
};

struct Sentence {
    std::regex pattern;
    std::function<void(Scene&, const std::smatch&)> act;
};

std::vector<std::string> quoted(const std::string& text) {
    static const std::regex kQuoted("\"([^\"]*)\"");
    std::vector<std::string> found;
    for (auto at = std::sregex_iterator(text.begin(), text.end(), kQuoted);
         at != std::sregex_iterator(); ++at) {
        found.push_back((*at)[1]);
    }
    return found;
}

std::string service_of(const std::string& name) {
    return name == "Kisi" ? "kisi" : "storeganise";
}

void add_fault(World& world, json fault) {
    const json answer = world.simulators().post("faults", fault);
    if (answer.contains("error")) {
        throw std::runtime_error("fault: " + answer.dump());
    }
}

// In the order in which they are tried.
std::vector<Sentence> sentences() {
    const auto say = [](const char* pattern, std::function<void(Scene&, const std::smatch&)> act) {
        return Sentence{std::regex(pattern), std::move(act)};
    };
    return {
        say("given retries end after (\\d+) ms",
            [](Scene& scene, const std::smatch& m) {
                scene.options.dispatch =
                    "{first_retry: 200ms, max_retry: 200ms, budget: " + m[1].str() + "ms}";
            }),
        say("given unit (\\w+) with the door \"([^\"]+)\"",
            [](Scene& scene, const std::smatch& m) { scene.get().add_unit(m[1], m[2]); }),
        say("given unit (\\w+) without a target",
            [](Scene& scene, const std::smatch& m) { scene.get().add_unit(m[1], ""); }),
        say("given renter (\\w+) with the e-mail (\\S+)",
            [](Scene& scene, const std::smatch& m) { scene.get().add_renter(m[1], m[2]); }),
        say("given renter (\\w+) without e-mail",
            [](Scene& scene, const std::smatch& m) { scene.get().add_renter(m[1], ""); }),
        say("(?:given|when) (Kisi|Storeganise) answers (GET|POST|PUT|DELETE) (\\S+) with (\\d+)"
            "(?:, (\\d+) times?)?",
            [](Scene& scene, const std::smatch& m) {
                add_fault(scene.get(), {{"kind", "status"},
                                        {"service", service_of(m[1])},
                                        {"method", m[2].str()},
                                        {"path", m[3].str()},
                                        {"status", std::stoi(m[4])},
                                        {"count", m[5].matched ? std::stoi(m[5]) : kEver}});
            }),
        say("(?:given|when) (Kisi|Storeganise) spoils (GET|POST|PUT|DELETE) (\\S+) with (\\w+)"
            "(?:, (\\d+) times?)?",
            [](Scene& scene, const std::smatch& m) {
                add_fault(scene.get(), {{"kind", m[4].str()},
                                        {"service", service_of(m[1])},
                                        {"method", m[2].str()},
                                        {"path", m[3].str()},
                                        {"count", m[5].matched ? std::stoi(m[5]) : kEver}});
            }),
        say("when the faults end",
            [](Scene& scene, const std::smatch&) { scene.get().simulators().erase("faults"); }),
        say("when (\\w+) moves into (\\w+)(?: from (\\S+))?",
            [](Scene& scene, const std::smatch& m) { scene.get().move_in(m[1], m[2], m[3]); }),
        say("when (\\w+) moves out of (\\w+)",
            [](Scene& scene, const std::smatch& m) { scene.get().move_out(m[1], m[2]); }),
        say("when the webhook comes (\\d+) times? more( at once)?",
            [](Scene& scene, const std::smatch& m) {
                scene.get().send_again(std::stoi(m[1]), m[2].matched);
            }),
        say("when staff fill in (\\w+) of (\\w+) with \"([^\"]*)\"",
            [](Scene& scene, const std::smatch& m) {
                scene.get().change_unit(m[2], {{m[1].str(), m[3].str()}});
            }),
        say("when gatehouse is killed and started again",
            [](Scene& scene, const std::smatch&) {
                scene.get().host().kill();
                scene.get().host().start();
            }),
        say("when gatehouse is stopped and started again",
            [](Scene& scene, const std::smatch&) {
                const int status = scene.get().host().stop();
                if (status != 0) {
                    throw std::runtime_error("it ended with " + std::to_string(status));
                }
                scene.get().host().start();
            }),
        say("then the event is (\\w+)",
            [](Scene& scene, const std::smatch& m) { scene.get().expect_event(m[1]); }),
        say("then (\\w+) can open nothing",
            [](Scene& scene, const std::smatch& m) { scene.get().expect_doors(m[1], {}); }),
        say("then (\\w+) can open (\".*\")",
            [](Scene& scene, const std::smatch& m) {
                scene.get().expect_doors(m[1], quoted(m[2]));
            }),
        say("then (\\w+) of (\\w+) says \"([^\"]*)\"",
            [](Scene& scene, const std::smatch& m) { scene.get().expect_field(m[2], m[1], m[3]); }),
        say("then the timeline says \"([^\"]*)\"",
            [](Scene& scene, const std::smatch& m) { scene.get().expect_timeline(m[1]); }),
        say("then (Kisi|Storeganise) was written to (\\d+) times?",
            [](Scene& scene, const std::smatch& m) {
                scene.get().expect_writes(service_of(m[1]), std::stoi(m[2]));
            }),
        say("then (\\d+) faults? (?:has|have) struck",
            [](Scene& scene, const std::smatch& m) { scene.get().expect_faults(std::stoi(m[1])); }),
        say("then there (?:is|are) (\\d+) events?",
            [](Scene& scene, const std::smatch& m) { scene.get().expect_events(std::stoi(m[1])); }),
    };
}

void act_on(Scene& scene, const std::vector<Sentence>& known, const std::string& line) {
    for (const Sentence& sentence : known) {
        std::smatch match;
        if (std::regex_match(line, match, sentence.pattern)) {
            sentence.act(scene, match);
            return;
        }
    }
    throw std::runtime_error("no sentence of this kind is known");
}

}  // namespace

void run_case(const std::filesystem::path& file) {
    const std::vector<Sentence> known = sentences();
    Scene scene;
    std::ifstream lines(file);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        if (line.empty() || line.front() == '#') {
            continue;
        }
        try {
            act_on(scene, known, line);
        } catch (const std::exception& error) {
            const std::string log = scene.world ? scene.world->host().log() : "";
            throw std::runtime_error(file.filename().string() + ":" + std::to_string(number) +
                                     ": " + line + "\n" + error.what() + "\n" + log);
        }
    }
}

}  // namespace gatehouse::e2e
