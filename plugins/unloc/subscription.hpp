// Which locks tell Gatehouse of their use: Unloc registers each lock by itself.
#pragma once

#include "unloc_api.hpp"

namespace gatehouse::unloc {

// schemas/events.subscribe.request.json -> events.subscribe.result.json: registers the request's
// locks that are not registered for its `url` yet, a bounded number at once; the host asks again.
// Registrations of others, and of locks that are not named any more, are left alone. Throws as
// UnlocApi does.
Json subscribe(UnlocApi& api, const Json& request);

}  // namespace gatehouse::unloc
