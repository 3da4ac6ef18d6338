#include "access/event_word.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/access/look_world.hpp"

namespace gatehouse::access {
namespace {

using testing::HasSubstr;

SiteRules rules_with(bool overlocks) {
    SiteRules rules;
    rules.overlock_on_overdue = overlocks;
    return rules;
}

bool differs(const EventWord& word, const Facts& facts, bool overlocks = true) {
    return !contradiction(word, facts, rules_with(overlocks)).empty();
}

Facts in_state(const std::string& state) {
    Facts facts;
    facts.state = state;
    return facts;
}

TEST(EventWordTest, AMoveIsContradictedByAnEarlierState) {
    const EventWord moved_in{.is_moved_in = true};
    const EventWord over{.is_over = true};
    for (const char* state : {"submitted", "reserved", "pre_completed"}) {
        EXPECT_TRUE(differs(moved_in, in_state(state))) << state;
        EXPECT_TRUE(differs(over, in_state(state))) << state;
    }
    EXPECT_FALSE(differs(moved_in, in_state("occupied")));
    EXPECT_TRUE(differs(over, in_state("occupied")));
    for (const char* state : {"ended", "cancelled", "abandoned", "a new word"}) {
        EXPECT_FALSE(differs(moved_in, in_state(state))) << state;
        EXPECT_FALSE(differs(over, in_state(state))) << state;
    }
}

TEST(EventWordTest, ADebtIsContradictedWhereItLocks) {
    for (const bool is_overdue : {false, true}) {
        for (const bool overlocks : {false, true}) {
            Facts facts = in_state("occupied");
            facts.is_overdue = is_overdue;
            EXPECT_EQ(differs({.is_overdue = true}, facts, overlocks), overlocks && !is_overdue);
            EXPECT_EQ(differs({.is_paid = true}, facts, overlocks), overlocks && is_overdue);
            facts.state = "ended";
            EXPECT_FALSE(differs({.is_overdue = true, .is_paid = true}, facts, overlocks));
        }
    }
}

TEST(EventWordTest, APlanIsContradictedByItsOpposite) {
    Facts facts = in_state("occupied");
    EXPECT_TRUE(differs({.is_leaving = true}, facts));
    EXPECT_FALSE(differs({.is_staying = true}, facts));
    facts.move_out_job_id = "j1";
    EXPECT_FALSE(differs({.is_leaving = true}, facts));
    EXPECT_TRUE(differs({.is_staying = true}, facts));
    facts.state = "ended";
    EXPECT_FALSE(differs({.is_staying = true}, facts));
}

TEST(EventWordTest, WithoutAWordNothingIsInDoubt) {
    for (const char* state : {"submitted", "occupied", "ended", ""}) {
        Facts facts = in_state(state);
        facts.is_overdue = true;
        facts.move_out_job_id = "j1";
        EXPECT_FALSE(differs({}, facts)) << state;
    }
}

// What is read in doubt does nothing, whatever is held; without a doubt left it is believed.
TEST_F(LookTest, FactsThatContradictTheirEventAreLeftAloneUntilTheyAreBelieved) {
    LookOptions paid{.word = {.is_paid = true}, .doubt_ms = 5'000};
    ASSERT_TRUE(look().status);
    facts().is_overdue = true;
    const std::size_t calls = plugins_.documents.size();
    const int writes = source_.writes;
    const Look doubted = look("r1", paid);
    ASSERT_FALSE(doubted.status);
    EXPECT_EQ(doubted.status.error().kind, ErrorKind::kPending);
    EXPECT_EQ(doubted.status.error().retry_after_ms, 5'000);
    EXPECT_THAT(doubted.status.error().message, HasSubstr("the event says paid"));
    EXPECT_EQ(plugins_.documents.size(), calls);
    EXPECT_EQ(source_.writes, writes) << "staff are not told of a moment";

    paid.doubt_ms.reset();
    EXPECT_TRUE(look("r1", paid).status);
    EXPECT_EQ(plugins_.documents.back().at("state"), "suspended");
}

TEST_F(LookTest, AMoveInThatIsNotVisibleYetIsGrantedWhenItIs) {
    const LookOptions moved_in{.word = {.is_moved_in = true}, .doubt_ms = 2'000};
    facts().state = "reserved";
    EXPECT_EQ(look("r1", moved_in).status.error().kind, ErrorKind::kPending);
    facts().state = "occupied";
    EXPECT_TRUE(look("r1", moved_in).status);
    EXPECT_EQ(plugins_.documents.size(), 1U);
}

TEST_F(LookTest, P6_AnUnknownStateOfWhatIsHeldIsTriedAgainAndOfNothingEndsWell) {
    facts().state = "paused";
    const Look nothing = look();
    EXPECT_TRUE(nothing.status);
    EXPECT_EQ(nothing.unknown_state, "paused");
    facts().state = "occupied";
    ASSERT_TRUE(look().status);
    facts().state = "paused";
    const Look held = look();
    EXPECT_EQ(held.status.error().kind, ErrorKind::kConflict);
    EXPECT_EQ(held.unknown_state, "paused");
    EXPECT_EQ(plugins_.documents.size(), 1U);
}

TEST_F(LookTest, P6_AUnitThatTheAnswerLacksIsNotTakenAway) {
    ASSERT_TRUE(look().status);
    facts().state = "reserved";
    facts().unit_id.clear();
    EXPECT_EQ(look().status.error().kind, ErrorKind::kUnavailable);
    EXPECT_EQ(plugins_.documents.size(), 1U);
}

}  // namespace
}  // namespace gatehouse::access
