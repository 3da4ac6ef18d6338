#include "egress/name_lookup.hpp"

#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace gatehouse::egress {
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

// A server that says nothing is passed over for the next one early enough to ask that, too.
constexpr int kServerMs = 1'500;
constexpr int kTries = 2;
constexpr milliseconds kStopLatency{500};

struct Answer {
    bool is_there = false;
    int status = ARES_ECANCELLED;
    std::vector<std::string> addresses;
};

std::string text_of(const sockaddr& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* bytes = nullptr;
    if (address.sa_family == AF_INET) {
        bytes = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
    } else if (address.sa_family == AF_INET6) {
        bytes = &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    }
    if (bytes == nullptr) return {};
    return ::inet_ntop(address.sa_family, bytes, text.data(), text.size()) == nullptr ? ""
                                                                                      : text.data();
}

void on_answer(void* to, int status, int /*timeouts*/, ares_addrinfo* found) {
    auto& answer = *static_cast<Answer*>(to);
    answer.is_there = true;
    answer.status = status;
    if (found == nullptr) return;
    for (const ares_addrinfo_node* node = found->nodes; node != nullptr; node = node->ai_next) {
        std::string text = text_of(*node->ai_addr);
        if (!text.empty()) answer.addresses.push_back(std::move(text));
    }
    ares_freeaddrinfo(found);
}

struct EndChannel {
    void operator()(ares_channel channel) const { ares_destroy(channel); }
};
using Channel = std::unique_ptr<ares_channeldata, EndChannel>;

Channel open_channel(const std::string& servers) {
    ares_options options{};
    options.timeout = kServerMs;
    options.tries = kTries;
    ares_channel raw = nullptr;
    if (ares_init_options(&raw, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES) != ARES_SUCCESS) {
        return nullptr;
    }
    Channel channel(raw);
    if (!servers.empty() &&
        ares_set_servers_ports_csv(channel.get(), servers.c_str()) != ARES_SUCCESS) {
        return nullptr;
    }
    return channel;
}

// Waits for the channel's sockets, for `limit` at most, and lets it go on.
void step(ares_channel channel, milliseconds limit) {
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
    const auto mask = static_cast<unsigned>(
        ares_getsock(channel, sockets.data(), static_cast<int>(sockets.size())));
    std::vector<pollfd> waited;
    for (unsigned i = 0; i < sockets.size(); ++i) {
        short events = 0;
        if (ARES_GETSOCK_READABLE(mask, i) != 0) events |= POLLIN;
        if (ARES_GETSOCK_WRITABLE(mask, i) != 0) events |= POLLOUT;
        if (events != 0) waited.push_back({sockets[i], events, 0});
    }
    timeval most{limit.count() / 1000, (limit.count() % 1000) * 1000};
    timeval own{};
    const timeval* next = ares_timeout(channel, &most, &own);
    const auto wait_ms = static_cast<int>(next->tv_sec * 1000 + next->tv_usec / 1000 + 1);
    ::poll(waited.data(), waited.size(), wait_ms);
    for (const pollfd& one : waited) {
        const bool can_read = (one.revents & (POLLIN | POLLERR | POLLHUP)) != 0;
        const bool can_write = (one.revents & (POLLOUT | POLLERR)) != 0;
        ares_process_fd(channel, can_read ? one.fd : ARES_SOCKET_BAD,
                        can_write ? one.fd : ARES_SOCKET_BAD);
    }
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // what is overdue
}

}  // namespace

Result<std::vector<std::string>> NameLookup::find(const std::string& host, milliseconds limit,
                                                  const std::atomic<bool>& is_stopped) const {
    const auto deadline = SteadyClock::now() + limit;
    Answer answer;  // outlives the channel, which may speak of it when it ends
    const Channel channel = open_channel(servers_);
    if (channel == nullptr) return fail(ErrorKind::kUnavailable, "no name can be looked up now");
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    ares_getaddrinfo(channel.get(), host.c_str(), nullptr, &hints, &on_answer, &answer);
    while (!answer.is_there && !is_stopped) {
        const auto left = std::chrono::duration_cast<milliseconds>(deadline - SteadyClock::now());
        if (left.count() <= 0) break;
        step(channel.get(), std::min(left, kStopLatency));
    }
    if (!answer.is_there) {
        return fail(ErrorKind::kUnavailable,
                    is_stopped ? "the host is stopping" : "no name server answered in time");
    }
    if (answer.addresses.empty()) {
        const int why = answer.status == ARES_SUCCESS ? ARES_ENODATA : answer.status;
        return fail(ErrorKind::kUnavailable,
                    std::string("the name does not resolve: ") + ares_strerror(why));
    }
    return std::move(answer.addresses);
}

bool NameLookup::is_known(const std::string& host) {
    if (host.starts_with('[') || host == "localhost" || host.ends_with(".localhost")) return true;
    in_addr address{};
    return ::inet_aton(host.c_str(), &address) != 0;  // 2130706433 and 0x7f.1, too
}

}  // namespace gatehouse::egress
