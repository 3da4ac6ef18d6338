// The JSON documents that are stored and that plugins answer with.
#include <gtest/gtest.h>

#include "access/desired.hpp"
#include "access/fields.hpp"
#include "access/grant.hpp"

namespace gatehouse::access {
namespace {

Desired active() {
    Desired desired;
    desired.state = AccessState::kActive;
    desired.targets = {"group:1", "group:2"};
    desired.from_ms = 5;
    desired.renter = Renter{"o1", "Ada", "ada@example.com", "", "en"};
    desired.overlock = {true, false};
    desired.reasons = {"the rental is occupied"};
    desired.site_code = "lon1";
    return desired;
}

TEST(DesiredTest, ReadsBackWhatItWrites) {
    const Desired read = desired_from_json(desired_to_json(active())).value();
    EXPECT_TRUE(is_same_access(read, active()));
    EXPECT_TRUE(read.overlock.is_debt);
    EXPECT_EQ(read.reasons, active().reasons);
    EXPECT_EQ(read.site_code, "lon1");
    EXPECT_FALSE(desired_from_json("{}").has_value());
    EXPECT_FALSE(desired_from_json(R"({"schema":2,"state":"active"})").has_value());
}

TEST(DesiredTest, SameAccessIgnoresReasonsOnly) {
    Desired other = active();
    other.reasons = {"something else"};
    EXPECT_TRUE(is_same_access(active(), other));
    other.renter.email = "new@example.com";
    EXPECT_FALSE(is_same_access(active(), other));
}

TEST(GrantTest, TakesAFittingAnswer) {
    const Grant grant = grant_from_result(R"({"schema":1,"state":"active","references":{"user":7},
            "targets":[{"target":"group:1","name":"Gate"},{"target":"group:2"}]})",
                                          active(), 9)
                            .value();
    EXPECT_EQ(describe(grant, active()), "active: group:1 (Gate), group:2");
    const Grant read = grant_from_json(grant_to_json(grant)).value();
    EXPECT_EQ(read.references.at("user"), 7);
    EXPECT_EQ(read.applied_ms, 9);
}

class LyingAnswerTest : public testing::TestWithParam<const char*> {};

TEST_P(LyingAnswerTest, P9_IsAnErrorOfTheCall) {
    const Result<Grant> grant = grant_from_result(GetParam(), active(), 9);
    ASSERT_FALSE(grant.has_value());
    EXPECT_EQ(grant.error().kind, ErrorKind::kInternal);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, LyingAnswerTest,
    testing::Values("", "rubbish", "[]", "{}", R"({"schema":1})",
                    R"({"schema":2,"state":"active","targets":[{"target":"group:1"}]})",
                    R"({"schema":1,"state":"ended","targets":[]})",
                    R"({"schema":1,"state":"active","targets":[{"target":"group:1"}]})",
                    R"({"schema":1,"state":"active","targets":"group:1"})",
                    R"({"schema":1,"state":7,"targets":[]})"));

TEST(FieldsTest, P4_OnlyWhatDiffersIsWritten) {
    Facts facts;
    facts.rental_fields = {{"kisi_overlocked", std::nullopt}, {"kisi_status", "active"}};
    EXPECT_TRUE(changes_of(facts, "kisi", {false, "active"}).empty());
    EXPECT_EQ(changes_of(facts, "kisi", {true, "active"}),
              (FieldChanges{{"kisi_overlocked", "true"}}));
    EXPECT_EQ(changes_of(Facts(), "kisi", {false, "active"}),
              (FieldChanges{{"kisi_status", "active"}}));
}

TEST(FieldsTest, RemembersWhatWasWritten) {
    std::string known = remember_fields("", {{"a", "true"}});
    known = remember_fields(known, {{"b", std::nullopt}});
    EXPECT_EQ(remembered_field(known, "a"), "true");
    EXPECT_EQ(remembered_field(known, "b"), std::nullopt);
    EXPECT_EQ(remembered_field("rubbish", "a"), std::nullopt);
}

}  // namespace
}  // namespace gatehouse::access
