// The event webhook that Kisi calls an integration: found by its URL, made, switched on again.
#pragma once

#include <string>

#include "kisi_api.hpp"

namespace gatehouse::kisi {

// schemas/events.subscribe.result.json. Throws Error if Kisi refuses to register it.
Json keep_webhook(KisiApi& api, const std::string& url, const std::string& signature_key);

}  // namespace gatehouse::kisi
