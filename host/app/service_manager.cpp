#include "app/service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "base/encoding.hpp"
#include "observe/log.hpp"

namespace gatehouse::app {
namespace {

constexpr std::size_t kMaxStatusBytes = 200;
// A longer one is none that anybody meant.
constexpr std::int64_t kMaxWatchdogUs = 86'400'000'000;

std::string variable(const char* name) {
    // The environment is never written after main() began.
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    return value == nullptr ? std::string() : std::string(value);
}

std::optional<std::int64_t> whole(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

UniqueFd connect_to(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.size() < 2 || name.size() >= sizeof(address.sun_path)) return {};
    if (name[0] != '/' && name[0] != '@') return {};
    std::memcpy(&address.sun_path[0], name.data(), name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.is_open() ||
        ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) {
        return {};
    }
    return socket;
}

}  // namespace

ServiceEnvironment ServiceEnvironment::read() {
    return {variable("NOTIFY_SOCKET"), variable("WATCHDOG_USEC"), variable("WATCHDOG_PID")};
}

ServiceManager::ServiceManager(const ServiceEnvironment& environment) {
    if (environment.notify_socket.empty()) return;
    socket_ = connect_to(environment.notify_socket);
    if (!socket_.is_open()) {
        observe::warn("app", "the service manager's socket cannot be reached",
                      {{"socket", environment.notify_socket}});
        return;
    }
    if (!environment.watchdog_pid.empty() &&
        environment.watchdog_pid != std::to_string(::getpid())) {
        return;
    }
    const auto span_us = whole(environment.watchdog_usec);
    if (span_us && *span_us > 0 && *span_us <= kMaxWatchdogUs) {
        watchdog_ = std::chrono::milliseconds(*span_us / 1000);
    }
}

void ServiceManager::ready(std::string_view status) {
    send("READY=1\nSTATUS=" + shorten(status, kMaxStatusBytes));
}

void ServiceManager::lives(std::string_view status) {
    send("WATCHDOG=1\nSTATUS=" + shorten(status, kMaxStatusBytes));
}

void ServiceManager::stopping() {
    send("STOPPING=1\nSTATUS=draining");
}

// A manager that does not read its socket is no reason to wait.
void ServiceManager::send(const std::string& message) {
    if (!socket_.is_open()) return;
    [[maybe_unused]] const ssize_t sent =
        ::send(socket_.get(), message.data(), message.size(), MSG_NOSIGNAL);
}

}  // namespace gatehouse::app
