// InProcessPlugins: the real plugin libraries behind plugins::PluginHost, called through the ABI in
// the test's own process: no runner, no sandbox, no threads, and the test's time of day.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "egress/egress.hpp"
#include "plugins/plugin_host.hpp"
#include "plugins/registry.hpp"

namespace gatehouse::model {

// [one thread]
class InProcessPlugins final : public plugins::PluginHost {
  public:
    // `directory` as built. All outlive it. Throws std::runtime_error for a plugin that is refused
    // or a connection that does not fit.
    InProcessPlugins(const std::filesystem::path& directory, const config::Config& config,
                     egress::Egress& egress, const Clock& clock);
    ~InProcessPlugins() override;

    // The next call's runner dies after the plugin is done: the host never learns what it did.
    void let_runner_die() { is_runner_dying_ = true; }
    // Since the last time that somebody asked.
    bool has_runner_died() { return std::exchange(has_runner_died_, false); }

    Result<std::string> call(const plugins::Call& call) override;
    const plugins::Manifest* manifest(const std::string& plugin) const override;
    std::vector<plugins::PluginStatus> status() const override { return {}; }
    void stop() override {}

  private:
    struct Connection;
    struct Library;

    Library& library(const std::string& plugin);

    plugins::Registry registry_;
    egress::Egress& egress_;
    const Clock& clock_;
    std::map<std::string, std::unique_ptr<Library>> libraries_;       // by plugin
    std::map<std::string, std::unique_ptr<Connection>> connections_;  // by "business/connection"
    bool is_runner_dying_ = false;
    bool has_runner_died_ = false;
};

}  // namespace gatehouse::model
