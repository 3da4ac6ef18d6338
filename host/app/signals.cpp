#include "app/signals.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <system_error>

#include "observe/log.hpp"

namespace gatehouse::app {
namespace {

UniqueFd checked(int fd, const char* what) {
    if (fd < 0) throw std::system_error(errno, std::generic_category(), what);
    return UniqueFd(fd);
}

UniqueFd take_over_signals() {
    ::signal(SIGPIPE, SIG_IGN);
    sigset_t signals;
    sigemptyset(&signals);
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2}) {
        sigaddset(&signals, number);
    }
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return checked(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd");
}

}  // namespace

Signals::Signals()
    : signals_(take_over_signals()),
      wake_(checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {}

bool Signals::took_end() {
    signalfd_siginfo signal{};
    while (::read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
        if (signal.ssi_signo == SIGTERM || signal.ssi_signo == SIGINT) return true;
        observe::info("app",
                      "signal passed over: certificates are read again by themselves; for "
                      "other changes restart",
                      {{"signal", signal.ssi_signo}});
    }
    return false;
}

Heard Signals::wait(std::int64_t timeout_ms) {
    std::array<pollfd, 2> fds{{{signals_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}}};
    const std::int64_t longest = std::numeric_limits<int>::max();
    ::poll(fds.data(), fds.size(),
           static_cast<int>(std::clamp<std::int64_t>(timeout_ms, 0, longest)));
    if (took_end()) return Heard::kEnd;
    std::uint64_t count = 0;
    return ::read(wake_.get(), &count, sizeof count) == sizeof count ? Heard::kWoken : Heard::kTime;
}

void Signals::wake() noexcept {
    const std::uint64_t one = 1;
    // Fails only where the counter is full, and then it wakes already.
    [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
}

StartWatch::StartWatch(Signals& signals)
    : signals_(signals), thread_([&signals] {
          constexpr std::int64_t kForEverMs = std::numeric_limits<std::int64_t>::max();
          Heard heard = Heard::kTime;
          while (heard == Heard::kTime)
              heard = signals.wait(kForEverMs);
          if (heard == Heard::kEnd) {
              observe::info("app", "told to end while starting");
              ::_exit(0);
          }
      }) {}

StartWatch::~StartWatch() {
    signals_.wake();
    thread_.join();
}

}  // namespace gatehouse::app
