// What Unloc refuses, answers badly, or does not answer at all; tokens that end.

#include <gtest/gtest.h>

#include "tests/fake_unloc.hpp"

namespace gatehouse::unloc::test {
namespace {

const std::string the_target_a = "lock:" + the_lock_a;
const Json no_references = Json::object();

class UnlocTroubleTest : public testing::Test {
  protected:
    Outcome grant(const Strings& targets = {the_target_a}) {
        return unloc.apply("r1", "active", targets, no_references);
    }

    // Answers requests that begin with `what` once.
    void once(const std::string& what, const Json& reply) {
        unloc.intercept = [what, reply, done = false](const std::string& asked,
                                                      const Json&) mutable -> std::optional<Json> {
            if (done || !asked.starts_with(what)) return std::nullopt;
            done = true;
            return reply;
        };
    }

    static Json reply(int status, const std::string& body) {
        return {{"status", status}, {"body", body}};
    }

    FakeUnloc unloc;
};

TEST_F(UnlocTroubleTest, ABadPhoneNumberIsAClearErrorBeforeAnyRequest) {
    unloc.phone = "";
    EXPECT_EQ(grant().message, "renter o1 has no phone number; Unloc needs one");
    unloc.phone = "900 12 345";
    const Outcome outcome = grant();
    EXPECT_EQ(outcome.kind, GATEHOUSE_INVALID);
    EXPECT_TRUE(outcome.fields.contains("renter.phone"));
    EXPECT_EQ(outcome.message.find("900"), std::string::npos);
    EXPECT_EQ(unloc.take_asked(), Strings{});
    EXPECT_EQ(unloc.apply("r1", "ended", {}, no_references).document["state"], "ended");
    EXPECT_EQ(unloc.take_asked(), Strings{});
}

TEST_F(UnlocTroubleTest, TheDefaultCountryHelpsNationalNumbers) {
    FakeUnloc norwegian("NO");
    norwegian.phone = "900 12 345";
    EXPECT_EQ(norwegian.settle("r1", "active", {the_target_a}, no_references).document["state"],
              "active");
    EXPECT_EQ(norwegian.live(), Strings{"A " + the_phone});
}

TEST_F(UnlocTroubleTest, AnUnknownDefaultCountryIsRefusedAtOnce) {
    sdk::TestHost host;
    const Outcome outcome = host.create(gatehouse_entry_v1, {{"client_id", "c"},
                                                             {"client_secret", "s"},
                                                             {"project_id", the_project},
                                                             {"default_country", "QX"}});
    EXPECT_EQ(outcome.kind, GATEHOUSE_INVALID);
}

TEST_F(UnlocTroubleTest, TargetsMustBeLocks) {
    for (const char* target : {"group:1", "lock:", "lock:12", "lock:../keys",
                               "lock:aaaaaaaa-0000-4000-8000-00000000000g"}) {
        const Outcome outcome = grant({the_target_a, target});
        EXPECT_EQ(outcome.kind, GATEHOUSE_INVALID) << target;
        EXPECT_TRUE(outcome.fields.contains("targets")) << target;
    }
    EXPECT_EQ(grant({}).kind, GATEHOUSE_INVALID);
    EXPECT_EQ(unloc.take_asked(), Strings{});
}

TEST_F(UnlocTroubleTest, ATokenIsKeptRenewedBeforeItsEndAndOnceMoreWhenRefused) {
    grant();
    grant();
    EXPECT_EQ(unloc.tokens, 1);
    unloc.host.set_now_ms(1'780'000'000'000 + 3'541'000);
    grant();
    EXPECT_EQ(unloc.tokens, 2);
    unloc.good_token = "another";
    EXPECT_EQ(grant().kind, 0);
    EXPECT_EQ(unloc.tokens, 3);
}

TEST_F(UnlocTroubleTest, ATokenThatIsRefusedEvenAnewIsAuth) {
    unloc.intercept = [](const std::string& what, const Json&) -> std::optional<Json> {
        if (what == "POST token") return std::nullopt;
        return reply(401, R"({"error":"invalid_token","errorDescription":"no longer good"})");
    };
    grant();
    const Outcome outcome = grant();
    EXPECT_EQ(outcome.kind, GATEHOUSE_AUTH);
    EXPECT_NE(outcome.message.find("no longer good"), std::string::npos);
    EXPECT_EQ(unloc.tokens, 2);
}

TEST_F(UnlocTroubleTest, RefusedCredentialsAreAuth) {
    for (const int status : {400, 401}) {
        once("POST token",
             reply(status, R"({"error":"invalid_client","error_description":"unknown"})"));
        const Outcome outcome = grant();
        EXPECT_EQ(outcome.kind, GATEHOUSE_AUTH);
        EXPECT_NE(outcome.message.find("invalid_client: unknown"), std::string::npos);
    }
    once("POST token", reply(503, ""));
    EXPECT_EQ(grant().kind, GATEHOUSE_UNAVAILABLE);
    once("POST token", reply(200, "{}"));
    EXPECT_EQ(grant().kind, GATEHOUSE_UNAVAILABLE);
}

TEST_F(UnlocTroubleTest, P11_TheSecretIsAReferenceAndGoesToTheTokensAddressOnly) {
    grant();
    int seen = 0;
    for (const Json& request : unloc.host.requests()) {
        if (request.dump().find("{{secret:client_secret}}") == std::string::npos) continue;
        ++seen;
        EXPECT_EQ(request["url"], "https://api.unloc.app/v2/auth/token/");
        EXPECT_EQ(Json::parse(request["body"].get<std::string>())["scope"], "project.admin");
    }
    EXPECT_EQ(seen, 1);
}

TEST_F(UnlocTroubleTest, StatusesBecomeKinds) {
    const std::vector<std::pair<int, int>> kinds = {
        {400, GATEHOUSE_INVALID},    {403, GATEHOUSE_FORBIDDEN},    {404, GATEHOUSE_NOT_FOUND},
        {409, GATEHOUSE_CONFLICT},   {429, GATEHOUSE_RATE_LIMITED}, {500, GATEHOUSE_UNAVAILABLE},
        {302, GATEHOUSE_UNAVAILABLE}};
    for (const auto& [status, kind] : kinds) {
        once("GET /keys", reply(status, R"({"title":"words","detail":"of Unloc"})"));
        const Outcome outcome = grant();
        EXPECT_EQ(outcome.kind, kind) << status;
        EXPECT_NE(outcome.message.find("words: of Unloc"), std::string::npos);
        once("GET /keys", reply(status, "<html>not JSON</html>"));
        EXPECT_EQ(grant().kind, kind) << status;
    }
}

TEST_F(UnlocTroubleTest, InvalidParamsBecomeFieldsWithoutWholeNumbers) {
    once("POST /keys", reply(400, R"({"title":"Bad Request","detail":"2 errors","invalidParams":
        [{"name":"keys[0].appUserId","reason":"+4790012345 is no mobile number"}]})"));
    const Outcome outcome = grant();
    EXPECT_EQ(outcome.kind, GATEHOUSE_INVALID);
    EXPECT_EQ(outcome.fields["keys[0].appUserId"], "+********45 is no mobile number");
    EXPECT_EQ(outcome.message.find("90012"), std::string::npos);
}

TEST_F(UnlocTroubleTest, ASecondKeyThatIsRefusedIsAConflictWithAReason) {
    unloc.add_key(the_lock_a, {{"gatehouse_rental", "r2"}, {"gatehouse_business", "acme"}});
    unloc.takes_second_key = false;
    const Outcome outcome = grant();
    EXPECT_EQ(outcome.kind, GATEHOUSE_CONFLICT);
    EXPECT_NE(outcome.message.find("another rental"), std::string::npos);
    EXPECT_EQ(unloc.live().size(), 1U);
}

TEST_F(UnlocTroubleTest, AFailureOfTheHostPassesThrough) {
    once("POST /keys",
         {{"kind", GATEHOUSE_RATE_LIMITED}, {"message", "no turn"}, {"retry_after_ms", 250}});
    const Outcome outcome = grant();
    EXPECT_EQ(outcome.kind, GATEHOUSE_RATE_LIMITED);
    EXPECT_EQ(outcome.retry_after_ms, 250U);
}

TEST_F(UnlocTroubleTest, P6_UnreadableAnswersAreUnavailableAndChangeNothing) {
    for (const char* body :
         {"", "[]", "{}", "null", R"({"keys":null})", R"({"keys":[7]})", R"({"keys":[{"id":"k"}]})",
          R"({"keys":[{"id":"k","lockId":"l","state":"active","end":"soon"}]})"}) {
        once("GET /keys", reply(200, body));
        EXPECT_EQ(grant().kind, GATEHOUSE_UNAVAILABLE) << body;
    }
    EXPECT_TRUE(unloc.keys.empty());
    once("POST /keys", reply(202, "{}"));
    EXPECT_EQ(grant().kind, GATEHOUSE_UNAVAILABLE);
}

TEST_F(UnlocTroubleTest, OddJobAnswersAreUnavailable) {
    const Json references = grant().document["references"];
    for (const char* body : {"{}", R"({"job":{"id":"other","status":"succeeded"}})",
                             R"({"job":{"id":"job-1","status":"sideways"}})"}) {
        once("GET /jobs", reply(200, body));
        EXPECT_EQ(unloc.apply("r1", "active", {the_target_a}, references).kind,
                  GATEHOUSE_UNAVAILABLE)
            << body;
    }
}

TEST_F(UnlocTroubleTest, AnotherPersonsKeysAreNotOurs) {
    unloc.add_key(the_lock_a, {{"gatehouse_rental", "r1"}, {"gatehouse_business", "acme"}}, nullptr,
                  nullptr, "+4790099999");
    const Json page = {{"keys", unloc.keys}};
    once("GET /keys", reply(200, page.dump()));
    EXPECT_EQ(unloc.apply("r1", "ended", {}, no_references).document["state"], "ended");
    EXPECT_EQ(unloc.live().size(), 1U);
}

TEST_F(UnlocTroubleTest, OddReferencesAreNoReferences) {
    for (
        const char* text :
        {R"({"phones":7,"keys":{"a":1},"jobs":[1,{"id":""},{"id":"job-9","locks":7}],"polls":"x"})",
         R"({"jobs":{}})"}) {
        FakeUnloc fresh;
        EXPECT_EQ(fresh.settle("r1", "active", {the_target_a}, Json::parse(text)).document["state"],
                  "active");
    }
}

TEST_F(UnlocTroubleTest, AWindowThatIsOverMakesNoKey) {
    const Outcome outcome =
        unloc.apply("r1", "active", {the_target_a}, no_references, nullptr, "2020-01-01T00:00:00Z");
    EXPECT_EQ(outcome.kind, GATEHOUSE_CONFLICT);
    EXPECT_EQ(unloc.apply("r1", "active", {the_target_a}, no_references, "soon").kind,
              GATEHOUSE_INVALID);
    EXPECT_TRUE(unloc.keys.empty());
}

}  // namespace
}  // namespace gatehouse::unloc::test
