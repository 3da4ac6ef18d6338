// AdminHandler: the admin port. Checks the bearer token, then lets Api answer on threads of its
// own, because reading the store waits for the disk and the edge's workers must not. Probes have
// one for themselves: a long explain must not make the host look dead.
#pragma once

#include "admin/api.hpp"
#include "admin/background.hpp"
#include "admin/refused_tokens.hpp"
#include "edge/http_server.hpp"

namespace gatehouse::admin {

// Everything but /healthz needs "Authorization: Bearer TOKEN"; 401 without.
class AdminHandler final : public edge::HttpHandler {
  public:
    explicit AdminHandler(Dependencies dependencies);

    std::optional<edge::HttpResponse> refuse_head(
        const edge::HttpRequest& request) noexcept override;

    void handle(const edge::HttpRequest& request, edge::Responder responder) noexcept override;

  private:
    class Job;

    bool is_authorised(const edge::HttpRequest& request) const;

    const std::shared_ptr<const config::Config> config_;
    RefusedTokens refused_tokens_;
    Api api_;
    Background probes_;      // /readyz and /metrics
    Background background_;  // both last: their threads end before what they use
};

}  // namespace gatehouse::admin
