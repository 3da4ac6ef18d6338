// Sends signed webhooks as Storeganise does: a POST, two seconds for the answer, two more tries.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace gatehouse::simulators {

struct Url {
    bool is_tls = false;
    std::string host, port, target;
};

// "https://host[:port]/path"; kInvalid for anything else.
Result<Url> parse_url(std::string_view text);

// base64(HMAC-SHA256(secret, body)), the value of sg-signature.
std::string sign(std::string_view secret, std::string_view body);

struct Outcome {
    int status = 0;  // of the last try; 0 = no answer
    int attempts = 0;
    std::int64_t took_us = 0;  // of the last try
    std::string error;         // of the last try; "" when there was an answer
};

nlohmann::json to_json(const Outcome& outcome);

struct DeliveryRules {
    int attempts = 3;
    std::int64_t timeout_ms = 2000;
    std::int64_t retry_ms = 200;  // the real pause is not published
    std::vector<std::pair<std::string, std::string>> headers = {};  // further ones
};

// One client connection, kept alive between posts and opened anew after a failure. The server's
// certificate is not checked: demo certificates are self-signed.
class WebhookLink {
  public:
    using Done = std::function<void(Outcome)>;

    virtual ~WebhookLink() = default;

    // One at a time. Keeps itself alive until `done` was called. Anything but 200 is tried again.
    // An empty signature is left out.
    virtual void deliver(std::string body, std::string signature, const DeliveryRules& rules,
                         Done done) = 0;
};

std::shared_ptr<WebhookLink> make_link(boost::asio::io_context& io, const Url& url);

}  // namespace gatehouse::simulators
