// AdminHandler: the admin port. Checks the bearer token, then lets Api answer on a thread of its
// own, because reading the store waits for the disk and the edge's workers must not.
#pragma once

#include "admin/api.hpp"
#include "admin/background.hpp"
#include "edge/http_server.hpp"

namespace gatehouse::admin {

// Everything but /healthz needs "Authorization: Bearer TOKEN"; 401 without.
class AdminHandler final : public edge::HttpHandler {
  public:
    explicit AdminHandler(Dependencies dependencies);

    void handle(const edge::HttpRequest& request, edge::Responder responder) noexcept override;

  private:
    class Job;

    bool is_authorised(const edge::HttpRequest& request) const;

    const std::shared_ptr<const config::Config> config_;
    Api api_;
    Background background_;  // last: its thread ends before what it uses
};

}  // namespace gatehouse::admin
