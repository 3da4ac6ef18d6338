// PluginHost: calls vendor plugins, which live in gatehouse-runner processes. The host never loads
// a vendor's library; a plugin that crashes, hangs, lies or will not load is an error of its own
// calls and of nobody else's (promise P9).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "config/config.hpp"
#include "egress/egress.hpp"
#include "observe/metrics.hpp"
#include "observe/step.hpp"
#include "plugins/manifest.hpp"
#include "plugins/runner_cgroup.hpp"

namespace gatehouse::plugins {

// One call of one feature's function on one connection's instance.
struct Call {
    std::string business;
    std::string connection;
    std::string function;  // "access.apply", "access.probe", "targets.list", ...
    std::string document;  // JSON, as plugin-api/schemas define it for the function
    // Outbound requests of the call are written here; may be null.
    observe::StepLog* steps = nullptr;
    // Secrets in `document`, PINs: taken out of all that the plugin says (plugins/scrub.hpp).
    std::vector<Secret> secrets = {};
    std::string renter = {};  // two calls for one renter never run at once; empty = for nobody
};

enum class PluginState : std::uint8_t {
    kStarting,
    kReady,
    kIdle,        // no runner: one is started when it is called
    kRestarting,  // the runner died; a new one comes after a pause
    kRefused,     // the manifest or the library was refused; the library is tried again
};

std::string_view to_string(PluginState state);

// A connection whose calls ended runners, and which therefore has one of its own.
struct IsolatedConnection {
    std::string connection;  // "acme/doors"
    std::string why;         // the last death
    PluginState state = PluginState::kIdle;
    UnixMs until_ms = 0;        // unless another death comes
    UnixMs restart_due_ms = 0;  // kRestarting
};

struct PluginStatus {
    std::string id;
    std::string version;
    std::string library;
    PluginState state = PluginState::kStarting;
    std::string reason;  // why it is not ready, or the last death; empty if never
    std::vector<std::string> features;
    int runners = 0;
    int own_runners = 0;  // of these, of one business or connection alone
    std::int64_t calls_total = 0;
    std::int64_t deaths_total = 0;  // crashes and kills
    int shut = 0;                   // connections whose breaker is not closed
    UnixMs restart_due_ms = 0;      // kRestarting, and kRefused as it loaded: the next try
    std::string sandbox;            // what holds its runners: "seccomp, landlock 7"
    std::vector<IsolatedConnection> isolated;
};

// [any thread]
class PluginHost {
  public:
    virtual ~PluginHost() = default;

    // Blocks until the plugin answered, its deadline (manifest: limits.call_ms) passed or its
    // runner died. The result is the function's result document. Errors: what the plugin reported,
    // or kUnavailable (no runner ready now: postponed until one is; the plugin is refused),
    // kInternal (this call ended its runner, or gave rubbish; the text says which), kUnsupported
    // (function not offered), kNotFound (no such connection).
    virtual Result<std::string> call(const Call& call) = 0;

    // Null if no plugin of this id was found.
    virtual const Manifest* manifest(const std::string& plugin) const = 0;

    virtual std::vector<PluginStatus> status() const = 0;

    // Why calls of this connection are turned away for now (Egress::shut), postponed until they are
    // not; nothing = they are not.
    virtual std::optional<Error> shut(const std::string& /*business*/,
                                      const std::string& /*connection*/) const {
        return std::nullopt;
    }

    // Ends the runners. No call may be under way.
    virtual void stop() = 0;
};

// How runners are kept.
struct LaneOptions {
    std::filesystem::path runner;  // the gatehouse-runner to start
    bool require_sandbox = true;   // refuse to load a plugin when a part of the sandbox is missing
    std::vector<std::string> sandbox_may_lack = {};          // parts that may: "landlock"
    std::shared_ptr<const RunnerCgroups> cgroups = nullptr;  // null: none are delegated
    int start_ms = 10'000;                                   // to load the library and say hello
    int stop_ms = 2'000;        // to drop the instances when told to end
    int first_pause_ms = 250;   // before a dead runner's successor starts; doubles each time
    int max_pause_ms = 60'000;  // also before a library that was refused is tried again
};

struct PluginHostOptions {
    std::filesystem::path directory;  // holds <id>/plugin.yaml
    int runners_per_plugin = 1;       // that all share
    int max_processes = 64;           // besides these: of businesses and connections alone
    std::int64_t idle_ms = 60'000;    // after which one of these ends
    LaneOptions lane;
};

// As configured, and with the control groups that were delegated to this process (no runner may
// live yet); without `plugins.runner`, the gatehouse-runner beside this program's own file.
PluginHostOptions plugin_host_options(const config::Config& config);

// Starts a runner for each plugin of the directory, without waiting for it. The references outlive
// the host. kInvalid: a connection does not fit its plugin, with the first fault; check_plugins()
// says all of them. A plugin that is refused is no error here: its own connections' calls fail.
Result<std::unique_ptr<PluginHost>> make_plugin_host(const PluginHostOptions& options,
                                                     const config::Config& config,
                                                     egress::Egress& egress, const Clock& clock,
                                                     observe::Metrics& metrics);

// For `gatehouse check` and before `serve`: reads every manifest, loads every plugin in a runner,
// binds every connection and adds what is wrong to `problems`. Takes as long as the slowest plugin
// takes to load. [any thread]
void check_plugins(const PluginHostOptions& options, const config::Config& config,
                   config::Problems& problems);

}  // namespace gatehouse::plugins
