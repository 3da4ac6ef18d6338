// The template as an author outside of the tree builds and installs it, in the real runner.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/plugin_fixture.hpp"

namespace gatehouse::test {
namespace {

using testing::HasSubstr;

// Made by the test template_outside, which runs first.
TEST(TemplateTest, APluginBuiltOutsideOpensADoor) {
    PluginFixture fixture;
    fixture.options.directory = std::string(TEMPLATE_WORK) + "/installed/lib/gatehouse/plugins";
    config::Connection& doors = fixture.connect("doors", "template");
    doors.settings.value = {{"api_key", "k3y"}};
    fixture.egress.reply = [](const egress::HttpCall&) -> Result<egress::HttpReply> {
        return egress::HttpReply{200, {}, R"({"name":"Front door"})"};
    };
    fixture.start();
    const auto result = fixture.apply("doors", "occupied");
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_THAT(*result, HasSubstr("Front door"));
    ASSERT_EQ(fixture.egress.calls().size(), 1U);
    const egress::HttpCall call = fixture.egress.calls()[0];
    EXPECT_EQ(call.method, "PUT");
    EXPECT_EQ(call.url, "https://api.vendor.example/doors/1/renters/ada%40example.com");
    EXPECT_THAT(call.headers,
                testing::Contains(testing::Pair(
                    "Authorization",
                    testing::MatchesRegex("Bearer \\{\\{secret:[0-9a-f]+:api_key\\}\\}"))));
}

}  // namespace
}  // namespace gatehouse::test
