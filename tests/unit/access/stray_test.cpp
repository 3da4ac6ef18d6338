#include "access/stray.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/access/look_world.hpp"

namespace gatehouse::access {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Stray under(const std::string& email, const std::string& target = "group:4711") {
    return {"doors", target, email, "", {{"user", 9}}};
}

Desired of(const std::string& email, const std::string& phone = "") {
    Desired desired;
    desired.targets = {"group:4711"};
    desired.renter = Renter{"o1", "Ada", email, phone, ""};
    return desired;
}

TEST(IsOtherRight, WhatTheReferencesNameIsHeldWhateverItsAddress) {
    const json references = {{"user", 9}, {"assignments", {{"4711", 3}}}};
    EXPECT_FALSE(is_other_right(under("old@example.com"), of("ada@example.com"), references));
    EXPECT_TRUE(is_other_right(under("old@example.com"), of("ada@example.com"), json::object()));
    Stray nameless = under("old@example.com");
    nameless.references = json::object();
    EXPECT_TRUE(is_other_right(nameless, of("ada@example.com"), references));
}

TEST(IsOtherRight, AddressesDecideAndInDoubtItIsTheSame) {
    const json none = json::object();
    EXPECT_FALSE(is_other_right(under("ADA@example.com", "group:1"), of("ada@example.com"), none));
    EXPECT_FALSE(is_other_right(under("ada@example.com"), of(""), none));
    Stray phone{"doors", "lock:1", "", "+4790012345", {{"key", "k"}}};
    EXPECT_FALSE(is_other_right(phone, of("", "900 12 345"), none));
    EXPECT_FALSE(is_other_right(phone, of("ada@example.com"), none));
    EXPECT_TRUE(is_other_right(phone, of("", "+47 900 54 321"), none));
}

TEST(IsOtherRight, WithoutAnAddressTheTargetDecides) {
    const json none = json::object();
    EXPECT_FALSE(is_other_right(under(""), of("ada@example.com"), none));
    EXPECT_TRUE(is_other_right(under("", "group:1"), of("ada@example.com"), none));
}

TEST(StrayDesk, KeepsEachOnceAndGivesThemAway) {
    StrayDesk desk;
    desk.put("acme", "r1", under("a@example.com"));
    desk.put("acme", "r1", under("a@example.com"));
    desk.put("acme", "r1", under("b@example.com"));
    desk.put("other", "r1", under("c@example.com"));
    EXPECT_THAT(desk.take("acme", "r1"), SizeIs(2));
    EXPECT_THAT(desk.take("acme", "r1"), IsEmpty());
    EXPECT_THAT(desk.take("other", "r1"), SizeIs(1));
}

TEST(StrayDesk, HasABound) {
    StrayDesk desk;
    for (int i = 0; i < 100; ++i) {
        desk.put("acme", "r1", under(std::to_string(i) + "@example.com"));
    }
    EXPECT_THAT(desk.take("acme", "r1"), SizeIs(50));
}

class StrayLookTest : public LookTest {
  protected:
    StrayLookTest() {
        look();
        plugins_.documents.clear();
    }

    void found(const Stray& stray, const std::string& id = "r1") {
        reconciler_.strays().put("acme", id, stray);
    }

