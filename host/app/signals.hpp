// Signals: what the process is told from outside, taken by reading and never by a handler. SIGTERM
// and SIGINT end it; SIGHUP, SIGUSR1 and SIGUSR2, which tools for logs send, harm nothing.
#pragma once

#include <cstdint>
#include <thread>

#include "base/unique_fd.hpp"

namespace gatehouse::app {

enum class Heard : std::uint8_t {
    kEnd,    // SIGTERM or SIGINT
    kWoken,  // wake() was called
    kTime,   // the time was up, or a signal was passed over
};

// [one for the process; made by the main thread before any other, so that all inherit the mask]
class Signals {
  public:
    // Throws std::system_error when descriptors run out.
    Signals();

    // Waits for `timeout_ms` at most. An end goes before everything else. [one thread at a time]
    Heard wait(std::int64_t timeout_ms);

    // Ends a wait() that is under way or comes next. Many calls may end one wait. [any thread]
    void wake() noexcept;

  private:
    bool took_end();

    UniqueFd signals_;
    UniqueFd wake_;
};

// While one lives, the process ends at once with 0 when it is told to end: a start that has done
// nothing outside yet has nothing to drain. The destructor hands the signals back to their owner.
class StartWatch {
  public:
    explicit StartWatch(Signals& signals);
    ~StartWatch();
    StartWatch(const StartWatch&) = delete;
    StartWatch& operator=(const StartWatch&) = delete;

  private:
    Signals& signals_;
    std::thread thread_;
};

}  // namespace gatehouse::app
