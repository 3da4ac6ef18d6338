#include "plugins/lane_room.hpp"

#include <gtest/gtest.h>

namespace gatehouse::plugins {
namespace {

using namespace std::chrono_literals;
using Time = LaneRoom::Time;

class LaneRoomTest : public testing::Test {
  protected:
    // How many of `count` calls may begin, one each of connections that were never seen.
    std::size_t begin_unknown(std::size_t count, Time now) {
        std::size_t begun = 0;
        for (std::size_t i = 0; i < count; ++i)
            begun += room_.begin("unknown" + std::to_string(next_++), now) ? 1U : 0U;
        return begun;
    }

    // A call that took so long.
    void call(const std::string& connection, std::chrono::milliseconds took) {
        ASSERT_TRUE(room_.begin(connection, start_));
        room_.end(connection, start_, start_ + took);
    }

    LaneRoom room_;
    const Time start_{1h};
    int next_ = 0;
};

TEST_F(LaneRoomTest, EverybodyMayComeWhileThereIsRoom) {
    EXPECT_EQ(begin_unknown(LaneRoom::kOfUnknown, start_), LaneRoom::kOfUnknown);
}

TEST_F(LaneRoomTest, P10_WhoseCallsAreQuickFindsRoomBesideAnyNumberOfOthers) {
    call("calm", 20ms);
    EXPECT_EQ(begin_unknown(10'000, start_), LaneRoom::kOfUnknown);
    for (std::size_t i = LaneRoom::kOfUnknown; i < LaneRoom::kCalls; ++i)
        EXPECT_TRUE(room_.begin("calm", start_)) << i;
    EXPECT_FALSE(room_.begin("calm", start_)) << "the runner has no thread for more";
}

TEST_F(LaneRoomTest, WhoHasASlowCallUnderWayLeavesHalfToTheOthers) {
    ASSERT_TRUE(room_.begin("slow", start_));
    ASSERT_EQ(begin_unknown(LaneRoom::kOfSlow - 2, start_), LaneRoom::kOfSlow - 2);
    const Time later = start_ + LaneRoom::kSlow;
    EXPECT_TRUE(room_.begin("slow", later));
    EXPECT_FALSE(room_.begin("slow", later)) << "half is taken";
    EXPECT_TRUE(room_.begin("another", later));
}

TEST_F(LaneRoomTest, TheLastCallTellsWhoIsQuick) {
    call("once slow", 5s);
    call("once slow", 20ms);
    call("once quick", 20ms);
    call("once quick", 5s);
    begin_unknown(LaneRoom::kOfUnknown, start_);
    EXPECT_TRUE(room_.begin("once slow", start_));
    EXPECT_FALSE(room_.begin("once quick", start_));
}

TEST_F(LaneRoomTest, RoomComesBackWithEachEnd) {
    for (int round = 0; round < 3; ++round) {
        next_ = 0;
        EXPECT_EQ(begin_unknown(100, start_), LaneRoom::kOfUnknown);
        for (std::size_t i = 0; i < LaneRoom::kOfUnknown; ++i)
            room_.end("unknown" + std::to_string(i), start_, start_ + 10s);
        room_.end("unknown0", start_, start_ + 10s);  // once is enough
    }
}

}  // namespace
}  // namespace gatehouse::plugins
