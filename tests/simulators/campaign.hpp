// Campaign: the webhooks that one control call sends, one after the other or on several connections
// at once.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "simulators/webhook_sender.hpp"
#include "simulators/world.hpp"

namespace gatehouse::simulators {

// How webhooks are to be sent, read from {"url", "secret", "copies", "parallel", "delay_ms", ...}.
struct Order {
    Url url;
    std::string secret;
    nlohmann::json options;  // as given
    int copies = 1;          // of each message
    int lanes = 1;           // connections
    std::int64_t delay_ms = 0;
    std::int64_t over_ms = 0;  // spread evenly over so long; 0: as answers come
    DeliveryRules rules;
};

struct Message {
    std::string body;
    std::string signature;
};

Url url_from(const nlohmann::json& options);
DeliveryRules rules_from(const nlohmann::json& options);

// Throws nlohmann::json::exception or std::invalid_argument.
Order order_from(const nlohmann::json& options, const std::string& default_secret);

// The order in body["webhook"], if there is one.
std::optional<Order> order_in(const nlohmann::json& body, const Business& business);

// An event as Storeganise words it; `extra` is added to the payload's own members.
Message compose(const Order& order, const std::string& event_id, const std::string& type,
                const nlohmann::json& data);

// Calls `done` once, with what became of each message: a list of to_json(Outcome).
void send_all(boost::asio::io_context& io, Order order, std::vector<Message> messages,
              std::function<void(nlohmann::json outcomes)> done);

}  // namespace gatehouse::simulators
