#include "subscription.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace gatehouse::unloc {
namespace {

using sdk::Error;

constexpr std::size_t kMaxAtOnce = 50;  // within the time of one call
constexpr std::string_view kHttps = "https://";

// "https://user:password@host/path" -> "https://host/path".
std::string without_credentials(const std::string& url) {
    if (!url.starts_with(kHttps)) return url;
    const std::size_t end = std::min(url.find('/', kHttps.size()), url.size());
    const std::size_t at = url.rfind('@', end);
    if (at == std::string::npos || at < kHttps.size()) return url;
    return std::string(kHttps) + url.substr(at + 1);
}

std::set<std::string> locks_in(const Json& request) {
    std::set<std::string> locks;
    const auto targets = request.find("targets");
    if (targets == request.end() || !targets->is_array()) return locks;
    for (const Json& target : *targets) {
        if (!target.is_string()) continue;
        if (auto lock = sdk::target_id(target.get<std::string>(), "lock")) locks.insert(*lock);
    }
    return locks;
}

}  // namespace

Json subscribe(UnlocApi& api, const Json& request) {
    const std::string url = sdk::text_at(request, "url");
    const std::string secret = sdk::text_at(request, "secret");
    if (!url.starts_with(kHttps) || secret.empty()) {
        throw Error("Unloc tells https addresses with a password only",
                    {{"url", "not https"}, {"secret", "as user:password"}});
    }
    std::set<std::string> missing = locks_in(request);
    const std::size_t wanted = missing.size();
    for (const Webhook& webhook : api.webhooks()) {
        if (without_credentials(webhook.url) == url) missing.erase(webhook.lock_id);
    }
    std::size_t made = 0;
    for (const std::string& lock : missing) {
        if (made == kMaxAtOnce) break;
        api.add_webhook({lock, std::string(kHttps) + secret + "@" + url.substr(kHttps.size())});
        ++made;
    }
    const std::size_t left = missing.size() - made;
    std::string detail = std::to_string(wanted - left) + " of " + std::to_string(wanted) +
                         " locks tell of their use";
    return {{"schema", 1}, {"state", "ok"}, {"detail", std::move(detail)}};
}

}  // namespace gatehouse::unloc
