// Api: answers admin requests. Reads and writes the store, so it may wait for the disk; who calls
// it sees to the thread (admin_handler.hpp).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "admin/request.hpp"
#include "base/clock.hpp"
#include "config/config.hpp"
#include "edge/http_server.hpp"
#include "observe/metrics.hpp"
#include "plugins/plugin_host.hpp"
#include "store/store.hpp"
#include "sweep/report.hpp"

namespace gatehouse::admin {

// All but the configuration outlive what they are given to.
struct Dependencies {
    store::Store& store;
    plugins::PluginHost& plugins;
    std::shared_ptr<const config::Config> config;
    const observe::Metrics& metrics;
    const Clock& clock;
    std::string version;
    const sweep::Reports* sweeps = nullptr;
    // Whether senders are refused now because the public port is full; empty = there is none.
    std::function<bool()> is_edge_full = {};
    observe::Counter* refused_tokens = nullptr;  // counts requests without the token
};

// The paths are listed in docs/admin-api.md. [any thread; blocks for the store]
class Api {
  public:
    explicit Api(Dependencies dependencies) : deps_(std::move(dependencies)) {}

    edge::HttpResponse answer(const Request& request);

  private:
    struct Route;

    edge::HttpResponse ready(const Request& request);
    edge::HttpResponse metrics(const Request& request);
    edge::HttpResponse version(const Request& request);
    edge::HttpResponse plugins(const Request& request);
    edge::HttpResponse businesses(const Request& request);
    edge::HttpResponse access_log(const Request& request);
    edge::HttpResponse renter(const Request& request);
    edge::HttpResponse erase_renter(const Request& request);
    edge::HttpResponse events(const Request& request);
    edge::HttpResponse event(const Request& request);
    edge::HttpResponse event_by_sender(const Request& request);
    edge::HttpResponse replay_event(const Request& request);
    edge::HttpResponse rentals(const Request& request);
    edge::HttpResponse explain(const Request& request);
    edge::HttpResponse sweep(const Request& request);
    edge::HttpResponse sweep_report(const Request& request);
    edge::HttpResponse fuse(const Request& request);
    edge::HttpResponse confirm(const Request& request);
    edge::HttpResponse alerts(const Request& request);
    edge::HttpResponse explain_kind(const Request& request);
    edge::HttpResponse dead_letters(const Request& request);
    edge::HttpResponse replay_dead_letter(const Request& request);
    edge::HttpResponse discard_dead_letter(const Request& request);

    edge::HttpResponse explain_rental(const std::string& business, const std::string& rental_id);
    edge::HttpResponse explain_many(const Request& request, access::RentalKey key);
    edge::HttpResponse with_timeline(const Result<std::optional<store::Event>>& found);

    Dependencies deps_;
};

}  // namespace gatehouse::admin
