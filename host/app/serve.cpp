#include "app/serve.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "app/check.hpp"
#include "app/host.hpp"
#include "app/service_manager.hpp"
#include "app/signals.hpp"
#include "observe/log.hpp"

namespace gatehouse::app {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Keys live in this process: no core dump, and no look into it from other processes (promise P8).
void forbid_dumps() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0);
}

// A part may miss some turns, a disk that is slow for half a minute, before the host counts as
// dead.
constexpr int kPulsesInWatchdog = 4;

std::string status_line(const Host& host) {
    return "serving " + std::to_string(host.businesses()) + " businesses on port " +
           std::to_string(host.port());
}

// Tells the service manager that the host lives, if all its parts do.
void tell_that_it_lives(Host& host, ServiceManager& manager) {
    const std::vector<std::string> silent = host.silent_parts();
    if (silent.empty()) {
        manager.lives(status_line(host));
        return;
    }
    for (const std::string& part : silent) {
        observe::error("app", "a part of the host does not turn", {{"part", part}});
    }
}

// An end that comes late enough to find the host at work drains it.
void live(Signals& signals, Host& host, ServiceManager& manager) {
    auto next_pulse = SteadyClock::time_point::max();
    if (manager.watchdog()) next_pulse = SteadyClock::now();
    while (true) {
        std::int64_t wait_ms = host.look_after();
        if (manager.watchdog()) {
            if (SteadyClock::now() >= next_pulse) {
                tell_that_it_lives(host, manager);
                next_pulse = SteadyClock::now() + *manager.watchdog() / kPulsesInWatchdog;
            }
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(next_pulse - SteadyClock::now());
            wait_ms = std::clamp<std::int64_t>(left.count(), 0, wait_ms);
        }
        if (signals.wait(wait_ms) == Heard::kEnd) return;
    }
}

// Ends as it is: a part that takes long to be taken down must not hold up the next try.
[[noreturn]] void end_after_failed_start(Host& host, const Error& error) {
    observe::error("app", "not started", {{"reason", error.message}});
    host.give_up();
    ::_exit(1);
}

}  // namespace

int serve(const std::filesystem::path& config_file) {
    forbid_dumps();
    Signals signals;
    auto watch = std::make_unique<StartWatch>(signals);
    ServiceManager manager(ServiceEnvironment::read());
    Checked checked = check_config(config_file);
    for (const config::Problem& problem : checked.problems) {
        (void)std::fprintf(stderr, "%s\n", config::to_string(problem).c_str());
    }
    if (!checked.can_serve) {
        return 2;
    }
    for (const auto& [name, refused] : checked.config.refused) {
        observe::error("app", "a business does not run",
                       {{"business", name}, {"reason", refused.reason}});
    }
    // On the heap, so that a drain that is cut short can leave it as it is.
    auto host = std::make_unique<Host>(std::move(checked.config), [&signals] { signals.wake(); });
    if (const Result<void> prepared = host->prepare(); !prepared) {
        end_after_failed_start(*host, prepared.error());
    }
    watch.reset();
    if (const Result<void> begun = host->begin(); !begun) {
        end_after_failed_start(*host, begun.error());
    }
    observe::info("app", "ready", {{"port", host->port()}, {"admin_port", host->admin_port()}});
    manager.ready(status_line(*host));
    live(signals, *host, manager);
    observe::info("app", "draining");
    manager.stopping();
    if (!host->drain()) {
        observe::warn("app", "tasks were still at work; the next start takes them up again");
        ::_exit(0);
    }
    observe::info("app", "ended");
    return 0;
}

}  // namespace gatehouse::app
