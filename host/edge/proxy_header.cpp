#include "edge/proxy_header.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>

namespace gatehouse::edge {

namespace {

using Outcome = ProxyHeader::Outcome;

constexpr std::string_view kMagic("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::string_view kWord = "PROXY ";
constexpr std::size_t kLongestLine = 107;
constexpr std::size_t kFixedSize = 16;  // of version 2: magic, command, family, length
constexpr unsigned char kLocal = 0x20;
constexpr unsigned char kProxied = 0x21;
constexpr unsigned char kFamilyMask = 0xf0;
constexpr unsigned char kIpv4 = 0x10;
constexpr unsigned char kIpv6 = 0x20;
constexpr std::size_t kIpv4Size = 12;  // two addresses, two ports
constexpr std::size_t kIpv6Size = 36;

ProxyHeader incomplete() {
    return {Outcome::kIncomplete, 0, std::nullopt};
}

ProxyHeader broken() {
    return {Outcome::kBroken, 0, std::nullopt};
}

template <typename Address>
sockaddr_storage storage_of(const Address& address) {
    sockaddr_storage storage{};
    std::memcpy(&storage, &address, sizeof address);
    return storage;
}

sockaddr_storage binary_ipv4(const char* addresses) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    std::memcpy(&v4.sin_addr, addresses, 4);
    std::memcpy(&v4.sin_port, addresses + 8, 2);
    return storage_of(v4);
}

sockaddr_storage binary_ipv6(const char* addresses) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    std::memcpy(&v6.sin6_addr, addresses, 16);
    std::memcpy(&v6.sin6_port, addresses + 32, 2);
    return storage_of(v6);
}

ProxyHeader read_binary(std::string_view bytes) {
    if (bytes.size() < kFixedSize) return incomplete();
    const auto byte = [bytes](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
    const std::size_t length = static_cast<std::size_t>(byte(14)) << 8 | byte(15);
    const unsigned char command = byte(12);
    const unsigned char family = byte(13) & kFamilyMask;
    if (kFixedSize + length > kMaxProxyHeader) return broken();
    if (command != kLocal && command != kProxied) return broken();
    if (command == kProxied && family == kIpv4 && length < kIpv4Size) return broken();
    if (command == kProxied && family == kIpv6 && length < kIpv6Size) return broken();
    if (bytes.size() < kFixedSize + length) return incomplete();

    ProxyHeader header{Outcome::kComplete, kFixedSize + length, std::nullopt};
    if (command == kLocal) return header;
    if (family == kIpv4) header.client = binary_ipv4(bytes.data() + kFixedSize);
    if (family == kIpv6) header.client = binary_ipv6(bytes.data() + kFixedSize);
    return header;
}

// The text up to the next blank, which goes with it. Nothing is left when there is none.
std::string take_word(std::string_view& text) {
    const std::size_t blank = text.find(' ');
    std::string word(text.substr(0, blank));
    text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
    return word;
}

std::optional<std::uint16_t> port_of(const std::string& text) {
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, port);
    if (error != std::errc() || stopped != end) return std::nullopt;
    return port;
}

std::optional<sockaddr_storage> text_address(int family, const std::string& text,
                                             std::uint16_t port) {
    if (text.find('\0') != std::string::npos) return std::nullopt;  // inet_pton would stop there
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    if (family == AF_INET && ::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        return storage_of(v4);
    }
    if (family == AF_INET6 && ::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        return storage_of(v6);
    }
    return std::nullopt;
}

ProxyHeader read_text(std::string_view bytes) {
    const std::size_t end = bytes.substr(0, kLongestLine).find("\r\n");
    if (end == std::string_view::npos) {
        return bytes.size() < kLongestLine ? incomplete() : broken();
    }
    ProxyHeader header{Outcome::kComplete, end + 2, std::nullopt};
    std::string_view line = bytes.substr(kWord.size(), end - kWord.size());
    const std::string protocol = take_word(line);
    if (protocol == "UNKNOWN") return header;
    if (protocol != "TCP4" && protocol != "TCP6") return broken();
    const int family = protocol == "TCP4" ? AF_INET : AF_INET6;
    const std::string source = take_word(line);
    const std::string destination = take_word(line);
    const auto source_port = port_of(take_word(line));
    const auto destination_port = port_of(take_word(line));
    if (!source_port || !destination_port || !line.empty()) return broken();
    header.client = text_address(family, source, *source_port);
    if (!header.client || !text_address(family, destination, *destination_port)) return broken();
    return header;
}

}  // namespace

ProxyHeader read_proxy_header(std::string_view bytes) {
    for (const std::string_view beginning : {kMagic, kWord}) {
        const std::size_t compared = std::min(beginning.size(), bytes.size());
        if (bytes.substr(0, compared) != beginning.substr(0, compared)) continue;
        if (compared < beginning.size()) return incomplete();
        return beginning == kMagic ? read_binary(bytes) : read_text(bytes);
    }
    return broken();
}

}  // namespace gatehouse::edge
