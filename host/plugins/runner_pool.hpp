// RunnerPool: the PluginHost of the product: a gate for each connection, and for each plugin its
// lanes (plugin_lanes.hpp).
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "egress/egress.hpp"
#include "observe/metrics.hpp"
#include "plugins/bound_connection.hpp"
#include "plugins/connection_gate.hpp"
#include "plugins/http_service.hpp"
#include "plugins/plugin_host.hpp"
#include "plugins/plugin_lanes.hpp"
#include "plugins/registry.hpp"
#include "plugins/runner_budget.hpp"

namespace gatehouse::plugins {

class RunnerPool final : public PluginHost {
  public:
    // The references outlive the pool. Starts the runners at once, without waiting for them.
    RunnerPool(const PluginHostOptions& options, Registry registry,
               std::vector<BoundConnection> connections, egress::Egress& egress, const Clock& clock,
               observe::Metrics& metrics);
    ~RunnerPool() override;

    Result<std::string> call(const Call& call) override;
    const Manifest* manifest(const std::string& plugin) const override;
    std::vector<PluginStatus> status() const override;
    std::optional<Error> shut(const std::string& business,
                              const std::string& connection) const override;
    void stop() override;

  private:
    struct Plugin {
        std::unique_ptr<PluginLanes> lanes;
        observe::Histogram* seconds = nullptr;
    };
    struct Door {  // a connection and its gate
        Door(BoundConnection connection, int slots) : bound(std::move(connection)), gate(slots) {}
        BoundConnection bound;
        ConnectionGate gate;
    };

    void start_plugins(const PluginHostOptions& options);
    Result<std::string> call_door(const Call& call, Door& door, const Manifest& manifest);
    Result<std::string> call_slot(const Call& call, const Door& door, const Manifest& manifest,
                                  int slot);
    ServiceAnswer serve_http(const Call& call, const Door& door, std::string_view document,
                             std::int64_t deadline_ns, Requests& requests);

    const Registry registry_;
    egress::Egress& egress_;
    const Clock& clock_;
    observe::Metrics& metrics_;
    std::map<std::string, std::unique_ptr<Door>> doors_;  // by "acme/doors"; fixed once made
    RunnerBudget budget_;
    std::map<std::string, Plugin> plugins_;  // by id; fixed once made
};

}  // namespace gatehouse::plugins
