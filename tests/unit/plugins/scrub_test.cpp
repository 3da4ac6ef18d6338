#include "plugins/scrub.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "base/json.hpp"

namespace gatehouse::plugins {
namespace {

const std::vector<Secret> kPin{Secret("482915")};

TEST(ScrubTest, P8_TakesEveryOccurrenceOut) {
    EXPECT_EQ(scrub("PIN 482915 and 482915482915.", kPin), "PIN *** and ******.");
    EXPECT_EQ(scrub("nothing here", kPin), "nothing here");
    EXPECT_EQ(scrub("all of it stays", {Secret()}), "all of it stays");
}

TEST(ScrubTest, P8_FindsAPinInADocumentButNotWithinANumber) {
    const auto holds = [](const char* text) {
        return holds_secret(parse_json(text).value(), kPin.front());
    };
    EXPECT_TRUE(holds(R"({"a":[{"b":"482915"}]})"));
    EXPECT_TRUE(holds(R"({"a":482915})"));
    EXPECT_TRUE(holds(R"({"a":"pin=482915;"})"));
    EXPECT_FALSE(holds(R"({"a":1482915,"b":"1482915","c":"4829150"})"));
    EXPECT_FALSE(holds("{}"));
}

TEST(ScrubTest, P8_ASecretLingersAfterItsCall) {
    SpokenSecrets spoken;
    spoken.begin({kPin});
    EXPECT_EQ(spoken.scrub("482915"), "***");
    spoken.end({kPin});
    EXPECT_EQ(spoken.scrub("printed late: 482915"), "printed late: ***");
    EXPECT_EQ(spoken.scrub("482916"), "482916");
}

TEST(ScrubTest, APluginThatNeverSpeaksLeavesNoSecretsBehind) {
    SpokenSecrets spoken(std::chrono::milliseconds(-1));
    for (int i = 0; i < 100; ++i) {
        spoken.begin({kPin});
        spoken.end({kPin});
    }
    EXPECT_LE(spoken.size(), 1U);
}

TEST(ScrubTest, P8_TheConnectionsSecretsLingerToo) {
    SystemRandom random;
    const egress::Secrets secrets({{"api_key", Secret("k-\"123/456")}}, random);
    const egress::Secrets others({{"api_key", Secret("other-key")}}, random);
    SpokenSecrets spoken;
    const Untold untold{{}, secrets};
    spoken.begin(untold);
    spoken.begin(untold);
    EXPECT_EQ(spoken.size(), 1U);
    spoken.end(untold);
    spoken.begin({{}, others});
    spoken.end(untold);
    EXPECT_EQ(spoken.scrub(R"(k-"123/456, k-\"123\/456, k-%22123%2f456, other-key)"),
              "***, ***, ***, ***");
    EXPECT_EQ(spoken.scrub("to " + secrets.reference("api_key")), "to {{secret:api_key}}");
}

TEST(ScrubTest, ManyConnectionsAreForgottenAfterTheirCalls) {
    SystemRandom random;
    SpokenSecrets spoken(std::chrono::milliseconds(-1));
    for (int i = 0; i < 1000; ++i) {
        const Untold untold{{}, egress::Secrets({{"k", Secret("a-secret")}}, random)};
        spoken.begin(untold);
        spoken.end(untold);
    }
    EXPECT_LE(spoken.size(), 65U);
}

}  // namespace
}  // namespace gatehouse::plugins
