#include "webhook.hpp"

#include <algorithm>

#include "kisi_events.hpp"

namespace gatehouse::kisi {
namespace {

Json state(const char* word, const std::string& detail) {
    return {{"schema", 1}, {"state", word}, {"detail", detail}};
}

}  // namespace

Json keep_webhook(KisiApi& api, const std::string& url, const std::string& signature_key) {
    const auto webhooks = api.event_webhooks();
    const auto ours = std::ranges::find(webhooks, url, &Integration::url);
    if (ours == webhooks.end()) {
        const Integration made = api.create_event_webhook(url, signature_key, event_types());
        return state("ok", "registered as integration " + std::to_string(made.id));
    }
    const std::string name = "integration " + std::to_string(ours->id);
    if (ours->is_on) return state("ok", name);
    api.switch_on(ours->id);
    if (!api.event_webhook(ours->id).is_on) {
        return state("disabled", name + " stays off though it was switched on; look at it in Kisi");
    }
    return state("repaired", name);
}

}  // namespace gatehouse::kisi
