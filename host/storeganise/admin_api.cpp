#include "storeganise/admin_api.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "base/random.hpp"
#include "egress/ascii.hpp"
#include "egress/url.hpp"
#include "storeganise/answers.hpp"

namespace gatehouse::storeganise {
namespace {

constexpr int kTimeoutMs = 10'000;
constexpr std::int64_t kTimeoutNs = kTimeoutMs * std::int64_t{1'000'000};

Secret make_authorization(const config::Storeganise& account) {
    const std::string& key = account.api_key.reveal();
    if (account.addon_id.empty()) return Secret("ApiKey " + key);
    return Secret("Addon " + account.addon_id + "|" + key);
}

egress::Policy make_policy(const config::Business& business,
                           const std::vector<std::string>& allow_private) {
    egress::Policy policy;
    policy.key = business.business + " storeganise";  // no connection's name holds a blank
    policy.authorization = make_authorization(business.storeganise);
    std::vector<Secret> untold{business.storeganise.api_key};
    for (const config::LabelledSecret& secret : business.storeganise.webhook_secrets)
        untold.push_back(secret.value);
    SystemRandom random;  // for references, of which there are none
    policy.secrets = egress::Secrets({}, random, untold);
    const auto url = egress::parse_url(business.storeganise.api);
    if (!url) return policy;  // no host passes then
    policy.hosts = {url->host_and_port()};
    const bool is_listed = std::ranges::any_of(allow_private, [&](const std::string& entry) {
        return egress::equal_without_case(entry, url->host_and_port());
    });
    if (is_listed) policy.plain_hosts = policy.hosts;
    return policy;
}

}  // namespace

AdminApi::AdminApi(const config::Business& business, const std::vector<std::string>& allow_private,
                   egress::Egress& egress, const Clock& clock)
    : base_(business.storeganise.api + "/v1/admin/"),
      policy_(make_policy(business, allow_private)),
      egress_(egress),
      clock_(clock) {}

Result<std::string> AdminApi::get(const std::string& path, const std::string& what,
                                  observe::StepLog* steps) {
    return exchange("GET", path, "", what, steps);
}

Result<std::string> AdminApi::send(const char* method, const std::string& path,
                                   const nlohmann::json& body, const std::string& what,
                                   observe::StepLog* steps) {
    return exchange(method, path, dump_json(body), what, steps);
}

Result<std::string> AdminApi::exchange(const char* method, const std::string& path,
                                       std::string body, const std::string& what,
                                       observe::StepLog* steps) {
    const bool is_write = !body.empty();
    egress::HttpCall call;
    call.method = method;
    call.url = base_ + path;
    call.headers = {{"Accept", "application/json"}};
    if (is_write) call.headers.emplace_back("Content-Type", "application/json");
    call.body = std::move(body);
    call.timeout_ms = kTimeoutMs;
    if (auto shut = egress_.shut(policy_)) return tl::unexpected(std::move(*shut));
    auto reply = egress_.send(policy_, std::move(call), clock_.steady_ns() + kTimeoutNs, steps);
    if (!reply) {
        Error error = reply.error();
        // Our own requests are well formed: it is the answer that is too large, and a proxy's bad
        // hour must not end a task for good.
        if (error.kind == ErrorKind::kInvalid) error.kind = ErrorKind::kUnavailable;
        return tl::unexpected(std::move(error));
    }
    if (reply->status == 204) return "{}";  // done, with nothing to say
    if (reply->status >= 200 && reply->status < 300) return std::move(reply->body);
    return tl::unexpected(to_error(*reply, what, !is_write, clock_.now_ms()));
}

}  // namespace gatehouse::storeganise
