#include "edge/tls_fault.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <fstream>

#include "edge/certificate.hpp"
#include "edge/tls_context.hpp"

namespace gatehouse::edge {
namespace {

using File = TlsFault::File;

constexpr std::int64_t kHourMs = 3'600'000;

// The key as a file that asks for a passphrase, in the form that OpenSSL writes today or in that of
// before.
std::string encrypted(const std::string& pem, bool is_traditional) {
    using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
    const Bio in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    const Bio out(BIO_new(BIO_s_mem()), BIO_free);
    const unsigned char word[] = "word";
    if (is_traditional) {
        PEM_write_bio_PrivateKey_traditional(out.get(), key.get(), EVP_aes_256_cbc(), word, 4,
                                             nullptr, nullptr);
    } else {
        PEM_write_bio_PrivateKey(out.get(), key.get(), EVP_aes_256_cbc(), word, 4, nullptr,
                                 nullptr);
    }
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

class TlsFaultTest : public testing::Test {
  protected:
    TlsFiles write(const std::string& certificate, const std::string& key) {
        TlsFiles files{dir_.path() / "certificate.pem", dir_.path() / "key.pem"};
        std::ofstream(files.certificate) << certificate;
        std::ofstream(files.key) << key;
        return files;
    }

    TempDir dir_;
    const CertificatePem leaf_ = make_certificate("leaf");
    const CertificatePem authority_ = make_certificate("authority");
    const CertificatePem root_ = make_certificate("root");
};

// What people put there, what is said of it, and which of the two files is blamed. What serves is
// what the server itself loads.
TEST_F(TlsFaultTest, SaysInPlainWordsWhatIsWrongAndInWhichFile) {
    struct Case {
        std::string name;
        std::string certificate;
        std::string key;
        File file;
        std::string words;  // empty = it serves
    };
    const std::string chain = leaf_.certificate + authority_.certificate + root_.certificate;
    const std::string cut = authority_.certificate.substr(0, authority_.certificate.size() / 2);
    const std::vector<Case> cases{
        {"pair", leaf_.certificate, leaf_.key, File::kKey, ""},
        {"chain", chain, leaf_.key, File::kKey, ""},
        {"text around", "# mine\n" + chain + "\nbye\n", "note\n" + leaf_.key, File::kKey, ""},
        {"key behind the chain", chain + leaf_.key, leaf_.key, File::kKey, ""},
        {"authority first", authority_.certificate + leaf_.certificate, leaf_.key,
         File::kCertificate, "own certificate as number 2"},
        {"root first", root_.certificate + authority_.certificate + leaf_.certificate, leaf_.key,
         File::kCertificate, "own certificate as number 3"},
        {"another's key", chain, make_certificate("other").key, File::kKey, "does not belong to"},
        {"exchanged", leaf_.key, leaf_.certificate, File::kCertificate, "no certificate"},
        {"two certificates", leaf_.certificate, leaf_.certificate, File::kKey, "no private key"},
        {"passphrase", leaf_.certificate, encrypted(leaf_.key, false), File::kKey, "passphrase"},
        {"old passphrase", leaf_.certificate, encrypted(leaf_.key, true), File::kKey, "passphrase"},
        {"empty certificate", "", leaf_.key, File::kCertificate, "is empty"},
        {"empty key", leaf_.certificate, "", File::kKey, "is empty"},
        {"binary certificate", std::string("0\x82\x01\x0a\0\x01", 6), leaf_.key, File::kCertificate,
         "is not PEM"},
        {"binary key", leaf_.certificate, std::string("0\x82\x01\x0a\0\x01", 6), File::kKey,
         "is not PEM"},
        {"request",
         "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
         leaf_.key, File::kCertificate, "holds no certificate"},
        {"public key", leaf_.certificate,
         "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", File::kKey,
         "holds no private key"},
        {"cut chain", leaf_.certificate + cut, leaf_.key, File::kCertificate, "number 2"},
        {"cut key", leaf_.certificate, leaf_.key.substr(0, leaf_.key.size() / 2), File::kKey,
         "cannot be read"},
        {"garbage within",
         "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n" + leaf_.certificate,
         leaf_.key, File::kCertificate, "number 1"},
    };
    for (const Case& one : cases) {
        const TlsFiles files = write(one.certificate, one.key);
        const auto fault = fault_in(files);
        EXPECT_EQ(load_tls_context(files).has_value(), !fault.has_value()) << one.name;
        if (one.words.empty()) {
            EXPECT_FALSE(fault) << one.name << ": " << fault->message;
            continue;
        }
        ASSERT_TRUE(fault) << one.name;
        EXPECT_NE(fault->message.find(one.words), std::string::npos)
            << one.name << ": " << fault->message;
        EXPECT_EQ(fault->file, one.file) << one.name << ": " << fault->message;
        EXPECT_EQ(fault->message.find("error:"), std::string::npos)
            << one.name << ": " << fault->message;
        EXPECT_EQ(fault->message.find(leaf_.key.substr(40, 20)), std::string::npos) << one.name;
    }
}

TEST_F(TlsFaultTest, FilesThatAreNoneAreFaultsAndNobodyWaitsForThem) {
    const TlsFiles files = write(leaf_.certificate, leaf_.key);
    for (const auto& path : {files.certificate, files.key}) {
        std::filesystem::rename(path, path.string() + ".away");
        EXPECT_NE(fault_in(files).value().message.find("cannot be opened"), std::string::npos);
        std::filesystem::create_directory(path);
        EXPECT_NE(fault_in(files).value().message.find("regular file"), std::string::npos);
        std::filesystem::remove(path);
        ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
        EXPECT_NE(fault_in(files).value().message.find("regular file"), std::string::npos);
        std::filesystem::remove(path);
        std::filesystem::rename(path.string() + ".away", path);
    }
    EXPECT_FALSE(fault_in(files));
}

TEST_F(TlsFaultTest, KnowsTheDatesOfTheLeafAndWhenToRenew) {
    const TlsFiles files = write(leaf_.certificate + root_.certificate, leaf_.key);
    const auto dates = dates_of(files.certificate);
    ASSERT_TRUE(dates);
    EXPECT_EQ(dates->not_after_ms - dates->not_before_ms, 25 * kHourMs);
    EXPECT_EQ(renewal_ms(*dates), 25 * kHourMs / 3);
    constexpr std::int64_t kDayMs = 24 * kHourMs;
    EXPECT_EQ(renewal_ms({0, 90 * kDayMs}), 14 * kDayMs);
    EXPECT_EQ(renewal_ms({0, 6 * kDayMs}), 2 * kDayMs);
    EXPECT_EQ(renewal_ms({5, 0}), 0);
    EXPECT_FALSE(dates_of(files.key));
    EXPECT_FALSE(dates_of(dir_.path() / "none.pem"));
}

}  // namespace
}  // namespace gatehouse::edge
