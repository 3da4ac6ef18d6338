#include "egress/address_guard.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>

namespace gatehouse::egress {
namespace {

sockaddr_storage address_of(const std::string& text, std::uint16_t port = 443) {
    sockaddr_storage storage{};
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        std::memcpy(&storage, &v4, sizeof(v4));
    } else if (inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        std::memcpy(&storage, &v6, sizeof(v6));
    } else {
        ADD_FAILURE() << text << " is no address";
    }
    return storage;
}

const sockaddr& view(const sockaddr_storage& storage) {
    return reinterpret_cast<const sockaddr&>(storage);
}

TEST(AddressGuardTest, P11_RefusesEveryRangeThatIsNotPublic) {
    for (const char* text : {"0.0.0.0",
                             "0.1.2.3",
                             "10.0.0.1",
                             "10.255.255.255",
                             "100.64.0.1",
                             "100.127.255.255",
                             "127.0.0.1",
                             "127.255.0.1",
                             "169.254.169.254",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.0.0.8",
                             "192.0.2.1",
                             "192.88.99.1",
                             "192.168.1.1",
                             "198.18.0.1",
                             "198.19.255.255",
                             "198.51.100.7",
                             "203.0.113.9",
                             "224.0.0.1",
                             "239.255.255.255",
                             "240.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "::ffff:10.0.0.1",
                             "::ffff:8.8.8.8",
                             "::8.8.8.8",
                             "64:ff9b::7f00:1",
                             "64:ff9b:1::1",
                             "100::1",
                             "fc00::1",
                             "fd12:3456::1",
                             "fe80::1",
                             "fec0::1",
                             "ff02::1",
                             "2001::1",
                             "2001:2::1",
                             "2001:db8::1",
                             "2002:7f00:1::1",
                             "3fff::1",
                             "4000::1",
                             "fd00:ec2::254",
                             "2001:10::1"}) {
        const auto address = address_of(text);
        EXPECT_FALSE(is_public(view(address))) << text;
    }
}

TEST(AddressGuardTest, LetsPublicAddressesPass) {
    for (const char* text :
         {"1.1.1.1",         "8.8.8.8",        "9.255.255.255",   "11.0.0.0",
          "100.63.255.255",  "100.128.0.0",    "126.255.255.255", "128.0.0.0",
          "169.253.255.255", "172.15.255.255", "172.32.0.0",      "192.0.1.0",
          "192.167.255.255", "198.17.255.255", "198.20.0.0",      "223.255.255.255",
          "2606:4700::1111", "2a00:1450::1",   "2001:4860::8888", "2001:200::1",
          "3fff:1000::1"}) {
        const auto address = address_of(text);
        EXPECT_TRUE(is_public(view(address))) << text;
    }
}

TEST(AddressGuardTest, AnUnknownFamilyIsNotPublic) {
    sockaddr address{};
    address.sa_family = AF_UNIX;
    EXPECT_FALSE(is_public(address));
    EXPECT_EQ(to_text(address), "");
}

TEST(AddressGuardTest, AllowsExactlyWhatIsListed) {
    const AddressGuard guard({"127.0.0.1:9090", "[0:0::1]:80", "Lock.LAN:443"});
    const auto listed = address_of("127.0.0.1", 9090);
    const auto other_port = address_of("127.0.0.1", 9091);
    const auto other_address = address_of("127.0.0.2", 9090);
    const auto v6 = address_of("::1", 80);
    EXPECT_TRUE(guard.allows(view(listed), "anything:9090"));
    EXPECT_FALSE(guard.allows(view(other_port), "anything:9091"));
    EXPECT_FALSE(guard.allows(view(other_address), "anything:9090"));
    EXPECT_TRUE(guard.allows(view(v6), "x:80"));
    const auto lan = address_of("192.168.1.9", 443);
    EXPECT_TRUE(guard.allows(view(lan), "lock.lan:443"));
    EXPECT_FALSE(guard.allows(view(lan), "lock.lan:444"));
    EXPECT_FALSE(guard.allows(view(lan), "other.lan:443"));
}

}  // namespace
}  // namespace gatehouse::egress
