// Control groups, on folders that look like the kernel's: a group's files appear with its folder.
#include "plugins/runner_cgroup.hpp"

#include <gtest/gtest.h>
#include <sys/xattr.h>

#include <fstream>
#include <iterator>

#include "support/temp_dir.hpp"

namespace gatehouse::plugins {
namespace {

namespace fs = std::filesystem;

constexpr const char* kGroup = "system.slice/gatehouse.service";

std::string content(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class RunnerCgroupTest : public testing::Test {
  protected:
    RunnerCgroupTest() {
        fs::create_directories(base());
        make_files("");
        make_files("host");
        say_own(std::string("1:name=systemd:/x\n0::/") + kGroup + "\n");
        if (::setxattr(base().c_str(), "user.delegate", "1", 1, 0) != 0 && ::geteuid() == 0) {
            is_markable_ = false;
        }
    }

    void SetUp() override {
        if (!is_markable_) GTEST_SKIP() << "no extended attributes here, and root needs the mark";
    }

    fs::path base() const { return folder_ / kGroup; }
    fs::path group(const std::string& name) const { return base() / name; }

    void make_files(const std::string& name, const std::string& lacking = {}) const {
        fs::create_directories(group(name));
        for (const char* file : {"cgroup.procs", "cgroup.subtree_control", "cpu.max", "cpu.weight",
                                 "memory.max", "memory.swap.max", "memory.oom.group", "pids.max"}) {
            if (lacking != file) std::ofstream(group(name) / file).flush();
        }
    }

    void say_own(const std::string& text) const { std::ofstream(folder_ / "own") << text; }

    std::unique_ptr<RunnerCgroups> claim() const {
        return RunnerCgroups::claim({.mount = folder_ / "", .own = folder_ / "own"});
    }

    test::TempDir folder_;
    bool is_markable_ = true;
};

TEST_F(RunnerCgroupTest, P9_TheHostStepsAsideAndARunnerIsBounded) {
    const auto cgroups = claim();
    ASSERT_NE(cgroups, nullptr);
    EXPECT_EQ(content(group("host") / "cgroup.procs"), "0");
    EXPECT_EQ(content(group("host") / "cpu.weight"), "10000");
    EXPECT_EQ(content(base() / "cgroup.procs"), "");
    EXPECT_NE(content(base() / "cgroup.subtree_control"), "");

    make_files("runner-4711");
    const auto cgroup = cgroups->take(4711, 128);
    ASSERT_NE(cgroup, nullptr);
    EXPECT_TRUE(cgroup->is_complete());
    EXPECT_EQ(content(group("runner-4711") / "cgroup.procs"), "4711");
    EXPECT_EQ(content(group("runner-4711") / "memory.max"), std::to_string(192ULL << 20U));
    EXPECT_EQ(content(group("runner-4711") / "memory.swap.max"), "0");
    EXPECT_EQ(content(group("runner-4711") / "memory.oom.group"), "1");
    EXPECT_EQ(content(group("runner-4711") / "pids.max"), "128");
    EXPECT_EQ(content(group("runner-4711") / "cpu.weight"), "10");
    EXPECT_NE(content(group("runner-4711") / "cpu.max").find("00000 100000"), std::string::npos);
}

TEST_F(RunnerCgroupTest, ABoundThatIsRefusedIsSaid) {
    const auto cgroups = claim();
    ASSERT_NE(cgroups, nullptr);
    for (const char* lacking : {"cpu.max", "memory.max", "pids.max"}) {
        fs::remove_all(group("runner-1"));
        make_files("runner-1", lacking);
        const auto cgroup = cgroups->take(1, 128);
        ASSERT_NE(cgroup, nullptr) << lacking;
        EXPECT_FALSE(cgroup->is_complete()) << lacking;
        EXPECT_FALSE(fs::exists(group("runner-1") / lacking));
    }
    fs::remove_all(group("runner-1"));
    make_files("runner-1", "cgroup.procs");
    EXPECT_EQ(cgroups->take(1, 128), nullptr);
}

TEST_F(RunnerCgroupTest, GroupsOfRunnersThatAreGoneAreRemoved) {
    ASSERT_NE(claim(), nullptr);
    fs::create_directory(group("runner-7"));
    fs::create_directory(group("other"));
    const auto again = claim();
    ASSERT_NE(again, nullptr);
    EXPECT_FALSE(fs::exists(group("runner-7")));
    EXPECT_TRUE(fs::exists(group("other")));
    fs::create_directory(group("runner-8"));
    { const RunnerCgroup gone(group("runner-8"), true); }
    EXPECT_FALSE(fs::exists(group("runner-8")));
}

TEST_F(RunnerCgroupTest, AHostThatSteppedAsideFindsTheSameAgain) {
    say_own(std::string("0::/") + kGroup + "/host\n");
    ASSERT_NE(claim(), nullptr);
    EXPECT_EQ(content(group("host") / "cgroup.procs"), "0");
    EXPECT_FALSE(fs::exists(group("host") / "host"));
}

TEST_F(RunnerCgroupTest, WhatIsNotDelegatedIsLeftAsItIs) {
    const auto expect_untouched = [this](const std::string& own) {
        say_own(own);
        EXPECT_EQ(claim(), nullptr) << own;
        EXPECT_EQ(content(group("host") / "cgroup.procs"), "");
        EXPECT_EQ(content(base() / "cgroup.subtree_control"), "");
    };
    expect_untouched("");
    expect_untouched("rubbish");
    expect_untouched("4:memory:/system.slice/gatehouse.service\n");  // version 1
    expect_untouched("0::/user.slice\n");                            // not there
    if (::geteuid() != 0) return;  // a user's own group is delegated by whose it is
    ::removexattr(base().c_str(), "user.delegate");
    expect_untouched(std::string("0::/") + kGroup + "\n");
    ::setxattr(base().c_str(), "user.delegate", "0", 1, 0);
    expect_untouched(std::string("0::/") + kGroup + "\n");
}

}  // namespace
}  // namespace gatehouse::plugins
