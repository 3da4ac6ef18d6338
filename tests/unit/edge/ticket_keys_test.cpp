// The keys of resumed sessions: how they are kept, made anew and shared.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "base/clock.hpp"
#include "edge/ticket_keys.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::edge {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

class TicketKeysTest : public testing::Test {
  protected:
    TicketKeys keys() { return {file_, "test", clock_, random_}; }

    static std::string newest(const TicketKeys& keys) {
        return keys.in_force()->front().bytes.reveal();
    }

    test::TempDir dir_;
    std::filesystem::path file_ = dir_.path() / "tickets.key";
    ManualClock clock_{1'790'000'000'000};
    SystemRandom random_;
};

TEST_F(TicketKeysTest, AreReadAsTheyWereWritten) {
    std::vector<TicketKey> keys;
    for (int i = 0; i < 3; ++i) {
        keys.push_back({1000 + i, Secret(random_.bytes(TicketKey::kBytes))});
    }
    const auto read = read_ticket_keys("# a comment\n\n" + write_ticket_keys(keys));
    ASSERT_TRUE(read.has_value());
    ASSERT_EQ(read->size(), 3U);
    EXPECT_EQ((*read)[2].made_ms, 1002);
    EXPECT_EQ((*read)[2].bytes.reveal(), keys[2].bytes.reveal());
    const std::string good = std::string(160, 'a');
    for (const std::string& wrong :
         {good, "x " + good, "-1 " + good, "1 " + good + "a", "1  " + good, "1 " + good.substr(2),
          "99999999999999999999 " + good, "1 " + std::string(160, 'g')}) {
        EXPECT_FALSE(read_ticket_keys(wrong).has_value()) << wrong;
    }
}

TEST_F(TicketKeysTest, OutliveTheProcessInAFileOfItsOwnerOnly) {
    const std::string first = newest(keys());
    EXPECT_EQ(newest(keys()), first);
    struct stat about {};
    ASSERT_EQ(::stat(file_.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600U);
}

TEST_F(TicketKeysTest, AreMadeAnewAndForgotten) {
    TicketKeys kept = keys();
    const std::string first = newest(kept);
    clock_.advance_ms(11 * kHourMs);
    kept.refresh();
    EXPECT_EQ(newest(kept), first);
    clock_.advance_ms(kHourMs);
    kept.refresh();
    EXPECT_NE(newest(kept), first);
    EXPECT_EQ(kept.in_force()->back().bytes.reveal(), first) << "it still opens what it sealed";
    clock_.advance_ms(24 * kHourMs);
    kept.refresh();
    for (const TicketKey& key : *kept.in_force()) {
        EXPECT_NE(key.bytes.reveal(), first);
    }
}

TEST_F(TicketKeysTest, AreSharedByAllHostsWithTheFile) {
    TicketKeys one = keys();
    TicketKeys two = keys();
    for (int day = 0; day < 3; ++day) {
        clock_.advance_ms(13 * kHourMs);
        one.refresh();
        two.refresh();
        EXPECT_EQ(newest(one), newest(two));
        EXPECT_LE(one.in_force()->size(), 3U);
    }
}

TEST_F(TicketKeysTest, AClockThatWasAheadKeepsNoKeyForEver) {
    const std::string first = newest(keys());
    clock_.set_ms(clock_.now_ms() - 48 * kHourMs);
    EXPECT_NE(newest(keys()), first);
}

TEST_F(TicketKeysTest, AFileThatCannotBeUsedStopsNobody) {
    std::ofstream(file_) << "not keys\n";
    ::chmod(file_.c_str(), 0600);
    EXPECT_EQ(keys().in_force()->size(), 1U);
    std::ifstream kept(file_);
    std::string line;
    std::getline(kept, line);
    EXPECT_EQ(line, "not keys") << "what somebody wrote is not overwritten";
    file_ = dir_.path() / "missing" / "tickets.key";
    EXPECT_EQ(keys().in_force()->size(), 1U);
}

}  // namespace
}  // namespace gatehouse::edge
