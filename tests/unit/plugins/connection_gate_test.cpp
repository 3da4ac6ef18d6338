#include "plugins/connection_gate.hpp"

#include <gtest/gtest.h>

#include <future>

namespace gatehouse::plugins {
namespace {

using namespace std::chrono_literals;

constexpr auto kAtOnce = 0ms;
constexpr auto kPatience = 30s;

TEST(ConnectionGateTest, GivesNoMoreSlotsThanThereAre) {
    ConnectionGate gate(2);
    EXPECT_EQ(gate.enter("a", kAtOnce), 0);
    EXPECT_EQ(gate.enter("b", kAtOnce), 1);
    EXPECT_EQ(gate.enter("c", kAtOnce), std::nullopt);
    gate.leave(0);
    EXPECT_EQ(gate.enter("c", kAtOnce), 0);
}

TEST(ConnectionGateTest, P7_TwoCallsForOneRenterNeverRunAtOnce) {
    ConnectionGate gate(4);
    ASSERT_EQ(gate.enter("ada", kAtOnce), 0);
    EXPECT_EQ(gate.enter("ada", kAtOnce), std::nullopt);
    EXPECT_EQ(gate.enter("bob", kAtOnce), 1);
    gate.leave(0);
    EXPECT_EQ(gate.enter("ada", kAtOnce), 0);
}

TEST(ConnectionGateTest, CallsForNobodyRunBesideEachOther) {
    ConnectionGate gate(2);
    EXPECT_EQ(gate.enter("", kAtOnce), 0);
    EXPECT_EQ(gate.enter("", kAtOnce), 1);
}

TEST(ConnectionGateTest, WhoeverMayGoOnIsWoken) {
    ConnectionGate gate(3);
    ASSERT_EQ(gate.enter("ada", kAtOnce), 0);
    ASSERT_EQ(gate.enter("bob", kAtOnce), 1);
    auto ada = std::async(std::launch::async, [&] { return gate.enter("ada", kPatience); });
    auto bob = std::async(std::launch::async, [&] { return gate.enter("bob", kPatience); });
    gate.leave(1);
    EXPECT_TRUE(bob.get().has_value());
    gate.leave(0);
    EXPECT_TRUE(ada.get().has_value());
}

}  // namespace
}  // namespace gatehouse::plugins
