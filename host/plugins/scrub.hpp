// Scrub: takes out of what a plugin says what must not be told: secrets that it was given in clear,
// and those of its connection, however it came by them (promise P8).
#pragma once

#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/secret.hpp"
#include "egress/secrets.hpp"

namespace gatehouse::plugins {

// Every occurrence of a secret becomes "***", however it is written (base/strike.hpp). Empty
// secrets are skipped.
std::string scrub(std::string text, const std::vector<Secret>& secrets);

// What a call must not have told.
struct Untold {
    std::vector<Secret> secrets = {};  // that stand in its request: PINs
    egress::Secrets of_connection = {};
    // That stand in what a vendor refused with: numbers that may be somebody's PIN. Within longer
    // words and numbers they do not count.
    std::vector<Secret> quoted = {};
};

std::string scrub(std::string text, const Untold& untold);

// Whether a text in `document` contains the secret, or a number in it is the secret. Digits inside
// a number that is something else, an id, do not count.
bool holds_secret(const nlohmann::json& document, const Secret& secret);

// What the calls that a runner works on must not have told, and those that ended a moment ago: what
// it prints may come later than its answer. [any thread]
class SpokenSecrets {
  public:
    explicit SpokenSecrets(std::chrono::milliseconds linger = std::chrono::seconds(60))
        : linger_(linger) {}

    void begin(const Untold& untold);
    void end(const Untold& untold);
    // What a call under way has heard and may print.
    void hear(const std::vector<Secret>& quoted);

    std::string scrub(std::string text);

    std::size_t size();  // secrets and connections that are remembered

  private:
    using Time = std::chrono::steady_clock::time_point;
    struct Entry {
        Secret secret;
        std::optional<Time> until;  // nothing = a call goes on
    };
    struct Connection {
        egress::Secrets secrets;
        int calls = 0;
        Time until = {};  // once no call goes on
    };

    // [holding mutex_]
    void forget_past();
    void forget_connections();

    const std::chrono::milliseconds linger_;
    std::mutex mutex_;
    std::vector<Entry> entries_;                               // guarded by mutex_
    std::vector<Entry> quoted_;                                // guarded by mutex_
    std::unordered_map<const void*, Connection> connections_;  // guarded by mutex_; by identity
    std::size_t forget_at_ = 64;                               // guarded by mutex_; connections
};

}  // namespace gatehouse::plugins
