#include "support/throwaway_certificate.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

namespace gatehouse::test {
namespace {

template <typename Write>
std::string to_pem(Write write) {
    BIO* bio = BIO_new(BIO_s_mem());
    write(bio);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return text;
}

void add_extension(X509* certificate, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

}  // namespace

Certificate make_certificate(const std::string& dns_name,
                             const std::vector<std::string>& more_names) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(dns_name.data()),
                               static_cast<int>(dns_name.size()), -1, 0);
    X509_set_issuer_name(certificate, name);
    std::string names = "DNS:" + dns_name + ",IP:127.0.0.1";
    for (const std::string& more : more_names) {
        names += ",DNS:" + more;
    }
    add_extension(certificate, NID_subject_alt_name, names);
    add_extension(certificate, NID_basic_constraints, "CA:TRUE");
    X509_sign(certificate, key, EVP_sha256());

    Certificate made;
    made.certificate_pem = to_pem([&](BIO* bio) { PEM_write_bio_X509(bio, certificate); });
    made.key_pem = to_pem([&](BIO* bio) {
        PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
    X509_free(certificate);
    EVP_PKEY_free(key);
    return made;
}

}  // namespace gatehouse::test
