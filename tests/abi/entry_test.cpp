// Libraries that must be refused, or die, before any call; and what the host says of each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "abi/plugin_fixture.hpp"
#include "base/encoding.hpp"

namespace gatehouse::test {
namespace {

using plugins::PluginState;
using testing::HasSubstr;

struct EntryCase {
    std::string library;
    PluginState state;
    std::string reason;
};

class EntryTest : public testing::TestWithParam<EntryCase> {
  protected:
    PluginFixture fixture_;
};

TEST_P(EntryTest, P9_EndsInAClearStateWhileAnotherPluginWorks) {
    fixture_.add_plugin({"test", GetParam().library});
    fixture_.add_plugin({"echo", "echo"});
    fixture_.connect("doors", "test");
    fixture_.connect("others", "echo");
    fixture_.options.lane.start_ms = GetParam().library == "hang_in_constructor" ? 300 : 10'000;
    fixture_.start();

    const auto result = fixture_.apply("doors", "");
    EXPECT_TRUE(fixture_.wait_for("test", GetParam().state));
    EXPECT_THAT(fixture_.status("test").reason, HasSubstr(GetParam().reason));
    if (GetParam().state == PluginState::kReady) {
        EXPECT_TRUE(result);
    } else {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().kind, ErrorKind::kUnavailable);
    }
    EXPECT_EQ(fixture_.detail("others", "x"), "others");
}

// A refusal can be of the moment: the file was just being replaced, or memory was short.
TEST(RefusedLibraryTest, P9_IsTriedAgain) {
    PluginFixture fixture;
    const std::filesystem::path place = fixture.add_plugin({"test", "wrong_magic"});
    const std::filesystem::path spare = fixture.add_plugin({"spare", "good"});
    fixture.connect("doors", "test");
    fixture.options.lane.max_pause_ms = 20;
    fixture.start();
    ASSERT_TRUE(fixture.wait_for("test", PluginState::kRefused));
    std::filesystem::rename(spare / "libabi_good.so", place / "libabi_wrong_magic.so");
    EXPECT_TRUE(fixture.wait_for("test", PluginState::kReady));
    EXPECT_EQ(fixture.status("test").reason, "");
    EXPECT_TRUE(fixture.apply("doors", ""));
}

INSTANTIATE_TEST_SUITE_P(
    All, EntryTest,
    testing::Values(
        EntryCase{"good", PluginState::kReady, ""},
        EntryCase{"newer_minor", PluginState::kReady, ""},
        EntryCase{"wrong_magic", PluginState::kRefused, "magic"},
        EntryCase{"newer_major", PluginState::kRefused, "built for ABI 2, this host has ABI 1"},
        EntryCase{"min_host_minor", PluginState::kRefused, "needs a host with ABI 1.9"},
        EntryCase{"short_struct", PluginState::kRefused, "shorter than that of ABI 1.0"},
        EntryCase{"missing_symbol", PluginState::kRefused, "exports no gatehouse_entry_v1"},
        EntryCase{"wrong_id", PluginState::kRefused, "calls itself 'another'"},
        EntryCase{"wild_id", PluginState::kRestarting, "SIGSEGV in loading"},
        EntryCase{"wrong_version", PluginState::kRefused, "version '2.0.0'"},
        EntryCase{"null_functions", PluginState::kRefused, "lacks a function"},
        EntryCase{"no_feature", PluginState::kRefused, "which it does not offer"},
        EntryCase{"null_apply", PluginState::kRefused, "lacks access.apply"},
        EntryCase{"short_table", PluginState::kRefused, "lacks access.apply"},
        EntryCase{"crash_in_feature", PluginState::kRestarting, "SIGSEGV in loading"},
        EntryCase{"crash_in_constructor", PluginState::kRestarting, "SIGSEGV in loading"},
        EntryCase{"hang_in_constructor", PluginState::kRestarting, "did not load within 300 ms"},
        EntryCase{"joined_thread_in_constructor", PluginState::kReady, ""},
        EntryCase{"undefined_symbol", PluginState::kRefused, "nobody_defines_this"}),
    [](const auto& one) { return one.param.library; });

#if !defined(GATEHOUSE_SANITIZED) || defined(GATEHOUSE_SANITIZED_ADDRESS)
INSTANTIATE_TEST_SUITE_P(WithThreads, EntryTest,
                         testing::Values(EntryCase{
                             "thread_in_constructor", PluginState::kRefused,
                             "is refused: it started threads while it loaded"}));
#endif

class FileTest : public testing::Test {
  protected:
    // Changes the library's file after it was put there, and gives the reason for the refusal.
    std::string refusal_after(const std::function<void(const std::filesystem::path&)>& change,
                              const std::string& more = {}) {
        PluginFile file{"test", "good"};
        file.more = more;
        const auto folder = fixture_.add_plugin(file);
        change(folder / "libabi_good.so");
        fixture_.connect("doors", "test");
        fixture_.start();
        EXPECT_FALSE(fixture_.apply("doors", ""));
        EXPECT_EQ(fixture_.status("test").state, PluginState::kRefused);
        return fixture_.status("test").reason;
    }

