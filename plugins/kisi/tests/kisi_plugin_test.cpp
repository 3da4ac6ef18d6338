// The ordinary life of one rental: granted, changed, suspended, resumed, ended.

#include <gtest/gtest.h>

#include "tests/fake_kisi.hpp"

namespace gatehouse::kisi::test {
namespace {

using Strings = std::vector<std::string>;

class KisiPluginTest : public testing::Test {
  protected:
    // Applies, expects success and remembers the references as the host does.
    Outcome apply(const std::string& state, const Strings& targets, const Json& from = nullptr,
                  const Json& until = nullptr) {
        Outcome outcome = kisi.apply("r1", state, targets, references, from, until);
        EXPECT_EQ(outcome.kind, 0) << outcome.message;
        if (outcome.kind == 0) {
            EXPECT_EQ(outcome.document["state"], state);
            references = outcome.document["references"];
        }
        return outcome;
    }

    FakeKisi kisi;
    Json references = Json::object();
};

TEST_F(KisiPluginTest, ANewRenterTakesThreeRequests) {
    const Outcome outcome = apply("active", {"group:4711"});
    EXPECT_EQ(kisi.take_asked(), (Strings{"GET /users", "POST /users", "POST /role_assignments"}));
    EXPECT_EQ(kisi.roles(), Strings{"1/4711"});
    EXPECT_EQ(outcome.document["targets"],
              Json::parse(R"([{"target":"group:4711","name":null,"state":"active"}])"));
    EXPECT_EQ(references, Json::parse(R"({"user_id":1,"assignments":{"4711":2},"foreign":[]})"));
    EXPECT_EQ(kisi.users[1]["metadata"],
              Json::parse(R"({"gatehouse-renter":"o1","gatehouse_r1":"||4711|acme"})"));
}

TEST_F(KisiPluginTest, AKnownUserTakesFour) {
    kisi.add_user("ADA@example.com", {{"team", "blue"}});
    apply("active", {"group:4711"});
    EXPECT_EQ(kisi.take_asked(), (Strings{"GET /users", "GET /role_assignments", "PATCH /users/1",
                                          "POST /role_assignments"}));
    EXPECT_EQ(kisi.users[1]["metadata"]["team"], "blue");
}

TEST_F(KisiPluginTest, SendsOnlyTheCurrentApi) {
    kisi.has_ranges = false;
    apply("active", {"group:4711"}, "2026-11-22T08:00:00.000Z", "2026-12-22T08:00:00.000Z");
    const Json user = Json::parse(kisi.host.requests()[1]["body"].get<std::string>())["user"];
    EXPECT_EQ(user["email"], "ada@example.com");
    EXPECT_EQ(user["name"], "Ada Example");
    EXPECT_EQ(user["send_emails"], false);
    EXPECT_EQ(user["confirm"], true);
    const Json role = Json::parse(kisi.host.requests()[2]["body"].get<std::string>());
    EXPECT_EQ(role["role_assignment"],
              Json::parse(R"({"assignee_type":"User","assignee_id":1,"applies_to_type":"Group",
                  "applies_to_id":4711,"role_id":"group_basic","notify":false,
                  "valid_from":"2026-11-22T08:00:00Z","valid_until":"2026-12-22T08:00:00Z"})"));
    for (const Json& request : kisi.host.requests()) {
        EXPECT_EQ(request["headers"][0],
                  Json::array({"Authorization", "KISI-LOGIN {{secret:api_key}}"}));
        const std::string text = request["url"];
        for (const char* old : {"/members", "/shares", "user_id", "group_id"}) {
            EXPECT_EQ(text.find(old), std::string::npos) << text;
        }
    }
}

TEST_F(KisiPluginTest, P4_ApplyingTwiceWritesOnce) {
    apply("active", {"group:4711", "group:900"});
    kisi.take_asked();
    const Json before = references;
    apply("active", {"group:4711", "group:900"});
    EXPECT_EQ(kisi.writes_asked(), 0);
    EXPECT_EQ(kisi.take_asked(), (Strings{"GET /users/1", "GET /role_assignments"}));
    EXPECT_EQ(references, before);
}

TEST_F(KisiPluginTest, P5_ALostAnswerIsRecognisedByItsClaim) {
    apply("active", {"group:4711"});
    references = Json::object();  // the host died before it could keep them
    kisi.take_asked();
    apply("active", {"group:4711"});
    EXPECT_EQ(kisi.writes_asked(), 0);
    EXPECT_EQ(references["assignments"]["4711"], 2);
    references = Json::object();
    apply("ended", {});
    EXPECT_EQ(kisi.roles(), Strings{});
}

TEST_F(KisiPluginTest, P5_EveryBreakIsMendedByTheNextTry) {
    for (int good = 0; good < 6; ++good) {
        FakeKisi broken;
        broken.add_user("ada@example.com");
        int left = good;
        broken.intercept = [&left](const std::string&, const Json&) -> std::optional<Json> {
            if (left-- > 0) return std::nullopt;
            return Json{{"kind", GATEHOUSE_UNAVAILABLE}, {"message", "gone"}};
        };
        broken.apply("r1", "active", {"group:4711", "group:900"}, Json::object());
        broken.intercept = nullptr;
        const Outcome outcome =
            broken.apply("r1", "active", {"group:4711", "group:900"}, Json::object());
        ASSERT_EQ(outcome.kind, 0) << outcome.message;
        EXPECT_EQ(broken.roles().size(), 2U);
        const Outcome end = broken.apply("r1", "ended", {}, outcome.document["references"]);
        ASSERT_EQ(end.kind, 0) << end.message;
        EXPECT_EQ(broken.roles().size(), 0U);
    }
}

TEST_F(KisiPluginTest, NewTargetsComeBeforeOldOnesGo) {
    apply("active", {"group:4711"});
    kisi.take_asked();
    apply("active", {"group:4712"});
    EXPECT_EQ(kisi.roles(), Strings{"1/4712"});
    const Strings asked = kisi.take_asked();
    const auto made = std::ranges::find(asked, "POST /role_assignments");
    EXPECT_NE(std::find(made, asked.end(), "DELETE /role_assignments/2"), asked.end());
    EXPECT_EQ(kisi.users[1]["metadata"]["gatehouse_r1"], "||4712|acme");
}

TEST_F(KisiPluginTest, AnotherWindowIsDeletedAndMadeAnew) {
    apply("scheduled", {"group:4711"}, "2027-01-01T00:00:00.000Z");
    EXPECT_EQ(kisi.roles(), Strings{"1/4711 2027-01-01T00:00:00Z.."});
    kisi.take_asked();
    apply("scheduled", {"group:4711"}, "2027-02-01T00:00:00.000Z");
    EXPECT_EQ(kisi.roles(), Strings{"1/4711 2027-02-01T00:00:00Z.."});
    for (const std::string& one : kisi.take_asked()) {
        EXPECT_FALSE(one.starts_with("PATCH /role_assignments"));
    }
}

TEST_F(KisiPluginTest, AScheduledAccessThatBeginsIsLeftAsItIs) {
    apply("scheduled", {"group:4711"}, "2027-01-01T00:00:00.000Z");
    kisi.take_asked();
    kisi.host.set_now_ms(1'798'761'600'001);  // a millisecond into 2027
    apply("active", {"group:4711"});
    EXPECT_EQ(kisi.writes_asked(), 0);
}

TEST_F(KisiPluginTest, SuspendingTakesTheRolesAndKeepsTheUser) {
    apply("active", {"group:4711", "group:900"});
    kisi.take_asked();
    apply("suspended", {"group:4711", "group:900"});
    EXPECT_EQ(kisi.roles(), Strings{});
    EXPECT_EQ(kisi.users.size(), 1U);
    EXPECT_EQ(references["user_id"], 1);
    kisi.take_asked();
    apply("suspended", {"group:4711", "group:900"});
    EXPECT_EQ(kisi.writes_asked(), 0);
    apply("active", {"group:4711", "group:900"});
    EXPECT_EQ(kisi.roles(), (Strings{"1/900", "1/4711"}));
}

TEST_F(KisiPluginTest, EndingTakesWhatIsOurs) {
    apply("active", {"group:4711"});
    kisi.take_asked();
    apply("ended", {"group:4711"});
    EXPECT_EQ(kisi.take_asked(),
              (Strings{"GET /users/1", "DELETE /role_assignments/2", "PATCH /users/1"}));
    EXPECT_EQ(kisi.roles(), Strings{});
    EXPECT_EQ(references, Json::object());
    apply("ended", {"group:4711"});
    EXPECT_EQ(kisi.writes_asked(), 0);
}

TEST_F(KisiPluginTest, WhatIsGoneAlreadyIsDone) {
    apply("active", {"group:4711"});
    kisi.assignments.clear();
    apply("ended", {});
    references = Json::parse(R"({"user_id":99,"assignments":{"4711":2}})");
    kisi.users.clear();
    apply("ended", {});
    EXPECT_EQ(references, Json::object());
}

TEST_F(KisiPluginTest, AnEndThatNeverBeganAsksOnce) {
    apply("ended", {});
    EXPECT_EQ(kisi.take_asked(), Strings{"GET /users"});
}

TEST_F(KisiPluginTest, ADeletedUserIsMadeAnew) {
    apply("active", {"group:4711"});
    kisi.users.clear();
    kisi.assignments.clear();
    apply("active", {"group:4711"});
    EXPECT_EQ(kisi.roles().size(), 1U);
    EXPECT_NE(references["user_id"], 1);
}

TEST_F(KisiPluginTest, AChangedEmailMovesToAnotherUser) {
    apply("active", {"group:4711"});
    const Outcome moved =
        kisi.apply("r1", "active", {"group:4711"}, references, nullptr, nullptr, "ada@new.example");
    ASSERT_EQ(moved.kind, 0) << moved.message;
    EXPECT_EQ(kisi.users.size(), 2U);
    EXPECT_EQ(kisi.roles(), Strings{"3/4711"});
    EXPECT_EQ(moved.document["references"]["user_id"], 3);
}

TEST_F(KisiPluginTest, P5_WhatAMoveLeftUnreportedIsSuspendedToo) {
    apply("active", {"group:4711"});
    const Json before = references;
    kisi.apply("r1", "active", {"group:4711"}, before, nullptr, nullptr, "ada@new.example");
    EXPECT_EQ(kisi.roles(), Strings{"3/4711"});
    const Outcome suspended =
        kisi.apply("r1", "suspended", {}, before, nullptr, nullptr, "ada@new.example");
    ASSERT_EQ(suspended.kind, 0) << suspended.message;
    EXPECT_EQ(kisi.roles(), Strings{});
    EXPECT_EQ(suspended.document["references"]["user_id"], 3);
}

TEST_F(KisiPluginTest, ProbeAndTargets) {
    EXPECT_EQ(kisi.host.call("access.probe", {{"schema", 1}}).document["detail"],
              "Kisi answers; the key is of owner@example.com");
    const Outcome page = kisi.host.call("targets.list", {{"schema", 1}});
    ASSERT_EQ(page.kind, 0) << page.message;
    EXPECT_EQ(page.document["targets"].size(), 4U);
    EXPECT_EQ(page.document["targets"][2]["target"], "group:4711");
    EXPECT_EQ(page.document["next_cursor"], nullptr);
}

TEST_F(KisiPluginTest, ListsAreReadToTheirEnd) {
    kisi.groups.clear();
    for (int id = 1; id <= 612; ++id) {
        kisi.groups.push_back(id);
    }
    for (const bool has_ranges : {true, false}) {
        kisi.has_ranges = has_ranges;
        std::size_t seen = 0;
        Json cursor;
        do {
            const Outcome page =
                kisi.host.call("targets.list", {{"schema", 1}, {"cursor", cursor}});
            ASSERT_EQ(page.kind, 0) << page.message;
            seen += page.document["targets"].size();
            cursor = page.document["next_cursor"];
        } while (!cursor.is_null());
        EXPECT_EQ(seen, 612U);
    }
    kisi.add_user("ada@example.com");
    for (int id = 1; id <= 300; ++id) {
        kisi.add_assignment(1, id);
    }
    const Outcome outcome = apply("active", {"group:299"});
    EXPECT_EQ(references["foreign"], Json::array({299}));
}

}  // namespace
}  // namespace gatehouse::kisi::test
