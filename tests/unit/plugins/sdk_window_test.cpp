// What plugins share to read members and windows: whatever the input, it is a value or a clear no.
#include "gatehouse/sdk/window.hpp"

#include <gtest/gtest.h>

#include "gatehouse/plugin.hpp"

namespace gatehouse::sdk {
namespace {

TEST(SdkJsonTest, AMemberOfAnotherTypeIsAsGoodAsNotThere) {
    const Json object = {{"text", "a"}, {"whole", 7}, {"flag", true}, {"list", {"a", 1, "b"}}};
    EXPECT_EQ(whole_at(object, "whole"), 7);
    EXPECT_EQ(whole_at(object, "text"), std::nullopt);
    EXPECT_EQ(whole_at(object, "absent"), std::nullopt);
    EXPECT_TRUE(flag_at(object, "flag"));
    EXPECT_FALSE(flag_at(object, "whole"));
    EXPECT_TRUE(flag_at(object, "absent", true));
    EXPECT_EQ(texts_at(object, "list"), (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(texts_at(object, "text").empty());
    EXPECT_EQ(member_at(object, "text"), "a");
    for (const Json& none : {Json(), Json("text"), Json::array({1}), Json(1)}) {
        EXPECT_TRUE(member_at(none, "whole").is_null());
        EXPECT_EQ(whole_at(none, "whole"), std::nullopt);
        EXPECT_FALSE(flag_at(none, "flag"));
        EXPECT_TRUE(texts_at(none, "list").empty());
    }
}

TEST(SdkJsonTest, AWholeNumberNeitherWrapsNorIsRounded) {
    const Json object = Json::parse(R"({"most":9223372036854775807,"more":9223372036854775808,)"
                                    R"("least":-9223372036854775808,"half":1.5,"one":1.0})");
    EXPECT_EQ(whole_at(object, "most"), INT64_MAX);
    EXPECT_EQ(whole_at(object, "least"), INT64_MIN);
    for (const char* key : {"more", "half", "one"}) {
        EXPECT_EQ(whole_at(object, key), std::nullopt) << key;
    }
}

AccessRequest from_until(std::optional<std::string> from, std::optional<std::string> until) {
    AccessRequest request;
    request.from = std::move(from);
    request.until = std::move(until);
    return request;
}

TEST(SdkWindowTest, IsReadFromTheRequestAndWrittenBack) {
    const Window window = window_of(from_until("1970-01-01T00:00:01Z", std::nullopt));
    EXPECT_EQ(window.from_ms, 1'000);
    EXPECT_EQ(window.until_ms, std::nullopt);
    EXPECT_EQ(to_json(window), (Json{{"from", "1970-01-01T00:00:01Z"}, {"until", nullptr}}));
}

TEST(SdkWindowTest, NamesTheSideThatCannotBeRead) {
    try {
        (void)window_of(from_until("1970-01-01T00:00:01Z", "soon"));
        FAIL() << "it was read";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), Kind::kInvalid);
        EXPECT_TRUE(error.fields().contains("window.until"));
        EXPECT_FALSE(error.fields().contains("window.from"));
    }
}

TEST(SdkWindowTest, ABeginningInThePastIsAsGoodAsNone) {
    constexpr std::int64_t kNow = 1'000;
    EXPECT_TRUE(is_same_from(kNow, {500, std::nullopt}, {}));
    EXPECT_FALSE(is_same_from(kNow, {1'500, std::nullopt}, {}));
    EXPECT_FALSE(is_same_from(kNow, {500, 2'000}, {}));
    EXPECT_TRUE(covers_from(kNow, {}, {1'500, 2'000}));
    EXPECT_TRUE(covers_from(kNow, {500, 2'000}, {400, 2'000}));
    EXPECT_FALSE(covers_from(kNow, {1'500, 2'000}, {}));
    EXPECT_FALSE(covers_from(kNow, {500, 2'000}, {500, std::nullopt}));
}

TEST(SdkStateTest, OnlyAnActiveOrScheduledRightIsOpen) {
    EXPECT_TRUE(is_open(State::kActive));
    EXPECT_TRUE(is_open(State::kScheduled));
    for (const State state : {State::kSuspended, State::kEnded, State::kPending}) {
        EXPECT_FALSE(is_open(state));
    }
}

}  // namespace
}  // namespace gatehouse::sdk
