#include "simulators/storeganise_api.hpp"

#include <gtest/gtest.h>

#include <set>

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

class StoreganiseApiTest : public testing::Test {
  protected:
    StoreganiseApiTest() {
        Business& acme = model_.business("acme");
        model_.business("other");
        EXPECT_TRUE(model_.put(acme, "sites", {{"id", "s1"}, {"code", "lon"}}, {}));
        EXPECT_TRUE(model_.put(acme, "units", {{"id", "u1"}, {"siteId", "s1"}, {"name", "A12"}},
                               {{"kisi_id", "group:4711"}}));
        EXPECT_TRUE(model_.put(acme, "users", {{"id", "o1"}, {"email", "ann@example.test"}}, {}));
    }

    JobMade move_in(JobForm form = JobForm::kFull) {
        const auto made = model_.move_in(model_.business("acme"), {"u1", "o1", "", form});
        EXPECT_TRUE(made);
        return made.value_or(JobMade());
    }

    Reply call(const std::string& method, const std::string& path, const std::string& query = "",
               const std::string& body = "", const std::string& key = "sg-key-acme") {
        return api_.answer({method, path, query, "ApiKey " + key, body});
    }

    json get(const std::string& path, const std::string& query = "") {
        const Reply reply = call("GET", "/b/acme/api/v1/admin/" + path, query);
        EXPECT_EQ(reply.status, 200) << reply.body;
        return json::parse(reply.body);
    }

    int status_of_put(const std::string& path, const std::string& body) {
        return call("PUT", "/api/v1/admin/" + path, "", body).status;
    }

    StoreganiseModel model_;
    StoreganiseApi api_{model_};
};

TEST_F(StoreganiseApiTest, TheKeyMustFitTheBusiness) {
    EXPECT_EQ(call("GET", "/api/v1/admin/sites").status, 200);
    EXPECT_EQ(call("GET", "/b/acme/api/v1/admin/sites").status, 200);
    EXPECT_EQ(call("GET", "/b/other/api/v1/admin/sites").status, 403);
    const Reply unknown = call("GET", "/api/v1/admin/sites", "", "", "wrong");
    EXPECT_EQ(unknown.status, 401);
    EXPECT_TRUE(json::parse(unknown.body)["error"]["message"].is_string());
    EXPECT_EQ(api_.answer({"GET", "/api/v1/admin/sites", "", "Addon 7|sg-key-acme", ""}).status,
              200);
    EXPECT_EQ(api_.answer({"GET", "/api/v1/admin/sites", "", "Bearer sg-key-acme", ""}).status,
              401);
}

TEST_F(StoreganiseApiTest, ARentalShowsOnlyWhatIsIncluded) {
    const std::string path = "unit-rentals/" + move_in().rental_id;
    const json bare = get(path);
    EXPECT_FALSE(bare.contains("customFields"));
    EXPECT_FALSE(bare.contains("unit"));
    EXPECT_FALSE(bare.contains("owner"));
    EXPECT_EQ(bare["state"], "occupied");
    EXPECT_EQ(bare["unitId"], "u1");

    const json full = get(path, "include=unit,owner,customFields");
    EXPECT_EQ(full["customFields"], json::object());
    EXPECT_EQ(full["unit"]["customFields"]["kisi_id"], "group:4711");
    EXPECT_EQ(full["owner"]["email"], "ann@example.test");

    EXPECT_FALSE(get(path, "include=unit")["unit"].contains("customFields"));
}

TEST_F(StoreganiseApiTest, CustomFieldsMergeAndNullClears) {
    const std::string path = "unit-rentals/" + move_in().rental_id;
    EXPECT_EQ(status_of_put(path, R"({"customFields":{"kisi_status":"active"}})"), 200);
    EXPECT_EQ(status_of_put(path, R"({"customFields":{"kisi_overlocked":true}})"), 200);
    EXPECT_EQ(get(path, "include=customFields")["customFields"],
              (json{{"kisi_status", "active"}, {"kisi_overlocked", true}}));
    EXPECT_EQ(status_of_put(path, R"({"customFields":{"kisi_status":null}})"), 200);
    EXPECT_EQ(get(path, "include=customFields")["customFields"], (json{{"kisi_overlocked", true}}));
}

TEST_F(StoreganiseApiTest, RefusesUnknownCodesAndOtherWrites) {
    const std::string path = "unit-rentals/" + move_in().rental_id;
    EXPECT_EQ(status_of_put(path, R"({"customFields":{"kisi_nope":1}})"), 400);
    EXPECT_EQ(status_of_put(path, R"({"state":"ended"})"), 400);
    EXPECT_EQ(status_of_put(path, "{"), 400);
    EXPECT_EQ(status_of_put("unit-rentals/none", R"({"customFields":{}})"), 404);
    EXPECT_EQ(get(path)["state"], "occupied");
}

