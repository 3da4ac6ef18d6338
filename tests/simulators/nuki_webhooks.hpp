// What happens at a Nuki lock, as an entry of the log and as a signed webhook.
#pragma once

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include "simulators/http_front.hpp"
#include "simulators/nuki_model.hpp"

namespace gatehouse::simulators {

// Somebody types a PIN at the keypad: {"account", "lock_id", "pin", "action": 1}. Or the lock tells
// its state: {"account", "lock_id", "feature": "DEVICE_STATUS"}, or Nuki that a code changed:
// {"account", "lock_id", "feature": "DEVICE_AUTHS", "pin"}. Sent to every webhook of the account
// that wants it, or to {"webhook": {"url", "secret"}}; answered when all were delivered, with
// `opened`, `body` and `deliveries`. Throws as nuki_control.hpp.
void control_nuki_event(boost::asio::io_context& io, NukiModel& model, const nlohmann::json& body,
                        const Responder& respond);

// Lower-case hex of HMAC-SHA256, the value of X-Nuki-Signature-SHA256.
std::string nuki_signature(std::string_view secret, std::string_view body);

}  // namespace gatehouse::simulators
