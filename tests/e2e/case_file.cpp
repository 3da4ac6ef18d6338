#include "e2e/case_file.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "e2e/sentences.hpp"

namespace gatehouse::e2e {

Sentence say(const char* pattern, std::function<void(Scene&, const std::smatch&)> act) {
    return Sentence{std::regex(pattern), std::move(act)};
}

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
    std::string service = name;
    std::transform(service.begin(), service.end(), service.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return service;
}

std::vector<Sentence> sentences() {
    std::vector<Sentence> all;
    for (auto topic : {sentences_of_sweeps, sentences_of_the_world, sentences_of_storeganise,
                       sentences_of_faults, sentences_of_the_host, sentences_of_backups,
                       sentences_of_examples, sentences_of_messages, sentences_of_nuki,
                       sentences_of_inbound, sentences_of_unloc, sentences_of_explanations}) {
        std::vector<Sentence> some = topic();
        std::move(some.begin(), some.end(), std::back_inserter(all));
    }
    return all;
}

namespace {

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
