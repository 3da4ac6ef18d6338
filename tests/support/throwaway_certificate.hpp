// A fresh key and self-signed certificate for one test, as PEM.
#pragma once

#include <string>

namespace gatehouse::test {

struct Certificate {
    std::string certificate_pem;
    std::string key_pem;
};

// For `dns_name` and 127.0.0.1, good for a day.
Certificate make_certificate(const std::string& dns_name = "localhost");

}  // namespace gatehouse::test
