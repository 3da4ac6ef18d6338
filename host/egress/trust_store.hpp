// TrustStore: the certificates that peers are checked against, read once and shared by every
// connection: libcurl on its own would parse the system's bundle again for each handle.
#pragma once

#include <openssl/x509.h>

#include <memory>
#include <string>

namespace gatehouse::egress {

// Immutable. [any thread]
class TrustStore {
  public:
    // The system's anchors and those in `extra_ca_file` (PEM; empty = none). Throws
    // std::runtime_error when that file cannot be read or holds no certificate.
    explicit TrustStore(const std::string& extra_ca_file);

    // Borrowed.
    X509_STORE* get() const { return store_.get(); }

  private:
    struct Free {
        void operator()(X509_STORE* store) const { X509_STORE_free(store); }
    };
    std::unique_ptr<X509_STORE, Free> store_;
};

}  // namespace gatehouse::egress
