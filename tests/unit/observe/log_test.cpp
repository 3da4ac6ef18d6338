#include "observe/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "observe/journal.hpp"

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

// The environment's JOURNAL_STREAM, while stderr is a file that is or is not it.
std::string line_with(const std::string& journal_stream) {
    testing::internal::CaptureStderr();
    struct stat about {};
    ::fstat(STDERR_FILENO, &about);
    const std::string own = std::to_string(about.st_dev) + ":" + std::to_string(about.st_ino);
    ::setenv("JOURNAL_STREAM", (journal_stream == "own" ? own : journal_stream).c_str(), 1);
    set_priorities_from_environment();
    ::unsetenv("JOURNAL_STREAM");
    log(Level::kDebug, "a", "line");
    log(Level::kInfo, "a", "line");
    log(Level::kWarn, "a", "line");
    log(Level::kError, "a", "line");
    set_priorities(false);
    return testing::internal::GetCapturedStderr();
}

TEST(LogPriorityTest, StandsBeforeEachLineThatGoesToTheJournal) {
    set_level(Level::kDebug);
    EXPECT_THAT(line_with("own"),
                testing::MatchesRegex("<7>2[^\n]*debug a line\n<6>2[^\n]*info a line\n"
                                      "<4>2[^\n]*warn a line\n<3>2[^\n]*error a line\n"));
    set_level(Level::kInfo);
}

TEST(LogPriorityTest, StandsNowhereElse) {
    for (const char* stream : {"", ":", "8:0", "own:own", "1:2:3", "99999999999999999999:1"}) {
        EXPECT_THAT(line_with(stream), testing::Not(HasSubstr("<"))) << stream;
    }
}

}  // namespace
}  // namespace gatehouse::observe
