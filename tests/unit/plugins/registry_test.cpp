#include "plugins/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "support/temp_dir.hpp"

namespace gatehouse::plugins {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class RegistryTest : public testing::Test {
  protected:
    void add(const std::string& folder, const std::string& id) {
        const fs::path place = folder_ / folder;
        fs::create_directory(place);
        std::ofstream(place / "plugin.yaml")
            << "plugin: " << id
            << "\nversion: 1.0.0\nlibrary: lib.so\nabi: {major: 1}\nfeatures: "
               "[gatehouse.access/1]\n";
        std::ofstream(place / "lib.so") << "x";
        for (const fs::path& path : {place, place / "plugin.yaml"})
            close(path);
    }
    static void close(const fs::path& path) {
        fs::permissions(path, fs::perms::group_write | fs::perms::others_write,
                        fs::perm_options::remove);
    }
    static void open(const fs::path& path) {
        fs::permissions(path, fs::perms::others_write, fs::perm_options::add);
    }

    Registry scan() {
        problems_.clear();
        return scan_plugins(folder_.path(), problems_);
    }

    test::TempDir folder_;
    config::Problems problems_;
};

TEST_F(RegistryTest, EachFolderWithAManifestIsAPlugin) {
    add("kisi", "kisi");
    add("unloc", "unloc");
    fs::create_directory(folder_ / "notes");
    const Registry registry = scan();
    EXPECT_EQ(registry.manifests.size(), 2U);
    EXPECT_EQ(registry.manifests.at("kisi").library, folder_ / "kisi" / "lib.so");
    EXPECT_TRUE(registry.refused.empty());
    EXPECT_TRUE(problems_.empty());
}

TEST_F(RegistryTest, OneBadPluginLeavesTheOthers) {
    add("kisi", "kisi");
    add("unloc", "another");
    const Registry registry = scan();
    EXPECT_EQ(registry.manifests.size(), 1U);
    ASSERT_EQ(registry.refused.size(), 1U);
    EXPECT_EQ(registry.refused[0].id, "unloc");
    EXPECT_THAT(registry.refused[0].reason, HasSubstr("the manifest is of 'another'"));
    EXPECT_EQ(problems_.size(), 1U);
}

TEST_F(RegistryTest, WhatOthersCanWriteIsRefused) {
    add("kisi", "kisi");
    open(folder_ / "kisi" / "plugin.yaml");
    ASSERT_EQ(scan().refused.size(), 1U);
    close(folder_ / "kisi" / "plugin.yaml");
    open(folder_ / "kisi");
    EXPECT_THAT(scan().refused.at(0).reason, HasSubstr("can be written by others"));
    close(folder_ / "kisi");
    open(folder_.path());
    EXPECT_THAT(scan().refused.at(0).reason, HasSubstr("can be written by others"));
}

TEST_F(RegistryTest, AMissingDirectoryIsAProblem) {
    config::Problems problems;
    const Registry registry = scan_plugins(folder_ / "none", problems);
    EXPECT_TRUE(registry.manifests.empty());
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_THAT(config::to_string(problems[0]), HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace gatehouse::plugins
