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
    // Most tests need no more of a business than its connections.
    std::erase_if(problems, [](const config::Problem& problem) {
        return problem.message.ends_with("has neither 'sites' nor 'notify'");
    });
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

config::Site site_of(const std::string& access) {
    config::Site site;
    site.site = "*";
    site.access = access;
    return site;
}

TEST(CheckTest, WarnsOfWhatIsConnectedAndNeverUsed) {
    PluginFixture fixture;
    fixture.add_plugin({"echo", "echo"});
    fixture.connect("doors", "echo");
    fixture.connect("spare", "echo");
    config::Problems problems;
    plugins::check_plugins(fixture.options, fixture.config, problems);
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems[0].message, "business 'acme' has neither 'sites' nor 'notify'");
    EXPECT_FALSE(config::has_errors(problems));
    fixture.config.businesses.begin()->second.sites = {site_of("doors")};
    EXPECT_THAT(check(fixture), ElementsAre(HasSubstr("acme.yaml:7:3: warning: connection 'spare' "
                                                      "serves no site")));
}

// "door:1" at a vendor of groups: one line for each, where it stands.
TEST(CheckTest, ASharedTargetIsOneThatThePluginOpens) {
    PluginFixture fixture;
    const std::string numbers = "targets: [{kind: group, id: number}, {kind: zone}]\n";
    const std::string uuids = "targets: [{kind: lock, id: uuid}]\n";
    fixture.add_plugin({.id = "echo", .library = "echo", .more = numbers});
    config::Site site = site_of("doors");
    site.targets_place = {"acme.yaml", 9, 16};
    fixture.connect("doors", "echo");
    const auto said_of = [&](const std::string& target) {
        site.targets = {"group:1", target};
        fixture.config.businesses["acme"].sites = {site};
        return check(fixture);
    };
    for (const char* good : {"group:4711", "group:9223372036854775807", "zone:north_1", "zone:1"}) {
        EXPECT_THAT(said_of(good), IsEmpty()) << good;
    }
    for (const char* bad :
         {"smartlock:900", "groups:900", "Group:900", "group:0", "group:-1", "group:9a",
          "group:9223372036854775808", "lock:c0f3aed0-2a7e-4de5-a0ff-3bfc22bfb6ef"}) {
        EXPECT_THAT(
            said_of(bad),
            ElementsAre("acme.yaml:9:16: error: '" + std::string(bad) +
                        "' is no target of plugin echo (write group:<number> or zone:<id>)"));
    }
    std::filesystem::remove_all(fixture.options.directory / "echo");
    fixture.add_plugin({.id = "echo", .library = "echo", .more = uuids});
    site.targets = {"lock:c0f3aed0-2a7e-4de5-a0ff-3bfc22bfb6ef",
                    "lock:C0F3AED0-2A7E-4DE5-A0FF-3BFC22BFB6EF"};
    fixture.config.businesses["acme"].sites = {site};
    EXPECT_THAT(check(fixture), IsEmpty());
    for (const char* bad : {"lock:7", "lock:c0f3aed02a7e4de5a0ff3bfc22bfb6ef", "group:1",
                            "lock:g0f3aed0-2a7e-4de5-a0ff-3bfc22bfb6ef"}) {
        site.targets = {bad};
        fixture.config.businesses["acme"].sites = {site};
        EXPECT_THAT(check(fixture), ElementsAre(HasSubstr("(write lock:<uuid>)"))) << bad;
    }
    std::filesystem::remove_all(fixture.options.directory / "echo");
    fixture.add_plugin({"echo", "echo"});
    EXPECT_THAT(check(fixture), IsEmpty()) << "a plugin that names no kinds takes any";
}

TEST(CheckTest, WarnsOfTwoConnectionsToOneAccount) {
    PluginFixture fixture;
    fixture.add_plugin({"echo", "echo"});
    const auto connect = [&](const std::string& business, const std::string& name,
                             const std::string& key) -> config::Connection& {
        config::Connection& made = fixture.connect(name, "echo", business);
        fixture.config.businesses[business].sites.push_back(site_of(name));
        if (!key.empty()) made.settings.value = {{"key", key}};
        made.settings.labels["/key"] = "env:KEY";
        return made;
    };
    connect("acme", "doors", "HUSH-1");
    connect("acme", "gates", "HUSH-2");
    connect("acme", "bare", "");
    connect("beta", "bare", "");
    EXPECT_THAT(check(fixture), IsEmpty());
    connect("beta", "doors", "HUSH-1").base_url = "https://other.example";
    EXPECT_THAT(check(fixture), IsEmpty()) << "the same word at another place";
    connect("beta", "gates", "HUSH-2");
    EXPECT_THAT(check(fixture),
                ElementsAre(testing::AllOf(
                    HasSubstr("beta.yaml:7:3: warning: connection 'gates' has the same account at "
                              "the vendor as 'gates' of business 'acme'"),
                    testing::Not(HasSubstr("HUSH")))));
}

TEST(CheckTest, P9_OnePluginThatDoesNotLoadIsItsOwnFaultAndNoneAtAllIsTheHosts) {
    PluginFixture fixture;
    fixture.add_plugin({"test", "wrong_magic"});
    EXPECT_THAT(check(fixture), Contains(HasSubstr("none of the plugins loads")));
    fixture.add_plugin({"echo", "echo"});
    EXPECT_THAT(check(fixture), ElementsAre(HasSubstr("plugin test does not load")));
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
