#include "notify/check.hpp"

#include <gtest/gtest.h>

#include "notify/known_types.hpp"

namespace gatehouse::notify {
namespace {

class CheckRoutes : public testing::Test {
  protected:
    CheckRoutes() {
        route_.on = {"job.unit_moveIn.created"};
        route_.place = {"acme.yaml", 9, 5};
    }

    // Every problem, a line each.
    std::string said() {
        config_.businesses["acme"].notify = {route_};
        config::Problems problems;
        check_routes(config_, problems);
        std::string all;
        for (const config::Problem& problem : problems)
            all += config::to_string(problem) + "\n";
        return all;
    }

    config::Config config_;
    config::Notify route_;
};

TEST_F(CheckRoutes, ABrokenTextIsAnErrorWithItsPlace) {
    route_.fetch = {"renter"};
    route_.message.value = nlohmann::json::parse(
        R"({"text": "{{renter.name", "to": ["{{renter.phone}}", "{{/x}}"], "n": 1})");
    route_.message.places["/text"] = {"acme.yaml", 11, 7};
    EXPECT_EQ(said(),
              "acme.yaml:11:7: error: the text is no template: Unclosed tag at 0\n"
              "acme.yaml:9:5: error: the text is no template: Unopened section \"x\" at 0\n");
}

TEST_F(CheckRoutes, ATypeThatIsMistypedIsAWarning) {
    route_.on = {"job.unit_movein.created", "*", "invoice.*", "unitRental.markOverdue"};
    EXPECT_EQ(said(),
              "acme.yaml:9:5: warning: 'job.unit_movein.created' fits no event type that is known "
              "(did you mean 'job.unit_moveIn.created'?)\n");
}

TEST_F(CheckRoutes, WhatIsNotFetchedAndAskedForIsAWarning) {
    route_.fetch = {"renter"};
    route_.message.value = {
        {"text", "{{renter.name}} {{unit.name}} {{{unit.id}}} {{event.id}} {{#site}}x{{/site}}"}};
    EXPECT_EQ(said(),
              "acme.yaml:9:5: warning: 'unit.name' stays empty: the route does not fetch it (add "
              "unit to 'fetch')\n"
              "acme.yaml:9:5: warning: 'site' stays empty: the route does not fetch it (add site "
              "to 'fetch')\n");
    route_.fetch = {"renter", "unit", "site"};
    EXPECT_EQ(said(), "");
}

TEST(KnownTypes, AreThoseOfThePageAndMore) {
    EXPECT_GE(known_types().size(), 37U + 2U);
}

}  // namespace
}  // namespace gatehouse::notify
