#include "simulators/simulators.hpp"

#include <utility>

#include "simulators/control_api.hpp"
#include "simulators/http_front.hpp"
#include "simulators/kisi_api.hpp"
#include "simulators/nuki_api.hpp"
#include "simulators/service.hpp"
#include "simulators/storeganise_api.hpp"
#include "simulators/unloc_api.hpp"
#include "simulators/world.hpp"

namespace gatehouse::simulators {
namespace {

// The control API answers on every port; on the vendors' ports the vendor has the rest.
Handler with_control(ControlApi& control, Service& service) {
    return [&control, &service](Request request, Responder respond) {
        if (ControlApi::is_for_it(request)) return control.handle(request, respond);
        service.handle(std::move(request), std::move(respond));
    };
}

}  // namespace

struct Simulators::Parts {
    Parts(boost::asio::io_context& io, const Options& options)
        : world(options.seed),
          storeganise_api(world.storeganise),
          kisi_api(world.kisi, world.recorder),
          nuki_api(world.nuki),
          unloc_api(world.unloc, world.recorder),
          storeganise(
              "storeganise", io, world.faults, world.recorder,
              [this](const Request& request) { return storeganise_api.answer(request); },
              StoreganiseApi::error_body),
          kisi(
              "kisi", io, world.faults, world.recorder,
              [this](const Request& request) { return kisi_api.answer(request); },
              KisiApi::error_body),
          nuki(
              "nuki", io, world.faults, world.recorder,
              [this](const Request& request) { return nuki_api.answer(request); },
              NukiApi::error_body),
          unloc(
              "unloc", io, world.faults, world.recorder,
              [this](const Request& request) { return unloc_api.answer(request); },
              UnlocApi::error_body),
          control(io, world, kisi_api),
          front(io) {
        kisi_api.set_rate_limited(options.is_rate_limited);
        if (!options.tls_certificate.empty()) {
            tls = make_tls(options.tls_certificate, options.tls_key);
        }
        ports.storeganise =
            front.listen(options.storeganise_port, with_control(control, storeganise), tls.get());
        ports.kisi = front.listen(options.kisi_port, with_control(control, kisi), tls.get());
        ports.nuki = front.listen(options.nuki_port, with_control(control, nuki), tls.get());
        ports.unloc = front.listen(options.unloc_port, with_control(control, unloc), tls.get());
        ports.control = front.listen(
            options.control_port,
            [this](const Request& request, const Responder& respond) {
                control.handle(request, respond);
            },
            nullptr);
    }

    World world;
    StoreganiseApi storeganise_api;
    KisiApi kisi_api;
    NukiApi nuki_api;
    UnlocApi unloc_api;
    Service storeganise, kisi, nuki, unloc;
    ControlApi control;
    std::unique_ptr<boost::asio::ssl::context> tls;
    HttpFront front;
    Ports ports;
};

Simulators::Simulators(boost::asio::io_context& io, const Options& options)
    : parts_(std::make_unique<Parts>(io, options)) {}

Simulators::~Simulators() = default;

Ports Simulators::ports() const {
    return parts_->ports;
}

}  // namespace gatehouse::simulators
