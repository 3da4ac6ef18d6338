// Scrub: takes secrets that a plugin was given in clear out of what it says (promise P8).
#pragma once

#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.hpp"

namespace gatehouse::plugins {

// Every occurrence of a secret becomes "***". Empty secrets are skipped.
std::string scrub(std::string text, const std::vector<Secret>& secrets);

// Whether a text in `document` contains the secret, or a number in it is the secret. Digits inside
// a number that is something else, an id, do not count.
bool holds_secret(const nlohmann::json& document, const Secret& secret);

// The secrets of the calls that a runner works on, and of those that ended a moment ago: what it
// prints may come later than its answer. [any thread]
class SpokenSecrets {
  public:
    explicit SpokenSecrets(std::chrono::milliseconds linger = std::chrono::seconds(60))
        : linger_(linger) {}

    void begin(const std::vector<Secret>& secrets);
    void end(const std::vector<Secret>& secrets);

    std::string scrub(std::string text);

    std::size_t size();  // secrets that are remembered

  private:
    struct Entry {
        Secret secret;
        std::optional<std::chrono::steady_clock::time_point> until;  // nothing = a call goes on
    };

    void forget_past();  // [holding mutex_]

    const std::chrono::milliseconds linger_;
    std::mutex mutex_;
    std::vector<Entry> entries_;  // guarded by mutex_
};

}  // namespace gatehouse::plugins
