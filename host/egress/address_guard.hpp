// AddressGuard: which network addresses may be connected to. It is asked with the address that the
// socket is about to use, after the name was resolved, so a name that resolves differently the
// second time (DNS rebinding) gains nothing (promise P11).
#pragma once

#include <sys/socket.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::egress {

// Whether an address belongs to the public Internet. Loopback, private, link-local (cloud
// metadata), carrier-grade NAT, unique-local, documentation, benchmark, multicast, reserved and
// unspecified ranges do not, nor do the IPv6 forms that carry an IPv4 address inside (mapped,
// NAT64, 6to4, Teredo). IANA special-purpose address registries, 2025.
bool is_public(const sockaddr& address);

// "127.0.0.1:9090", "[::1]:9090"; empty for a family that is neither IPv4 nor IPv6.
std::string to_text(const sockaddr& address);

// Immutable. [any thread]
class AddressGuard {
  public:
    // Entries are "address:port" or "host:port". With a name, whatever it resolves to is allowed.
    explicit AddressGuard(const std::vector<std::string>& allow_private);

    // `host_and_port` is the one of the URL that the connection is for.
    bool allows(const sockaddr& address, std::string_view host_and_port) const;

    // Whether the operator named the address, as Url::host_and_port() writes it.
    bool lists(std::string_view host_and_port) const;

  private:
    std::set<std::string, std::less<>> allowed_;
};

}  // namespace gatehouse::egress
