// What the control API does with moves: move-ins, move-outs and transfers with their webhooks, any
// webhook, and a load of many.
//
// Each calls `respond` once, when its webhooks were answered or given up. They throw
// nlohmann::json::exception or std::invalid_argument, before any effect, for a body that they
// cannot use.
#pragma once

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include "simulators/http_front.hpp"
#include "simulators/world.hpp"

namespace gatehouse::simulators {

void control_move_in(boost::asio::io_context& io, World& world, const nlohmann::json& body,
                     const Responder& respond);
void control_move_out(boost::asio::io_context& io, World& world, const nlohmann::json& body,
                      const Responder& respond);
void control_plan_move_out(boost::asio::io_context& io, World& world, const nlohmann::json& body,
                           const Responder& respond);
void control_cancel_move_out(boost::asio::io_context& io, World& world, const nlohmann::json& body,
                             const Responder& respond);
void control_transfer(boost::asio::io_context& io, World& world, const nlohmann::json& body,
                      const Responder& respond);
void control_webhook(boost::asio::io_context& io, World& world, const nlohmann::json& body,
                     const Responder& respond);
void control_load(boost::asio::io_context& io, World& world, const nlohmann::json& body,
                  const Responder& respond);

}  // namespace gatehouse::simulators
