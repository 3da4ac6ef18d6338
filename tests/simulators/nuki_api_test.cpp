#include "simulators/nuki_api.hpp"

#include <gtest/gtest.h>

#include "simulators/nuki_control.hpp"
#include "simulators/nuki_webhooks.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

class NukiApiTest : public testing::Test {
  protected:
    NukiApiTest() {
        seed_nuki(
            model_,
            {{"account", "acme"},
             {"locks", json::array({json{{"id", 17}, {"name", "Door A12"}},
                                    json{{"id", 18}, {"name", "Door B07"}, {"keypad", false}}})}});
    }

    Reply call(const std::string& method, const std::string& path, const json& body = nullptr) {
        return api_.answer(
            {method, path, "", "Bearer nuki-token-acme", body.is_null() ? "" : body.dump()});
    }

    static json code(int number, const std::string& name = "Ada") {
        return {{"name", name}, {"type", 13}, {"code", number}};
    }

    json list() { return json::parse(call("GET", "/smartlock/17/auth").body); }

    std::size_t opens(const std::string& pin, const std::string& at = "2026-06-01T00:00:00Z") {
        return nuki_doors(model_, {{"pin", pin}, {"at", at}}).size();
    }

    NukiModel model_;
    NukiApi api_{model_};
};

TEST_F(NukiApiTest, AcceptedIsNotDone) {
    EXPECT_EQ(call("PUT", "/smartlock/17/auth", code(482915)).status, 204);
    EXPECT_EQ(opens("482915"), 0U);
    EXPECT_EQ(list().size(), 0U);
    const json confirmed = list();
    ASSERT_EQ(confirmed.size(), 1U);
    EXPECT_EQ(confirmed[0]["code"], 482915);
    EXPECT_EQ(confirmed[0]["type"], 13);
    EXPECT_FALSE(confirmed[0].contains("operationId"));
    EXPECT_EQ(opens("482915"), 1U);
}

TEST_F(NukiApiTest, RefusesWhatTheKeypadDoes) {
    for (const int wrong : {12345, 482910, 1234567, 123456}) {
        const Reply reply = call("PUT", "/smartlock/17/auth", code(wrong));
        EXPECT_EQ(reply.status, 400) << wrong;
        EXPECT_NE(reply.body.find(std::to_string(wrong)), std::string::npos);
    }
    EXPECT_EQ(call("PUT", "/smartlock/18/auth", code(482915)).status, 400);  // no keypad
    EXPECT_EQ(call("PUT", "/smartlock/99/auth", code(482915)).status, 404);
    const std::string long_name(21, 'n');
    EXPECT_EQ(call("PUT", "/smartlock/17/auth", code(482915, long_name)).status, 422);
    EXPECT_EQ(call("PUT", "/smartlock/17/auth", code(482915)).status, 204);
    EXPECT_EQ(call("PUT", "/smartlock/17/auth", code(482915, "Bob")).status, 409);
    EXPECT_EQ(api_.answer({"GET", "/smartlock", "", "Bearer no", ""}).status, 401);
}

TEST_F(NukiApiTest, IsLockedWhileAWriteIsUnderWay) {
    model_.confirm_after_reads = 0;
    call("PUT", "/smartlock/17/auth", code(482915));
    const std::string path = "/smartlock/17/auth/" + list()[0]["id"].get<std::string>();
    model_.confirm_after_reads = 1;
    EXPECT_EQ(call("POST", path, {{"enabled", false}}).status, 204);
    EXPECT_EQ(call("POST", path, {{"enabled", true}}).status, 423);
    EXPECT_EQ(opens("482915"), 1U);
    const json under_way = list();
    EXPECT_TRUE(under_way[0].contains("operationId"));
    EXPECT_EQ(under_way[0]["enabled"], true);
    EXPECT_EQ(list()[0]["enabled"], false);
    EXPECT_EQ(opens("482915"), 0U);
    EXPECT_EQ(call("DELETE", path).status, 204);
    EXPECT_EQ(list().size(), 1U);
    EXPECT_EQ(list().size(), 0U);
    EXPECT_EQ(call("DELETE", path).status, 404);
}

