#include "support/mail_server.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace gatehouse::test {

using nlohmann::json;

MailServer::MailServer(const Options& options)
    : certificate_(make_certificate("localhost", options.names)) {
    std::ofstream(dir_ / "certificate.pem") << certificate_.certificate_pem;
    std::ofstream(dir_ / "key.pem") << certificate_.key_pem;
    std::vector<std::string> arguments{GATEHOUSE_SMTP_SERVER};
    if (options.has_tls || options.is_implicit_tls) {
        arguments.insert(arguments.end(),
                         {"--certificate", ca_file(), "--key", (dir_ / "key.pem").string()});
    }
    if (options.is_implicit_tls) arguments.emplace_back("--implicit-tls");
    if (!options.user.empty()) {
        arguments.insert(arguments.end(), {"--user", options.user, "--password", options.password});
    }
    // Debian's own python3: another one would not find Debian's packages.
    process_ = std::make_unique<ChildProcess>(Program{"/usr/bin/python3", arguments, {}, false});
    const auto line = process_->wait_for_line(
        [](const std::string& text) { return text.starts_with("{\"port\""); });
    const json ready = json::parse(line.value_or(""), nullptr, false);
    if (!ready.is_object()) {
        throw std::runtime_error("the mail server did not start: " + process_->output());
    }
    port_ = ready.at("port").get<std::uint16_t>();
}

std::vector<json> MailServer::mails() {
    std::vector<json> found;
    std::istringstream lines(process_->output());
    for (std::string line; std::getline(lines, line);) {
        json mail = json::parse(line, nullptr, false);
        if (mail.is_object() && mail.contains("message")) found.push_back(std::move(mail));
    }
    return found;
}

json MailServer::await_mail() {
    std::size_t count = 0;
    process_->wait_for_line([&](const std::string& line) {
        return line.find("\"message\"") != std::string::npos && ++count > seen_;
    });
    const std::vector<json> all = mails();
    if (all.size() <= seen_) return json::object();
    return all[seen_++];
}

}  // namespace gatehouse::test
