#include "egress/address_guard.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "egress/ascii.hpp"

namespace gatehouse::egress {
namespace {

struct Range4 {
    std::uint32_t prefix;
    int bits;
};

constexpr std::array kNotPublic4 = {
    Range4{0x00000000, 8},   // this network
    Range4{0x0A000000, 8},   // private
    Range4{0x64400000, 10},  // carrier-grade NAT
    Range4{0x7F000000, 8},   // loopback
    Range4{0xA9FE0000, 16},  // link-local, cloud metadata
    Range4{0xAC100000, 12},  // private
    Range4{0xC0000000, 24},  // IETF protocol assignments
    Range4{0xC0000200, 24},  // documentation
    Range4{0xC0586300, 24},  // 6to4 relay
    Range4{0xC0A80000, 16},  // private
    Range4{0xC6120000, 15},  // benchmarks
    Range4{0xC6336400, 24},  // documentation
    Range4{0xCB007100, 24},  // documentation
    Range4{0xE0000000, 4},   // multicast
    Range4{0xF0000000, 4},   // reserved, broadcast
};

bool is_public4(const in_addr& address) {
    const std::uint32_t value = ntohl(address.s_addr);
    return std::ranges::none_of(kNotPublic4, [&](const Range4& range) {
        return (value >> (32 - range.bits)) == (range.prefix >> (32 - range.bits));
    });
}

// Only 2000::/3 is handed out as global unicast; everything that embeds IPv4 or is special lies
// outside it but for these.
bool is_public6(const in6_addr& address) {
    const std::uint8_t* bytes = address.s6_addr;
    const auto word = [&](std::size_t i) {
        return static_cast<std::uint32_t>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
    };
    const bool is_global = (bytes[0] & 0xE0) == 0x20;
    const bool is_protocol = word(0) == 0x2001 && word(1) < 0x0200;  // Teredo, ORCHID, benchmarks
    const bool is_documentation =
        (word(0) == 0x2001 && word(1) == 0x0DB8) || (word(0) == 0x3FFF && word(1) < 0x1000);
    const bool is_6to4 = word(0) == 0x2002;
    return is_global && !is_protocol && !is_documentation && !is_6to4;
}

// A sockaddr is the front of a larger object; copying it out is the portable way to look inside.
template <typename T>
T copy_as(const sockaddr& address) {
    T copy{};
    std::memcpy(&copy, &address, sizeof(copy));
    return copy;
}

// "[0:0::1]:80" and "[::1]:80" are one address.
std::string canonical(const std::string& entry) {
    const std::size_t end = entry.find("]:");
    if (!entry.starts_with('[') || end == std::string::npos) return lower(entry);
    in6_addr address{};
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (inet_pton(AF_INET6, entry.substr(1, end - 1).c_str(), &address) != 1) return lower(entry);
    inet_ntop(AF_INET6, &address, text.data(), text.size());
    return "[" + std::string(text.data()) + entry.substr(end);
}

}  // namespace

bool is_public(const sockaddr& address) {
    if (address.sa_family == AF_INET) return is_public4(copy_as<sockaddr_in>(address).sin_addr);
    if (address.sa_family == AF_INET6) return is_public6(copy_as<sockaddr_in6>(address).sin6_addr);
    return false;
}

std::string to_text(const sockaddr& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.sa_family == AF_INET) {
        const auto v4 = copy_as<sockaddr_in>(address);
        inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
        return std::string(text.data()) + ":" + std::to_string(ntohs(v4.sin_port));
    }
    if (address.sa_family == AF_INET6) {
        const auto v6 = copy_as<sockaddr_in6>(address);
        inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
        return "[" + std::string(text.data()) + "]:" + std::to_string(ntohs(v6.sin6_port));
    }
    return {};
}

AddressGuard::AddressGuard(const std::vector<std::string>& allow_private) {
    for (const std::string& entry : allow_private) {
        allowed_.insert(canonical(entry));
    }
}

bool AddressGuard::lists(std::string_view host_and_port) const {
    return allowed_.contains(host_and_port);
}

bool AddressGuard::allows(const sockaddr& address, std::string_view host_and_port) const {
    return is_public(address) || allowed_.contains(to_text(address)) ||
           allowed_.contains(host_and_port);
}

}  // namespace gatehouse::egress
