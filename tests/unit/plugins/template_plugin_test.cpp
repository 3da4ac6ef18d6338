// What is copied from the template must be right: its rights at a vendor in memory.

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/testing.hpp"

extern "C" const gatehouse_entry gatehouse_entry_v1;

namespace gatehouse {
namespace {

using sdk::Json;

class TemplatePluginTest : public testing::Test {
  protected:
    TemplatePluginTest() {
        host.on_http([this](const Json& request) {
            const std::string url = request["url"];
            const std::string method = request["method"];
            if (method == "PUT") made.insert(url.substr(url.find("/doors")));
            const bool is_missing =
                method == "DELETE" && made.erase(url.substr(url.find("/doors"))) == 0;
            return Json{{"status", is_missing ? 404 : 200}, {"body", doors}};
        });
        host.create(gatehouse_entry_v1, {{"api_key", "{{secret:api_key}}"}});
    }

    void apply(const std::string& state, const std::vector<std::string>& targets,
               const std::string& email) {
        const sdk::Outcome outcome =
            host.call("access.apply", {{"schema", 1},
                                       {"rental", {{"id", "r1"}}},
                                       {"renter", {{"id", "o1"}, {"email", email}}},
                                       {"state", state},
                                       {"targets", targets},
                                       {"window", {{"from", nullptr}, {"until", nullptr}}},
                                       {"references", references}});
        ASSERT_EQ(outcome.kind, 0) << outcome.message;
        EXPECT_EQ(outcome.document["state"], state);
        references = outcome.document["references"];
    }

    sdk::TestHost host;
    std::string doors = "{}";
    std::set<std::string> made;
    Json references = Json::object();
};

TEST_F(TemplatePluginTest, ADoorThatIsNoLongerWishedIsTakenAway) {
    apply("active", {"door:1", "door:2"}, "ada@example.com");
    apply("active", {"door:2", "door:3"}, "ada@example.com");
    EXPECT_EQ(made, (std::set<std::string>{"/doors/2/renters/ada%40example.com",
                                           "/doors/3/renters/ada%40example.com"}));
}

TEST_F(TemplatePluginTest, AFormerAddressLosesItsRights) {
    apply("active", {"door:1"}, "ada@example.com");
    apply("suspended", {"door:1"}, "ada@example.org");
    EXPECT_EQ(made, std::set<std::string>{"/doors/1/renters/ada%40example.org"});
}

TEST_F(TemplatePluginTest, AnEndNeedsNoAddressAndFindsWhatIsThereWithoutReferences) {
    apply("active", {"door:1"}, "ada@example.com");
    const Json before = references;
    apply("ended", {"door:1"}, "");
    EXPECT_EQ(made.size(), 0U);
    apply("active", {"door:1"}, "ada@example.com");
    references = Json::object();
    apply("ended", {"door:1"}, "ada@example.com");
    EXPECT_EQ(made.size(), 0U);
    references = before;
    apply("ended", {}, "ada@example.com");
}

TEST_F(TemplatePluginTest, AListThatIsNoneIsNoEmptyList) {
    doors = "null";
    EXPECT_EQ(host.call("targets.list", {{"schema", 1}}).kind, GATEHOUSE_UNAVAILABLE);
    doors = R"([{"id":"1","name":"North"}])";
    const Json targets = host.call("targets.list", {{"schema", 1}}).document["targets"];
    EXPECT_EQ(targets.dump(), R"([{"kind":"door","name":"North","target":"door:1"}])");
}

}  // namespace
}  // namespace gatehouse