TEST_F(StoreganiseApiTest, JobsKeepTheirIdsWhereTheFormSays) {
    const auto job = [this](JobForm form) { return get("jobs/" + move_in(form).job_id); };
    const json full = job(JobForm::kFull);
    EXPECT_EQ(full["type"], "unit_moveIn");
    EXPECT_EQ(full["state"], "completed");
    EXPECT_EQ(full["result"]["unitRentalId"], full["steps"][0]["result"]["unitRentalId"]);
    EXPECT_EQ(full["result"]["unitRentalId"], full["data"]["unitRentalId"]);

    const json steps = job(JobForm::kSteps);
    EXPECT_TRUE(steps["steps"][0]["result"]["unitRentalId"].is_string());
    EXPECT_FALSE(steps["result"].contains("unitRentalId"));
    EXPECT_FALSE(steps["data"].contains("unitRentalId"));

    EXPECT_TRUE(job(JobForm::kData)["data"]["unitRentalId"].is_string());
    EXPECT_TRUE(job(JobForm::kObjects)["result"]["unitRentalId"]["id"].is_string());
    EXPECT_TRUE(job(JobForm::kResult)["steps"][0]["result"].empty());
}

TEST_F(StoreganiseApiTest, AMoveOutEndsTheRentalAndFreesTheUnit) {
    const JobMade in = move_in();
    const auto out = model_.move_out(model_.business("acme"), in.rental_id, JobForm::kFull);
    ASSERT_TRUE(out);
    EXPECT_EQ(get("unit-rentals/" + in.rental_id)["state"], "ended");
    EXPECT_EQ(get("unit-rentals/" + in.rental_id)["moveOutJobId"], out->job_id);
    EXPECT_EQ(get("units/u1")["state"], "available");
    EXPECT_EQ(get("jobs/" + out->job_id)["result"]["unitRentalId"], in.rental_id);
    EXPECT_FALSE(model_.move_out(model_.business("acme"), "none", JobForm::kFull));
}

TEST_F(StoreganiseApiTest, ListsAreBareArraysWithFiltersAndPages) {
    std::set<std::string> all;
    for (int number = 0; number < 5; ++number) {
        all.insert(move_in().rental_id);
    }
    EXPECT_EQ(get("unit-rentals").size(), 5U);
    EXPECT_EQ(get("unit-rentals", "limit=2&offset=4").size(), 1U);
    EXPECT_EQ(get("unit-rentals", "ids=" + *all.begin() + "," + *all.rbegin()).size(), 2U);
    EXPECT_EQ(get("unit-rentals", "state=active").size(), 5U);
    EXPECT_EQ(get("unit-rentals", "state=ended").size(), 0U);
    EXPECT_EQ(get("unit-rentals", "ownerId=o1&siteId=s1").size(), 5U);
    EXPECT_EQ(get("unit-rentals", "siteId=s2").size(), 0U);
    EXPECT_EQ(get("unit-rentals", "updatedAfter=2999-01-01T00:00:00.000Z").size(), 0U);

    std::set<std::string> paged;
    for (const char* offset : {"0", "2", "4"}) {
        for (const json& rental : get("unit-rentals", "limit=2&offset=" + std::string(offset))) {
            paged.insert(rental["id"].get<std::string>());
        }
    }
    EXPECT_EQ(paged, all);
}

TEST_F(StoreganiseApiTest, PagesFollowTheIdsHoweverTheObjectsCame) {
    for (const char* id : {"u5", "u3", "u4", "u2", "u3"}) {
        const char* site = *std::string_view(id).rbegin() % 2 == 0 ? "even" : "odd";
        EXPECT_TRUE(
            model_.put(model_.business("acme"), "units", {{"id", id}, {"siteId", site}}, {}));
    }
    const auto ids = [this](const std::string& query) {
        std::string text;
        for (const json& unit : get("units", query)) {
            text += unit["id"].get<std::string>();
        }
        return text;
    };
    EXPECT_EQ(ids(""), "u1u2u3u4u5");
    EXPECT_EQ(ids("limit=2&offset=1"), "u2u3");
    EXPECT_EQ(ids("limit=2&offset=4"), "u5");
    EXPECT_EQ(ids("offset=5"), "");
    EXPECT_EQ(ids("limit=0"), "");
    EXPECT_EQ(ids("siteId=odd&limit=1&offset=1"), "u5");
    EXPECT_EQ(ids("ids=u4,u9,u2,u4&offset=1"), "u4");
    EXPECT_EQ(ids("ids=u4,u3,u2&siteId=even"), "u2u4");
}

TEST_F(StoreganiseApiTest, UsersAnswerToTheirEMailAndSitesToTheirCode) {
    EXPECT_EQ(get("users/ann%40example.test")["id"], "o1");
    EXPECT_EQ(get("sites/lon")["id"], "s1");
    EXPECT_EQ(call("GET", "/api/v1/admin/users/bob%40example.test").status, 404);
    EXPECT_EQ(call("GET", "/api/v1/admin/nothing").status, 404);
    EXPECT_EQ(call("DELETE", "/api/v1/admin/users/o1").status, 405);
}

TEST_F(StoreganiseApiTest, TasksForStaffAreTheJobsThatTheApiMakes) {
    const Reply made = call("POST", "/api/v1/admin/jobs", "",
                            R"({"type":"task","ownerId":null,"data":{"title":"door"}})");
    ASSERT_EQ(made.status, 200) << made.body;
    const json job = json::parse(made.body);
    EXPECT_EQ(get("jobs/" + job["id"].get<std::string>())["data"]["title"], "door");
    EXPECT_EQ(call("POST", "/api/v1/admin/jobs", "", R"({"type":"unit_moveIn"})").status, 400);
}

}  // namespace
}  // namespace gatehouse::simulators
