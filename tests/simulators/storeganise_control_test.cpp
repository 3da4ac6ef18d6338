// Storeganise's events as the control API makes them, through the whole binary.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "egress/egress.hpp"
#include "simulators/webhook_sender.hpp"
#include "support/http_peer.hpp"
#include "support/simulators.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;
using test::HttpPeer;
using test::PeerAnswer;
using test::PeerRequest;

class StoreganiseControlTest : public testing::Test {
  protected:
    StoreganiseControlTest() {
        EXPECT_EQ(simulators_.post("seed", json::parse(R"({"storeganise": [{"business": "acme",
            "sites": [{"id": "s1"}],
            "units": [{"id": "u1", "siteId": "s1"}, {"id": "u2", "siteId": "s1"}],
            "users": [{"id": "o1", "email": "ann@example.test", "name": "Ann"}]}]})")),
                  json::object());
        rental_ = post("move_in", {{"unit_id", "u1"}, {"user_id", "o1"}})["rental_id"];
    }

    json post(const std::string& verb, json body) {
        body["business"] = "acme";
        return simulators_.post(verb, body);
    }

    // Posts with a webhook to `host_` and returns the event that came.
    json event_of(const std::string& verb, json body, const json& options = json::object()) {
        body["webhook"] = webhook(options);
        const json answer = post(verb, body);
        EXPECT_TRUE(answer.contains("deliveries")) << answer;
        const PeerRequest last = host_.requests().back();
        EXPECT_EQ(last.headers.at("sg-signature"), sign("whsec-acme", last.body));
        return json::parse(last.body);
    }

    json webhook(const json& options = json::object()) const {
        json all = {{"url", "http://" + host_.authority() + "/"}, {"retry_ms", 1}};
        all.update(options);
        return all;
    }

    // A write through the API, as the host's.
    int put_fields(const json& fields) {
        egress::HttpCall call;
        call.method = "PUT";
        call.url = simulators_.storeganise_api("acme") + "/v1/admin/unit-rentals/" + rental_;
        call.headers = {{"Authorization", "ApiKey sg-key-acme"}};
        call.body = json{{"customFields", fields}}.dump();
        const auto reply = client_->send(call);
        return reply ? reply->status : 0;
    }

    test::Simulators simulators_;
    HttpPeer host_{[](const PeerRequest&) { return PeerAnswer(); }};
    std::unique_ptr<egress::HttpClient> client_ = egress::make_curl_client(
        {{"127.0.0.1:" + std::to_string(simulators_.storeganise_port())}, ""});
    std::string rental_;
};

TEST_F(StoreganiseControlTest, MoveOutsArePlannedCancelledAndCompleted) {
    const json created =
        event_of("plan_move_out", {{"rental_id", rental_}, {"date", "2026-11-30"}});
    EXPECT_EQ(created["type"], "job.unit_moveOut.created");
    EXPECT_EQ(event_of("cancel_move_out", {{"rental_id", rental_}})["data"], created["data"]);
    EXPECT_TRUE(post("cancel_move_out", {{"rental_id", rental_}}).contains("error"));
    EXPECT_EQ(event_of("move_out", {{"rental_id", rental_}})["type"], "job.unit_moveOut.completed");
}

TEST_F(StoreganiseControlTest, ATransferIsToldByItsJobOrByItsRentals) {
    const json answer =
        post("transfer",
             {{"rental_id", rental_},
              {"unit_id", "u2"},
              {"webhook", webhook({{"data_form", "rentals"}, {"extra", {{"addonId", "a7"}}}})}});
    const json event = json::parse(host_.requests().back().body);
    EXPECT_EQ(event["type"], "job.unit_transfer.completed");
    EXPECT_EQ(event["addonId"], "a7");
    EXPECT_EQ(event["data"],
              (json{{"oldRentalId", rental_}, {"newRentalId", answer["rental_id"]}}));
    EXPECT_EQ(event_of("transfer", {{"rental_id", answer["rental_id"]}, {"unit_id", "u1"}})["data"]
                  .size(),
              1U);
}

