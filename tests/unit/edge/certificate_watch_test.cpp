#include "edge/certificate_watch.hpp"

#include <gtest/gtest.h>
#include <openssl/x509.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include "edge/certificate.hpp"

namespace gatehouse::edge {
namespace {

namespace fs = std::filesystem;

std::string common_name(SSL_CTX* context) {
    std::array<char, 256> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(SSL_CTX_get0_certificate(context)),
                              NID_commonName, name.data(), static_cast<int>(name.size()));
    return name.data();
}

class CertificateWatchTest : public testing::Test {
  protected:
    // A directory with a certificate of that name.
    fs::path made(const std::string& name) {
        fs::path directory = directory_.path() / name;
        fs::create_directory(directory);
        write_certificate(directory, make_certificate(name));
        return directory;
    }

    void open(const fs::path& directory) {
        auto opened =
            CertificateWatch::open({directory / "certificate.pem", directory / "key.pem"}, "test");
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
        watch_.emplace(std::move(*opened));
        EXPECT_GT(watch_->not_after_ms(), 0);
    }

    // The certificate of a handshake a while later.
    std::string name_in_force() { return common_name(watch_->current(now_ms_ += 2000)); }

    TempDir directory_;
    std::optional<CertificateWatch> watch_;
    std::int64_t now_ms_ = 1'000'000;
};

TEST_F(CertificateWatchTest, SeesFilesRenamedOver) {
    open(made("first"));
    EXPECT_EQ(name_in_force(), "first");
    write_certificate(directory_.path() / "first", make_certificate("second"));
    EXPECT_EQ(name_in_force(), "second");
}

TEST_F(CertificateWatchTest, SeesASwappedSymlink) {
    const fs::path link = directory_.path() / "live";
    fs::create_directory_symlink(made("first"), link);
    open(link);
    EXPECT_EQ(name_in_force(), "first");
    fs::create_directory_symlink(made("second"), directory_.path() / "fresh");
    fs::rename(directory_.path() / "fresh", link);
    EXPECT_EQ(name_in_force(), "second");
}

TEST_F(CertificateWatchTest, SeesARenamedDirectory) {
    const fs::path live = made("live");
    open(live);
    made("next");
    fs::rename(live, directory_.path() / "old");
    EXPECT_EQ(name_in_force(), "live");  // nothing there: the old one stays
    fs::rename(directory_.path() / "next", live);
    EXPECT_EQ(name_in_force(), "next");
}

TEST_F(CertificateWatchTest, KeepsTheOldPairUntilBothFilesAreThere) {
    const fs::path live = made("first");
    open(live);
    const auto second = make_certificate("second");
    std::ofstream(live / "certificate.pem") << second.certificate;
    EXPECT_EQ(name_in_force(), "first");
    std::ofstream(live / "key.pem") << second.key;
    EXPECT_EQ(name_in_force(), "second");
}

TEST_F(CertificateWatchTest, LooksAtMostOnceASecond) {
    open(made("first"));
    EXPECT_EQ(name_in_force(), "first");
    write_certificate(directory_.path() / "first", make_certificate("second"));
    EXPECT_EQ(common_name(watch_->current(now_ms_ + 999)), "first");
    EXPECT_EQ(common_name(watch_->current(now_ms_ + 1000)), "second");
}

TEST_F(CertificateWatchTest, RefusesWhatCannotServe) {
    const fs::path directory = made("first");
    const TlsFiles files{directory / "certificate.pem", directory / "key.pem"};
    EXPECT_EQ(load_tls_context({files.key, files.key}).error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(load_tls_context({files.certificate, files.certificate}).error().kind,
              ErrorKind::kInvalid);
    std::ofstream(files.key) << make_certificate("other").key;
    EXPECT_EQ(load_tls_context(files).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace gatehouse::edge
