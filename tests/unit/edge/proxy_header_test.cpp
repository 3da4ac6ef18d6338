// PROXY headers as nginx, HAProxy and cloud balancers send them, and as nobody should.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "edge/networks.hpp"
#include "edge/proxy_header.hpp"
#include "edge/socket_address.hpp"
#include "unit/edge/addresses.hpp"

namespace gatehouse::edge {
namespace {

using namespace std::string_literals;
using Outcome = ProxyHeader::Outcome;

const std::string kMagic = "\r\n\r\n\0\r\nQUIT\n"s;
const std::string kIpv4 = "\xc0\x00\x02\x01\xc6\x33\x64\x02\x12\x67\x01\xbb"s;  // 192.0.2.1:4711
const std::string kIpv6 = "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01" +
                          std::string(16, '\x02') + "\x12\x67\x01\xbb";

std::string binary(int command, int family, const std::string& content) {
    std::string header = kMagic;
    header += static_cast<char>(command);
    header += static_cast<char>(family);
    header += static_cast<char>(content.size() / 256);
    header += static_cast<char>(content.size() % 256);
    return header + content;
}

TEST(ProxyHeaderTest, NamesTheClientAndTakesNoByteOfIts) {
    const std::string tlv = "\x01\x00\x02h2"s;
    const std::vector<std::pair<std::string, std::string>> headers{
        {"PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\r\n", "192.0.2.1"},
        {"PROXY TCP6 2001:db8::1 2001:db8::2 4711 443\r\n", "2001:db8::1"},
        {"PROXY UNKNOWN\r\n", ""},
        {"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", ""},
        {binary(0x21, 0x11, kIpv4), "192.0.2.1"},
        {binary(0x21, 0x11, kIpv4 + tlv), "192.0.2.1"},
        {binary(0x21, 0x21, kIpv6), "2001:db8::1"},
        {binary(0x21, 0x21, kIpv6 + std::string(3000, '\0')), "2001:db8::1"},
        {binary(0x20, 0x00, ""), ""},
        {binary(0x20, 0x11, kIpv4), ""},                  // for itself, whatever it adds
        {binary(0x21, 0x00, ""), ""},                     // it does not know
        {binary(0x21, 0x31, std::string(216, 'a')), ""},  // a Unix socket
    };
    for (const auto& [bytes, client] : headers) {
        const ProxyHeader header = read_proxy_header(bytes + "\x16\x03\x01");
        ASSERT_EQ(header.outcome, Outcome::kComplete) << bytes;
        EXPECT_EQ(header.size, bytes.size()) << bytes;
        EXPECT_EQ(header.client ? address_text(*header.client) : "", client) << bytes;
        for (std::size_t end = 0; end < bytes.size(); ++end) {
            EXPECT_EQ(read_proxy_header(bytes.substr(0, end)).outcome, Outcome::kIncomplete)
                << bytes << " cut at " << end;
        }
    }
}

TEST(ProxyHeaderTest, RefusesWhatIsNone) {
    for (const std::string& bytes : std::vector<std::string>{
             "GET / HTTP/1.1\r\n", "\x16\x03\x01\x02\x00", "PROXI", "proxy TCP4",
             "PROXY TCP4 192.0.2.1 198.51.100.2 4711\r\n",
             "PROXY TCP4 192.0.2.1 198.51.100.2 4711 443 1\r\n",
             "PROXY TCP4 192.0.2.1 198.51.100.2 4711 65536\r\n",
             "PROXY TCP4 192.0.2.1  198.51.100.2 4711 443\r\n",
             "PROXY TCP4 2001:db8::1 198.51.100.2 4711 443\r\n",
             "PROXY TCP6 192.0.2.1 198.51.100.2 4711 443\r\n",
             "PROXY TCP4 192.0.2.1\0x 198.51.100.2 4711 443\r\n"s, "PROXY UDP4 1 2 3 4\r\n",
             "PROXY " + std::string(200, '1'), binary(0x11, 0x11, kIpv4), binary(0x22, 0x11, kIpv4),
             binary(0x21, 0x11, kIpv4.substr(1)), binary(0x21, 0x21, kIpv4),
             binary(0x21, 0x11, std::string(5000, 'x'))}) {
        EXPECT_EQ(read_proxy_header(bytes).outcome, Outcome::kBroken) << bytes;
    }
}

TEST(NetworksTest, ContainTheirAddressesAndNoOthers) {
    const auto networks =
        Networks::read({"10.0.0.0/8", "192.0.2.7", "198.51.100.128/25", "2001:db8:8000::/33"});
    ASSERT_TRUE(networks.has_value());
    for (const char* inside :
         {"10.255.1.2", "192.0.2.7", "::ffff:10.1.1.1", "198.51.100.200", "2001:db8:ffff::1"}) {
        EXPECT_TRUE(networks->contain(socket_address(inside))) << inside;
    }
    for (const char* outside :
         {"11.0.0.1", "192.0.2.6", "198.51.100.127", "2001:db8:7fff::1", "::1"}) {
        EXPECT_FALSE(networks->contain(socket_address(outside))) << outside;
    }
    EXPECT_TRUE(Networks::read({"0.0.0.0/0"})->contain(socket_address("8.8.8.8")));
    EXPECT_FALSE(Networks::read({})->contain(socket_address("127.0.0.1")));
    for (const char* wrong : {"", "10.0.0.0/33", "::/129", "10.0.0/8", "a", "10.0.0.0/", "1/x"}) {
        EXPECT_FALSE(Networks::read({wrong}).has_value()) << wrong;
    }
}

}  // namespace
}  // namespace gatehouse::edge
