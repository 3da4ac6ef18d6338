// A library whose checksum is named is what runners load, whatever becomes of its file.
#include "plugins/library.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fstream>

#include "base/encoding.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::plugins {
namespace {

namespace fs = std::filesystem;

class LibraryTest : public testing::Test {
  protected:
    LibraryTest() {
        fs::permissions(folder_.path(), fs::perms::owner_all);
        write("the bytes that were checked");
        manifest_.library = folder_ / "lib.so";
        manifest_.sha256 = to_hex(sha256("the bytes that were checked"));
    }

    void write(const std::string& bytes) {
        std::ofstream(folder_ / "lib.so") << bytes;
        fs::permissions(folder_ / "lib.so", fs::perms::owner_read | fs::perms::owner_write);
    }

    static std::string content(const UniqueFd& fd) {
        std::string bytes(1000, ' ');
        bytes.resize(static_cast<std::size_t>(::pread(fd.get(), bytes.data(), bytes.size(), 0)));
        return bytes;
    }

    test::TempDir folder_;
    Manifest manifest_;
};

TEST_F(LibraryTest, P9_WhatIsExchangedAfterTheCheckIsNotLoaded) {
    const CheckedLibrary checked = check_library(manifest_);
    ASSERT_EQ(checked.fault, "");
    ASSERT_NE(checked.copy, nullptr);
    write("others");
    EXPECT_EQ(content(*checked.copy), "the bytes that were checked");
    EXPECT_THAT(check_library(manifest_).fault, testing::HasSubstr("sha256"));
}

TEST_F(LibraryTest, P9_TheCopyCannotBeChanged) {
    const CheckedLibrary checked = check_library(manifest_);
    ASSERT_NE(checked.copy, nullptr);
    const int fd = checked.copy->get();
    EXPECT_EQ(::pwrite(fd, "x", 1, 0), -1);
    EXPECT_EQ(::ftruncate(fd, 0), -1);
    EXPECT_EQ(::ftruncate(fd, 100'000), -1);
    EXPECT_EQ(::fcntl(fd, F_ADD_SEALS, 0), -1);
    EXPECT_EQ(::mmap(nullptr, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
    const UniqueFd again(
        ::open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_RDWR | O_CLOEXEC));
    EXPECT_TRUE(!again.is_open() || ::pwrite(again.get(), "x", 1, 0) == -1);
    EXPECT_EQ(content(*checked.copy), "the bytes that were checked");
}

TEST_F(LibraryTest, OneCopyServesAllAndGoesWithTheLast) {
    CheckedLibrary first = check_library(manifest_);
    CheckedLibrary second = check_library(manifest_);
    EXPECT_EQ(first.copy, second.copy);
    const std::weak_ptr<const UniqueFd> last = first.copy;
    first = {};
    EXPECT_FALSE(last.expired());
    second = {};
    EXPECT_TRUE(last.expired());
}

TEST_F(LibraryTest, WithoutAChecksumTheFileItselfIsLoaded) {
    manifest_.sha256.clear();
    const CheckedLibrary checked = check_library(manifest_);
    EXPECT_EQ(checked.fault, "");
    EXPECT_EQ(checked.copy, nullptr);
}

TEST_F(LibraryTest, AFileThatIsNotThereOrThatOthersWriteIsRefused) {
    fs::permissions(manifest_.library, fs::perms::group_write, fs::perm_options::add);
    EXPECT_THAT(check_library(manifest_).fault, testing::HasSubstr("can be written by others"));
    fs::remove(manifest_.library);
    EXPECT_THAT(check_library(manifest_).fault, testing::HasSubstr("No such file"));
}

}  // namespace
}  // namespace gatehouse::plugins
