// Who is let in: caps, the token bucket of handshakes, and what known senders have before
// strangers.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "edge/admission.hpp"
#include "unit/edge/addresses.hpp"

namespace gatehouse::edge {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

AddressKey key(const std::string& text) {
    return address_key(socket_address(text));
}

AddressKey numbered(int number) {
    return key("10." + std::to_string(number >> 16 & 255) + "." +
               std::to_string(number >> 8 & 255) + "." + std::to_string(number & 255));
}

// Keeps what it is given.
class Door {
  public:
    explicit Door(const AdmissionLimits& limits) : admission(limits) {}

    std::optional<Refusal> come(const AddressKey& from, std::int64_t now_ms = 0) {
        auto outcome = admission.admit(from, now_ms);
        if (auto* slot = std::get_if<Admission::Slot>(&outcome)) {
            slots.push_back(std::move(*slot));
            return std::nullopt;
        }
        return std::get<Refusal>(outcome);
    }

    Admission admission;
    std::vector<Admission::Slot> slots;
};

TEST(AdmissionTest, CountsInAllAndPerAddress) {
    Door door({3, 2});
    const auto first = key("192.0.2.1");
    EXPECT_EQ(door.come(first), std::nullopt);
    EXPECT_EQ(door.come(first), std::nullopt);
    EXPECT_EQ(door.come(first), Refusal::kAddress);
    EXPECT_EQ(door.come(key("192.0.2.2")), std::nullopt);
    EXPECT_EQ(door.come(key("192.0.2.3")), Refusal::kFull);
    door.slots.pop_back();
    EXPECT_EQ(door.admission.count(), 2U);
    EXPECT_EQ(door.come(key("192.0.2.3")), std::nullopt);
}

TEST(AdmissionTest, TakesANetworkOfIpv6ForOneClient) {
    EXPECT_EQ(key("2001:db8::1"), key("2001:db8::ffff:2"));
    EXPECT_NE(key("2001:db8::1"), key("2001:db8:0:1::1"));
    EXPECT_EQ(key("192.0.2.1"), key("::ffff:192.0.2.1"));
    EXPECT_NE(key("192.0.2.1"), key("::ffff:192.0.2.2"));
}

TEST(AdmissionTest, GivesAWiderIpv6NetworkFourShares) {
    Door door({1000, 2});
    int taken = 0;
    for (int i = 0; i < 20; ++i) {
        taken += door.come(key("2001:db8:1:" + std::to_string(i) + "::1")) ? 0 : 1;
    }
    EXPECT_EQ(taken, 8);
    EXPECT_EQ(door.come(key("2001:db8:2::1")), std::nullopt);
}

TEST(AdmissionTest, TellsWhenTheLastOneLeft) {
    Door door({1, 1});
    ASSERT_EQ(door.come({}), std::nullopt);
    EXPECT_FALSE(door.admission.wait_until_empty(std::chrono::milliseconds(1)));
    std::thread leaving([&door] { door.slots.clear(); });
    EXPECT_TRUE(door.admission.wait_until_empty(std::chrono::seconds(10)));
    leaving.join();
}

TEST(AdmissionTest, BoundsHandshakesThatLeadToNothing) {
    const auto from = key("192.0.2.1");
    Door door({100'000, 100'000, 10});
    int taken = 0;
    for (int i = 0; i < 1000; ++i) {
        taken += door.come(from) ? 0 : 1;
    }
    EXPECT_EQ(taken, 20);  // two seconds' worth at once
    EXPECT_EQ(door.come(from), Refusal::kRate);
    EXPECT_EQ(door.come(key("192.0.2.2")), std::nullopt) << "another address has its own";
    taken = 0;
    for (int i = 0; i < 1000; ++i) {
        taken += door.come(from, 1'000) ? 0 : 1;
    }
    EXPECT_EQ(taken, 10);
}

TEST(AdmissionTest, GivesTheTokenBackForAVerifiedEvent) {
    const auto from = key("192.0.2.1");
    Door door({100'000, 100'000, 10});
    for (int i = 0; i < 1000; ++i) {
        ASSERT_EQ(door.come(from), std::nullopt) << i;
        EXPECT_EQ(door.slots.back().goes_first(), i > 0);
        door.slots.back().prove(0);
        door.slots.back().prove(0);  // once for each connection
        door.slots.clear();
    }
}

TEST(AdmissionTest, LetsAKnownSenderInWhateverItsRateButAfterTheOthers) {
    const auto from = key("192.0.2.1");
    Door door({100'000, 100'000, 10});
    ASSERT_EQ(door.come(from), std::nullopt);
    door.slots.back().prove(0);
    for (int i = 0; i < 1000; ++i) {
        ASSERT_EQ(door.come(from), std::nullopt);
    }
    EXPECT_FALSE(door.slots.back().goes_first());
    EXPECT_TRUE(door.slots.back().is_known());
}

TEST(AdmissionTest, KeepsTheLastSlotsForKnownSenders) {
    Door door({32, 32});
    const auto sender = key("192.0.2.1");
    ASSERT_EQ(door.come(sender), std::nullopt);
    door.slots.back().prove(0);
    door.slots.clear();
    for (int i = 0; i < 30; ++i) {
        EXPECT_EQ(door.come(numbered(i)), std::nullopt);
    }
    EXPECT_TRUE(door.admission.is_crowded());
    EXPECT_EQ(door.come(numbered(30)), Refusal::kFull);
    EXPECT_EQ(door.come(sender, 23 * kHourMs), std::nullopt);
    EXPECT_EQ(door.come(sender, 25 * kHourMs), Refusal::kFull) << "known for a day";
    EXPECT_EQ(door.admission.count(), 31U);
}

TEST(AdmissionTest, RemembersKnownSendersAmongAnyNumberOfStrangers) {
    Door door({16, 16, 10});
    const auto sender = key("192.0.2.1");
    ASSERT_EQ(door.come(sender), std::nullopt);
    door.slots.back().prove(0);
    door.slots.clear();
    for (int i = 0; i < 100'000; ++i) {
        ASSERT_EQ(door.come(numbered(i), i / 100), std::nullopt);
        door.slots.clear();
    }
    ASSERT_EQ(door.come(sender, 1000), std::nullopt);
    EXPECT_TRUE(door.slots.back().is_known());
}

TEST(AdmissionTest, CountsAProxysConnectionForTheClientThatItNames) {
    Admission admission({10, 1});
    auto first = admission.admit_proxy();
    auto second = admission.admit_proxy();
    const auto client = key("192.0.2.1");
    EXPECT_EQ(admission.name_client(std::get<Admission::Slot>(first), client, 0), std::nullopt);
    EXPECT_EQ(admission.name_client(std::get<Admission::Slot>(second), client, 0),
              Refusal::kAddress);
    EXPECT_EQ(admission.count(), 2U);
}

}  // namespace
}  // namespace gatehouse::edge
