#include "admin/admin_handler.hpp"

#include <utility>

#include "admin/replies.hpp"
#include "observe/log.hpp"
#include "verify/verify.hpp"

namespace gatehouse::admin {
namespace {

constexpr std::size_t kMaxLoggedPath = 200;

}  // namespace

class AdminHandler::Job final : public Background::Job {
  public:
    Job(Api& api, Request request, const edge::HttpRequest& received, edge::Responder responder)
        : api_(api),
          request_(std::move(request)),
          path_(received.path.substr(0, kMaxLoggedPath)),
          peer_(received.peer),
          responder_(std::move(responder)) {}

    void run() override {
        edge::HttpResponse response = api_.answer(request_);
        response.is_from_known_sender = true;
        if (request_.method != "GET") {
            observe::info("admin", "acted",
                          {{"method", request_.method},
                           {"path", path_},
                           {"from", peer_},
                           {"status", response.status}});
        }
        responder_.send(std::move(response));
    }
    void refuse() override { responder_.send(refusal(503, "too many requests wait already")); }

  private:
    Api& api_;
    Request request_;
    const std::string path_;
    const std::string peer_;
    edge::Responder responder_;
};

AdminHandler::AdminHandler(Dependencies dependencies)
    : config_(dependencies.config),
      refused_tokens_(dependencies.clock, dependencies.refused_tokens),
      api_(std::move(dependencies)) {}

std::optional<edge::HttpResponse> AdminHandler::refuse_head(
    const edge::HttpRequest& request) noexcept {
    if (request.path == "/healthz" || is_authorised(request)) return std::nullopt;
    refused_tokens_.note(request.peer);
    return refusal(401, "the bearer token is missing or wrong");
}

void AdminHandler::handle(const edge::HttpRequest& request, edge::Responder responder) noexcept {
    if (auto refused = refuse_head(request)) return responder.send(std::move(*refused));
    // The edge leaves the body away.
    const std::string_view method = request.method == "HEAD" ? "GET" : request.method;
    if (request.path == "/healthz") {
        if (method != "GET") return responder.send(refusal(405, "method not allowed"));
        return responder.send(reply({{"message", "alive"}}));
    }
    // Nothing reads a body: what somebody asks for in one would be left away.
    if (method != "GET" && !request.body.empty()) {
        return responder.send(refusal(400, "a request has no body: parameters stand in the query"));
    }
    auto parsed = parse_request(method, request.path, request.query);
    if (!parsed) return responder.send(refusal(parsed.error()));
    const bool is_probe = request.path == "/readyz" || request.path == "/metrics";
    (is_probe ? probes_ : background_)
        .add(std::make_unique<Job>(api_, std::move(*parsed), request, std::move(responder)));
}

bool AdminHandler::is_authorised(const edge::HttpRequest& request) const {
    const auto header = request.header("Authorization");
    if (!header || !*header) return false;
    const auto shown = verify::credentials(**header, "Bearer");
    const Secret& token = config_->admin.token;
    return shown && !token.empty() && token.equals(*shown);
}

}  // namespace gatehouse::admin
