#include "notify/check.hpp"

#include <gtest/gtest.h>

namespace gatehouse::notify {
namespace {

TEST(CheckTemplates, ABrokenOneIsAnErrorWithItsPlace) {
    config::Config config;
    config::Notify route;
    route.place = {"acme.yaml", 9, 5};
    route.message.value = nlohmann::json::parse(
        R"({"text": "{{renter.name", "to": ["{{renter.phone}}", "{{/x}}"], "n": 1})");
    route.message.places["/text"] = {"acme.yaml", 11, 7};
    config.businesses["acme"].notify = {route};
    config::Problems problems;
    check_templates(config, problems);
    ASSERT_EQ(problems.size(), 2U);
    EXPECT_EQ(config::to_string(problems[0]),
              "acme.yaml:11:7: error: the text is no template: Unclosed tag at 0");
    EXPECT_EQ(config::to_string(problems[1]),
              "acme.yaml:9:5: error: the text is no template: Unopened section \"x\" at 0");
}

}  // namespace
}  // namespace gatehouse::notify
