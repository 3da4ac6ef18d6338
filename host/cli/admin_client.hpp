// AdminClient: asks a running host at its admin port.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/result.hpp"
#include "config/config.hpp"
#include "egress/http_client.hpp"

namespace gatehouse::cli {

// "127.0.0.1:8444": where this machine reaches the port; any-address becomes loopback.
std::string admin_address(const config::Admin& admin);

struct Answer {
    int status = 0;
    nlohmann::json document;  // null if the host's answer is no JSON
};

// [one thread; blocks]
class AdminClient {
  public:
    // `http` outlives the client.
    AdminClient(config::Admin admin, egress::HttpClient& http)
        : admin_(std::move(admin)), http_(http) {}

    // `target` is path and query, percent-encoded. kUnavailable if no host answers.
    Result<Answer> ask(const std::string& method, const std::string& target);

  private:
    config::Admin admin_;
    egress::HttpClient& http_;
};

}  // namespace gatehouse::cli
