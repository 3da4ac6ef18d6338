// Many calls at once and the functions of the SDK through the real runner.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "abi/plugin_fixture.hpp"
#include "base/json.hpp"

namespace gatehouse::test {
namespace {

using testing::HasSubstr;

TEST(ConcurrencyTest, ManyThreadsOnManyConnectionsEachGetTheirOwnAnswer) {
    PluginFixture fixture;
    PluginFile echo{"echo", "echo"};
    echo.limits = "{call_ms: 30000, concurrency: 2}";
    fixture.add_plugin(echo);
    constexpr int kThreads = 8;
    for (int i = 0; i < kThreads; ++i)
        fixture.connect("c" + std::to_string(i), "echo");
    fixture.start();
    std::atomic<int> right = 0;
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] {
            for (int n = 0; n < 50; ++n) {
                const std::string name = "c" + std::to_string((i + n) % kThreads);
                if (fixture.detail(name, "") == name) ++right;
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(right, kThreads * 50);
    EXPECT_EQ(fixture.status("echo").calls_total, kThreads * 50);
}

TEST(ConcurrencyTest, AnInstanceIsCalledOnceAtATimeAndKept) {
    PluginFixture fixture;
    PluginFile rogue{"rogue", "rogue"};
    rogue.limits = "{call_ms: 30000, concurrency: 1}";
    fixture.add_plugin(rogue);
    fixture.connect("doors", "rogue");
    fixture.start();
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 25; ++n)
                fixture.apply("doors", "count");
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(fixture.detail("doors", "count"), "101");
}

TEST(SdkTest, TheFeaturesOfAFrozenPluginWork) {
    PluginFixture fixture;
    PluginFile echo{"echo", "echo"};
    echo.features = "[gatehouse.access/1, gatehouse.targets/1]";
    fixture.add_plugin(echo);
    fixture.connect("doors", "echo").settings.value = {{"greeting", "good day"}};
    fixture.start();
    const auto call = [&](const std::string& function, const std::string& document) {
        return fixture.host->call({"acme", "doors", function, document}).value_or("failed");
    };
    EXPECT_THAT(call("access.probe", R"({"schema":1})"), HasSubstr("good day"));
    EXPECT_THAT(call("targets.list", R"({"schema":1})"), HasSubstr("door:1"));
    EXPECT_THAT(call("targets.list", R"({"schema":1,"cursor":"second"})"), HasSubstr("door:2"));
    const auto applied = parse_json(call("access.apply", apply_request("r1", "")));
    ASSERT_TRUE(applied);
    EXPECT_EQ((*applied)["references"], (nlohmann::json{{"role", "7"}}));
    EXPECT_EQ((*applied)["targets"][0]["target"], "door:1");
}

TEST(SdkTest, P8_WhatComesFromOutsideNamesNoSecret) {
    PluginFixture fixture;
    fixture.add_plugin({"echo", "echo"});
    fixture.connect("doors", "echo");
    fixture.start();
    const auto result = fixture.host->call(
        {"acme", "doors", "access.apply", apply_request("{{secret:api_key}}", "good")});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_NE(result->find("{ {secret:api_key}}"), std::string::npos) << *result;
}

TEST(SdkTest, WhatIsNotOfferedOrNotThereIsSaid) {
    PluginFixture fixture;
    fixture.add_plugin({"echo", "echo"});
    fixture.connect("doors", "echo");
    fixture.connect("lost", "unknown");
    fixture.start();
    const auto kind = [&](const std::string& connection, const std::string& function) {
        const auto result = fixture.host->call({"acme", connection, function, "{}"});
        return result ? "ok" : std::string(to_string(result.error().kind));
    };
    EXPECT_EQ(kind("doors", "inventory.list"), "unsupported");
    EXPECT_EQ(kind("doors", "no.such"), "unsupported");
    EXPECT_EQ(kind("nowhere", "access.apply"), "not_found");
    EXPECT_EQ(kind("lost", "access.apply"), "unavailable");
    EXPECT_EQ(kind("doors", "access.apply"), "invalid");
}

}  // namespace
}  // namespace gatehouse::test
