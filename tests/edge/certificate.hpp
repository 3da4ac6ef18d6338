// Certificates for tests: self-signed, P-256, made when asked for.
#pragma once

#include <string>

#include "edge/http_server.hpp"

namespace gatehouse::edge {

struct CertificatePem {
    std::string certificate;
    std::string key;
};

CertificatePem make_certificate(const std::string& common_name);

// A directory that goes with its owner.
class TemporaryDirectory {
  public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

// Writes certificate.pem and key.pem into `directory`, each replaced in one step.
TlsFiles write_certificate(const std::filesystem::path& directory, const CertificatePem& pem);

}  // namespace gatehouse::edge
