#include "support/await.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::test {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

// Says a line whenever it likes, for ever.
Program chatterer() {
    return {"/bin/sh", {"-c", "while :; do echo more; sleep 0.01; done"}, {}};
}

TEST(AwaitTest, EndsThoughTheProcessNeverFallsSilentAndTellsWhatItWaitedFor) {
    ChildProcess process(chatterer());
    const auto wait = [&] {
        await(process, [] { return "the door is shut"; },
              {milliseconds(30'000), milliseconds(200)});
    };
    EXPECT_THAT(wait, ThrowsMessage<std::runtime_error>(
                          AllOf(HasSubstr("the door is shut"), HasSubstr(" ms and "))));
}

TEST(AwaitTest, EndsWhereTheProcessIsSilentOrGone) {
    ChildProcess silent({"/bin/sleep", {"60"}, {}});
    ChildProcess gone({"/bin/true", {}, {}});
    for (ChildProcess* process : {&silent, &gone}) {
        const auto wait = [&] {
            await(*process, [] { return "shut"; }, {milliseconds(100), milliseconds(30'000)});
        };
        EXPECT_THAT(wait, ThrowsMessage<std::runtime_error>(HasSubstr("shut")));
    }
}

TEST(AwaitTest, LooksAgainAfterEachLine) {
    ChildProcess process(chatterer());
    int looks = 0;
    await(process, [&] { return ++looks < 3 ? "too early" : ""; });
    EXPECT_EQ(looks, 3);
}

}  // namespace
}  // namespace gatehouse::test
