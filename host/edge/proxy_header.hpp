// ProxyHeader: the bytes before a connection's own with which a proxy says for whom it connects:
// PROXY protocol, version 1 (a line of text, nginx) and 2 (binary, HAProxy and cloud balancers).
// Source: haproxy.org/download/2.6/doc/proxy-protocol.txt.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <optional>
#include <string_view>

namespace gatehouse::edge {

// No header that is longer is waited for; TLVs, which are not looked at, are counted.
constexpr std::size_t kMaxProxyHeader = 4096;

struct ProxyHeader {
    enum class Outcome {
        kIncomplete,  // all bytes so far belong to it
        kComplete,
        kBroken,
    };

    Outcome outcome = Outcome::kBroken;
    std::size_t size = 0;  // kComplete: what follows is the client's

    // The client's address and port. Nothing if the proxy speaks for itself, as in a health check,
    // or does not know.
    std::optional<sockaddr_storage> client;
};

// [any thread]
ProxyHeader read_proxy_header(std::string_view bytes);

}  // namespace gatehouse::edge
