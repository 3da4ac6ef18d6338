// Rules that name a site by its code: rentals tell the site's id alone, so its code is asked for.

#include <algorithm>

#include "unit/storeganise/client_fixture.hpp"

namespace gatehouse::storeganise {
namespace {

using nlohmann::json;
using test::PeerAnswer;

constexpr std::int64_t kElevenMinutesMs = 660'000;

class SiteCodesTest : public ClientFixture {
  protected:
    SiteCodesTest() {
        answers["unit-rentals/r1"] = {200, rental_json("r1").dump()};
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
        client = make();
    }

    auto asked_for_sites() const {
        const std::vector<std::string> all = asked();
        return std::count_if(all.begin(), all.end(), [](const std::string& request) {
            return request.starts_with("GET sites/");
        });
    }

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
    answers["unit-rentals"] = {200, json::array({rental_json("r1"), rental_json("r2")}).dump()};
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
