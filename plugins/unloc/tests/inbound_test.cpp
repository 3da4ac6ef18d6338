#include "inbound.hpp"

#include <gtest/gtest.h>

namespace gatehouse::unloc {
namespace {

using sdk::Json;

Json event(const Json& further = Json::object()) {
    Json body = {{"id", "ae832e61-c8fa-4ed9-8196-61210cb4207b"},
                 {"action", "unlocked"},
                 {"created", "2022-01-01T10:35:24.083Z"},
                 {"keyId", "3f97fafb-1b6a-42d0-85fa-ae2ef338cc45"},
                 {"lockId", "c0f3aed0-2a7e-4de5-a0ff-3bfc22bfb6ef"},
                 {"lockName", "North gate"},
                 {"appUserId", "+12125552390"},
                 {"userName", ""}};
    body.update(further);
    const Json parsed = parse_event({{"schema", 1}, {"body", body.dump()}});
    EXPECT_EQ(parsed["schema"], 1);
    EXPECT_EQ(parsed["events"].size(), 1U);
    return parsed["events"][0];
}

TEST(InboundTest, AnUnlockNamesLockPersonAndTheVendorsTime) {
    const Json one = event();
    EXPECT_EQ(one["id"], "ae832e61-c8fa-4ed9-8196-61210cb4207b");
    EXPECT_EQ(one["kind"], "unlock");
    EXPECT_EQ(one["target"], "lock:c0f3aed0-2a7e-4de5-a0ff-3bfc22bfb6ef");
    EXPECT_EQ(one["person"], "+12125552390");
    EXPECT_EQ(one["success"], true);
    EXPECT_EQ(one["target_name"], "North gate");
    EXPECT_EQ(one["person_reference"], "3f97fafb-1b6a-42d0-85fa-ae2ef338cc45");
    EXPECT_EQ(one["occurred_at"], "2022-01-01T10:35:24.083Z");
}

TEST(InboundTest, OtherActionsKeepTheirWord) {
    EXPECT_EQ(event({{"action", "locked"}})["kind"], "lock");
    EXPECT_EQ(event({{"action", "viewedCode"}})["kind"], "other");
    EXPECT_EQ(event({{"action", "viewedCode"}})["reason"], "viewedCode");
    EXPECT_EQ(event({{"action", "somethingNew"}})["kind"], "other");
}

TEST(InboundTest, AnAnonymisedPersonIsNobody) {
    const Json one = event({{"appUserId", "<anonymized>"}, {"userName", "<anonymized>"}});
    EXPECT_TRUE(one["person"].is_null());
    EXPECT_TRUE(event({{"appUserId", nullptr}})["person"].is_null());
}

TEST(InboundTest, ATimeWithAnOffsetBecomesUtc) {
    EXPECT_EQ(event({{"created", "2022-01-01T11:35:24+01:00"}})["occurred_at"],
              "2022-01-01T10:35:24Z");
}

TEST(InboundTest, RefusesWhatIsNoEvent) {
    for (const char* body :
         {"", "[]", "null", "{", R"({"id":"x"})", R"({"id":"x","action":"locked"})",
          R"({"id":"x","action":"locked","created":"soon"})",
          R"({"id":7,"action":"locked","created":"2022-01-01T10:35:24Z"})"}) {
        EXPECT_THROW(parse_event({{"schema", 1}, {"body", body}}), sdk::Error) << body;
    }
}

}  // namespace
}  // namespace gatehouse::unloc