    static constexpr LookOptions kSweptLook{.is_swept = true, .is_verify = true};
};

TEST_F(StrayLookTest, P5_ARightUnderAFormerAddressIsEnded) {
    found(under("old@example.com"));
    EXPECT_TRUE(look("r1", kSweptLook).status);
    ASSERT_THAT(plugins_.documents, SizeIs(2));
    const json& end = plugins_.documents[0];
    EXPECT_EQ(end.at("state"), "ended");
    EXPECT_EQ(end.at("renter").at("email"), "old@example.com");
    EXPECT_EQ(end.at("targets"), json::array({"group:4711"}));
    EXPECT_EQ(end.at("references"), json({{"user", 9}}));
    EXPECT_EQ(plugins_.documents[1].at("state"), "active");
    EXPECT_EQ(plugins_.documents[1].at("renter").at("email"), "ada@example.com");
    EXPECT_THAT(said_, HasSubstr("beside its access"));
    EXPECT_EQ(plugins_.documents[1].at("references"), json({{"user", 7}}));

    plugins_.documents.clear();
    EXPECT_TRUE(look().status);
    EXPECT_THAT(plugins_.documents, IsEmpty());
}

TEST_F(StrayLookTest, WhatIsHeldByNowIsNoStray) {
    facts().renter.email = "new@example.com";
    found(under("new@example.com"));
    EXPECT_TRUE(look("r1", kSweptLook).status);
    ASSERT_THAT(plugins_.documents, SizeIs(1));
    EXPECT_EQ(plugins_.documents[0].at("state"), "active");

    found(under("new@example.com"));
    found(Stray{"doors", "group:4711", "elsewhere@example.com", "", {{"user", 7}}});
    plugins_.documents.clear();
    EXPECT_TRUE(look().status);
    EXPECT_THAT(plugins_.documents, IsEmpty());
}

TEST_F(StrayLookTest, P6_FactsThatCannotBeReadEndNothing) {
    found(under("old@example.com"));
    source_.error = Error{ErrorKind::kUnavailable, "down"};
    EXPECT_FALSE(look("r1", kSweptLook).status);
    EXPECT_THAT(plugins_.documents, IsEmpty());
    source_.error.reset();
    EXPECT_TRUE(look("r1").status);
    ASSERT_THAT(plugins_.documents, SizeIs(2));
    EXPECT_EQ(plugins_.documents[0].at("state"), "ended");
}

TEST_F(StrayLookTest, P6_ManyAtOnceWaitForAPerson) {
    business_.sites[0].fuse.max_ends = 1;
    business_.sites[0].fuse.max_share = 0;
    for (const char* id : {"r2", "r3"}) {
        add_rental(id);
        look(id);
        found(under("old@example.com"), id);
    }
    plugins_.documents.clear();
    EXPECT_EQ(look("r2", kSweptLook).fuse, Look::Fuse::kUntouched);
    ASSERT_THAT(plugins_.documents, SizeIs(2));
    plugins_.documents.clear();

    const Look held = look("r3", kSweptLook);
    EXPECT_TRUE(held.status);
    EXPECT_EQ(held.fuse, Look::Fuse::kBlown);
    ASSERT_THAT(plugins_.documents, SizeIs(1)) << "the rental's own access does not wait";
    EXPECT_EQ(plugins_.documents[0].at("state"), "active");
    EXPECT_NE(records_.records["r3"].fuse_blocked_ms, 0);

    plugins_.documents.clear();
    EXPECT_EQ(look("r3").fuse, Look::Fuse::kBlown) << "an event of the rental does not name it";
    EXPECT_THAT(plugins_.documents, IsEmpty());

    const Look confirmed = look("r3", {.is_confirmed = true});
    EXPECT_EQ(confirmed.fuse, Look::Fuse::kMended);
    ASSERT_THAT(plugins_.documents, SizeIs(2));
    EXPECT_EQ(plugins_.documents[0].at("state"), "ended");
    EXPECT_EQ(records_.records["r3"].fuse_blocked_ms, 0);
}

TEST_F(StrayLookTest, AnEndThatFailsIsTriedAgainAndHoldsNothingElseUp) {
    found(under("old@example.com"));
    plugins_.errors.insert({"r1", Error{ErrorKind::kUnavailable, "down"}});
    EXPECT_FALSE(look("r1", kSweptLook).status);
    plugins_.errors.clear();
    plugins_.documents.clear();
    EXPECT_TRUE(look("r1").status);
    ASSERT_THAT(plugins_.documents, SizeIs(2));
    EXPECT_EQ(plugins_.documents[0].at("state"), "ended");
    EXPECT_EQ(plugins_.documents[1].at("state"), "active");
}

TEST_F(StrayLookTest, OneOfARentalThatIsOverIsEnded) {
    facts().state = "ended";
    EXPECT_TRUE(look().status);
    plugins_.documents.clear();
    found(under("old@example.com"));
    EXPECT_TRUE(look("r1", kSweptLook).status);
    ASSERT_FALSE(plugins_.documents.empty());
    EXPECT_EQ(plugins_.documents[0].at("state"), "ended");
    EXPECT_EQ(plugins_.documents[0].at("renter").at("email"), "old@example.com");
}

}  // namespace
}  // namespace gatehouse::access
