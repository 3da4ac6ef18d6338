#include "egress/trust_store.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <stdexcept>

namespace gatehouse::egress {

TrustStore::TrustStore(const std::string& extra_ca_file) : store_(X509_STORE_new()) {
    if (!store_) throw std::runtime_error("out of memory for the trust store");
    X509_STORE_set_default_paths(store_.get());
    if (!extra_ca_file.empty() && X509_STORE_load_file(store_.get(), extra_ca_file.c_str()) != 1) {
        throw std::runtime_error("cannot read certificates from " + extra_ca_file);
    }
    // A listed certificate is an anchor even when it is not self-signed: operators pin what they
    // have.
    X509_STORE_set_flags(store_.get(), X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
    ERR_clear_error();
}

}  // namespace gatehouse::egress
