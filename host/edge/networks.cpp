#include "edge/networks.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

namespace gatehouse::edge {

namespace {

constexpr std::size_t kMappedBits = 96;

AddressKey whole_address(const sockaddr_storage& address) {
    if (address.ss_family != AF_INET6) return address_key(address);
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    AddressKey bytes{};
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return bytes;
}

std::optional<std::size_t> number(std::string_view text) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool agree(const AddressKey& a, const AddressKey& b, std::size_t bits) {
    const std::size_t whole = bits / 8;
    if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) {
        return false;
    }
    if (bits % 8 == 0) return true;
    const auto mask = static_cast<unsigned>(0xff00U >> bits % 8 & 0xffU);
    return ((a.at(whole) ^ b.at(whole)) & mask) == 0;
}

}  // namespace

Result<Networks> Networks::read(const std::vector<std::string>& texts) {
    Networks networks;
    for (const std::string& text : texts) {
        const std::size_t slash = text.find('/');
        const std::string address = text.substr(0, slash);
        Network network;
        in_addr v4{};
        const bool is_v4 = ::inet_pton(AF_INET, address.c_str(), &v4) == 1;
        const std::size_t most = is_v4 ? 32 : 128;
        if (is_v4) {
            network.bytes[10] = network.bytes[11] = 0xff;
            std::memcpy(network.bytes.data() + 12, &v4, sizeof v4);
        } else if (::inet_pton(AF_INET6, address.c_str(), network.bytes.data()) != 1) {
            return fail(ErrorKind::kInvalid, "no address or network: " + text);
        }
        const auto bits = slash == std::string::npos ? most : number(text.substr(slash + 1));
        if (!bits || *bits > most) return fail(ErrorKind::kInvalid, "no network: " + text);
        network.bits = is_v4 ? kMappedBits + *bits : *bits;
        networks.networks_.push_back(network);
    }
    return networks;
}

bool Networks::contain(const sockaddr_storage& address) const {
    const AddressKey bytes = whole_address(address);
    return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
        return agree(network.bytes, bytes, network.bits);
    });
}

}  // namespace gatehouse::edge
