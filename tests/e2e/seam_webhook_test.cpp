// A webhook as Seam sends it, signed by a library that nobody here wrote, comes in at the real
// edge; one that was changed, or is old, does not.
#include <gtest/gtest.h>

#include <filesystem>

#include "base/clock.hpp"
#include "e2e/vendor.hpp"
#include "egress/egress.hpp"
#include "support/child_process.hpp"
#include "support/database_bytes.hpp"
#include "support/gatehouse_host.hpp"
#include "support/simulators.hpp"

namespace gatehouse::e2e {
namespace {

constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kEvent =
    R"({"event_id":"e1","event_type":"lock.unlocked","device_id":"d1","access_code_id":"c1",)"
    R"("method":"keycode","occurred_at":"2026-11-22T10:00:00.000Z"})";
constexpr std::int64_t kSixMinutesS = 360;

std::string run_node(const std::vector<std::string>& arguments) {
    test::ChildProcess node({"/usr/bin/env", arguments, {}, false});
    EXPECT_EQ(node.wait(std::chrono::minutes(3)), 0) << node.output();
    std::string output = node.output();
    while (!output.empty() && output.back() == '\n') {
        output.pop_back();
    }
    return output;
}

class SeamWebhookTest : public testing::Test {
  protected:
    static test::HostOptions options() {
        test::HostOptions options;
        options.connections =
            std::string("  doors:\n    plugin: seam\n    base_url: {url:kisi}\n") +
            "    settings: {api_key: unused}\n    webhook_secrets: [" + kSecret + "]\n";
        return options;
    }

    SeamWebhookTest() : host(simulators, options()) {
        const std::filesystem::path tests = GATEHOUSE_TESTS_FOLDER;
        folder = (tests / "e2e/standard-webhooks").string();
        run_node({"bash", (tests / "node-setup").string(), folder});
        host.start();
        client = egress::make_curl_client({{"127.0.0.1:" + std::to_string(host.port())},
                                           (host.folder() / "certificate.pem").string()});
    }

    // The status that a webhook with this body and the signature of `signed_body` gets.
    int send(const std::string& id, std::int64_t at_s, const std::string& signed_body,
             const std::string& body) {
        const std::string at = std::to_string(at_s);
        const std::string signature =
            run_node({"node", folder + "/sign.mjs", kSecret, id, at, signed_body});
        egress::HttpCall call;
        call.method = "POST";
        call.url = "https://127.0.0.1:" + std::to_string(host.port()) + "/v1/webhooks/acme/doors";
        call.headers = {{"Content-Type", "application/json"},
                        {"svix-id", id},
                        {"svix-timestamp", at},
                        {"svix-signature", signature}};
        call.body = body;
        const auto reply = client->send(call);
        EXPECT_TRUE(reply) << (reply ? "" : reply.error().message);
        return reply ? reply->status : 0;
    }

    test::Simulators simulators;
    test::GatehouseHost host;
    std::unique_ptr<egress::HttpClient> client;
    std::string folder;
    const std::int64_t now_s = SystemClock().now_ms() / 1000;
};

TEST_F(SeamWebhookTest, OnlyTheTrueOneComesIn) {
    EXPECT_EQ(send("msg_1", now_s, kEvent, kEvent), 200);
    EXPECT_EQ(send("msg_1", now_s, kEvent, kEvent), 200);
    EXPECT_EQ(send("msg_2", now_s, kEvent, std::string(kEvent) + " "), 401);
    EXPECT_EQ(send("msg_3", now_s - kSixMinutesS, kEvent, kEvent), 401);
    EXPECT_EQ(send("msg_4", now_s + kSixMinutesS, kEvent, kEvent), 401);
    const nlohmann::json events = host.admin("/v1/events?limit=10").at("events");
    EXPECT_EQ(events.size(), 1U) << events;
}

TEST_F(SeamWebhookTest, P8_APinInItIsNotKept) {
    const std::string pin = "84731956";
    const nlohmann::json code_set = {
        {"event_id", "e2"},  {"event_type", "access_code.set_on_device"},
        {"device_id", "d1"}, {"access_code_id", "c1"},
        {"code", pin},       {"occurred_at", "2026-11-22T10:00:00.000Z"}};
    const nlohmann::json code_changed = {{"event_id", "e3"},
                                         {"event_type", "access_code.code_changed"},
                                         {"description", "from 4711 to " + pin},
                                         {"from", {{"code", "4711"}}},
                                         {"to", {{"code", pin}}}};
    EXPECT_EQ(send("msg_5", now_s, code_set.dump(), code_set.dump()), 200);
    EXPECT_EQ(send("msg_6", now_s, code_changed.dump(), code_changed.dump()), 200);
    EXPECT_EQ(host.admin("/v1/events?limit=10").at("events").size(), 2U);
    const auto kept = test::database_of(host);
    EXPECT_GT(kept.at("gatehouse.db").size(), 0U);
    for (const auto& [file, bytes] : kept) {
        EXPECT_FALSE(test::holds_number(bytes, pin)) << file;
    }
}

}  // namespace
}  // namespace gatehouse::e2e
