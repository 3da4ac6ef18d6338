#include "admin/admin_handler.hpp"

#include <utility>

#include "admin/replies.hpp"

namespace gatehouse::admin {

class AdminHandler::Job final : public Background::Job {
  public:
    Job(Api& api, Request request, edge::Responder responder)
        : api_(api), request_(std::move(request)), responder_(std::move(responder)) {}

    void run() override { responder_.send(api_.answer(request_)); }
    void refuse() override { responder_.send(refusal(503, "too many requests wait already")); }

  private:
    Api& api_;
    Request request_;
    edge::Responder responder_;
};

AdminHandler::AdminHandler(Dependencies dependencies)
    : config_(dependencies.config), api_(std::move(dependencies)) {}

void AdminHandler::handle(const edge::HttpRequest& request, edge::Responder responder) noexcept {
    if (request.path == "/healthz") {
        if (request.method != "GET") return responder.send(refusal(405, "method not allowed"));
        return responder.send(reply({{"message", "alive"}}));
    }
    if (!is_authorised(request)) {
        return responder.send(refusal(401, "the bearer token is missing or wrong"));
    }
    auto parsed = parse_request(request.method, request.path, request.query);
    if (!parsed) return responder.send(refusal(parsed.error()));
    background_.add(std::make_unique<Job>(api_, std::move(*parsed), std::move(responder)));
}

bool AdminHandler::is_authorised(const edge::HttpRequest& request) const {
    constexpr std::string_view kScheme = "Bearer ";
    const auto header = request.header("Authorization");
    if (!header || !*header || !(*header)->starts_with(kScheme)) return false;
    const Secret& token = config_->admin.token;
    return !token.empty() && token.equals((*header)->substr(kScheme.size()));
}

}  // namespace gatehouse::admin
