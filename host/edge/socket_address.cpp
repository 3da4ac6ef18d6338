#include "edge/socket_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace gatehouse::edge {

namespace {

constexpr int kBacklog = 4096;

struct Endpoint {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

Result<Endpoint> parse_endpoint(const std::string& address, std::uint16_t port) {
    Endpoint endpoint;
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    if (::inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        std::memcpy(&endpoint.storage, &v4, sizeof v4);
        endpoint.size = sizeof v4;
    } else if (::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        std::memcpy(&endpoint.storage, &v6, sizeof v6);
        endpoint.size = sizeof v6;
    } else {
        return fail(ErrorKind::kInvalid, "not an IP address to listen on: " + address);
    }
    return endpoint;
}

Result<std::uint16_t> bound_port(int fd) {
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    if (::getsockname(fd, as_sockaddr(bound), &size) != 0) {
        return fail(ErrorKind::kInternal, "the bound port cannot be read");
    }
    // The port lies at the same place in both families.
    sockaddr_in v4{};
    std::memcpy(&v4, &bound, sizeof v4);
    return ntohs(v4.sin_port);
}

tl::unexpected<Error> cannot_listen(const std::string& address, std::uint16_t port) {
    const int code = errno;
    ErrorKind kind = ErrorKind::kInternal;
    if (code == EADDRINUSE) kind = ErrorKind::kConflict;
    if (code == EADDRNOTAVAIL) kind = ErrorKind::kInvalid;
    if (code == EACCES) kind = ErrorKind::kForbidden;
    return fail(kind, "cannot listen on " + address + " port " + std::to_string(port) + ": " +
                          std::generic_category().message(code));
}

}  // namespace

sockaddr* as_sockaddr(sockaddr_storage& address) {
    return reinterpret_cast<sockaddr*>(&address);
}

std::string address_text(const sockaddr_storage& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.ss_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    } else {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &address, sizeof v6);
        const auto* bytes = v6.sin6_addr.s6_addr;
        if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
            ::inet_ntop(AF_INET, bytes + 12, text.data(), text.size());
        } else {
            ::inet_ntop(AF_INET6, bytes, text.data(), text.size());
        }
    }
    return text.data();
}

Result<Listener> listen_on(const std::string& address, std::uint16_t port) {
    auto endpoint = parse_endpoint(address, port);
    if (!endpoint) return tl::unexpected<Error>(std::move(endpoint).error());

    const int family = endpoint->storage.ss_family;
    UniqueFd fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int on = 1;
    const int off = 0;
    if (!fd.is_open()) return cannot_listen(address, port);
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (family == AF_INET6) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (::bind(fd.get(), as_sockaddr(endpoint->storage), endpoint->size) != 0 ||
        ::listen(fd.get(), kBacklog) != 0) {
        return cannot_listen(address, port);
    }
    auto bound = bound_port(fd.get());
    if (!bound) return tl::unexpected<Error>(std::move(bound).error());
    return Listener{std::move(fd), *bound};
}

}  // namespace gatehouse::edge
