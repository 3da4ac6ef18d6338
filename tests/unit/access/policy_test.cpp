#include "access/policy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::access {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr UnixMs kNow = 1'800'000'000'000;  // 2027-01-15T08:00Z
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kHourMs = 3'600'000;

std::string day(int days_from_now) {
    return format_utc(kNow + days_from_now * kDayMs).substr(0, 10);
}

Facts occupied() {
    Facts facts;
    facts.rental_id = "r1";
    facts.site_id = "s1";
    facts.unit_id = "u1";
    facts.unit_name = "A12";
    facts.state = "occupied";
    facts.start_date = day(-30);
    facts.renter = Renter{"o1", "Ada", "ada@example.com", "+4512345678", "en"};
    facts.unit_fields = {{"kisi_id", "group:4711"}};
    facts.rental_fields = {{"kisi_overlocked", std::nullopt}};
    return facts;
}

SiteRules rules() {
    SiteRules site;
    site.connection = "doors";
    site.plugin = "kisi";
    site.fields = "kisi";
    site.shared_targets = {"group:900"};
    site.renter_key = {"email"};
    return site;
}

Memory holding(Desired desired, std::optional<std::string> written = std::nullopt) {
    return Memory{true, std::move(desired), std::move(written)};
}

// One row: what is true, and the state that follows.
struct Row {
    const char* name;
    const char* state;
    bool is_overdue;
    const char* overlocked;          // the field now; null = empty
    const char* overlocked_written;  // as we last wrote it; null = never
    bool was_staff;                  // the last desired access had the staff overlock
    int start_in_days;
    const char* expected;
};

void PrintTo(const Row& row, std::ostream* out) {
    *out << row.name;
}

class PolicyTableTest : public testing::TestWithParam<Row> {};

