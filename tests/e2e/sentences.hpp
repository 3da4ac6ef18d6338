// Sentences: the vocabulary of the case files. Each file sentences_<topic>.cpp adds its own; the
// first whose pattern fits a whole line acts.
#pragma once

#include <functional>
#include <memory>
#include <regex>
#include <string>
#include <vector>

#include "e2e/world.hpp"
#include "support/http_peer.hpp"

namespace gatehouse::test {
class MailServer;
class MessageServices;
}  // namespace gatehouse::test

namespace gatehouse::e2e {

// How often a fault without a number strikes.
constexpr int kEver = 1'000'000;

// What a case may say before the world exists, and the world.
struct Scene {
    test::HostOptions options = {};
    std::string vendor = "Kisi";
    std::vector<std::string> simulator_arguments = {};
    std::string site_code = "hk1";
    std::unique_ptr<World> world = {};
    std::vector<std::shared_ptr<void>> companions = {};  // whatever else a topic needs kept alive
    std::shared_ptr<test::MessageServices> messages = {};
    std::shared_ptr<test::MailServer> mail = {};
    std::shared_ptr<test::HttpPeer> slack = {};

    World& get() {
        if (!world) {
            world = std::make_unique<World>(options, vendor, simulator_arguments, site_code);
        }
        return *world;
    }
};

struct Sentence {
    std::regex pattern;
    std::function<void(Scene&, const std::smatch&)> act;
};

Sentence say(const char* pattern, std::function<void(Scene&, const std::smatch&)> act);

// The texts between quotes.
std::vector<std::string> quoted(const std::string& text);

// "Kisi" -> "kisi".
std::string service_of(const std::string& name);

std::vector<Sentence> sentences_of_the_world();
std::vector<Sentence> sentences_of_faults();
std::vector<Sentence> sentences_of_the_host();
std::vector<Sentence> sentences_of_backups();
std::vector<Sentence> sentences_of_examples();
std::vector<Sentence> sentences_of_explanations();
std::vector<Sentence> sentences_of_storeganise();
std::vector<Sentence> sentences_of_inbound();
std::vector<Sentence> sentences_of_messages();
std::vector<Sentence> sentences_of_sweeps();
std::vector<Sentence> sentences_of_nuki();
std::vector<Sentence> sentences_of_unloc();

// All of them.
std::vector<Sentence> sentences();

}  // namespace gatehouse::e2e
