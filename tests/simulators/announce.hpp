// Announcing: a control call's answer, after the webhooks that it asks for.
#pragma once

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "simulators/campaign.hpp"
#include "simulators/http_front.hpp"
#include "simulators/world.hpp"

namespace gatehouse::simulators {

struct Announcement {
    std::string type;      // of the event
    nlohmann::json forms;  // its data, by the name of the form; {"job": {...}, "rental": {...}}
    nlohmann::json made;   // what the control call answers besides
};

// The business that the call names. Throws std::invalid_argument if there is none.
Business& business_from(World& world, const nlohmann::json& body);

// Sends the webhook, unless the caller wants none, and answers: with `deliveries` and `event_id`.
// The form is the order's `data_form`, else the first of "job" and "rental" that there is.
void announce(boost::asio::io_context& io, World& world, std::optional<Order> order,
              Announcement announcement, const Responder& respond);

// The same for many events of one kind; answers `deliveries` and `event_ids`.
void announce_all(boost::asio::io_context& io, World& world, std::optional<Order> order,
                  const std::string& type, const std::vector<nlohmann::json>& data,
                  nlohmann::json made, const Responder& respond);

Reply json_reply(const nlohmann::json& body, int status = 200);

}  // namespace gatehouse::simulators
