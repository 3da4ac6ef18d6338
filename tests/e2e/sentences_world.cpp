// Units, renters, moves, doors and fields.
#include "e2e/sentences.hpp"

namespace gatehouse::e2e {

std::vector<Sentence> sentences_of_the_world() {
    return {
        say("given the vendor is (\\w+)",
            [](Scene& scene, const std::smatch& m) { scene.vendor = m[1]; }),
        say("given the time can be set",
            [](Scene& scene, const std::smatch&) { scene.options.has_own_clock = true; }),
        say("(?:given|when) it is (\\S+Z)",
            [](Scene& scene, const std::smatch& m) { scene.get().set_time(m[1]); }),
        say("given renter (\\w+) with the e-mail (\\S+) and the phone (.+)",
            [](Scene& scene, const std::smatch& m) { scene.get().add_renter(m[1], m[2], m[3]); }),
        say("given renter (\\w+) with the phone (.+)",
            [](Scene& scene, const std::smatch& m) { scene.get().add_renter(m[1], "", m[2]); }),
        say("given unit (\\w+) with the door \"([^\"]+)\"",
            [](Scene& scene, const std::smatch& m) { scene.get().add_unit(m[1], m[2]); }),
        say("given unit (\\w+) without a target",
            [](Scene& scene, const std::smatch& m) { scene.get().add_unit(m[1], ""); }),
        say("given renter (\\w+) with the e-mail (\\S+)",
            [](Scene& scene, const std::smatch& m) { scene.get().add_renter(m[1], m[2]); }),
        say("given renter (\\w+) without e-mail",
            [](Scene& scene, const std::smatch& m) { scene.get().add_renter(m[1], ""); }),
        say("when (\\w+) moves into (\\w+)(?: from (\\S+))?",
            [](Scene& scene, const std::smatch& m) { scene.get().move_in(m[1], m[2], m[3]); }),
        say("when (\\w+) moves out of (\\w+)",
            [](Scene& scene, const std::smatch& m) { scene.get().move_out(m[1], m[2]); }),
        say("when staff fill in (\\w+) of (\\w+) with \"([^\"]*)\"",
            [](Scene& scene, const std::smatch& m) {
                scene.get().change_unit(m[2], {{m[1].str(), m[3].str()}});
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
    };
}

}  // namespace gatehouse::e2e
