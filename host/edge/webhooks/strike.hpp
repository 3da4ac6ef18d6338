// Striking PINs out of webhooks. Some vendors send them in clear (Nuki's DEVICE_AUTHS, Seam's
// access_code.*), and a webhook is stored before anything else: docs/decisions/pins.md.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "edge/webhooks/envelope.hpp"

namespace gatehouse::edge {

// What is kept of a webhook, and what the edge reads of it.
struct WebhookContent {
    std::string kept;
    Result<Envelope> envelope;
};

// Reads a signed body. With names in `struck`, `kept` is written anew without what they name, and
// the envelope is read from that: what is not understood is not kept. A body that is not JSON, or
// nested too deeply, is then kept as nothing. Without names `kept` is the body. Pure. [any thread]
WebhookContent read_vendor_webhook(std::string_view body, std::string_view id_pointer,
                                   const std::vector<std::string>& struck);

// Sets the value of each member with one of the names, at any depth, to null. Pure.
void strike_out(nlohmann::json& document, const std::vector<std::string>& names);

}  // namespace gatehouse::edge
