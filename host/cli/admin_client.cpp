#include "cli/admin_client.hpp"

#include "base/json.hpp"

namespace gatehouse::cli {
namespace {

constexpr int kTimeoutMs = 10'000;
constexpr std::size_t kMaxAnswerBytes = std::size_t{16} * 1024 * 1024;

}  // namespace

std::string admin_address(const config::Admin& admin) {
    std::string host = admin.address;
    if (host == "0.0.0.0") host = "127.0.0.1";
    if (host == "::") host = "::1";
    if (host.find(':') != std::string::npos) host = '[' + host + ']';
    return host + ':' + std::to_string(admin.port);
}

Result<Answer> AdminClient::ask(const std::string& method, const std::string& target) {
    egress::HttpCall call;
    call.method = method;
    call.url = "http://" + admin_address(admin_) + target;
    call.headers = {{"Authorization", "Bearer " + admin_.token.reveal()}};
    call.timeout_ms = kTimeoutMs;
    call.max_response_bytes = kMaxAnswerBytes;
    const auto reply = http_.send(call);
    if (!reply) return tl::unexpected(reply.error());
    return Answer{reply->status, parse_json(reply->body).value_or(nlohmann::json())};
}

}  // namespace gatehouse::cli