    PluginFixture fixture_;
};

TEST_F(FileTest, RefusesWhatIsNoLibrary) {
    const auto change = [](const auto& path) { std::ofstream(path) << "just text\n"; };
    EXPECT_THAT(refusal_after(change), HasSubstr("is no shared library"));
}

TEST_F(FileTest, RefusesAnotherArchitecture) {
    const auto change = [](const auto& path) {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(18);  // e_machine
        file.write("\x08\x00", 2);
    };
    EXPECT_THAT(refusal_after(change), HasSubstr("another architecture"));
}

TEST_F(FileTest, RefusesAnotherChecksum) {
    const std::string pinned = "sha256: '" + std::string(64, 'a') + "'\n";
    EXPECT_THAT(refusal_after([](const auto&) {}, pinned), HasSubstr("sha256"));
}

TEST(PinnedLibraryTest, IsLoadedAndCalled) {
    PluginFixture fixture;
    const std::filesystem::path spare = fixture.add_plugin({"spare", "good"});
    std::ifstream in(spare / "libabi_good.so", std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    PluginFile file{"test", "good"};
    file.more = "sha256: '" + to_hex(sha256(bytes)) + "'\n";
    fixture.add_plugin(file);
    fixture.connect("doors", "test");
    fixture.start();
    EXPECT_TRUE(fixture.apply("doors", ""));
    EXPECT_EQ(fixture.status("test").state, PluginState::kReady);
}

TEST_F(FileTest, RefusesALibraryThatOthersCanWrite) {
    const auto change = [](const auto& path) {
        std::filesystem::permissions(path, std::filesystem::perms::group_write,
                                     std::filesystem::perm_options::add);
    };
    EXPECT_THAT(refusal_after(change), HasSubstr("can be written by others"));
}

TEST_F(FileTest, RefusesAMissingLibrary) {
    EXPECT_THAT(refusal_after([](const auto& path) { std::filesystem::remove(path); }),
                HasSubstr("there is no library"));
}

// The dynamic linker may refuse such a file or fall over it.
TEST(RunnerTest, P9_ACutLibraryNeverBecomesReady) {
    PluginFixture fixture;
    const auto folder = fixture.add_plugin({"test", "good"});
    std::filesystem::resize_file(folder / "libabi_good.so", 1000);
    fixture.connect("doors", "test");
    fixture.start();
    EXPECT_FALSE(fixture.apply("doors", ""));
    EXPECT_NE(fixture.status("test").state, PluginState::kReady);
    EXPECT_NE(fixture.status("test").reason, "");
}

TEST(RunnerTest, AMissingRunnerIsSaidAndTriedAgain) {
    PluginFixture fixture;
    fixture.add_plugin({"test", "good"});
    fixture.connect("doors", "test");
    fixture.options.lane.runner = fixture.folder / "not-there";
    fixture.start();
    const auto result = fixture.apply("doors", "");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::kUnavailable);
    EXPECT_THAT(fixture.status("test").reason, HasSubstr("the runner does not start"));
    EXPECT_TRUE(fixture.wait_for("test", [](const auto& s) { return s.restart_due_ms > 0; }));
}

}  // namespace
}  // namespace gatehouse::test
