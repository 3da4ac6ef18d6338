// The gatehouse process itself and what it did in all.
#include <stdexcept>

#include "e2e/sentences.hpp"

namespace gatehouse::e2e {

std::vector<Sentence> sentences_of_the_host() {
    return {
        say("given retries end after (\\d+) ms",
            [](Scene& scene, const std::smatch& m) {
                scene.options.dispatch =
                    "{first_retry: 200ms, max_retry: 200ms, budget: " + m[1].str() + "ms}";
            }),
        say("when the webhook comes (\\d+) times? more( at once)?",
            [](Scene& scene, const std::smatch& m) {
                scene.get().send_again(std::stoi(m[1]), m[2].matched);
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
        say("then (\\w+) was written to (\\d+) times?",
            [](Scene& scene, const std::smatch& m) {
                scene.get().expect_writes(service_of(m[1]), std::stoi(m[2]));
            }),
        say("then there (?:is|are) (\\d+) events?",
            [](Scene& scene, const std::smatch& m) { scene.get().expect_events(std::stoi(m[1])); }),
    };
}

}  // namespace gatehouse::e2e
