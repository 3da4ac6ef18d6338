#include "observe/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace gatehouse::observe {
namespace {

using testing::HasSubstr;

// What is written to stderr while the level is taken from the environment.
std::string log_with(const char* word) {
    set_level(Level::kInfo);
    ::setenv("GATEHOUSE_LOG", word, 1);
    testing::internal::CaptureStderr();
    set_level_from_environment();
    ::unsetenv("GATEHOUSE_LOG");
    return testing::internal::GetCapturedStderr();
}

TEST(LogLevelTest, IsTakenFromTheEnvironment) {
    EXPECT_EQ(log_with("debug"), "");
    EXPECT_TRUE(is_enabled(Level::kDebug));
    EXPECT_EQ(log_with("error"), "");
    EXPECT_FALSE(is_enabled(Level::kWarn));
    EXPECT_EQ(log_with(""), "");
    EXPECT_TRUE(is_enabled(Level::kInfo));
    EXPECT_FALSE(is_enabled(Level::kDebug));
}

TEST(LogLevelTest, AWordThatIsNoneIsWarnedOf) {
    EXPECT_THAT(log_with("debgu"),
                HasSubstr("warn observe GATEHOUSE_LOG is none of debug, info, warn and error "
                          "GATEHOUSE_LOG=debgu\n"));
    EXPECT_TRUE(is_enabled(Level::kInfo));
}

}  // namespace
}  // namespace gatehouse::observe
