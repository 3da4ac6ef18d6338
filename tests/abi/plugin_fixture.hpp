// A plugin directory in a temporary folder, a configuration of one business and a host on the real
// runner: what the tests of the plugin ABI stand on.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "egress/egress.hpp"
#include "observe/metrics.hpp"
#include "plugins/plugin_host.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::test {

#if defined(GATEHOUSE_SANITIZED) && !defined(GATEHOUSE_SANITIZED_ADDRESS)
constexpr bool kIsUnderThreadSanitizer = true;
#else
constexpr bool kIsUnderThreadSanitizer = false;
#endif

// Answers every request with the function's reply and keeps what was asked.
class ScriptedEgress final : public egress::Egress {
  public:
    using Reply = std::function<Result<egress::HttpReply>(const egress::HttpCall&)>;

    Result<egress::HttpReply> send(const egress::Policy& policy, egress::HttpCall call,
                                   std::int64_t deadline_ns, observe::StepLog* steps) override;

    Reply reply;
    std::vector<egress::HttpCall> calls();
    std::vector<std::string> keys();

  private:
    std::mutex mutex_;
    std::vector<egress::HttpCall> calls_;
    std::vector<std::string> keys_;
};

struct PluginFile {
    std::string id;
    std::string library;  // "good": libabi_good.so of the build
    std::string limits = "{call_ms: 5000}";
    std::string features = "[gatehouse.access/1]";
    std::string more = {};  // further lines of the manifest
};

class PluginFixture {
  public:
    PluginFixture();

    // Writes <directory>/<id>/plugin.yaml and a copy of the library. Gives the folder.
    std::filesystem::path add_plugin(const PluginFile& file);
    // A connection of business acme (or another) to a plugin.
    config::Connection& connect(const std::string& connection, const std::string& plugin,
                                const std::string& business = "acme");

    // Starts the host; the plugins load meanwhile.
    plugins::PluginHost& start();

    // access.apply whose reason is `act`; the rental's id is the connection's name.
    Result<std::string> apply(const std::string& connection, const std::string& act,
                              const std::string& business = "acme");
    // Its `detail`, or the error's kind and message.
    std::string detail(const std::string& connection, const std::string& act);

    plugins::PluginStatus status(const std::string& plugin);
    // Waits, with a generous deadline, until the plugin's status is as wanted.
    bool wait_for(const std::string& plugin,
                  const std::function<bool(const plugins::PluginStatus&)>& wanted);
    bool wait_for(const std::string& plugin, plugins::PluginState state);

    TempDir folder;
    SystemClock clock;
    observe::Metrics metrics;
    ScriptedEgress egress;
    config::Config config;
    plugins::PluginHostOptions options;
    std::unique_ptr<plugins::PluginHost> host;
};

// The request document of access.apply.
std::string apply_request(const std::string& rental, const std::string& act);

}  // namespace gatehouse::test
