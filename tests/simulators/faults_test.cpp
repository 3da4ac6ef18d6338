#include "simulators/faults.hpp"

#include <gtest/gtest.h>

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

Request get(const std::string& path) {
    return {"GET", path, "", "", ""};
}

TEST(Faults, PatternsMatchRunsOfCharacters) {
    EXPECT_TRUE(matches("*", ""));
    EXPECT_TRUE(matches("*/jobs/*", "/api/v1/admin/jobs/1"));
    EXPECT_TRUE(matches("/users", "/users"));
    EXPECT_FALSE(matches("/users", "/users/1"));
    EXPECT_FALSE(matches("*/jobs", "/api/jobs/1"));
    EXPECT_TRUE(matches("/a*b*c", "/a-b-b-c"));
    EXPECT_FALSE(matches("", "/"));
}

TEST(Faults, StrikesOnlyWhatItNames) {
    Faults faults(1);
    ASSERT_TRUE(faults.add({{"kind", "status"},
                            {"service", "kisi"},
                            {"method", "GET"},
                            {"path", "/users*"},
                            {"status", 503}}));
    EXPECT_TRUE(faults.plan("kisi", get("/users")).fault);
    EXPECT_FALSE(faults.plan("storeganise", get("/users")).fault);
    EXPECT_FALSE(faults.plan("kisi", get("/groups")).fault);
    EXPECT_FALSE(faults.plan("kisi", {"POST", "/users", "", "", ""}).fault);
}

TEST(Faults, PassesSomeThenStrikesAsOftenAsTold) {
    Faults faults(1);
    ASSERT_TRUE(faults.add({{"kind", "hang"}, {"skip", 1}, {"count", 2}}));
    EXPECT_FALSE(faults.plan("kisi", get("/")).fault);
    EXPECT_TRUE(faults.plan("kisi", get("/")).fault);
    EXPECT_TRUE(faults.plan("kisi", get("/")).fault);
    EXPECT_FALSE(faults.plan("kisi", get("/")).fault);
}

TEST(Faults, LatencyAddsToAnotherFault) {
    Faults faults(1);
    ASSERT_TRUE(faults.add({{"kind", "latency"}, {"latency_ms", 20}}));
    ASSERT_TRUE(faults.add({{"kind", "latency"}, {"latency_ms", json::array({5, 9})}}));
    ASSERT_TRUE(faults.add({{"kind", "status"}, {"status", 429}, {"retry_after", 3}}));
    const FaultPlan plan = faults.plan("kisi", get("/"));
    EXPECT_GE(plan.latency_ms, 25);
    EXPECT_LE(plan.latency_ms, 29);
    ASSERT_TRUE(plan.fault);
    EXPECT_EQ(spoil(*plan.fault, {}).status, 429);
    EXPECT_EQ(spoil(*plan.fault, {}).headers, "Retry-After: 3\r\n");
}

TEST(Faults, TheSameSeedMakesTheSameChoices) {
    const auto choices = [](std::uint64_t seed) {
        Faults faults(seed);
        EXPECT_TRUE(faults.add({{"kind", "empty_body"}, {"probability", 0.5}}));
        std::string pattern;
        for (int round = 0; round < 64; ++round) {
            pattern += faults.plan("kisi", get("/")).fault ? '1' : '0';
        }
        return pattern;
    };
    EXPECT_EQ(choices(7), choices(7));
    EXPECT_NE(choices(7), choices(8));
    EXPECT_NE(choices(7).find('0'), std::string::npos);
    EXPECT_NE(choices(7).find('1'), std::string::npos);
}

TEST(Faults, RefusesWhatItDoesNotUnderstand) {
    Faults faults(1);
    EXPECT_FALSE(faults.add({{"kind", "earthquake"}}));
    EXPECT_FALSE(faults.add({{"kind", "hang"}, {"tyme", 3}}));
    EXPECT_FALSE(faults.add({{"path", "/users"}}));
    EXPECT_FALSE(faults.add({{"kind", "latency"}, {"latency_ms", json::array({9, 5})}}));
    EXPECT_FALSE(faults.add({{"kind", "status"}, {"status", 1000}}));
    EXPECT_TRUE(faults.list().empty());
}

Reply spoiled(FaultKind kind, const std::string& body) {
    Fault fault;
    fault.kind = kind;
    Reply reply;
    reply.body = body;
    return spoil(fault, reply);
}

TEST(Faults, SpoilAnAnswerEachInItsWay) {
    const std::string body = R"({"id":"5bf4a0","name":"A12"})";
    EXPECT_TRUE(
        json::parse(spoiled(FaultKind::kHalfBody, body).body, nullptr, false).is_discarded());
    EXPECT_EQ(spoiled(FaultKind::kCutBody, body).delivery, Delivery::kCut);
    EXPECT_EQ(spoiled(FaultKind::kCutBody, body).body, body);
    EXPECT_EQ(spoiled(FaultKind::kEmptyBody, body).body, "");
    EXPECT_EQ(spoiled(FaultKind::kEmptyList, body).body, "[]");
    EXPECT_EQ(spoiled(FaultKind::kHang, body).delivery, Delivery::kHang);
    EXPECT_EQ(spoiled(FaultKind::kDropAfter, body).delivery, Delivery::kDrop);
    const json wrong = json::parse(spoiled(FaultKind::kWrongId, body).body);
    EXPECT_NE(wrong["id"], "5bf4a0");
    EXPECT_EQ(wrong["name"], "A12");
    EXPECT_EQ(json::parse(spoiled(FaultKind::kWrongId, R"([{"id":7}])").body)[0]["id"], 8);
}

TEST(Faults, ListsAreCutShortOrComeFromElsewhere) {
    const auto spoiled = [](FaultKind kind, const json& rows) {
        Fault fault;
        fault.kind = kind;
        Reply reply;
        reply.body = rows.dump();
        return json::parse(spoil(fault, reply).body);
    };
    const json rows = json::array({json{{"id", "r1"}, {"unitId", "u1"}, {"unit", {{"id", "u1"}}}},
                                   json{{"id", "r2"}}, json{{"id", "r3"}}});
    EXPECT_EQ(spoiled(FaultKind::kShortList, rows), json::array({rows[0]}));
    const json foreign = spoiled(FaultKind::kForeignList, rows);
    ASSERT_EQ(foreign.size(), 3U);
    EXPECT_NE(foreign[0]["id"], "r1");
    EXPECT_NE(foreign[0]["unitId"], "u1");
    EXPECT_EQ(foreign[0]["unit"]["id"], foreign[0]["unitId"]);
}

}  // namespace
}  // namespace gatehouse::simulators
