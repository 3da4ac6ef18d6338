// TlsFault: what is wrong with a certificate and its key, in words for whoever put the files there.
// The library's own reasons are for those who know it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "edge/http_server.hpp"

namespace gatehouse::edge {

struct TlsFault {
    enum class File : std::uint8_t { kCertificate, kKey };

    File file = File::kCertificate;  // the one to look at first
    std::string message;             // "key k.pem needs a passphrase"; none of its bytes
    std::string suggestion;          // "openssl pkey -in k.pem -out plain.pem"; may be empty
};

// Reads both files. Nothing if the pair can serve. [any thread]
std::optional<TlsFault> fault_in(const TlsFiles& files);

// When the leaf is good, Unix milliseconds.
struct CertificateDates {
    std::int64_t not_before_ms = 0;
    std::int64_t not_after_ms = 0;
};

// Of the file's first certificate; nothing if there is none that can be read. [any thread]
std::optional<CertificateDates> dates_of(const std::filesystem::path& certificate);

// How long before its end a certificate should have been renewed: 14 days, or a third of its whole
// time where that is shorter.
std::int64_t renewal_ms(const CertificateDates& dates);

// What to say of a certificate that ended or should have been renewed by now.
struct NearEnd {
    std::string message;     // "ends on 2026-12-24"
    std::string suggestion;  // "renew it; the files are read again by themselves"
};

// Nothing if it is good for now.
std::optional<NearEnd> near_end(const CertificateDates& dates, std::int64_t now_ms);

}  // namespace gatehouse::edge
