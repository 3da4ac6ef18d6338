// MailServer: Debian's aiosmtpd as a process of its own (tests/support/smtp_server.py), for mails
// through a server that nobody here wrote.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/child_process.hpp"
#include "support/temp_dir.hpp"
#include "support/throwaway_certificate.hpp"

namespace gatehouse::test {

// [the thread that made it]
class MailServer {
  public:
    struct Options {
        bool has_tls = true;           // STARTTLS, demanded
        bool is_implicit_tls = false;  // TLS from the first byte instead
        std::string user = {};         // AUTH, demanded
        std::string password = {};
        std::vector<std::string> names = {};  // that its certificate is for, besides localhost
    };

    // Throws std::runtime_error if it does not come up.
    explicit MailServer(const Options& options);

    std::uint16_t port() const { return port_; }
    const std::string& ca_pem() const { return certificate_.certificate_pem; }
    std::string ca_file() const { return (dir_ / "certificate.pem").string(); }

    // Everything taken so far, {"from", "to", "is_tls", "is_authenticated", "message"} each.
    std::vector<nlohmann::json> mails();

    // The next mail that comes, or an empty object.
    nlohmann::json await_mail();

  private:
    TempDir dir_;
    Certificate certificate_;
    std::unique_ptr<ChildProcess> process_;
    std::uint16_t port_ = 0;
    std::size_t seen_ = 0;
};

}  // namespace gatehouse::test
