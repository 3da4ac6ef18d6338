// What Kisi refuses, answers badly, or does not answer at all.

#include <gtest/gtest.h>

#include "tests/fake_kisi.hpp"

namespace gatehouse::kisi::test {
namespace {

using Strings = std::vector<std::string>;

class KisiTroubleTest : public testing::Test {
  protected:
    Outcome grant(const Strings& targets = {"group:4711"},
                  const std::string& email = "ada@example.com") {
        return kisi.apply("r1", "active", targets, Json::object(), nullptr, nullptr, email);
    }

    // Answers requests that begin with `what` once.
    void once(const std::string& what, const Json& reply) {
        kisi.intercept = [what, reply, done = false](const std::string& asked,
                                                     const Json&) mutable -> std::optional<Json> {
            if (done || !asked.starts_with(what)) return std::nullopt;
            done = true;
            return reply;
        };
    }

    static Json reply(int status, const std::string& body) {
        return {{"status", status}, {"body", body}};
    }

    FakeKisi kisi;
};

TEST_F(KisiTroubleTest, ARenterWithoutEmailIsAClearError) {
    for (const char* email : {"", "  ", "no address", "a b@example.com", "a@b.c,d@e.f",
                              "a\u200b@example.com", "mailto:"}) {
        const Outcome outcome = grant({"group:4711"}, email);
        EXPECT_EQ(outcome.kind, GATEHOUSE_INVALID);
        EXPECT_EQ(outcome.message, "renter o1 has no e-mail; Kisi needs one");
        EXPECT_TRUE(outcome.fields.contains("renter.email"));
    }
    EXPECT_TRUE(kisi.take_asked().empty());
    EXPECT_EQ(kisi.apply("r1", "ended", {}, Json::object(), nullptr, nullptr, "").kind, 0);
}

// Nobody can be a user "\u200bann@..." or "mailto:ann@...".
TEST_F(KisiTroubleTest, AnAddressIsTakenAsItWasMeant) {
    for (const char* pasted :
         {"\u200bann@example.com", "\tann@example.com\u00a0", "mailto:ann@example.com"}) {
        ASSERT_EQ(grant({"group:4711"}, pasted).kind, 0) << pasted;
        ASSERT_EQ(kisi.users.size(), 1U) << pasted;
        EXPECT_EQ(kisi.users.begin()->second["email"], "ann@example.com") << pasted;
    }
}

TEST_F(KisiTroubleTest, TargetsMustBeGroups) {
    for (const char* target : {"lock:1", "group:", "group:x", "group:-1", "group:0", "4711",
                               "group:99999999999999999999"}) {
        const Outcome outcome = grant({"group:4711", target});
        EXPECT_EQ(outcome.kind, GATEHOUSE_INVALID) << target;
        EXPECT_TRUE(outcome.fields.contains("targets")) << target;
    }
    EXPECT_EQ(grant({}).kind, GATEHOUSE_INVALID);
    EXPECT_TRUE(kisi.take_asked().empty());
}

TEST_F(KisiTroubleTest, AGroupThatDoesNotExistNamesItsField) {
    const Outcome outcome = grant({"group:5"});
    EXPECT_EQ(outcome.kind, GATEHOUSE_INVALID);
    EXPECT_EQ(outcome.fields["applies_to_id"], "must exist");
    EXPECT_NE(outcome.message.find("group 5"), std::string::npos);
}

TEST_F(KisiTroubleTest, StatusesBecomeKinds) {
    const std::vector<std::pair<int, int>> kinds = {
        {400, GATEHOUSE_INVALID},      {401, GATEHOUSE_AUTH},        {403, GATEHOUSE_FORBIDDEN},
        {404, GATEHOUSE_NOT_FOUND},    {409, GATEHOUSE_CONFLICT},    {422, GATEHOUSE_INVALID},
        {429, GATEHOUSE_RATE_LIMITED}, {500, GATEHOUSE_UNAVAILABLE}, {503, GATEHOUSE_UNAVAILABLE},
        {302, GATEHOUSE_UNAVAILABLE}};
    for (const auto& [status, kind] : kinds) {
        once("GET /users", reply(status, R"({"error":"words of Kisi","code":"afc496"})"));
        const Outcome outcome = grant();
        EXPECT_EQ(outcome.kind, kind) << status;
        EXPECT_NE(outcome.message.find("words of Kisi (afc496)"), std::string::npos);
        once("GET /users", reply(status, "<html>not JSON</html>"));
        EXPECT_EQ(grant().kind, kind) << status;
    }
}

TEST_F(KisiTroubleTest, TooFastSaysForHowLongToWait) {
    Json limited = reply(429, "{}");
    once("GET /users", limited);
    EXPECT_EQ(grant().retry_after_ms, 1000U);
    limited["headers"] = Json::array({Json::array({"retry-after", "7"})});
    once("GET /users", limited);
    EXPECT_EQ(grant().retry_after_ms, 7000U);
    limited["status"] = 503;
    once("GET /users", limited);
    EXPECT_EQ(grant().retry_after_ms, 7000U);
    once("GET /users", reply(503, "{}"));
    EXPECT_EQ(grant().retry_after_ms, 0U);
}

TEST_F(KisiTroubleTest, AFailureOfTheHostPassesThrough) {
    once("POST /users",
         {{"kind", GATEHOUSE_RATE_LIMITED}, {"message", "no turn"}, {"retry_after_ms", 250}});
    const Outcome outcome = grant();
    EXPECT_EQ(outcome.kind, GATEHOUSE_RATE_LIMITED);
    EXPECT_EQ(outcome.retry_after_ms, 250U);
}

TEST_F(KisiTroubleTest, UnreadableAnswersAreUnavailable) {
    for (const char* body : {"", "[{", "{}", "null", "[7]", R"([{"id":1}])",
                             R"([{"id":"1","email":"ada@example.com"}])"}) {
        once("GET /users", reply(200, body));
        EXPECT_EQ(grant().kind, GATEHOUSE_UNAVAILABLE) << body;
    }
    EXPECT_TRUE(kisi.users.empty());
    for (const char* body : {"", "[]", "{}", R"({"id":9,"email":"other@example.com"})"}) {
        once("POST /users", reply(200, body));
        EXPECT_EQ(grant().kind, GATEHOUSE_UNAVAILABLE) << body;
    }
    once("POST /role_assignments", reply(200, R"({"id":9,"applies_to_type":"Group",
        "applies_to_id":4712,"assignee_id":1,"valid_from":null,"valid_until":null})"));
    EXPECT_EQ(grant().kind, GATEHOUSE_UNAVAILABLE);
}

TEST_F(KisiTroubleTest, AnotherUsersAnswerIsNotOurs) {
    kisi.add_user("eve@example.com");
    once("GET /users", reply(200, Json::array({kisi.users[1]}).dump()));
    const Outcome outcome = grant();
    ASSERT_EQ(outcome.kind, 0) << outcome.message;
    EXPECT_EQ(kisi.roles(), Strings{"2/4711"});

    once("GET /users/2", reply(200, kisi.users[1].dump()));
    EXPECT_EQ(kisi.apply("r1", "ended", {}, outcome.document["references"]).kind,
              GATEHOUSE_UNAVAILABLE);
    EXPECT_EQ(kisi.roles().size(), 1U);
}

TEST_F(KisiTroubleTest, AUserMadeMeanwhileIsFound) {
    kisi.intercept = [this](const std::string& asked, const Json&) -> std::optional<Json> {
        if (asked.starts_with("POST /users") && kisi.users.empty()) {
            kisi.add_user("ada@example.com");
        }
        return std::nullopt;
    };
    EXPECT_EQ(grant().kind, 0);
    EXPECT_EQ(kisi.roles(), Strings{"1/4711"});
}

TEST_F(KisiTroubleTest, AnAddressThatIsTakenButNotFoundIsInvalid) {
    once("POST /users", reply(422, R"({"errors":{"email":["has already been taken"]}})"));
    const Outcome outcome = grant();
    EXPECT_EQ(outcome.kind, GATEHOUSE_INVALID);
    EXPECT_EQ(outcome.fields["email"], "has already been taken");
}

TEST_F(KisiTroubleTest, ARoleMadeMeanwhileIsSuccess) {
    for (const int status : {409, 422}) {
        FakeKisi other;
        other.intercept = [&](const std::string& asked, const Json&) -> std::optional<Json> {
            if (!asked.starts_with("POST /role_assignments")) return std::nullopt;
            other.add_assignment(1, 4711);
            return reply(status, R"({"errors":{"assignee_id":["already has a role here"]}})");
        };
        const Outcome outcome = other.apply("r1", "active", {"group:4711"}, Json::object());
        ASSERT_EQ(outcome.kind, 0) << outcome.message;
        EXPECT_EQ(outcome.document["references"]["assignments"]["4711"], 2);
    }
}

TEST_F(KisiTroubleTest, ADisabledUserIsSaidSo) {
    kisi.add_user("ada@example.com");
    kisi.users[1]["access_enabled"] = false;
    EXPECT_EQ(grant().kind, GATEHOUSE_CONFLICT);
    kisi.users[1]["access_enabled"] = true;
    kisi.users[1]["scim_access_enabled"] = false;
    EXPECT_EQ(grant().kind, GATEHOUSE_CONFLICT);
    EXPECT_EQ(kisi.writes_asked(), 0);
}

TEST_F(KisiTroubleTest, HostileWordsAreShortenedAndOnOneLine) {
    once("GET /users", reply(403, Json{{"error", "a\nb" + std::string(5000, 'x')}}.dump()));
    const Outcome outcome = grant();
    EXPECT_LT(outcome.message.size(), 300U);
    EXPECT_EQ(outcome.message.find('\n'), std::string::npos);
    once("GET /users", reply(403, R"({"error":"Tür"})"));
    EXPECT_NE(grant().message.find("Tür"), std::string::npos);
}

TEST_F(KisiTroubleTest, WithoutAKeyTheInstanceIsRefused) {
    sdk::TestHost bare;
    EXPECT_EQ(bare.create(gatehouse_entry_v1, Json::object()).kind, GATEHOUSE_INVALID);
}

}  // namespace
}  // namespace gatehouse::kisi::test
