// Certificates for tests: self-signed, P-256, made when asked for.
#pragma once

#include <string>

#include "edge/http_server.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::edge {

struct CertificatePem {
    std::string certificate;
    std::string key;
};

CertificatePem make_certificate(const std::string& common_name);

using test::TempDir;

// Writes certificate.pem and key.pem into `directory`, each replaced in one step.
TlsFiles write_certificate(const std::filesystem::path& directory, const CertificatePem& pem);

}  // namespace gatehouse::edge
