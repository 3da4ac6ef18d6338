// What a runner owes for its processor time, and how its threads are counted.
#include <gtest/gtest.h>
#include <unistd.h>

#include "plugins/cpu_account.hpp"
#include "plugins/process_usage.hpp"

namespace gatehouse::plugins {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1000 * kMs;

TEST(CpuAccountTest, ACallPaysForOneProcessorAsLongAsItLasts) {
    CpuAccount account(0);
    account.change_calls(0, 1);
    EXPECT_EQ(account.owed_ns(10 * kSecond, 10 * kSecond), 0);
    account.change_calls(10 * kSecond, 1);
    EXPECT_EQ(account.owed_ns(20 * kSecond, 30 * kSecond), 0);
}

TEST(CpuAccountTest, WhatIsUsedWithNoCallIsOwed) {
    CpuAccount account(0);
    EXPECT_EQ(account.owed_ns(kSecond, kSecond), kSecond - kSecond / CpuAccount::kFreeShare);
}

TEST(CpuAccountTest, MoreThreadsThanCallsAreOwedAlsoDuringCalls) {
    CpuAccount account(0);
    account.change_calls(0, 1);
    EXPECT_EQ(account.owed_ns(kSecond, 3 * kSecond),
              2 * kSecond - kSecond / CpuAccount::kFreeShare);
}

TEST(CpuAccountTest, WhatIsOwedAddsUp) {
    CpuAccount account(0);
    std::int64_t owed = 0;
    for (int i = 1; i <= 10; ++i)
        owed = account.owed_ns(i * kSecond, i * 100 * kMs);
    EXPECT_EQ(owed, 10 * (100 * kMs - kSecond / CpuAccount::kFreeShare));
}

TEST(CpuAccountTest, ALittleIsFreeForEver) {
    CpuAccount account(0);
    for (std::int64_t hour = 1; hour <= 1000; ++hour) {
        EXPECT_EQ(account.owed_ns(hour * 60 * kSecond, hour * CpuAccount::kMostFreeNs), 0);
    }
}

TEST(CpuAccountTest, LongIdlenessAndLongCallsSaveUpNothing) {
    CpuAccount account(0);
    const std::int64_t day = 86'400 * kSecond;
    EXPECT_EQ(account.owed_ns(day, 10 * kSecond), 10 * kSecond - CpuAccount::kMostFreeNs);
    CpuAccount busy(0);
    busy.change_calls(0, 1);
    busy.change_calls(kSecond, -1);
    EXPECT_EQ(busy.owed_ns(kSecond, 0), 0);
    EXPECT_GT(busy.owed_ns(2 * kSecond, kSecond), 900 * kMs);
}

TEST(CpuAccountTest, AClockThatStandsStillOrGoesBackPaysNothing) {
    CpuAccount account(5 * kSecond);
    account.change_calls(5 * kSecond, 1);
    EXPECT_EQ(account.owed_ns(0, kSecond), kSecond);
    EXPECT_EQ(account.owed_ns(5 * kSecond, kSecond), kSecond);
}

TEST(ProcessStatTest, IsReadWhateverTheProcessCallsItself) {
    for (const char* name : {"gatehouse-runner", "", "a) S 1 2 3", ") ) )", "9 9 9 9 9 9 9 9 9",
                             "x) R 1 1 1 0 -1 1 1 1 1 1 1 1 1 1 2"}) {
        const std::string line =
            "4242 (" + std::string(name) +
            ") S 1 2 2 0 -1 4194304 10 0 0 0 1 2 0 0 20 0 17 0 100 1000 345 18446744073709551615 1";
        const auto usage = parse_process_stat(line);
        ASSERT_TRUE(usage) << name;
        EXPECT_EQ(usage->threads, 17) << name;
        EXPECT_EQ(usage->resident_pages, 345) << name;
    }
}

TEST(ProcessStatTest, IsNothingWhenItIsCutOrNotOne) {
    const std::string whole = "1 (x) S 1 2 2 0 -1 4194304 10 0 0 0 1 2 0 0 20 0 17 0 100 1000 345";
    ASSERT_TRUE(parse_process_stat(whole));
    for (std::size_t size = 0; size + 3 < whole.size(); ++size) {
        EXPECT_FALSE(parse_process_stat(whole.substr(0, size))) << size;
    }
    EXPECT_FALSE(parse_process_stat("1 (x) S 1 2 2 0 -1 4 1 0 0 0 1 2 0 0 20 0 -1 0 1 1 345"));
    EXPECT_FALSE(parse_process_stat(
        "1 (x) S 1 2 2 0 -1 4 1 0 0 0 1 2 0 0 20 0 99999999999999999999 0 1 1 345"));
}

TEST(ProcessStatTest, TellsThisProcess) {
    const auto usage = UsageReader(::getpid()).read();
    ASSERT_TRUE(usage);
    EXPECT_GE(usage->threads, 1);
    EXPECT_GT(usage->resident_pages, 0);
}

}  // namespace
}  // namespace gatehouse::plugins
