// A fresh key and self-signed certificate for one test, as PEM.
#pragma once

#include <string>
#include <vector>

namespace gatehouse::test {

struct Certificate {
    std::string certificate_pem;
    std::string key_pem;
};

// For `dns_name`, `more_names` and 127.0.0.1, good for a day.
Certificate make_certificate(const std::string& dns_name = "localhost",
                             const std::vector<std::string>& more_names = {});

}  // namespace gatehouse::test
