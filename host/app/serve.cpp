#include "app/serve.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <memory>

#include "app/check.hpp"
#include "app/host.hpp"
#include "observe/log.hpp"

namespace gatehouse::app {
namespace {

constexpr timespec kHour{3600, 0};
constexpr timespec kNoWait{0, 0};

// Keys live in this process: no core dump, and no look into it from other processes (promise P8).
void forbid_dumps() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0);
}

// Signals are taken by the main thread only; threads made later inherit the mask.
sigset_t block_signals() {
    ::signal(SIGPIPE, SIG_IGN);
    sigset_t signals;
    sigemptyset(&signals);
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
        sigaddset(&signals, number);
    }
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return signals;
}

// A signal is heard between two batches of what is to be forgotten, however much that is.
void wait_for_the_end(const sigset_t& signals, Host& host) {
    while (true) {
        const bool has_more = host.forget_some();
        const int number = ::sigtimedwait(&signals, nullptr, has_more ? &kNoWait : &kHour);
        if (number == SIGTERM || number == SIGINT) {
            return;
        }
        if (number == SIGHUP) {
            observe::info("app",
                          "certificates are read again by themselves; for other changes restart");
        }
    }
}

}  // namespace

int serve(const std::filesystem::path& config_file) {
    forbid_dumps();
    const sigset_t signals = block_signals();
    Checked checked = check_config(config_file);
    for (const config::Problem& problem : checked.problems) {
        (void)std::fprintf(stderr, "%s\n", config::to_string(problem).c_str());
    }
    if (config::has_errors(checked.problems)) {
        return 2;
    }
    // On the heap, so that a drain that is cut short can leave it as it is.
    auto host = std::make_unique<Host>(std::move(checked.config));
    if (const Result<void> started = host->start(); !started) {
        observe::error("app", "not started", {{"reason", started.error().message}});
        return 1;
    }
    observe::info("app", "ready", {{"port", host->port()}, {"admin_port", host->admin_port()}});
    wait_for_the_end(signals, *host);
    observe::info("app", "draining");
    if (!host->drain()) {
        observe::warn("app", "tasks were still at work; the next start takes them up again");
        ::_exit(0);
    }
    observe::info("app", "ended");
    return 0;
}

}  // namespace gatehouse::app
