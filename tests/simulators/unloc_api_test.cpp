#include "simulators/unloc_api.hpp"

#include <gtest/gtest.h>

#include "simulators/unloc_control.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

const std::string kProject = "d45031c2-be07-4d20-adbe-4e51e6ad0fed";
const std::string kLock = "c0f3aed0-2a7e-4de5-a0ff-3bfc22bfb6ef";
const std::string kPhone = "+4790012345";

class UnlocApiTest : public testing::Test {
  protected:
    UnlocApiTest() {
        const json lock = {{"id", kLock}, {"name", "North gate"}};
        seed_unloc(model_, {{"project", kProject}, {"locks", json::array({lock})}});
        token_ = sign_in()["access_token"];
    }

    json sign_in(const json& further = json::object()) {
        json body = {{"grant_type", "client_credentials"},
                     {"client_id", "unloc-client-" + kProject},
                     {"client_secret", "unloc-secret-" + kProject},
                     {"scope", "project.admin"},
                     {"project_id", kProject}};
        body.update(further);
        return json::parse(api_.answer({"POST", "/v2/auth/token/", "", "", body.dump()}).body);
    }

    Reply call(const std::string& method, const std::string& path, const json& body = nullptr,
               const std::string& query = "") {
        return api_.answer({method, "/v2/projects/" + kProject + path, query, "Bearer " + token_,
                            body.is_null() ? "" : body.dump()});
    }

    Reply create(const json& further = json::object()) {
        json key = {{"lockId", kLock}, {"appUserId", kPhone}};
        key.update(further);
        json body = json::object();
        body["keys"] = json::array({key});
        return call("POST", "/keys", body);
    }

    // Creates a key and brings its job to an end; gives the job.
    json made(const json& further = json::object()) {
        const Reply reply = create(further);
        EXPECT_EQ(reply.status, 202) << reply.body;
        const std::string id = json::parse(reply.body)["jobRef"]["id"];
        call("GET", "/jobs/" + id);
        return json::parse(call("GET", "/jobs/" + id).body)["job"];
    }

    json keys(const std::string& query = "") {
        return json::parse(call("GET", "/keys", nullptr, query).body)["keys"];
    }

    std::size_t doors() { return unloc_doors(model_, {{"phone", kPhone}}).size(); }

    static std::string fault_of(const Reply& reply) {
        EXPECT_EQ(reply.status, 400) << reply.body;
        const json body = json::parse(reply.body);
        EXPECT_TRUE(body.contains("title") && body.contains("detail"));
        return body["invalidParams"][0]["name"].get<std::string>() + " " +
               body["invalidParams"][0]["reason"].get<std::string>();
    }

    UnlocModel model_;
    Recorder recorder_;
    UnlocApi api_{model_, recorder_};
    std::string token_;
};

TEST_F(UnlocApiTest, ATokenIsBoundToItsProjectAndEnds) {
    const json given = sign_in();
    EXPECT_EQ(given["expires_in"], 3600);
    EXPECT_EQ(given["token_type"], "bearer");
    EXPECT_TRUE(sign_in({{"client_secret", "other"}}).contains("error"));
    EXPECT_TRUE(sign_in({{"project_id", "other"}}).contains("error"));
    EXPECT_TRUE(sign_in({{"scope", "everything"}}).contains("title"));
    EXPECT_TRUE(sign_in({{"audience", "x"}}).contains("title"));
    EXPECT_EQ(api_.answer({"GET", "/v2/projects/other", "", "Bearer " + token_, ""}).status, 403);
    EXPECT_EQ(call("GET", "").status, 200);
    EXPECT_EQ(api_.answer({"POST", "/v2/auth/token", "", "", "{}"}).status, 404);
    model_.expire_tokens();
    const Reply refused = call("GET", "");
    EXPECT_EQ(refused.status, 401);
    EXPECT_TRUE(json::parse(refused.body).contains("errorDescription"));
}

TEST_F(UnlocApiTest, KeysAreMadeByAJobThatTakesItsPolls) {
    change_unloc(model_, {{"project", kProject}, {"job_polls", 2}});
    const json job_ref = json::parse(create().body)["jobRef"];
    EXPECT_EQ(job_ref["jobType"], "createKeys");
    EXPECT_EQ(keys()[0]["state"], "creating");
    EXPECT_EQ(doors(), 0U);
    const std::string path = "/jobs/" + job_ref["id"].get<std::string>();
    for (int poll = 0; poll < 2; ++poll) {
        EXPECT_EQ(json::parse(call("GET", path).body)["job"]["status"], "inProgress");
    }
    const json job = json::parse(call("GET", path).body)["job"];
    EXPECT_EQ(job["status"], "succeeded");
    EXPECT_EQ(job["resultData"]["createdKeys"][0]["id"], keys()[0]["id"]);
    EXPECT_EQ(doors(), 1U);
    EXPECT_EQ(call("GET", "/jobs/none").status, 404);
}

TEST_F(UnlocApiTest, AJobFailsOrStaysPendingAsTold) {
    for (const char* outcome : {"failedValidation", "failedJob", "timeout"}) {
        change_unloc(model_, {{"project", kProject}, {"job_outcome", outcome}});
        const json job = made();
        EXPECT_EQ(job["status"], outcome);
        EXPECT_TRUE(job["failureReason"].is_string());
        EXPECT_EQ(job["resultData"]["failedKeys"].size(), 1U);
    }
    change_unloc(model_, {{"project", kProject}, {"job_outcome", "succeeded"}, {"job_polls", -1}});
    EXPECT_EQ(made()["status"], "inProgress");
    EXPECT_EQ(doors(), 0U);
    change_unloc(model_, {{"project", kProject}, {"finish_jobs", true}});
    EXPECT_EQ(doors(), 1U);
}

