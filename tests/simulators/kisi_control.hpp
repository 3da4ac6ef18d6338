// What the control API does with Kisi's events: something happens at a door, and whoever registered
// a webhook for it is told.
#pragma once

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include "simulators/http_front.hpp"
#include "simulators/world.hpp"

namespace gatehouse::simulators {

// {"organization", "type", "lock_id" or "lock_name", "email", "success", "error_code", "uuid",
//  "occurred_at", "copies", "bare", "deliver", "to"}; answers {"uuid", "deliveries"} when every
// webhook was answered. Throws as moves.hpp.
void control_kisi_event(boost::asio::io_context& io, World& world, const nlohmann::json& body,
                        const Responder& respond);

// {"organization"}: switches every webhook off as one that kept failing; answers {"count"}.
nlohmann::json disable_kisi_webhooks(World& world, const nlohmann::json& body);

}  // namespace gatehouse::simulators
