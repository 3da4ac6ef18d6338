// Socket addresses and listening sockets.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace gatehouse::edge {

// "127.0.0.1", "::1"; an IPv4 client of an IPv6 socket is shown as IPv4.
std::string address_text(const sockaddr_storage& address);

sockaddr* as_sockaddr(sockaddr_storage& address);

struct Listener {
    UniqueFd fd;  // non-blocking
    std::uint16_t port = 0;
};

// `address` is a literal IPv4 or IPv6 address. kInvalid when it is not or is none of this machine,
// kConflict when the port is taken, kForbidden without the right to it.
Result<Listener> listen_on(const std::string& address, std::uint16_t port);

}  // namespace gatehouse::edge
