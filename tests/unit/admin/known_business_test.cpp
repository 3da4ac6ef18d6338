// Whatever is asked about a business that is not configured: the answer says so, and one that was
// taken out of the configuration keeps its history.
#include "admin/known_business.hpp"

#include <gtest/gtest.h>

#include "unit/admin/fakes.hpp"

namespace gatehouse::admin {
namespace {

class KnownBusinessTest : public ::testing::Test {
  protected:
    edge::HttpResponse ask(std::string_view method, std::string_view path,
                           std::string_view query = "") {
        const auto request = parse_request(method, path, query);
        EXPECT_TRUE(request) << path;
        return Api(world_.dependencies()).answer(*request);
    }

    static std::string message_of(const edge::HttpResponse& response) {
        const auto document = parse_json(response.body);
        return document ? string_member(*document, "message").value_or("") : "";
    }

    World world_;
};

TEST_F(KnownBusinessTest, EveryRequestSaysThatItIsNotConfigured) {
    struct Case {
        const char* method;
        const char* path;
        const char* query;
    };
    const std::vector<Case> all{{"GET", "/v1/rentals/acmee", ""},
                                {"GET", "/v1/rentals/acmee/r1/explain", ""},
                                {"GET", "/v1/explain/acmee/rental/r1", ""},
                                {"GET", "/v1/explain/acmee/unit/u1", ""},
                                {"GET", "/v1/events/by-sender/acmee/storeganise/e1", ""},
                                {"GET", "/v1/businesses/acmee/access-log", ""},
                                {"POST", "/v1/sweeps/acmee", ""},
                                {"GET", "/v1/sweeps/acmee/delta", "since=1"},
                                {"GET", "/v1/events", "business=acmee"},
                                {"GET", "/v1/dead-letters", "business=acmee"},
                                {"GET", "/v1/fuse", "business=acmee"},
                                {"POST", "/v1/fuse/acmee/confirm", "all=true"},
                                {"GET", "/v1/alerts", "business=acmee"}};
    for (const Case& asked : all) {
        const auto response = ask(asked.method, asked.path, asked.query);
        EXPECT_EQ(response.status, 404) << asked.path;
        EXPECT_EQ(message_of(response), "no business 'acmee' is configured (did you mean 'acme'?)")
            << asked.path;
    }
}

TEST_F(KnownBusinessTest, WhereNoNameIsNearItSaysWhereTheyAre) {
    EXPECT_EQ(message_of(ask("GET", "/v1/rentals/zebra")),
              "no business 'zebra' is configured (gatehouse businesses lists those that are)");
}

TEST_F(KnownBusinessTest, OneOfWhichNothingIsKnownYetIsConfigured) {
    for (const char* path : {"/v1/events", "/v1/dead-letters", "/v1/fuse", "/v1/alerts"})
        EXPECT_EQ(ask("GET", path, "business=acme").status, 200) << path;
    EXPECT_EQ(ask("GET", "/v1/rentals/acme").status, 200);
}

TEST_F(KnownBusinessTest, OneThatWasTakenOutKeepsItsHistory) {
    world_.append("e1");
    world_.config = std::make_shared<config::Config>();
    EXPECT_EQ(ask("GET", "/v1/events", "business=acme").status, 200);
    EXPECT_EQ(ask("GET", "/v1/events", "business=acme&before=1").status, 200);
    EXPECT_EQ(ask("GET", "/v1/events/by-sender/acme/storeganise/e1").status, 200);
    EXPECT_EQ(ask("GET", "/v1/alerts", "business=acme").status, 404);
}

}  // namespace
}  // namespace gatehouse::admin
