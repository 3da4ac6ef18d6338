#include <gtest/gtest.h>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/testing.hpp"

extern "C" const gatehouse_entry gatehouse_entry_v1;

namespace {

using gatehouse::sdk::Json;
using gatehouse::sdk::Outcome;
using gatehouse::sdk::TestHost;

constexpr const char* kApi = "https://acme.storeganise.com/api";
constexpr const char* kId = "gh_0123456789abcdef0123456789abcdef";

// A rental that keeps its charges, as the plugin's defaults take Storeganise to be.
class ChargeTest : public testing::Test {
  protected:
    void make(const Json& more = Json::object()) {
        host_.on_http([this](const Json& request) { return answer(request); });
        Json settings{{"api_key", "{{secret:api_key}}"}};
        settings.update(more);
        const Outcome made = host_.create(gatehouse_entry_v1, settings, kApi);
        ASSERT_EQ(made.kind, GATEHOUSE_OK) << made.message;
    }

    Json answer(const Json& request) {
        if (request["method"] == "GET") {
            return {{"status", read_status_}, {"body", rental_.dump()}};
        }
        rental_["charges"].push_back(Json::parse(request["body"].get<std::string>()));
        if (is_answer_lost_) return {{"kind", GATEHOUSE_UNAVAILABLE}, {"message", "timed out"}};
        return {{"status", 200}, {"body", "{}"}};
    }

    Outcome charge(const std::string& amount = "12.50", const std::string& id = kId) {
        return host_.call("notify.send", {{"schema", 1},
                                          {"id", id},
                                          {"event", {{"id", "e"}, {"type", "t"}}},
                                          {"business", "acme"},
                                          {"facts", {{"rental", {{"id", "r1"}}}}},
                                          {"message", {{"title", "Lock"}, {"amount", amount}}}});
    }

    TestHost host_;
    Json rental_{{"id", "r1"}, {"charges", Json::array()}};
    int read_status_ = 200;
    bool is_answer_lost_ = false;
};

TEST_F(ChargeTest, AddsAChargeWithAMark) {
    make();
    const Outcome done = charge();
    ASSERT_EQ(done.kind, GATEHOUSE_OK) << done.message;
    ASSERT_EQ(host_.requests().size(), 2U);
    EXPECT_EQ(host_.requests()[0]["url"], std::string(kApi) + "/v1/admin/unit-rentals/r1");
    EXPECT_EQ(host_.requests()[1]["url"], std::string(kApi) + "/v1/admin/unit-rentals/r1/charges");
    EXPECT_EQ(host_.requests()[1]["headers"][1][1], "ApiKey {{secret:api_key}}");
    EXPECT_EQ(rental_["charges"],
              Json::parse(R"([{"title": "Lock [gh 0123456789ab]", "amount": 12.5}])"));
}

TEST_F(ChargeTest, P4_NeverAddsTheSameChargeTwice) {
    make();
    is_answer_lost_ = true;
    EXPECT_EQ(charge().kind, GATEHOUSE_UNAVAILABLE);
    is_answer_lost_ = false;
    const Outcome again = charge();
    EXPECT_EQ(again.kind, GATEHOUSE_OK);
    EXPECT_EQ(again.document["detail"], "charged already [gh 0123456789ab]");
    EXPECT_EQ(rental_["charges"].size(), 1U);
    EXPECT_EQ(charge("12.50", "gh_ffffffffffffffffffffffffffffffff").kind, GATEHOUSE_OK);
    EXPECT_EQ(rental_["charges"].size(), 2U);
}

TEST_F(ChargeTest, P6_AnAnswerThatDoesNotShowTheChargesAddsNone) {
    make();
    rental_["id"] = "r2";
    EXPECT_EQ(charge().kind, GATEHOUSE_UNAVAILABLE);
    rental_ = {{"id", "r1"}};
    EXPECT_EQ(charge().kind, GATEHOUSE_UNSUPPORTED);
    read_status_ = 503;
    EXPECT_EQ(charge().kind, GATEHOUSE_UNAVAILABLE);
    read_status_ = 403;
    EXPECT_EQ(charge().kind, GATEHOUSE_FORBIDDEN);
    EXPECT_EQ(charge("12.50", "").kind, GATEHOUSE_UNSUPPORTED);
    for (const Json& request : host_.requests())
        EXPECT_EQ(request["method"], "GET");
}

TEST_F(ChargeTest, PathsAndMembersAreSettings) {
    make({{"rental_path", "/v2/rentals/{rental}"},
          {"charges_path", "/v2/rentals/{rental}/items"},
          {"title_field", "desc"},
          {"amount_field", "price"}});
    ASSERT_EQ(charge("-3").kind, GATEHOUSE_OK);
    EXPECT_EQ(host_.requests()[1]["url"], std::string(kApi) + "/v2/rentals/r1/items");
    EXPECT_EQ(rental_["charges"][0],
              Json::parse(R"({"desc": "Lock [gh 0123456789ab]", "price": -3.0})"));
}

TEST_F(ChargeTest, AmountsAreStrict) {
    make();
    for (const char* bad : {"", "0", "12,50", "GBP 12", "1e3", "1.2.3", "-", "99999999", "nan"})
        EXPECT_EQ(charge(bad).kind, GATEHOUSE_INVALID) << bad;
    EXPECT_TRUE(host_.requests().empty());
}

}  // namespace
