// check_plugins: every mistake of plugins and connections, found by loading them for real.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/plugin_fixture.hpp"

namespace gatehouse::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> check(PluginFixture& fixture) {
    config::Problems problems;
    plugins::check_plugins(fixture.options, fixture.config, problems);
    std::vector<std::string> said;
    for (const auto& problem : problems)
        said.push_back(config::to_string(problem));
    return said;
}

TEST(CheckTest, NothingToSayWhenAllIsWell) {
    PluginFixture fixture;
    fixture.add_plugin({"echo", "echo"});
    fixture.connect("doors", "echo");
    EXPECT_TRUE(check(fixture).empty());
}

TEST(CheckTest, ThatAllPluginsAreWellIsOneLine) {
    PluginFixture fixture;
    fixture.add_plugin({"echo", "echo"});
    fixture.add_plugin({"test", "good"});
    testing::internal::CaptureStderr();
    EXPECT_TRUE(check(fixture).empty());
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_THAT(log, HasSubstr("info plugins loaded plugins=2 sandbox="));
    EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << log;
}

TEST(CheckTest, APluginThatIsRefusedIsLogged) {
    PluginFixture fixture;
    fixture.add_plugin({"test", "wrong_magic"});
    testing::internal::CaptureStderr();
    EXPECT_FALSE(check(fixture).empty());
    EXPECT_THAT(testing::internal::GetCapturedStderr(),
                HasSubstr("error plugins refused plugin=test reason=\"libabi_wrong_magic.so"));
}

TEST(CheckTest, EveryMistakeIsListed) {
    PluginFixture fixture;
    fixture.add_plugin({"echo", "echo"});
    fixture.add_plugin({"test", "wrong_magic"});
    fixture.add_plugin({"rogue", "crash_in_constructor"});
    fixture.connect("mistyped", "ecko");
    fixture.connect("settled", "echo").settings.value = {{"greting", "x"}};
    fixture.connect("plain", "echo").base_url = "http://10.0.0.1";
    EXPECT_THAT(check(fixture),
                testing::UnorderedElementsAre(
                    HasSubstr("there is no plugin 'ecko' (did you mean 'echo'?)"),
                    HasSubstr("did you mean 'greeting'?"), HasSubstr("egress.allow_private"),
                    HasSubstr("plugin test does not load: libabi_wrong_magic.so is refused"),
                    HasSubstr("plugin rogue does not load: the runner ended by SIGSEGV")));
}

TEST(CheckTest, ARouteNeedsAPluginThatTakesMessages) {
    PluginFixture fixture;
    fixture.add_plugin({"echo", "echo"});
    fixture.connect("doors", "echo");
    config::Notify route;
    route.connection = "doors";
    route.place = {"acme.yaml", 7, 5};
    fixture.config.businesses.begin()->second.notify = {route};
    EXPECT_THAT(check(fixture),
                ElementsAre(HasSubstr("acme.yaml:7:5: error: plugin echo of connection 'doors' "
                                      "takes no messages")));
}

// What is said of a route that sends `message`; the library itself takes none, which is said too.
std::vector<std::string> check_message(const nlohmann::json& message, const std::string& schema) {
    PluginFixture fixture;
    fixture.add_plugin({"echo", "echo", "{call_ms: 5000}", "[gatehouse.notify/1]", schema});
    fixture.connect("ops", "echo");
    config::Notify route;
    route.connection = "ops";
    route.place = {"acme.yaml", 7, 5};
    route.message.value = message;
    route.message.places["/txet"] = {"acme.yaml", 9, 16};
    fixture.config.businesses.begin()->second.notify = {route};
    std::vector<std::string> said = check(fixture);
    std::erase_if(said, [](const std::string& line) { return !line.starts_with("acme.yaml"); });
    return said;
}

constexpr const char* kMessage =
    "message:\n"
    "  required: [title]\n"
    "  properties: {title: {type: string}, text: {type: string}}\n";

TEST(CheckTest, AMessageHoldsWhatItsPluginKnows) {
    EXPECT_THAT(check_message({{"title", "Hello"}, {"txet", "world"}}, kMessage),
                ElementsAre("acme.yaml:9:16: error: a message of plugin echo has no member 'txet' "
                            "(did you mean 'text'? known here: 'text', 'title')"));
    EXPECT_THAT(check_message({{"title", "Hello"}, {"text", 12.5}}, kMessage),
                ElementsAre("acme.yaml:7:5: error: 'text' must be text"));
    EXPECT_THAT(check_message({{"text", "world"}}, kMessage),
                ElementsAre("acme.yaml:7:5: error: 'message' lacks 'title'"));
    EXPECT_THAT(check_message({{"title", "Hello"}, {"text", "world"}}, kMessage), IsEmpty());
}

TEST(CheckTest, AMessageOfAPluginThatSaysNothingOfItMayHoldAnything) {
    EXPECT_THAT(check_message({{"txet", "world"}}, ""), IsEmpty());
    EXPECT_THAT(check_message({{"txet", "world"}}, "message: {additionalProperties: true}\n"),
                IsEmpty());
}

TEST(CheckTest, ASiteNeedsAPluginThatOpensDoors) {
    PluginFixture fixture;
    fixture.add_plugin({"echo", "echo", "{call_ms: 5000}", "[gatehouse.notify/1]"});
    fixture.connect("ops", "echo");
    config::Site site;
    site.site = "*";
    site.access = "ops";
    site.place = {"acme.yaml", 5, 3};
    fixture.config.businesses.begin()->second.sites = {site};
    EXPECT_THAT(check(fixture),
                Contains(HasSubstr("acme.yaml:5:3: error: plugin echo of connection "
                                   "'ops' opens no doors")));
}

TEST(CheckTest, AHostIsNotMadeOverBadSettings) {
    PluginFixture fixture;
    fixture.add_plugin({"echo", "echo"});
    fixture.connect("doors", "echo").settings.value = {{"greeting", 7}};
    EXPECT_THROW(fixture.start(), std::runtime_error);
}

}  // namespace
}  // namespace gatehouse::test
