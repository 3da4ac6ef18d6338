// What `gatehouse explain` tells, of one rental and of a renter's rentals.
#include <stdexcept>

#include "e2e/sentences.hpp"

namespace gatehouse::e2e {
namespace {

void expect_told(World& world, const std::vector<std::string>& asked, const std::string& text) {
    std::vector<std::string> arguments{"explain", World::kBusiness};
    arguments.insert(arguments.end(), asked.begin(), asked.end());
    world.await([&]() -> std::string {
        const std::string told = world.host().run(arguments).output;
        return told.find(text) != std::string::npos
                   ? ""
                   : "gatehouse explain does not say \"" + text + "\":\n" + told;
    });
}

}  // namespace

std::vector<Sentence> sentences_of_explanations() {
    return {
        say("then gatehouse explains (\\w+): \"(.*)\"",
            [](Scene& scene, const std::smatch& m) {
                World& world = scene.get();
                expect_told(world, {world.rental_of(m[1])}, m[2]);
            }),
        say("then gatehouse explains the door (\\S+): \"(.*)\"",
            [](Scene& scene, const std::smatch& m) {
                expect_told(scene.get(), {"target", m[1]}, m[2]);
            }),
    };
}

}  // namespace gatehouse::e2e
