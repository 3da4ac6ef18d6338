#include "edge/tls_fault.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>
#include <vector>

#include "base/clock.hpp"
#include "edge/tls_context.hpp"

namespace gatehouse::edge {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1024} * 1024;
constexpr std::int64_t kRenewalMs = std::int64_t{14} * 24 * 3600 * 1000;

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

Bio reader_of(const std::string& text) {
    return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
}

// Of the first of what failed, which lies nearest to the cause.
std::string reason() {
    const char* text = ERR_reason_error_string(ERR_peek_error());
    ERR_clear_error();
    return text == nullptr ? "it cannot be read" : text;
}

// One of the two files, with what messages about it begin with.
struct PemFile {
    TlsFault::File kind;
    const std::filesystem::path& path;

    std::string name() const {
        return (kind == TlsFault::File::kKey ? "key " : "certificate ") + path.string();
    }
    TlsFault fault(const std::string& what, std::string suggestion = "") const {
        return {kind, name() + ' ' + what, std::move(suggestion)};
    }
};

std::optional<TlsFault> read(const PemFile& file, std::string& text) {
    std::error_code error;
    if (std::filesystem::exists(file.path, error) &&
        !std::filesystem::is_regular_file(file.path, error)) {
        return file.fault("is not a regular file");
    }
    std::ifstream in(file.path, std::ios::binary);
    if (!in) {
        return file.fault("cannot be opened: " + std::generic_category().message(errno));
    }
    text.assign(std::istreambuf_iterator<char>(in), {});
    if (text.size() > kMaxFileBytes) return file.fault("is larger than 1 MiB");
    return std::nullopt;
}

bool holds(const std::string& text, std::string_view words) {
    return text.find(words) != std::string::npos;
}

bool holds_key(const std::string& text) {
    return holds(text, "PRIVATE KEY-----");
}

bool holds_certificate(const std::string& text) {
    return holds(text, "-----BEGIN CERTIFICATE-----") ||
           holds(text, "-----BEGIN TRUSTED CERTIFICATE-----") ||
           holds(text, "-----BEGIN X509 CERTIFICATE-----");
}

// Why a file without what it should hold has none.
TlsFault lacks(const PemFile& file, const std::string& text, const std::string& wanted) {
    if (text.empty()) return file.fault("is empty");
    if (holds(text, "-----BEGIN ")) return file.fault("holds no " + wanted);
    return file.fault("is not PEM",
                      "text between lines of -----BEGIN and -----END; openssl can "
                      "convert DER (.der, .cer) and PKCS#12 (.pfx, .p12)");
}

std::optional<TlsFault> read_chain(const PemFile& file, const std::string& text,
                                   std::vector<Certificate>& chain) {
    if (!holds_certificate(text)) {
        if (holds_key(text)) {
            return file.fault("holds a private key and no certificate", "are the two exchanged?");
        }
        return lacks(file, text, "certificate");
    }
    const Bio bio = reader_of(text);
    ERR_clear_error();
    while (true) {
        const auto read_one = chain.empty() ? PEM_read_bio_X509_AUX : PEM_read_bio_X509;
        Certificate one(read_one(bio.get(), nullptr, nullptr, nullptr), X509_free);
        if (!one) break;
        chain.push_back(std::move(one));
    }
    const bool is_at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    if (is_at_end && !chain.empty()) {
        ERR_clear_error();
        return std::nullopt;
    }
    return file.fault("cannot be read at its certificate number " +
                      std::to_string(chain.size() + 1) + ": " + reason());
}

int no_passphrase(char*, int, int, void*) {
    return 0;
}

std::optional<TlsFault> read_key(const PemFile& file, const std::string& text, Key& key) {
    if (!holds_key(text)) {
        if (holds_certificate(text)) {
            return file.fault("holds a certificate and no private key", "are the two exchanged?");
        }
        return lacks(file, text, "private key");
    }
    if (holds(text, "-----BEGIN ENCRYPTED PRIVATE KEY-----") ||
        holds(text, "Proc-Type: 4,ENCRYPTED")) {
        return file.fault("needs a passphrase, which a service cannot be asked for",
                          "openssl pkey -in " + file.path.string() + " -out plain.pem");
    }
    const Bio bio = reader_of(text);
    ERR_clear_error();
    key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
    if (key) return std::nullopt;
    return file.fault("cannot be read: " + reason());
}

std::optional<TlsFault> fault_in_fit(const PemFile& certificate, const PemFile& key_file,
                                     const std::vector<Certificate>& chain, EVP_PKEY* key) {
    const auto fits = [key](const Certificate& one) {
        const bool does = X509_check_private_key(one.get(), key) == 1;
        ERR_clear_error();
        return does;
    };
    const auto found = std::find_if(chain.begin(), chain.end(), fits);
    if (found == chain.begin()) return std::nullopt;
    if (found != chain.end()) {
        return certificate.fault("has the server's own certificate as number " +
                                     std::to_string(found - chain.begin() + 1),
                                 "the leaf must come first, then those that signed it");
    }
    return key_file.fault("does not belong to certificate " + certificate.path.string());
}

std::int64_t to_ms(const ASN1_TIME* time) {
    struct tm parts {};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return 0;
    return static_cast<std::int64_t>(::timegm(&parts)) * 1000;
}

}  // namespace

std::optional<TlsFault> fault_in(const TlsFiles& files) {
    const PemFile certificate{TlsFault::File::kCertificate, files.certificate};
    const PemFile key_file{TlsFault::File::kKey, files.key};
    std::string text;
    std::vector<Certificate> chain;
    Key key(nullptr, EVP_PKEY_free);
    if (auto fault = read(certificate, text)) return fault;
    if (auto fault = read_chain(certificate, text, chain)) return fault;
    if (auto fault = read(key_file, text)) return fault;
    auto fault = read_key(key_file, text, key);
    OPENSSL_cleanse(text.data(), text.size());
    if (fault) return fault;
    if (auto unfit = fault_in_fit(certificate, key_file, chain, key.get())) return unfit;
    // What only the server's own settings refuse: keys that are too short, say.
    if (const auto context = load_tls_context(files); !context) {
        return TlsFault{TlsFault::File::kCertificate, context.error().message, ""};
    }
    return std::nullopt;
}

std::optional<CertificateDates> dates_of(const std::filesystem::path& certificate) {
    std::string text;
    const PemFile file{TlsFault::File::kCertificate, certificate};
    if (read(file, text)) return std::nullopt;
    const Bio bio = reader_of(text);
    const Certificate leaf(PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, nullptr), X509_free);
    ERR_clear_error();
    if (!leaf) return std::nullopt;
    return CertificateDates{to_ms(X509_get0_notBefore(leaf.get())),
                            to_ms(X509_get0_notAfter(leaf.get()))};
}

std::int64_t renewal_ms(const CertificateDates& dates) {
    return std::clamp<std::int64_t>((dates.not_after_ms - dates.not_before_ms) / 3, 0, kRenewalMs);
}

std::optional<NearEnd> near_end(const CertificateDates& dates, std::int64_t now_ms) {
    constexpr std::size_t kDateBytes = 10;  // "2026-11-30"
    if (dates.not_after_ms - now_ms >= renewal_ms(dates)) return std::nullopt;
    const std::string day = format_utc(dates.not_after_ms).substr(0, kDateBytes);
    return NearEnd{dates.not_after_ms <= now_ms
                       ? "ended on " + day + ", senders will not connect any more"
                       : "ends on " + day,
                   "renew it; the files are read again by themselves"};
}

}  // namespace gatehouse::edge
