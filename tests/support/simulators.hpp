// Simulators for a test: starts gatehouse-simulators, steers it, ends it.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/child_process.hpp"

namespace gatehouse::test {

// One process of gatehouse-simulators. [the thread that made it; blocks]
class Simulators {
  public:
    // Starts it and waits until it serves. `arguments` as on its command line (docs/simulators.md).
    // Throws std::runtime_error if it does not come up.
    explicit Simulators(std::vector<std::string> arguments = {});

    std::uint16_t storeganise_port() const { return port("storeganise"); }
    std::uint16_t kisi_port() const { return port("kisi"); }
    std::uint16_t control_port() const { return port("control"); }

    // Of any simulated service, by its name there; 0 if there is none.
    std::uint16_t port(const std::string& service) const;
    // "127.0.0.1:PORT" of each service but the control API.
    std::vector<std::string> authorities() const;
    // "http://127.0.0.1:PORT", what a connection's `base_url` names.
    std::string url(const std::string& service) const;

    // "http://127.0.0.1:PORT/b/acme/api", what a business's `storeganise.api` names.
    std::string storeganise_api(const std::string& business) const;
    std::string kisi_url() const { return url("kisi"); }

    // A call to the control API, such as post("move_in", {...}) or get("doors?email=a%40x.test").
    // An object {"error": text} if the call failed, so that a test's expectation shows why.
    nlohmann::json post(const std::string& verb, const nlohmann::json& body) const;
    nlohmann::json get(const std::string& verb_and_query) const;
    nlohmann::json erase(const std::string& verb) const;

    // The names of the doors that this person can open now, sorted.
    std::vector<std::string> open_doors(const std::string& email) const;

    // The names of the Nuki locks that this PIN opens now, sorted.
    std::vector<std::string> locks_opened_by(const std::string& pin) const;

    // The names of the Unloc locks that this phone can open now, sorted.
    std::vector<std::string> locks_opened_with(const std::string& phone) const;

    // counters()["kisi"]["writes"] and the like.
    nlohmann::json counters() const { return get("counters"); }

  private:
    std::vector<std::string> lock_names(const std::string& verb_and_query) const;
    nlohmann::json call(const std::string& method, const std::string& verb,
                        const std::string& body) const;

    ChildProcess process_;
    nlohmann::json ports_;  // {"kisi_port": n, ...}
};

}  // namespace gatehouse::test
