// Move-outs, transfers and debts in the model, as the API shows them.
#include <gtest/gtest.h>

#include "simulators/storeganise_api.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

class StoreganiseMovesTest : public testing::Test {
  protected:
    StoreganiseMovesTest() {
        EXPECT_TRUE(model_.put(acme_, "units", {{"id", "u1"}, {"siteId", "s1"}}, {}));
        EXPECT_TRUE(model_.put(acme_, "units", {{"id", "u2"}, {"siteId", "s1"}}, {}));
        EXPECT_TRUE(model_.put(acme_, "users", {{"id", "o1"}, {"email", "ann@example.test"}}, {}));
    }

    std::string move_in(const std::string& unit = "u1") {
        return model_.move_in(acme_, {unit, "o1", "", JobForm::kFull})->rental_id;
    }

    json get(const std::string& path, const std::string& query = "") {
        const Reply reply = call("GET", path, query);
        EXPECT_EQ(reply.status, 200) << reply.body;
        return json::parse(reply.body);
    }

    Reply call(const std::string& method, const std::string& path, const std::string& query = "",
               const std::string& body = "") {
        return api_.answer({method, "/api/v1/admin/" + path, query, "ApiKey sg-key-acme", body});
    }

    StoreganiseModel model_;
    StoreganiseApi api_{model_};
    Business& acme_ = model_.business("acme");
};

TEST_F(StoreganiseMovesTest, APlannedMoveOutChangesNothingButTheReference) {
    const std::string rental = move_in();
    const auto planned = model_.plan_move_out(acme_, rental, "2026-11-30", JobForm::kFull);
    ASSERT_TRUE(planned);
    EXPECT_EQ(get("unit-rentals/" + rental)["state"], "occupied");
    EXPECT_EQ(get("unit-rentals/" + rental)["moveOutJobId"], planned->job_id);
    const json job = get("jobs/" + planned->job_id);
    EXPECT_EQ(job["type"], "unit_moveOut");
    EXPECT_EQ(job["state"], "ready");
    EXPECT_EQ(job["data"]["date"], "2026-11-30");
    EXPECT_EQ(job["data"]["unitRentalId"], rental);

    EXPECT_EQ(model_.plan_move_out(acme_, rental, "2026-12-31", JobForm::kFull)->job_id,
              planned->job_id);
    EXPECT_EQ(get("jobs/" + planned->job_id)["data"]["date"], "2026-12-31");

    EXPECT_EQ(model_.move_out(acme_, rental, JobForm::kFull)->job_id, planned->job_id);
    EXPECT_EQ(get("jobs/" + planned->job_id)["state"], "completed");
    EXPECT_EQ(get("unit-rentals/" + rental)["state"], "ended");
}

TEST_F(StoreganiseMovesTest, ACancelledMoveOutLeavesTheRentalAsItWas) {
    const std::string rental = move_in();
    EXPECT_FALSE(model_.cancel_move_out(acme_, rental, false));
    const auto first = model_.plan_move_out(acme_, rental, "2026-11-30", JobForm::kFull);
    ASSERT_TRUE(model_.cancel_move_out(acme_, rental, false));
    EXPECT_EQ(get("jobs/" + first->job_id)["state"], "cancelled");
    EXPECT_FALSE(get("unit-rentals/" + rental).contains("moveOutJobId"));

    const auto second = model_.plan_move_out(acme_, rental, "2026-11-30", JobForm::kFull);
    EXPECT_NE(second->job_id, first->job_id);
    ASSERT_TRUE(model_.cancel_move_out(acme_, rental, true));
    EXPECT_EQ(get("unit-rentals/" + rental)["moveOutJobId"], second->job_id);
}

TEST_F(StoreganiseMovesTest, ATransferEndsTheOldRentalAndBeginsAnEmptyOne) {
    const std::string old_rental = move_in();
    StoreganiseModel::merge_fields(acme_.rentals.find(old_rental)->second,
                                   {{"kisi_pinCode", "4711"}, {"kisi_overlocked", true}});
    const auto made = model_.transfer(acme_, {old_rental, "u2", JobForm::kSteps});
    ASSERT_TRUE(made);
    const json now = get("unit-rentals/" + made->rental_id, "include=customFields");
    EXPECT_EQ(now["state"], "occupied");
    EXPECT_EQ(now["unitId"], "u2");
    EXPECT_EQ(now["ownerId"], "o1");
    EXPECT_EQ(now["customFields"], json::object());
    EXPECT_EQ(get("unit-rentals/" + old_rental)["state"], "ended");
    EXPECT_EQ(get("units/u1")["state"], "available");
    EXPECT_EQ(get("units/u2")["rentalId"], made->rental_id);
    const json job = get("jobs/" + made->job_id);
    EXPECT_EQ(job["type"], "unit_transfer");
    EXPECT_EQ(job["data"]["oldRentalId"], old_rental);
    EXPECT_EQ(job["steps"][0]["result"]["unitRentalId"], made->rental_id);
    EXPECT_FALSE(model_.transfer(acme_, {old_rental, "none"}));
}

