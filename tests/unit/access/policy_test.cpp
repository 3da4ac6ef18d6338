#include "access/policy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::access {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr UnixMs kNow = 1'800'000'000'000;
constexpr std::int64_t kDayMs = 86'400'000;

Facts occupied() {
    Facts facts;
    facts.rental_id = "r1";
    facts.site_id = "s1";
    facts.unit_id = "u1";
    facts.unit_name = "A12";
    facts.state = "occupied";
    facts.start_ms = kNow - 30 * kDayMs;
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
    const char* expected;  // null = nothing is to be done
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
    facts.start_ms = kNow + row.start_in_days * kDayMs;
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
    if (row.expected == nullptr) {
        EXPECT_FALSE(decision->desired.has_value());
        EXPECT_FALSE(decision->note.empty());
        return;
    }
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
        Row{"reserved", "reserved", false, nullptr, nullptr, false, 3, nullptr},
        Row{"submitted", "submitted", true, nullptr, nullptr, false, 3, nullptr}));

TEST(PolicyTest, P6_AnUnknownStateChangesNothing) {
    for (const char* state : {"", "OCCUPIED", "active", "paused"}) {
        Facts facts = occupied();
        facts.state = state;
        const Result<Decision> decision = decide(facts, rules(), Memory{}, kNow);
        ASSERT_FALSE(decision.has_value()) << state;
        EXPECT_EQ(decision.error().kind, ErrorKind::kConflict);
    }
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
    facts.start_ms = kNow + 3 * kDayMs;
    const Desired scheduled = *decide(facts, rules(), Memory{}, kNow)->desired;
    ASSERT_TRUE(scheduled.from_ms.has_value());
    const Desired begun = *decide(facts, rules(), holding(scheduled), kNow + 4 * kDayMs)->desired;
    EXPECT_EQ(begun.state, AccessState::kActive);
    EXPECT_EQ(begun.from_ms, scheduled.from_ms);
}

TEST(PolicyTest, ADateBeginsWhereItsDayBeginsFirst) {
    Facts facts = occupied();
    facts.start_ms = kNow + 13 * 3'600'000;  // tomorrow in UTC, today in Hong Kong
    EXPECT_EQ(decide(facts, rules(), Memory{}, kNow)->desired->state, AccessState::kActive);
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
