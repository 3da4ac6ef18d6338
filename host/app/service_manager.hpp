// ServiceManager: what the host tells the service manager that started it: that it is ready, that
// it lives, that it ends. The protocol of sd_notify(3): datagrams to the socket that NOTIFY_SOCKET
// names; without one nothing is told.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/unique_fd.hpp"

namespace gatehouse::app {

// What the service manager put into the environment.
struct ServiceEnvironment {
    std::string notify_socket;  // NOTIFY_SOCKET: a path, or @ and an abstract name
    std::string watchdog_usec;  // WATCHDOG_USEC
    std::string watchdog_pid;   // WATCHDOG_PID: whom it is meant for; empty = whoever asks

    static ServiceEnvironment read();
};

// [one thread]
class ServiceManager {
  public:
    explicit ServiceManager(const ServiceEnvironment& environment);

    bool is_there() const { return socket_.is_open(); }

    // The time within which lives() must be told again; nothing if it is not asked for.
    std::optional<std::chrono::milliseconds> watchdog() const { return watchdog_; }

    // `status` is one line, shown by `systemctl status`.
    void ready(std::string_view status);
    void lives(std::string_view status);
    void stopping();

  private:
    void send(const std::string& message);

    UniqueFd socket_;
    std::optional<std::chrono::milliseconds> watchdog_;
};

}  // namespace gatehouse::app
