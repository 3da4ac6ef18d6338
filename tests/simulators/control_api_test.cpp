// The whole binary: started as other suites start it, steered through its control API.
#include <curl/curl.h>
#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "simulators/webhook_sender.hpp"
#include "support/http_peer.hpp"
#include "support/simulators.hpp"
#include "support/temp_dir.hpp"
#include "support/throwaway_certificate.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;
using test::HttpPeer;
using test::PeerAnswer;
using test::PeerRequest;

struct Answer {
    CURLcode code = CURLE_OK;
    long status = 0;
    std::string body;
};

std::size_t append(char* data, std::size_t size, std::size_t count, void* into) {
    static_cast<std::string*>(into)->append(data, size * count);
    return size * count;
}

Answer call(const std::string& method, const std::string& url, const std::string& authorization,
            const json& body = nullptr, long timeout_ms = 20'000) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                   curl_easy_cleanup);
    const std::string header = "Authorization: " + authorization;
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(
        curl_slist_append(nullptr, header.c_str()), curl_slist_free_all);
    const std::string text = body.is_null() ? "" : body.dump();
    Answer answer;
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, timeout_ms);
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
    if (!text.empty()) curl_easy_setopt(curl.get(), CURLOPT_COPYPOSTFIELDS, text.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
    answer.code = curl_easy_perform(curl.get());
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
}

class ControlApiTest : public testing::Test {
  protected:
    ControlApiTest() {
        const json answer = simulators_.post("seed", json::parse(R"({
            "storeganise": [{"business": "acme",
                "sites": [{"id": "s1"}],
                "units": [{"id": "u1", "siteId": "s1", "customFields": {"kisi_id": "group:4711"}}],
                "users": [{"id": "o1", "email": "ann@example.test", "name": "Ann"}]}],
            "kisi": [{"organization": "acme",
                "groups": [{"id": 4711, "name": "A12", "locks": [{"id": 12, "name": "A12 door"}]}]}]
        })"));
        EXPECT_EQ(answer, json::object());
    }

    Answer kisi(const std::string& method, const std::string& path, const json& body = nullptr,
                long timeout_ms = 20'000) {
        return call(method, simulators_.kisi_url() + path, "KISI-LOGIN kisi-key-acme", body,
                    timeout_ms);
    }

    Answer storeganise(const std::string& method, const std::string& path,
                       const json& body = nullptr) {
        return call(method, simulators_.storeganise_api("acme") + "/v1/admin" + path,
                    "ApiKey sg-key-acme", body);
    }

    std::size_t users() const { return simulators_.get("state")["kisi"]["acme"]["users"].size(); }

    test::Simulators simulators_{{"--no-rate-limit"}};
};

json webhook_to(const HttpPeer& host) {
    return {{"url", "http://" + host.authority() + "/v1/webhooks/acme/storeganise"},
            {"retry_ms", 1}};
}

TEST_F(ControlApiTest, AMoveInSendsItsSignedWebhook) {
    HttpPeer host([](const PeerRequest&) { return PeerAnswer{}; });
    const json made = simulators_.post("move_in", {{"business", "acme"},
                                                   {"unit_id", "u1"},
                                                   {"user_id", "o1"},
                                                   {"webhook", webhook_to(host)}});
    ASSERT_TRUE(made.contains("deliveries")) << made;
    EXPECT_EQ(made["deliveries"][0]["status"], 200);

    ASSERT_EQ(host.requests().size(), 1U);
    const PeerRequest request = host.requests()[0];
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.headers.at("sg-signature"), sign("whsec-acme", request.body));
    const json event = json::parse(request.body);
    EXPECT_EQ(event["id"], made["event_id"]);
    EXPECT_EQ(event["type"], "job.unit_moveIn.completed");
    EXPECT_EQ(event["data"], (json{{"jobId", made["job_id"]}}));

    const Answer job = storeganise("GET", "/jobs/" + event["data"]["jobId"].get<std::string>());
    EXPECT_EQ(json::parse(job.body)["result"]["unitRentalId"], made["rental_id"]);
}

