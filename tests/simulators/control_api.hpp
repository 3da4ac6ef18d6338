// ControlApi: how a test or a person steers the simulators: /_sim/... (docs/simulators.md).
#pragma once

#include <boost/asio/io_context.hpp>

#include "simulators/echoes.hpp"
#include "simulators/http_front.hpp"
#include "simulators/kisi_api.hpp"
#include "simulators/world.hpp"

namespace gatehouse::simulators {

class ControlApi {
  public:
    // All of them outlive the control API.
    ControlApi(boost::asio::io_context& io, World& world, KisiApi& kisi_api)
        : io_(io), world_(world), kisi_api_(kisi_api), echoes_(io, world) {}

    static bool is_for_it(const Request& request) { return request.path.rfind("/_sim", 0) == 0; }

    // Some answers come later: those that wait for webhooks to be answered.
    void handle(const Request& request, const Responder& respond);

  private:
    void change(const std::string& verb, const nlohmann::json& body, const Responder& respond);
    nlohmann::json read(const std::string& verb, const Request& request);
    nlohmann::json doors(const Request& request);
    nlohmann::json apply_settings(const nlohmann::json& body);

    boost::asio::io_context& io_;
    World& world_;
    KisiApi& kisi_api_;
    Echoes echoes_;
};

}  // namespace gatehouse::simulators
