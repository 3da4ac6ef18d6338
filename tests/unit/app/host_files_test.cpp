#include "app/host_files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "support/temp_dir.hpp"
#include "support/throwaway_certificate.hpp"

namespace gatehouse::app {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

class HostFilesTest : public testing::Test {
  protected:
    HostFilesTest() {
        const auto pair = test::make_certificate();
        write("certificate.pem", pair.certificate_pem);
        write("key.pem", pair.key_pem);
        std::filesystem::create_directory(dir_ / "data");
        config_.listen.certificate = dir_ / "certificate.pem";
        config_.listen.key = dir_ / "key.pem";
        config_.listen.certificate_place = {"g.yaml", 3, 1};
        config_.listen.key_place = {"g.yaml", 4, 1};
        config_.store.sqlite_path = dir_ / "data/gatehouse.db";
        config_.store.sqlite_place = {"g.yaml", 7, 1};
        config_.store.place = {"g.yaml", 6, 1};
    }

    void write(const std::string& name, const std::string& text) {
        std::ofstream(dir_ / name) << text;
    }

    // One line each, without the folder's name.
    std::string said(std::int64_t hours = 0) {
        config::Problems problems;
        check_host_files(config_, SystemClock().now_ms() + hours * kHourMs, problems);
        std::string text;
        for (const config::Problem& problem : problems)
            text += to_string(problem) + '\n';
        const std::string folder = dir_.path().string() + '/';
        for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder)) {
            text.erase(at, folder.size());
        }
        return text;
    }

    test::TempDir dir_;
    config::Config config_;
};

TEST_F(HostFilesTest, SaysNothingOfWhatIsGoodAndMakesNothing) {
    EXPECT_EQ(said(), "");
    EXPECT_TRUE(std::filesystem::is_empty(dir_ / "data"));
}

TEST_F(HostFilesTest, ThePairIsBlamedAtTheLineOfTheFileThatIsWrong) {
    const auto other = test::make_certificate();
    write("key.pem", other.key_pem);
    EXPECT_EQ(said(),
              "g.yaml:4:1: error: key key.pem does not belong to certificate certificate.pem\n");
    write("certificate.pem", "rubbish");
    EXPECT_TRUE(said().starts_with("g.yaml:3:1: error: certificate certificate.pem is not PEM"))
        << said();
}

TEST_F(HostFilesTest, WarnsOfACertificateNearItsEndAndPastIt) {
    EXPECT_TRUE(said(20).starts_with("g.yaml:3:1: warning: certificate certificate.pem ends on "))
        << said(20);
    EXPECT_TRUE(said(30).starts_with("g.yaml:3:1: warning: certificate certificate.pem ended on "))
        << said(30);
    EXPECT_NE(said(-48).find("is not good before"), std::string::npos) << said(-48);
}

TEST_F(HostFilesTest, TheDatabaseNeedsAFolderThatMayBeWrittenTo) {
    config_.store.sqlite_path = dir_ / "none/gatehouse.db";
    EXPECT_EQ(said(),
              "g.yaml:7:1: error: the database's folder none does not exist (make it, for the "
              "service's user alone)\n");
    config_.store.sqlite_path = dir_ / "key.pem/gatehouse.db";
    EXPECT_NE(said().find("is no folder"), std::string::npos) << said();
    config_.store.sqlite_path = dir_ / "data";
    EXPECT_NE(said().find("is no file that may be read and written"), std::string::npos) << said();
    if (::geteuid() == 0) return;  // may write everywhere
    config_.store.sqlite_path = dir_ / "data/gatehouse.db";
    std::filesystem::permissions(
        dir_ / "data", std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    EXPECT_NE(said().find("may not be written to"), std::string::npos) << said();
    std::filesystem::permissions(dir_ / "data", std::filesystem::perms::owner_all);
}

TEST_F(HostFilesTest, ThePinKeyIsAnErrorForEverybodyAndAWarningForAGroup) {
    write("data/pin.key", std::string(64, 'a') + "\n");
    const std::filesystem::path key = dir_ / "data/pin.key";
    ::chmod(key.c_str(), 0600);
    EXPECT_EQ(said(), "");
    ::chmod(key.c_str(), 0660);
    EXPECT_TRUE(
        said().starts_with("g.yaml:6:1: warning: the PIN key data/pin.key is open to its "
                           "group"))
        << said();
    ::chmod(key.c_str(), 0604);
    EXPECT_TRUE(
        said().starts_with("g.yaml:6:1: error: the PIN key data/pin.key is open to "
                           "everybody"))
        << said();
}

}  // namespace
}  // namespace gatehouse::app