TEST_F(ControlApiTest, TheSignatureIsTheOneThatThePublishedRecipeGives) {
    // base64 of the HMAC-SHA256 of RFC 4231, test case 2.
    EXPECT_EQ(sign("Jefe", "what do ya want for nothing?"),
              "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
}

TEST_F(ControlApiTest, AFailedWebhookIsTriedThreeTimes) {
    HttpPeer host([](const PeerRequest&) { return PeerAnswer{503}; });
    const json made = simulators_.post("move_in", {{"business", "acme"},
                                                   {"unit_id", "u1"},
                                                   {"user_id", "o1"},
                                                   {"webhook", webhook_to(host)}});
    EXPECT_EQ(made["deliveries"][0]["attempts"], 3);
    EXPECT_EQ(made["deliveries"][0]["status"], 503);
    EXPECT_EQ(host.requests().size(), 3U);
}

TEST_F(ControlApiTest, CopiesOfAWebhookAreTheSameBytes) {
    HttpPeer host([](const PeerRequest&) { return PeerAnswer{}; });
    json order = webhook_to(host);
    order.update(
        {{"business", "acme"}, {"type", "unit.updated"}, {"copies", 8}, {"parallel", true}});
    const json sent = simulators_.post("webhook", order);
    ASSERT_EQ(sent["deliveries"].size(), 8U) << sent;
    for (const PeerRequest& request : host.requests()) {
        EXPECT_EQ(request.body, host.requests()[0].body);
    }
}

TEST_F(ControlApiTest, SendsToHttps) {
    HttpPeer host([](const PeerRequest&) { return PeerAnswer{}; }, test::make_certificate());
    json order = webhook_to(host);
    order.update(
        {{"url", "https://" + host.authority() + "/"}, {"secret", "s"}, {"type", "unit.updated"}});
    EXPECT_EQ(simulators_.post("webhook", order)["deliveries"][0]["status"], 200);
}

TEST(SimulatorsTls, TheVendorsSpeakHttpsAndTheControlPortDoesNot) {
    const test::Certificate made = test::make_certificate();
    const test::TempDir folder;
    const std::string certificate = (folder.path() / "cert.pem").string();
    const std::string key = (folder.path() / "key.pem").string();
    std::ofstream(certificate) << made.certificate_pem;
    std::ofstream(key) << made.key_pem;
    const test::Simulators simulators({"--tls-certificate", certificate, "--tls-key", key});
    EXPECT_EQ(simulators.get("health"), (json{{"ok", true}}));
    const std::string authority = "127.0.0.1:" + std::to_string(simulators.kisi_port());
    EXPECT_EQ(call("GET", "https://" + authority + "/user", "").status, 401);
    EXPECT_NE(call("GET", "http://" + authority + "/user", "").code, CURLE_OK);
}

TEST_F(ControlApiTest, ALoadIsCompleteWhenEachRenterHasADoorAndEachRentalItsFields) {
    const json bulk =
        simulators_.post("bulk", {{"business", "acme"}, {"count", 12}, {"groups", 3}});
    ASSERT_EQ(bulk["job_ids"].size(), 12U) << bulk;
    // The least that a host does.
    HttpPeer host([this](const PeerRequest& request) {
        const json event = json::parse(request.body);
        const json job = json::parse(
            storeganise("GET", "/jobs/" + event["data"]["jobId"].get<std::string>()).body);
        const std::string rental_id = job["result"]["unitRentalId"].get<std::string>();
        const json rental = json::parse(
            storeganise("GET", "/unit-rentals/" + rental_id + "?include=unit,owner,customFields")
                .body);
        const json user = json::parse(
            kisi("POST", "/users", {{"user", {{"email", rental["owner"]["email"]}}}}).body);
        const std::string target = rental["unit"]["customFields"]["kisi_id"].get<std::string>();
        kisi("POST", "/role_assignments",
             {{"role_assignment",
               {{"applies_to_type", "Group"},
                {"applies_to_id", std::stoll(target.substr(6))},
                {"assignee_type", "User"},
                {"assignee_id", user["id"]},
                {"role_id", "group_basic"}}}});
        storeganise("PUT", "/unit-rentals/" + rental_id,
                    {{"customFields", {{"kisi_status", "active"}}}});
        return PeerAnswer{};
    });
    json order = webhook_to(host);
    order.update({{"business", "acme"}, {"concurrency", 4}, {"timeout_ms", 20'000}});
    const json report = simulators_.post("load", order);
    EXPECT_EQ(report["move_ins"], 12) << report;
    EXPECT_EQ(report["completed"], 12);
    EXPECT_EQ(report["acknowledged"], 12);
    EXPECT_EQ(report["incomplete"], json::array());
    std::set<std::string> event_ids;
    for (const PeerRequest& request : host.requests()) {
        event_ids.insert(json::parse(request.body)["id"].get<std::string>());
    }
    EXPECT_EQ(event_ids.size(), 12U);
    const std::string email =
        simulators_.get("state")["kisi"]["acme"]["users"].back()["email"].get<std::string>();
    EXPECT_EQ(simulators_.open_doors(email).size(), 1U);
}

// What another process sends is waited for just the same.
TEST_F(ControlApiTest, ALoadThatIsSentElsewhereSendsNothing) {
    const json bulk = simulators_.post("bulk", {{"business", "acme"}, {"count", 1}});
    auto load = std::async(std::launch::async, [this] {
        return simulators_.post("load", {{"business", "acme"}, {"send", false}});
    });
    // A second load is refused while the first one waits.
    const json none = {{"business", "acme"}, {"send", false}, {"count", 0}};
    while (!simulators_.post("load", none).contains("error")) {
    }
    const json user = json::parse(
        kisi("POST", "/users",
             {{"user",
               {{"email", simulators_.get("state")["storeganise"]["acme"]["users"][0]["email"]}}}})
            .body);
    kisi("POST", "/role_assignments",
         {{"role_assignment",
           {{"applies_to_type", "Group"},
            {"applies_to_id", bulk["group_ids"][0]},
            {"assignee_type", "User"},
            {"assignee_id", user["id"]},
            {"role_id", "group_basic"}}}});
    storeganise("PUT", "/unit-rentals/" + bulk["rental_ids"][0].get<std::string>(),
                {{"customFields", {{"kisi_status", "active"}}}});
    const json report = load.get();
    EXPECT_EQ(report["completed"], 1) << report;
    EXPECT_EQ(report["acknowledged"], 0);
    EXPECT_EQ(report["done_us"].size(), 1U);
    EXPECT_GT(report["started_us"], 0);
}

TEST_F(ControlApiTest, ALoadSaysWhatIsMissingAtItsDeadline) {
    simulators_.post("bulk", {{"business", "acme"}, {"count", 2}});
    HttpPeer host([](const PeerRequest&) { return PeerAnswer{}; });
    json order = webhook_to(host);
    order.update({{"business", "acme"}, {"deadline_ms", 300}});
    const json report = simulators_.post("load", order);
    EXPECT_EQ(report["completed"], 0) << report;
    EXPECT_EQ(report["incomplete"].size(), 2U);
}

TEST_F(ControlApiTest, DroppedConnectionsDifferInTheirEffect) {
    const json user = {{"user", {{"email", "bob@example.test"}}}};
    simulators_.post("faults", {{"kind", "drop_before"}, {"path", "/users"}, {"count", 1}});
    EXPECT_EQ(kisi("POST", "/users", user).code, CURLE_GOT_NOTHING);
    EXPECT_EQ(users(), 1U);
    simulators_.post("faults", {{"kind", "drop_after"}, {"path", "/users"}, {"count", 1}});
    EXPECT_EQ(kisi("POST", "/users", user).code, CURLE_GOT_NOTHING);
    EXPECT_EQ(users(), 2U);
    EXPECT_EQ(kisi("POST", "/users", user).status, 422);
}

TEST_F(ControlApiTest, AnswersEndInTheMiddleOrNeverCome) {
    simulators_.post("faults", {{"kind", "cut_body"}, {"path", "/groups"}, {"count", 1}});
    EXPECT_EQ(kisi("GET", "/groups").code, CURLE_PARTIAL_FILE);
    simulators_.post("faults", {{"kind", "half_body"}, {"path", "/groups"}, {"count", 1}});
    const Answer half = kisi("GET", "/groups");
    EXPECT_EQ(half.status, 200);
    EXPECT_TRUE(json::parse(half.body, nullptr, false).is_discarded());
    simulators_.post("faults", {{"kind", "hang"}, {"path", "/groups"}});
    EXPECT_EQ(kisi("GET", "/groups", nullptr, 200).code, CURLE_OPERATION_TIMEDOUT);
    simulators_.erase("faults");
    EXPECT_EQ(kisi("GET", "/groups").status, 200);
}

TEST_F(ControlApiTest, CountsAndLogsWhatWasAskedButNoKey) {
    kisi("GET", "/groups");
    storeganise("GET", "/sites");
    EXPECT_EQ(simulators_.counters()["kisi"]["routes"]["GET /groups"], 1);
    EXPECT_EQ(simulators_.counters()["storeganise"]["requests"], 1);
    const json log = simulators_.get("requests");
    ASSERT_EQ(log.size(), 2U);
    EXPECT_EQ(log[0]["account"], "acme");
    EXPECT_EQ(log.dump().find("sg-key-acme"), std::string::npos);
    simulators_.erase("requests");
    EXPECT_EQ(simulators_.counters()["kisi"]["requests"], 0);
}

TEST_F(ControlApiTest, SaysWhatItCannotUse) {
    EXPECT_TRUE(simulators_.post("move_in", {{"business", "nobody"}}).contains("error"));
    EXPECT_TRUE(
        simulators_.post("move_in", {{"business", "acme"}, {"unit_id", 7}}).contains("error"));
    EXPECT_TRUE(simulators_.post("faults", {{"kind", "earthquake"}}).contains("error"));
    EXPECT_TRUE(simulators_.post("nothing", json::object()).contains("error"));
    EXPECT_TRUE(simulators_.get("nothing").contains("error"));
    EXPECT_TRUE(
        simulators_.post("webhook", {{"url", "gopher://x"}, {"type", "t"}}).contains("error"));
}

TEST_F(ControlApiTest, ResetForgetsEverything) {
    simulators_.post("faults", {{"kind", "hang"}});
    simulators_.post("reset", json::object());
    EXPECT_EQ(simulators_.get("faults"), json::array());
    EXPECT_EQ(simulators_.get("state")["kisi"], json::object());
    EXPECT_EQ(kisi("GET", "/groups").status, 401);
}

}  // namespace
}  // namespace gatehouse::simulators