TEST_F(NukiApiTest, DatesCountOnlyTogetherWithWeekdays) {
    model_.confirm_after_reads = 0;
    json dated = code(482915);
    dated.update({{"allowedFromDate", "2026-05-01T00:00:00Z"},
                  {"allowedUntilDate", "2026-07-01T00:00:00Z"}});
    call("PUT", "/smartlock/17/auth", dated);
    EXPECT_EQ(opens("482915", "2026-08-01T00:00:00Z"), 1U);
    const std::string path = "/smartlock/17/auth/" + list()[0]["id"].get<std::string>();
    call("POST", path, {{"allowedWeekDays", 127}});
    EXPECT_EQ(opens("482915", "2026-08-01T00:00:00Z"), 0U);
    EXPECT_EQ(opens("482915", "2026-04-01T00:00:00Z"), 0U);
    EXPECT_EQ(opens("482915", "2026-06-01T00:00:00Z"), 1U);
    call("POST", path, {{"allowedUntilDate", nullptr}});
    EXPECT_EQ(opens("482915", "2026-08-01T00:00:00Z"), 1U);
}

TEST_F(NukiApiTest, LosesCommandsAndShowsAnOldCopyWhenTold) {
    model_.confirm_after_reads = 0;
    model_.commands_to_lose = 1;
    EXPECT_EQ(call("PUT", "/smartlock/17/auth", code(482915)).status, 204);
    EXPECT_EQ(list().size(), 0U);
    EXPECT_EQ(call("PUT", "/smartlock/17/auth", code(482915)).status, 204);
    EXPECT_EQ(list().size(), 1U);
    edit_nuki_auth(model_, {{"account", "acme"},
                            {"lock_id", 17},
                            {"name", "Ada"},
                            {"delete", true},
                            {"unseen", true}});
    EXPECT_EQ(opens("482915"), 0U);
    EXPECT_EQ(list().size(), 1U);
    EXPECT_EQ(call("PUT", "/smartlock/17/auth", code(482915, "Bob")).status, 409);
    EXPECT_EQ(call("POST", "/smartlock/17/sync").status, 204);
    EXPECT_EQ(list().size(), 0U);
}

TEST_F(NukiApiTest, RegistersWebhooksWithASecretOfTheirOwn) {
    const json wanted = {{"webhookUrl", "https://gate.example/x"},
                         {"webhookFeatures", {"DEVICE_LOGS"}}};
    const json made = json::parse(call("PUT", "/api/decentralWebhook", wanted).body);
    EXPECT_FALSE(made["secret"].get<std::string>().empty());
    EXPECT_EQ(json::parse(call("GET", "/api/decentralWebhook").body).size(), 1U);
    EXPECT_EQ(call("DELETE", "/api/decentralWebhook/" + made["id"].dump()).status, 204);
    EXPECT_EQ(call("PUT", "/api/decentralWebhook", {{"webhookUrl", "http://x"}}).status, 400);
}

TEST_F(NukiApiTest, KeepsALogThatIsReadByPages) {
    model_.confirm_after_reads = 0;
    call("PUT", "/smartlock/17/auth", code(482915));
    boost::asio::io_context io;
    const auto type = [&](const std::string& pin) {
        json answer;
        control_nuki_event(io, model_, {{"account", "acme"}, {"lock_id", 17}, {"pin", pin}},
                           [&](const Reply& reply) { answer = json::parse(reply.body); });
        return answer;
    };
    const json opened = type("482915");
    EXPECT_EQ(opened["opened"], true);
    EXPECT_EQ(opened["body"]["smartlockLog"]["authId"], list()[0]["id"]);
    EXPECT_EQ(type("111111")["body"]["smartlockLog"]["state"], 224);
    const auto log = [&](const std::string& query) {
        return json::parse(
            api_.answer({"GET", "/smartlock/log", query, "Bearer nuki-token-acme", ""}).body);
    };
    ASSERT_EQ(log("").size(), 2U);
    EXPECT_EQ(log("limit=1")[0]["state"], 224);
    EXPECT_EQ(log("id=" + log("limit=1")[0]["id"].get<std::string>())[0]["state"], 0);
    EXPECT_EQ(log("fromDate=2099-01-01T00%3A00%3A00Z").size(), 0U);
}

}  // namespace
}  // namespace gatehouse::simulators