TEST_F(StoreganiseControlTest, DebtsAreToldOneByOneOrTogether) {
    const std::string second = post("move_in", {{"unit_id", "u2"}, {"user_id", "o1"}})["rental_id"];
    const json both = json::array({rental_, second});
    EXPECT_EQ(event_of("mark_overdue", {{"rental_ids", both}, {"together", true}})["data"],
              (json{{"unitRentalIds", both}}));
    const json answer =
        post("unmark_overdue", {{"rental_ids", both}, {"webhook", webhook({{"connections", 2}})}});
    EXPECT_EQ(answer["event_ids"].size(), 2U);
    EXPECT_EQ(answer["deliveries"].size(), 2U);
    EXPECT_EQ(host_.requests().size(), 3U);
}

TEST_F(StoreganiseControlTest, AChangeNamesWhatDiffers) {
    const json user =
        event_of("change", {{"collection", "users"},
                            {"id", "o1"},
                            {"data", {{"email", "a@example.test"}, {"name", "Ann"}}}});
    EXPECT_EQ(user["type"], "user.updated");
    EXPECT_EQ(user["data"]["userId"], "o1");
    EXPECT_EQ(user["data"]["changedKeys"], json::array({"email"}));
    const json rental = event_of(
        "change",
        {{"collection", "rentals"}, {"id", rental_}, {"customFields", {{"kisi_overlocked", true}}}},
        {{"data_form", "object"}});
    EXPECT_EQ(rental["data"]["unitRentalId"]["id"], rental_);
    EXPECT_EQ(rental["data"]["changedKeys"], json::array({"customFields.kisi_overlocked"}));
    EXPECT_EQ(event_of("change", {{"collection", "sites"}, {"id", "s1"}})["data"]["siteId"], "s1");
    EXPECT_EQ(event_of("change", {{"collection", "units"}, {"id", "u1"}})["type"], "unit.updated");
}

TEST_F(StoreganiseControlTest, WritesThroughTheApiComeBack) {
    EXPECT_EQ(post("await_echoes", json::object()), (json{{"sent", 0}, {"refused", 0}}));
    json echo = webhook();
    echo["business"] = "acme";
    EXPECT_EQ(simulators_.post("settings", {{"echo", echo}}), json::object());
    EXPECT_EQ(put_fields({{"kisi_status", "active"}, {"kisi_overlocked", false}}), 200);
    EXPECT_EQ(post("await_echoes", json::object()), (json{{"sent", 1}, {"refused", 0}}));
    const json event = json::parse(host_.requests().back().body);
    EXPECT_EQ(event["type"], "unitRental.updated");
    EXPECT_EQ(event["data"]["unitRentalId"], rental_);
    EXPECT_EQ(event["data"]["changedKeys"],
              json::array({"customFields.kisi_overlocked", "customFields.kisi_status"}));
    EXPECT_EQ(simulators_.post("settings", {{"echo", {{"business", "acme"}}}}), json::object());
    EXPECT_EQ(put_fields({{"kisi_status", "ended"}}), 200);
    EXPECT_EQ(post("await_echoes", json::object())["sent"], 1);
}

TEST_F(StoreganiseControlTest, TheTimeCanBeSet) {
    EXPECT_EQ(simulators_.post("settings", {{"now", "2030-05-06T10:00:00Z"}}), json::object());
    const json event = event_of("move_out", {{"rental_id", rental_}});
    EXPECT_EQ(event["created"].get<std::string>().substr(0, 16), "2030-05-06T10:00");
    const json rentals = simulators_.get("state")["storeganise"]["acme"]["rentals"];
    EXPECT_EQ(rentals[0]["endDate"], "2030-05-06");
    EXPECT_TRUE(simulators_.post("settings", {{"now", "noon"}}).contains("error"));
}

}  // namespace
}  // namespace gatehouse::simulators