TEST_F(StoreganiseMovesTest, ARenterOwesWhileAnyOfTheRentalsDoes) {
    const std::string first = move_in();
    const std::string second = move_in("u2");
    ASSERT_TRUE(model_.set_overdue(acme_, first, true));
    ASSERT_TRUE(model_.set_overdue(acme_, second, true));
    EXPECT_TRUE(get("unit-rentals/" + first)["overdue"].is_string());
    EXPECT_TRUE(get("users/o1")["overdue"].is_string());
    ASSERT_TRUE(model_.set_overdue(acme_, first, false));
    EXPECT_TRUE(get("unit-rentals/" + first)["overdue"].is_null());
    EXPECT_TRUE(get("users/o1")["overdue"].is_string());
    ASSERT_TRUE(model_.set_overdue(acme_, second, false));
    EXPECT_TRUE(get("users/o1")["overdue"].is_null());
    EXPECT_FALSE(model_.set_overdue(acme_, "none", true));
}

TEST_F(StoreganiseMovesTest, EveryChangeMovesTheStamp) {
    const std::string rental = move_in();
    const auto is_newer_than = [this](const std::string& path, const std::string& stamp) {
        return get(path, "updatedAfter=" + stamp).size();
    };
    acme_.rentals.find(rental)->second.data["updated"] = "2000-01-01T00:00:00.000Z";
    acme_.units.find("u1")->second.data["updated"] = "2000-01-01T00:00:00.000Z";
    EXPECT_EQ(is_newer_than("unit-rentals", "2000-01-01T00:00:00.000Z"), 0U);
    ASSERT_TRUE(model_.set_overdue(acme_, rental, true));
    EXPECT_EQ(is_newer_than("unit-rentals", "2000-01-01T00:00:00.000Z"), 1U);
    ASSERT_TRUE(model_.move_out(acme_, rental, JobForm::kFull));
    EXPECT_EQ(is_newer_than("units", "2001-01-01T00:00:00.000Z&ids=u1"), 1U);
}

TEST_F(StoreganiseMovesTest, ATaskIsDoneWithItsLastStep) {
    const json made = json::parse(
        call("POST", "jobs", "", R"({"type":"task","data":{"targetType":"unit"}})").body);
    const std::string path = "jobs/" + made["id"].get<std::string>();
    const std::string step = path + "/steps/" + made["steps"][0]["id"].get<std::string>();
    EXPECT_EQ(call("PUT", step, "", R"({"state":"open"})").status, 400);
    EXPECT_EQ(call("PUT", path + "/steps/none", "", R"({"state":"completed"})").status, 404);
    EXPECT_EQ(get(path)["state"], "ready");
    EXPECT_EQ(call("PUT", step, "", R"({"state":"completed"})").status, 200);
    EXPECT_EQ(get(path)["state"], "completed");
}

TEST_F(StoreganiseMovesTest, ChargesAreAddedToRentals) {
    const std::string path = "unit-rentals/" + move_in();
    const std::string body = R"({"title":"Lost key","amount":25})";
    EXPECT_EQ(call("POST", path + "/charges", "", body).status, 200);
    EXPECT_EQ(call("POST", path + "/charges", "", body).status, 200);
    ASSERT_EQ(get(path)["charges"].size(), 2U);
    EXPECT_EQ(get(path)["charges"][0]["amount"], 25);
    EXPECT_EQ(call("POST", path + "/charges", "", R"({"title":"Lost key"})").status, 400);
    EXPECT_EQ(call("POST", "unit-rentals/none/charges", "", body).status, 404);
}

TEST_F(StoreganiseMovesTest, AnAddOnIsLetInUnderItsOwnId) {
    const auto status = [this](const std::string& authorization) {
        return api_.answer({"GET", "/api/v1/admin/sites", "", authorization, ""}).status;
    };
    EXPECT_EQ(status("Addon any|sg-key-acme"), 200);
    acme_.addon_id = "addon-7";
    EXPECT_EQ(status("Addon addon-7|sg-key-acme"), 200);
    EXPECT_EQ(status("Addon other|sg-key-acme"), 401);
    EXPECT_EQ(status("ApiKey sg-key-acme"), 200);
    EXPECT_EQ(status("Addon addon-7|wrong"), 401);
}

}  // namespace
}  // namespace gatehouse::simulators
