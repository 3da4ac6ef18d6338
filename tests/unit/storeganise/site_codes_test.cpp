// Rules that name a site by its code: rentals tell the site's id alone, so its code is asked for.

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "storeganise/client.hpp"
#include "support/http_peer.hpp"

namespace gatehouse::storeganise {
namespace {

using nlohmann::json;
using test::HttpPeer;
using test::PeerAnswer;
using test::PeerRequest;

constexpr const char* kBase = "/api/v1/admin/";
constexpr std::int64_t kElevenMinutesMs = 660'000;

json rental(const std::string& id, const std::string& site_id = "s1") {
    return json{{"id", id},
                {"unitId", "u1"},
                {"siteId", site_id},
                {"ownerId", "o1"},
                {"state", "occupied"},
                {"customFields", json::object()},
                {"unit", {{"id", "u1"}, {"name", "A12"}, {"customFields", json::object()}}},
                {"owner", {{"id", "o1"}, {"name", "Ada Example"}}}};
}

class SiteCodesTest : public testing::Test {
  protected:
    SiteCodesTest() {
        business.business = "acme";
        business.storeganise.api = "http://" + peer.authority() + "/api";
        business.storeganise.api_key = Secret("KEY-THAT-NOBODY-SEES");
        answers["unit-rentals/r1"] = {200, rental("r1").dump()};
        answers["sites/s1"] = {200, R"({"id":"s1","code":"lon1","title":{"en":"London"}})"};
        use_rules({"lon1", "*"});
    }

    void use_rules(const std::vector<std::string>& names) {
        business.sites.clear();
        for (const std::string& name : names) {
            config::Site site;
            site.site = name;
            business.sites.push_back(std::move(site));
        }
        client = make_client(business, allowed, *egress, clock);
    }

    int asked_for_sites() const {
        int count = 0;
        for (const PeerRequest& request : peer.requests()) {
            if (request.target.starts_with(std::string(kBase) + "sites/")) ++count;
        }
        return count;
    }

    std::map<std::string, PeerAnswer> answers;  // by path, without the query
    HttpPeer peer{[this](const PeerRequest& request) {
        const std::string path = request.target.substr(std::string(kBase).size());
        const auto found = answers.find(path.substr(0, path.find('?')));
        return found == answers.end() ? PeerAnswer{404, "{}"} : found->second;
    }};
    std::vector<std::string> allowed{peer.authority()};
    ManualClock clock{1'800'000'000'000};
    observe::Metrics metrics;
    std::unique_ptr<egress::HttpClient> http = egress::make_curl_client({allowed, ""});
    std::unique_ptr<egress::Egress> egress = egress::make_egress(*http, clock, metrics);
    config::Business business;
    std::unique_ptr<Client> client;
};

TEST_F(SiteCodesTest, ASiteIsAskedForItsCodeOnce) {
    for (int i = 0; i < 3; ++i) {
        const auto facts = client->rental("r1", nullptr);
        ASSERT_TRUE(facts) << facts.error().message;
        EXPECT_EQ(facts->site_code, "lon1");
    }
    EXPECT_EQ(asked_for_sites(), 1);
}

TEST_F(SiteCodesTest, RowsOfAListHaveItToo) {
    answers["unit-rentals"] = {200, json::array({rental("r1"), rental("r2")}).dump()};
    const auto page = client->rentals({}, nullptr);
    ASSERT_TRUE(page) << page.error().message;
    ASSERT_EQ(page->rentals.size(), 2U);
    EXPECT_EQ(page->rentals[0].site_code, "lon1");
    EXPECT_EQ(page->rentals[1].site_code, "lon1");
    EXPECT_EQ(asked_for_sites(), 1);
}

TEST_F(SiteCodesTest, NoCodeIsAskedForWhereNoneIsNeeded) {
    for (const std::vector<std::string>& names : {std::vector<std::string>{"*"}, {"s1", "*"}, {}}) {
        use_rules(names);
        EXPECT_TRUE(client->rental("r1", nullptr));
    }
    EXPECT_EQ(asked_for_sites(), 0);
}

TEST_F(SiteCodesTest, P6_WhichRuleHoldsIsNotGuessed) {
    for (const PeerAnswer& answer :
         {PeerAnswer{404, "{}"}, PeerAnswer{503, ""}, PeerAnswer{200, "{}"}, PeerAnswer{200, ""},
          PeerAnswer{200, R"({"id":"s2","code":"lon1"})"}, PeerAnswer{422, "{}"}}) {
        answers["sites/s1"] = answer;
        const auto facts = client->rental("r1", nullptr);
        ASSERT_FALSE(facts) << answer.status << answer.body;
        EXPECT_EQ(facts.error().kind, ErrorKind::kUnavailable) << answer.status << answer.body;
    }
    answers["sites/s1"] = {200, R"({"id":"s1","code":"lon1"})"};
    EXPECT_TRUE(client->rental("r1", nullptr));
}

TEST_F(SiteCodesTest, ACodeIsReadAgainAndKeptWhileItCannotBe) {
    EXPECT_TRUE(client->rental("r1", nullptr));
    answers["sites/s1"] = {200, R"({"id":"s1","code":"lon2"})"};
    clock.advance_ms(kElevenMinutesMs);
    EXPECT_EQ(client->rental("r1", nullptr)->site_code, "lon2");
    answers["sites/s1"] = {500, ""};
    clock.advance_ms(kElevenMinutesMs);
    EXPECT_EQ(client->rental("r1", nullptr)->site_code, "lon2");
    EXPECT_EQ(asked_for_sites(), 3);
}

}  // namespace
}  // namespace gatehouse::storeganise
