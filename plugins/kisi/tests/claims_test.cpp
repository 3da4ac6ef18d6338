#include "claims.hpp"

#include <gtest/gtest.h>

namespace gatehouse::kisi {
namespace {

constexpr std::int64_t kNow = 1'780'000'000'000;
constexpr std::int64_t kDay = 86'400'000;

TEST(ClaimsTest, SurviveBeingWrittenAndRead) {
    Claims claims(Json{{"team", "blue"}, {"gatehouse-renter", "o1"}});
    claims.set("r1", {{kNow, kNow + kDay}, {900, 4711}}, 0);
    claims.set("r2", {{}, {900}}, 0);
    const Json metadata = claims.metadata();
    EXPECT_EQ(metadata["team"], "blue");
    EXPECT_EQ(metadata["gatehouse_r2"], "||900");
    const Claims read(metadata);
    ASSERT_NE(read.of("r1"), nullptr);
    EXPECT_EQ(read.of("r1")->groups, (std::set<Id>{900, 4711}));
    EXPECT_EQ(read.of("r1")->window.from_ms, kNow);
    EXPECT_EQ(read.of("r1")->window.until_ms, kNow + kDay);
    EXPECT_EQ(read.metadata(), metadata);
}

TEST(ClaimsTest, WhatIsNoClaimIsKeptAndNotRead) {
    const Json metadata = {{"gatehouse_r1", "x|y|z"},
                           {"gatehouse_r2", 7},
                           {"note", nullptr},
                           {"gatehouse_r3", "||1,"},
                           {"gatehouse_r4", "||1,x"}};
    const Claims claims(metadata);
    EXPECT_EQ(claims.of("r1"), nullptr);
    EXPECT_EQ(claims.of("r2"), nullptr);
    EXPECT_EQ(claims.of("r4"), nullptr);
    EXPECT_EQ(claims.metadata()["gatehouse_r1"], "x|y|z");
    EXPECT_TRUE(Claims(Json("text")).metadata().empty());
    EXPECT_TRUE(Claims(Json()).metadata().empty());
}

TEST(ClaimsTest, ATakenBackClaimIsWrittenAsADashAndForgottenLater) {
    Claims claims(Json{{"gatehouse_r1", "||900"}});
    claims.set("r1", {}, kNow);
    EXPECT_EQ(claims.of("r1"), nullptr);
    EXPECT_EQ(claims.metadata()["gatehouse_r1"], "-");
    EXPECT_TRUE(Claims(claims.metadata()).metadata().empty());
}

TEST(ClaimsTest, NameTheirBusiness) {
    Claims claims(Json{{"gatehouse_r1", "||900|globex"}, {"gatehouse_r2", "||901"}}, "acme");
    EXPECT_EQ(claims.of("r1")->business, "globex");
    EXPECT_EQ(claims.of("r1")->groups, std::set<Id>{900});
    claims.set("r2", {{}, {901}}, kNow);
    EXPECT_EQ(claims.metadata()["gatehouse_r1"], "||900|globex");
    EXPECT_EQ(claims.metadata()["gatehouse_r2"], "||901|acme") << "an older note learns its own";
}

TEST(ClaimsTest, TheWidestWindowIsNeeded) {
    Claims claims;
    EXPECT_FALSE(claims.needed(900, kNow));
    claims.set("r1", {{kNow + kDay, kNow + 2 * kDay}, {900}}, kNow);
    claims.set("r2", {{kNow + 2 * kDay, kNow + 9 * kDay}, {900, 901}}, kNow);
    EXPECT_EQ(claims.needed(900, kNow)->from_ms, kNow + kDay);
    EXPECT_EQ(claims.needed(900, kNow)->until_ms, kNow + 9 * kDay);
    EXPECT_EQ(claims.needed(901, kNow)->from_ms, kNow + 2 * kDay);
    claims.set("r3", {{}, {900}}, kNow);
    EXPECT_EQ(claims.needed(900, kNow)->from_ms, std::nullopt);
    EXPECT_EQ(claims.needed(900, kNow)->until_ms, std::nullopt);
}

TEST(ClaimsTest, NoTimeIsNeededAtWhichNoRentalLetsIn) {
    Claims claims;
    claims.set("over", {{kNow - 3 * kDay, kNow - kDay}, {900}}, kNow - 3 * kDay);
    claims.set("next", {{kNow + kDay, kNow + 2 * kDay}, {900}}, kNow);
    claims.set("later", {{kNow + 3 * kDay, std::nullopt}, {900}}, kNow);
    EXPECT_EQ(claims.needed(900, kNow)->from_ms, kNow + kDay);
    EXPECT_EQ(claims.needed(900, kNow)->until_ms, kNow + 2 * kDay);
    EXPECT_EQ(claims.needed(900, kNow + 2 * kDay)->from_ms, kNow + 3 * kDay);
    claims.set("bridge", {{kNow + 2 * kDay, kNow + 3 * kDay}, {900}}, kNow);
    EXPECT_EQ(claims.needed(900, kNow)->from_ms, kNow + kDay);
    EXPECT_EQ(claims.needed(900, kNow)->until_ms, std::nullopt);
}

TEST(ClaimsTest, WhatDoesNotFitIsInvalid) {
    Claims claims;
    Claim many;
    for (Id id = 1'000'000; id < 1'000'100; ++id) {
        many.groups.insert(id);
    }
    EXPECT_THROW(claims.set("r1", many, kNow), sdk::Error);
    EXPECT_THROW(claims.set(std::string(60, 'r'), {{}, {1}}, kNow), sdk::Error);
}

}  // namespace
}  // namespace gatehouse::kisi
