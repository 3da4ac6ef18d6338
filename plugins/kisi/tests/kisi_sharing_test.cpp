// Roles that are not one rental's alone: shared with another rental, or made by somebody else.

#include <gtest/gtest.h>

#include "tests/fake_kisi.hpp"

namespace gatehouse::kisi::test {
namespace {

using Strings = std::vector<std::string>;

class KisiSharingTest : public testing::Test {
  protected:
    void apply(const std::string& rental, const std::string& state, const Strings& targets,
               const Json& from = nullptr, const Json& until = nullptr) {
        Json& own = references.try_emplace(rental, Json::object()).first->second;
        const Outcome outcome = kisi.apply(rental, state, targets, own, from, until);
        ASSERT_EQ(outcome.kind, 0) << outcome.message;
        own = outcome.document["references"];
    }

    FakeKisi kisi;
    std::map<std::string, Json> references;
};

TEST_F(KisiSharingTest, P7_AGroupOfTwoRentalsStaysUntilTheLastOneEnds) {
    apply("r1", "active", {"group:4711", "group:900"});
    apply("r2", "active", {"group:4712", "group:900"});
    EXPECT_EQ(kisi.roles(), (Strings{"1/900", "1/4711", "1/4712"}));
    apply("r1", "ended", {});
    EXPECT_EQ(kisi.roles(), (Strings{"1/900", "1/4712"}));
    apply("r2", "ended", {});
    EXPECT_EQ(kisi.roles(), Strings{});
}

TEST_F(KisiSharingTest, P7_SuspendingOneRentalLeavesTheOtherItsDoors) {
    apply("r1", "active", {"group:900"});
    apply("r2", "active", {"group:900"});
    apply("r1", "suspended", {"group:900"});
    EXPECT_EQ(kisi.roles(), Strings{"1/900"});
    apply("r2", "ended", {});
    EXPECT_EQ(kisi.roles(), Strings{});  // the suspended one does not keep the door open
    apply("r1", "active", {"group:900"});
    EXPECT_EQ(kisi.roles(), Strings{"1/900"});
}

TEST_F(KisiSharingTest, ASharedRoleHasTheWidestWindowThatIsNeeded) {
    apply("r1", "scheduled", {"group:900"}, "2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z");
    apply("r2", "scheduled", {"group:900"}, "2027-01-01T00:00:00Z", "2027-02-15T00:00:00Z");
    EXPECT_EQ(kisi.roles(), Strings{"1/900 2027-01-01T00:00:00Z..2027-03-01T00:00:00Z"});
    apply("r2", "ended", {});
    EXPECT_EQ(kisi.roles(), Strings{"1/900 2027-02-01T00:00:00Z..2027-03-01T00:00:00Z"});
    // r1 knows the role by a number that is gone since; it still finds and takes it.
    apply("r1", "ended", {});
    EXPECT_EQ(kisi.roles(), Strings{});
}

TEST_F(KisiSharingTest, ARoleMadeBySomebodyElseIsUsedAndNeverTouched) {
    kisi.add_user("ada@example.com");
    kisi.add_assignment(1, 900, nullptr, nullptr, "group_manager");
    apply("r1", "active", {"group:900", "group:4711"});
    EXPECT_EQ(references["r1"]["foreign"], Json::array({900}));
    EXPECT_EQ(kisi.roles(), (Strings{"1/900", "1/4711"}));
    references["r1"] = Json::object();
    apply("r1", "active", {"group:900", "group:4711"});
    EXPECT_EQ(references["r1"]["foreign"], Json::array({900}));
    apply("r1", "suspended", {"group:900", "group:4711"});
    apply("r1", "ended", {});
    EXPECT_EQ(kisi.roles(), Strings{"1/900"});
}

TEST_F(KisiSharingTest, ARoleMadeBySomebodyElseThatIsTooShortIsAConflict) {
    kisi.add_user("ada@example.com");
    kisi.add_assignment(1, 900, nullptr, "2026-12-01T00:00:00Z");
    const Outcome outcome = kisi.apply("r1", "active", {"group:900"}, Json::object());
    EXPECT_EQ(outcome.kind, GATEHOUSE_CONFLICT);
    EXPECT_NE(outcome.message.find("group 900"), std::string::npos);
    EXPECT_EQ(kisi.writes_asked(), 0);
    EXPECT_EQ(kisi.roles().size(), 1U);
}

TEST_F(KisiSharingTest, AForeignRoleThatGoesAwayIsReplacedByOurs) {
    kisi.add_user("ada@example.com");
    kisi.add_assignment(1, 900);
    apply("r1", "active", {"group:900"});
    kisi.assignments.clear();
    apply("r1", "active", {"group:900"});
    EXPECT_EQ(kisi.roles(), Strings{"1/900"});
    apply("r1", "ended", {});
    EXPECT_EQ(kisi.roles(), Strings{});
}

TEST_F(KisiSharingTest, MetadataLostAtKisiIsMadeUpForByTheReferences) {
    apply("r1", "active", {"group:900"});
    kisi.users[1]["metadata"] = nullptr;
    apply("r1", "active", {"group:900"});
    EXPECT_EQ(kisi.users[1]["metadata"]["gatehouse_r1"], "||900|acme");
    kisi.users[1]["metadata"] = nullptr;
    apply("r1", "ended", {});
    EXPECT_EQ(kisi.roles(), Strings{});
}

}  // namespace
}  // namespace gatehouse::kisi::test