TEST_P(PolicyTableTest, P7_GivesTheExpectedState) {
    const Row& row = GetParam();
    Facts facts = occupied();
    facts.state = row.state;
    facts.is_overdue = row.is_overdue;
    facts.start_date = day(row.start_in_days);
    if (row.overlocked != nullptr) {
        facts.rental_fields["kisi_overlocked"] = row.overlocked;
    }
    Desired last;
    last.state = AccessState::kActive;
    last.overlock.is_staff = row.was_staff;
    const auto written = row.overlocked_written == nullptr
                             ? std::nullopt
                             : std::optional<std::string>(row.overlocked_written);
    const Result<Decision> decision = decide(facts, rules(), holding(last, written), kNow);
    ASSERT_TRUE(decision.has_value()) << decision.error().message;
    ASSERT_TRUE(decision->desired.has_value());
    EXPECT_EQ(to_string(decision->desired->state), row.expected);
    EXPECT_FALSE(decision->desired->reasons.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, PolicyTableTest,
    testing::Values(
        //   name                       state    overdue  field   written  staff  start  expected
        Row{"plain", "occupied", false, nullptr, nullptr, false, -30, "active"},
        Row{"today", "occupied", false, nullptr, nullptr, false, 0, "active"},
        Row{"future", "occupied", false, nullptr, nullptr, false, 3, "scheduled"},
        Row{"overdue", "occupied", true, nullptr, nullptr, false, -30, "suspended"},
        Row{"overdue before start", "occupied", true, nullptr, nullptr, false, 3, "suspended"},
        Row{"ticked by staff", "occupied", false, "true", nullptr, false, -30, "suspended"},
        Row{"ticked by staff after we unticked", "occupied", false, "true", "false", false, -30,
            "suspended"},
        Row{"ticked by us for debt, paid", "occupied", false, "true", "true", false, -30, "active"},
        Row{"ticked by us for staff, stays", "occupied", false, "true", "true", true, -30,
            "suspended"},
        Row{"unticked by staff", "occupied", false, "false", "true", true, -30, "active"},
        Row{"unticked by staff, still overdue", "occupied", true, "false", "true", true, -30,
            "suspended"},
        Row{"both causes", "occupied", true, "true", "false", false, -30, "suspended"},
        Row{"ended", "ended", false, nullptr, nullptr, false, -30, "ended"},
        Row{"ended wins over staff", "ended", false, "true", nullptr, false, -30, "ended"},
        Row{"ended wins over debt", "ended", true, nullptr, nullptr, false, -30, "ended"},
        Row{"cancelled", "canceled", false, nullptr, nullptr, false, 3, "ended"},
        Row{"abandoned", "abandoned", false, nullptr, nullptr, false, 3, "ended"},
        Row{"reserved again", "reserved", false, nullptr, nullptr, false, 3, "ended"},
        Row{"submitted again", "submitted", true, nullptr, nullptr, false, 3, "ended"}));

// What is wrong with the unit or the renter keeps nobody from being locked out.
TEST(PolicyTest, P7_WhatIsHeldIsSuspendedThoughNothingNewCouldBeGiven) {
    Desired last;
    last.state = AccessState::kActive;
    last.targets = {"group:4711"};
    last.renter = occupied().renter;
    SiteRules site = rules();
    site.shared_targets.clear();
    for (const char* fault : {"no target", "a bad target", "no e-mail"}) {
        Facts facts = occupied();
        const std::string what = fault;
        if (what == "no target") facts.unit_fields.clear();
        if (what == "a bad target") facts.unit_fields["kisi_id"] = "4711";
        if (what == "no e-mail") facts.renter.email.clear();
        const Memory memory = holding(last, std::nullopt);
        EXPECT_FALSE(decide(facts, site, memory, kNow).has_value()) << fault;
        facts.is_overdue = true;
        const Result<Decision> decision = decide(facts, site, memory, kNow);
        ASSERT_TRUE(decision.has_value()) << fault << ": " << decision.error().message;
        EXPECT_EQ(decision->desired->state, AccessState::kSuspended) << fault;
        EXPECT_THAT(decision->desired->targets, ElementsAre("group:4711")) << fault;
        EXPECT_EQ(decision->desired->renter.email, last.renter.email) << fault;
        EXPECT_FALSE(decide(facts, site, Memory{}, kNow).has_value()) << "nothing is held";
    }
}

TEST(PolicyTest, BeforeTheMoveInThereIsNothingToDo) {
    for (const char* state : {"submitted", "reserved", "pre_completed"}) {
        Facts facts = occupied();
        facts.state = state;
        const Result<Decision> decision = decide(facts, rules(), Memory{}, kNow);
        ASSERT_TRUE(decision.has_value()) << state;
        EXPECT_FALSE(decision->desired.has_value()) << state;
        EXPECT_FALSE(decision->note.empty()) << state;
    }
}

TEST(PolicyTest, P6_AnUnknownStateChangesNothing) {
    for (const char* state : {"", "OCCUPIED", "active", "paused"}) {
        Facts facts = occupied();
        facts.state = state;
        const Result<Decision> decision = decide(facts, rules(), Memory{}, kNow);
        ASSERT_FALSE(decision.has_value()) << state;
        EXPECT_EQ(decision.error().kind, ErrorKind::kConflict);
    }
}

TEST(PolicyTest, P6_AStateThatIsNotProvenEndsNothing) {
    Facts facts = occupied();
    facts.state = "pre_completed";
    const Result<Decision> decision = decide(facts, rules(), holding(Desired{}), kNow);
    ASSERT_FALSE(decision.has_value());
    EXPECT_EQ(decision.error().kind, ErrorKind::kConflict);
}

TEST(PolicyTest, AnEndOfNothingIsNothing) {
    Facts facts = occupied();
    facts.state = "ended";
    EXPECT_FALSE(decide(facts, rules(), Memory{}, kNow)->desired.has_value());
}

TEST(PolicyTest, TargetsAreTheUnitsOwnThenTheSharedOnesWithoutRepeats) {
    Facts facts = occupied();
    facts.unit_fields["kisi_id"] = " group:4711 ,group:900,, group:4712,group:4711";
    EXPECT_THAT(decide(facts, rules(), Memory{}, kNow)->desired->targets,
                ElementsAre("group:4711", "group:900", "group:4712"));
}

TEST(PolicyTest, SharedTargetsAloneAreEnough) {
    Facts facts = occupied();
    facts.unit_fields.clear();
    EXPECT_THAT(decide(facts, rules(), Memory{}, kNow)->desired->targets, ElementsAre("group:900"));
}

TEST(PolicyTest, AUnitWithoutATargetIsNamedWithItsField) {
    Facts facts = occupied();
    facts.unit_fields["kisi_id"] = " , ";
    SiteRules site = rules();
    site.shared_targets.clear();
    const Result<Decision> decision = decide(facts, site, Memory{}, kNow);
    ASSERT_FALSE(decision.has_value());
    EXPECT_EQ(decision.error().kind, ErrorKind::kNotFound);
    EXPECT_THAT(decision.error().message, HasSubstr("A12"));
    EXPECT_THAT(decision.error().message, HasSubstr("kisi_id"));
}

TEST(PolicyTest, ATargetWithoutKindIsInvalid) {
    for (const char* target : {"4711", ":4711", "group:", "group: 4711"}) {
        Facts facts = occupied();
        facts.unit_fields["kisi_id"] = target;
        const Result<Decision> decision = decide(facts, rules(), Memory{}, kNow);
        ASSERT_FALSE(decision.has_value()) << target;
        EXPECT_EQ(decision.error().kind, ErrorKind::kInvalid);
    }
}

TEST(PolicyTest, ARenterWithoutWhatTheVendorNeedsIsInvalid) {
    Facts facts = occupied();
    facts.renter.email.clear();
    const Result<Decision> decision = decide(facts, rules(), Memory{}, kNow);
    ASSERT_FALSE(decision.has_value());
    EXPECT_EQ(decision.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(decision.error().message, HasSubstr("e-mail"));
}

TEST(PolicyTest, AnEndNeedsNeitherTargetNorEmail) {
    Facts facts = occupied();
    facts.state = "ended";
    facts.unit_fields.clear();
    facts.renter.email.clear();
    EXPECT_EQ(decide(facts, rules(), holding(Desired{}), kNow)->desired->state,
              AccessState::kEnded);
}

TEST(PolicyTest, TheSiteMayForgiveDebt) {
    Facts facts = occupied();
    facts.is_overdue = true;
    SiteRules site = rules();
    site.overlock_on_overdue = false;
    EXPECT_EQ(decide(facts, site, Memory{}, kNow)->desired->state, AccessState::kActive);
}

TEST(PolicyTest, P4_AScheduledStartStaysTheSameOncePast) {
    Facts facts = occupied();
    facts.start_date = day(3);
    const Desired scheduled = *decide(facts, rules(), Memory{}, kNow)->desired;
    ASSERT_TRUE(scheduled.from_ms.has_value());
    const Desired begun = *decide(facts, rules(), holding(scheduled), kNow + 4 * kDayMs)->desired;
    EXPECT_EQ(begun.state, AccessState::kActive);
    EXPECT_EQ(begun.from_ms, scheduled.from_ms);
}

TEST(PolicyTest, TheStartDayBeginsInTheSitesTimeZone) {
    Facts facts = occupied();
    facts.start_date = "2027-01-16";  // in Hong Kong from 2027-01-15T16:00Z
    SiteRules site = rules();
    site.time_zone = "Asia/Hong_Kong";
    const Decision before = *decide(facts, site, Memory{}, kNow + 8 * kHourMs - 1);
    EXPECT_EQ(before.desired->state, AccessState::kScheduled);
    EXPECT_EQ(before.again_ms, kNow + 8 * kHourMs);
    EXPECT_EQ(before.desired->from_ms, before.again_ms);
    const Decision begun = *decide(facts, site, Memory{}, kNow + 8 * kHourMs);
    EXPECT_EQ(begun.desired->state, AccessState::kActive);
    EXPECT_FALSE(begun.again_ms.has_value());
}

// The moments around the last day of a rental that moves out when clocks change: the day has 25
// hours, and the renter may enter in all of them.
TEST(PolicyTest, TheMoveOutDayEndsInTheSitesTimeZoneOnADayOf25Hours) {
    Facts facts = occupied();
    facts.start_date = "2026-01-01";
    facts.end_date = "2026-10-25";
    SiteRules site = rules();
    site.time_zone = "Europe/Copenhagen";
    const UnixMs end_ms = *parse_utc("2026-10-25T23:00Z");
    const Decision last_moment = *decide(facts, site, Memory{}, end_ms - 1);
    EXPECT_EQ(last_moment.desired->state, AccessState::kActive);
    EXPECT_EQ(last_moment.desired->until_ms, end_ms);
    EXPECT_EQ(last_moment.again_ms, end_ms);
    const Decision over = *decide(facts, site, holding(*last_moment.desired), end_ms);
    EXPECT_EQ(over.desired->state, AccessState::kEnded);
    EXPECT_EQ(over.desired->reasons.front(), "moved out on 2026-10-25");
    EXPECT_EQ(over.desired->until_ms, end_ms);
    EXPECT_FALSE(over.again_ms.has_value());
}

TEST(PolicyTest, TheMoveOutDayEndsWhereMidnightDoesNotExist) {
    Facts facts = occupied();
    facts.start_date = "2025-01-01";
    facts.end_date = "2025-09-06";  // then clocks go from 24:00 to 01:00
    SiteRules site = rules();
    site.time_zone = "America/Santiago";
    EXPECT_EQ(decide(facts, site, Memory{}, *parse_utc("2025-09-07T03:59Z"))->again_ms,
              *parse_utc("2025-09-07T04:00Z"));
}

TEST(PolicyTest, CancellingTheMoveOutRestores) {
    Facts facts = occupied();
    facts.end_date = day(-1);
    const Memory held = holding(*decide(occupied(), rules(), Memory{}, kNow)->desired);
    Memory ended{false, decide(facts, rules(), held, kNow)->desired, std::nullopt};
    EXPECT_EQ(ended.desired->state, AccessState::kEnded);
    EXPECT_FALSE(decide(facts, rules(), ended, kNow)->desired.has_value());
    const Decision restored = *decide(occupied(), rules(), ended, kNow);
    EXPECT_EQ(restored.desired->state, AccessState::kActive);
    EXPECT_FALSE(restored.desired->until_ms.has_value());
}

TEST(PolicyTest, ARentalThatMovesOutBeforeItBeginsIsNeverGranted) {
    Facts facts = occupied();
    facts.start_date = day(5);
    facts.end_date = day(4);
    EXPECT_FALSE(decide(facts, rules(), Memory{}, kNow)->desired.has_value());
}

TEST(PolicyTest, P6_ADateThatIsNoneEndsNothing) {
    Facts facts = occupied();
    facts.end_date = "soon";
    EXPECT_EQ(decide(facts, rules(), holding(Desired{}), kNow).error().kind,
              ErrorKind::kUnavailable);
}

// Every combination of state, debt, staff's box and dates against the precedence written down once.
TEST(PolicyTest, P7_PrecedenceHoldsInEveryCombination) {
    int combinations = 0;
    for (const char* state : {"occupied", "ended", "canceled", "cancelled", "abandoned"}) {
        for (const bool is_overdue : {false, true}) {
            for (const bool is_staff : {false, true}) {
                for (const int start : {-30, 0, 1, 30}) {
                    for (const int end : {-31, -1, 0, 1, 40, 99}) {
                        Facts facts = occupied();
                        facts.state = state;
                        facts.is_overdue = is_overdue;
                        facts.rental_fields["kisi_overlocked"] = is_staff ? "true" : "false";
                        facts.start_date = day(start);
                        if (end != 99) facts.end_date = day(end);
                        const bool is_over =
                            facts.state != "occupied" || end < 0 || (end != 99 && end < start);
                        const AccessState expected = is_over       ? AccessState::kEnded
                                                     : is_staff    ? AccessState::kSuspended
                                                     : is_overdue  ? AccessState::kSuspended
                                                     : (start > 0) ? AccessState::kScheduled
                                                                   : AccessState::kActive;
                        const Result<Decision> held =
                            decide(facts, rules(), holding(Desired{}), kNow);
                        const Result<Decision> fresh = decide(facts, rules(), Memory{}, kNow);
                        ASSERT_TRUE(held && fresh);
                        ASSERT_EQ(held->desired->state, expected);
                        ASSERT_EQ(fresh->desired.has_value(), !is_over);
                        const std::string& reason = held->desired->reasons.front();
                        if (!is_over && is_staff) {
                            ASSERT_EQ(reason, "overlocked by staff");
                        }
                        if (held->again_ms) {
                            ASSERT_GT(*held->again_ms, kNow);
                        }
                        ++combinations;
                    }
                }
            }
        }
    }
    EXPECT_EQ(combinations, 5 * 2 * 2 * 4 * 6);
}

TEST(PolicyTest, SitesAreFoundByIdThenCodeThenStar) {
    const auto site = [](const char* name) {
        config::Site made;
        made.site = name;
        return made;
    };
    const std::vector<config::Site> sites{site("*"), site("hk1"), site("5bf4")};
    EXPECT_EQ(find_site(sites, "5bf4", "hk1")->site, "5bf4");
    EXPECT_EQ(find_site(sites, "other", "hk1")->site, "hk1");
    EXPECT_EQ(find_site(sites, "other", "")->site, "*");
    EXPECT_EQ(find_site({site("hk1")}, "other", "xx"), nullptr);
}

}  // namespace
}  // namespace gatehouse::access
