// What the control API does as staff, renters and time do: changed objects and debts, with the
// webhooks that tell of them. Throws as moves.hpp.
#pragma once

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include "simulators/http_front.hpp"
#include "simulators/world.hpp"

namespace gatehouse::simulators {

// Changes one object; its webhook names the members and fields that differ now in `changedKeys`.
void control_change(boost::asio::io_context& io, World& world, const nlohmann::json& body,
                    const Responder& respond);

// Marks rentals overdue, or takes the mark away.
void control_overdue(boost::asio::io_context& io, World& world, const nlohmann::json& body,
                     bool is_overdue, const Responder& respond);

}  // namespace gatehouse::simulators
