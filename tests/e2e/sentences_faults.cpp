// What goes wrong outside.
#include <stdexcept>

#include "e2e/sentences.hpp"

namespace gatehouse::e2e {
namespace {

using nlohmann::json;

void add_fault(World& world, const json& fault) {
    must(world.simulators().post("faults", fault), "fault");
}

}  // namespace

std::vector<Sentence> sentences_of_faults() {
    return {
        say("(?:given|when) (\\w+) answers (GET|POST|PUT|DELETE) (\\S+) with (\\d+)"
            "(?:, (\\d+) times?)?",
            [](Scene& scene, const std::smatch& m) {
                add_fault(scene.get(), {{"kind", "status"},
                                        {"service", service_of(m[1])},
                                        {"method", m[2].str()},
                                        {"path", m[3].str()},
                                        {"status", std::stoi(m[4])},
                                        {"count", m[5].matched ? std::stoi(m[5]) : kEver}});
            }),
        say("(?:given|when) (\\w+) spoils (GET|POST|PUT|DELETE) (\\S+) with (\\w+)"
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
        say("then (\\d+) faults? (?:has|have) struck",
            [](Scene& scene, const std::smatch& m) { scene.get().expect_faults(std::stoi(m[1])); }),
    };
}

}  // namespace gatehouse::e2e
