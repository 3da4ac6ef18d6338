// Unloc's webhooks, whose Basic authentication the host has verified, as access events. Pure.
#pragma once

#include "gatehouse/plugin.hpp"

namespace gatehouse::unloc {

// schemas/inbound.parse.request.json -> inbound.parse.result.json. One webhook tells one event,
// perhaps hours after it happened: the app reports it when it is online. An anonymised person is
// nobody. Throws Error(kInvalid) for a body that is no event.
sdk::Json parse_event(const sdk::Json& request);

}  // namespace gatehouse::unloc