TEST_F(UnlocApiTest, ElementsOfCreatedKeysHaveTheSeededShape) {
    for (const char* shape : {"id", "keyId"}) {
        change_unloc(model_, {{"project", kProject}, {"created_shape", shape}});
        EXPECT_TRUE(made()["resultData"]["createdKeys"][0][shape].is_string());
    }
    change_unloc(model_, {{"project", kProject}, {"created_shape", "key"}});
    EXPECT_TRUE(made()["resultData"]["createdKeys"][0]["key"]["id"].is_string());
}

TEST_F(UnlocApiTest, AnInvalidKeyFailsTheWholeCall) {
    EXPECT_EQ(fault_of(create({{"start", nullptr}})), "keys[0].start must be of type string");
    EXPECT_EQ(fault_of(create({{"end", nullptr}})), "keys[0].end must be of type string");
    EXPECT_EQ(fault_of(create({{"end", "2020-01-01T00:00:00Z"}})),
              "keys[0].end must be in the future and after start");
    EXPECT_EQ(fault_of(create({{"appUserId", "90012345"}})),
              "keys[0].appUserId must be a mobile number in E.164");
    EXPECT_EQ(fault_of(create({{"lockId", "other"}})), "keys[0].lockId is no lock of the project");
    EXPECT_EQ(fault_of(create({{"note", "x"}})), "keys[0].note is not allowed");
    EXPECT_EQ(fault_of(call("POST", "/keys", {{"keys", json::array()}})),
              "keys must be the only member, a list");
    const json good = {{"lockId", kLock}, {"appUserId", kPhone}};
    const json bad = {{"lockId", kLock}, {"appUserId", 7}};
    EXPECT_EQ(call("POST", "/keys", {{"keys", json::array({good, bad})}}).status, 400);
    EXPECT_EQ(keys(), json::array());
}

TEST_F(UnlocApiTest, KeysKnowTheirWindowAndMetadata) {
    made({{"start", "2099-01-01T00:00:00Z"}, {"metadata", {{"rental", "r1"}}}});
    EXPECT_EQ(keys()[0]["state"], "scheduled");
    EXPECT_EQ(keys()[0]["appUser"]["id"], kPhone);
    EXPECT_EQ(keys()[0]["metadata"]["rental"], "r1");
    EXPECT_EQ(doors(), 0U);
    EXPECT_EQ(unloc_doors(model_, {{"phone", kPhone}, {"at", "2099-01-02T00:00:00Z"}}).size(), 1U);
    change_unloc(model_, {{"project", kProject}, {"shows_metadata", false}});
    EXPECT_FALSE(keys()[0].contains("metadata"));
}

TEST_F(UnlocApiTest, RevokingIsGoneFor404AndExpiredFor409) {
    made();
    const std::string id = keys()[0]["id"];
    EXPECT_EQ(call("DELETE", "/keys/" + id).status, 204);
    EXPECT_EQ(doors(), 0U);
    EXPECT_EQ(call("DELETE", "/keys/" + id).status, 409);
    EXPECT_EQ(call("DELETE", "/keys/none").status, 404);
    made();
    const std::string other = keys()[1]["id"];
    change_unloc(model_, {{"project", kProject}, {"expire_key", other}});
    EXPECT_EQ(keys()[1]["state"], "expired");
    EXPECT_EQ(call("DELETE", "/keys/" + other).status, 409);
}

TEST_F(UnlocApiTest, ListsFilterAndPage) {
    for (int i = 0; i < 3; ++i) {
        made();
    }
    made({{"appUserId", "+12125552390"}});
    EXPECT_EQ(keys("appUserId=%2B12125552390").size(), 1U);
    EXPECT_EQ(keys("lockId=other").size(), 0U);
    const json first = keys("limit=3");
    EXPECT_EQ(first.size(), 3U);
    EXPECT_EQ(keys("limit=3&startAfterId=" + first[2]["id"].get<std::string>()).size(), 1U);
    EXPECT_EQ(call("GET", "/keys", nullptr, "limit=2501").status, 400);
    EXPECT_EQ(call("GET", "/keys", nullptr, "startAfterId=none").status, 400);
    EXPECT_EQ(call("GET", "/keys", nullptr, "excludeStates=revoked").status, 400);
}

TEST_F(UnlocApiTest, ASecondKeyOfAPersonCanBeRefused) {
    made();
    EXPECT_EQ(create().status, 202);
    change_unloc(model_, {{"project", kProject}, {"takes_second_key", false}});
    EXPECT_EQ(create().status, 409);
}

TEST_F(UnlocApiTest, WebhooksAreHttpsAndOfOneLock) {
    json wanted = {
        {"trigger", "accessEvent"}, {"url", "https://u:p@host.test/x"}, {"lockId", kLock}};
    EXPECT_EQ(call("POST", "/webhooks", wanted).status, 201);
    const json list = json::parse(call("GET", "/webhooks").body)["webhooks"];
    ASSERT_EQ(list.size(), 1U);
    wanted["url"] = "http://host.test/x";
    EXPECT_EQ(fault_of(call("POST", "/webhooks", wanted)), "url must begin with https");
    const std::string id = list[0]["id"];
    EXPECT_EQ(call("DELETE", "/webhooks/" + id).status, 204);
    EXPECT_EQ(call("DELETE", "/webhooks/" + id).status, 404);
}

}  // namespace
}  // namespace gatehouse::simulators
