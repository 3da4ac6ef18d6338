// bench_strangers: connections of people who have nothing to say, on 127.0.0.1 only, until it is
// killed. Prints "ready" once it is at full strength.
//
//   --idle N     N connections are held open, dealt over `--addresses`; what is closed comes again
//   --hellos R   R connections a second, each with the first bytes of a handshake and no more
//   --bodies N   N requests that look signed, with all of a 1 MiB body but its last byte
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/unique_fd.hpp"
#include "edge/client.hpp"

namespace {

using gatehouse::UniqueFd;
using SteadyClock = std::chrono::steady_clock;
using namespace std::chrono_literals;

struct Plan {
    std::uint16_t port = 0;
    std::size_t idle = 0;
    int hellos_per_s = 0;
    std::size_t bodies = 0;
    std::size_t addresses = 4;
};

std::string address(const Plan& plan, std::size_t number) {
    return "127.7.0." + std::to_string(number % plan.addresses + 1);
}

void say_ready() {
    (void)std::puts("ready");
    (void)std::fflush(stdout);
}

// Does not wait for the server: a full one may let strangers stand in the queue.
UniqueFd begin_to_connect(const Plan& plan, std::size_t number) {
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_in own{};
    own.sin_family = AF_INET;
    ::inet_pton(AF_INET, address(plan, number).c_str(), &own.sin_addr);
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_port = htons(plan.port);
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own);
    ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&server), sizeof server);
    return fd;
}

bool is_open(const UniqueFd& fd) {
    char byte = 0;
    const ssize_t got = ::recv(fd.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == ENOTCONN));
}

// A thousand looks a second: one that finds all its connections open costs next to nothing.
[[noreturn]] void hold_idle(const Plan& plan) {
    std::vector<UniqueFd> held;
    for (std::size_t i = 0; i < plan.idle; ++i) {
        held.push_back(begin_to_connect(plan, i));
        if (i % 16 == 0) std::this_thread::sleep_for(1ms);
    }
    say_ready();
    for (std::size_t i = 0;; ++i) {
        UniqueFd& fd = held[i % held.size()];
        if (!is_open(fd)) fd = begin_to_connect(plan, i);
        if (i % 4 == 0) std::this_thread::sleep_for(1ms);
    }
}

[[noreturn]] void send_hellos(const Plan& plan) {
    const std::string hello = gatehouse::edge::canned_client_hello();
    std::vector<UniqueFd> recent(64);
    const auto began = SteadyClock::now();
    for (std::int64_t i = 0;; ++i) {
        if (i == plan.hellos_per_s) say_ready();
        std::this_thread::sleep_until(began + i * (1'000'000'000ns / plan.hellos_per_s));
        UniqueFd& fd = recent[static_cast<std::size_t>(i) % recent.size()];
        fd = begin_to_connect(plan, static_cast<std::size_t>(i));
        ::send(fd.get(), hello.data(), hello.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
}

[[noreturn]] void hold_bodies(const Plan& plan) {
    constexpr std::size_t kBytes = std::size_t{1024} * 1024;
    const std::string head =
        "POST /v1/webhooks/acme/storeganise HTTP/1.1\r\nHost: x\r\n"
        "sg-signature: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n"
        "Content-Length: " +
        std::to_string(kBytes) + "\r\n\r\n";
    const std::string body(kBytes - 1, 'x');
    std::vector<std::unique_ptr<gatehouse::edge::Client>> held;
    for (std::size_t i = 0; i < plan.bodies; ++i) {
        held.push_back(std::make_unique<gatehouse::edge::Client>(
            plan.port, gatehouse::edge::ClientOptions{.from = "127.7.0.1"}));
        if (held.back()->connected() && held.back()->send(head)) held.back()->send(body);
    }
    say_ready();
    while (true) {
        std::this_thread::sleep_for(1h);
    }
}

}  // namespace

int main(int argc, char** argv) {
    Plan plan;
    CLI::App app("People who have nothing to say, on 127.0.0.1");
    app.add_option("--port", plan.port)->required();
    app.add_option("--idle", plan.idle);
    app.add_option("--hellos", plan.hellos_per_s, "a second");
    app.add_option("--bodies", plan.bodies);
    app.add_option("--addresses", plan.addresses);
    CLI11_PARSE(app, argc, argv);
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    if (plan.idle > 0) hold_idle(plan);
    if (plan.hellos_per_s > 0) send_hellos(plan);
    if (plan.bodies > 0) hold_bodies(plan);
    return 2;
}
