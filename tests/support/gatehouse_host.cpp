#include "support/gatehouse_host.hpp"

#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "base/json.hpp"
#include "egress/egress.hpp"
#include "support/throwaway_certificate.hpp"
#include "support/webhook_signature.hpp"

namespace gatehouse::test {
namespace {

constexpr const char* kAdminToken = "admin-token-of-the-test";

void write_private(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file) << text;
    ::chmod(file.c_str(), 0600);
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

void replace_all(std::string& text, const std::string& what, const std::string& by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
        text.replace(at, what.size(), by);
        at += by.size();
    }
}

std::string fill_in(std::string yaml, const Simulators& simulators, const std::string& prefix) {
    replace_all(yaml, "{BUSINESS}", prefix);
    for (std::size_t at = yaml.find("{url:"); at != std::string::npos; at = yaml.find("{url:")) {
        const std::size_t end = yaml.find('}', at);
        const std::string service = yaml.substr(at + 5, end - at - 5);
        yaml.replace(at, end - at + 1, simulators.url(service));
    }
    return yaml;
}

// The number behind `name=` in a line of the log.
std::uint16_t number_in(const std::string& line, const std::string& name) {
    const std::size_t at = line.find(" " + name + "=");
    if (at == std::string::npos) {
        throw std::runtime_error("no " + name + " in: " + line);
    }
    return static_cast<std::uint16_t>(std::stoi(line.substr(at + name.size() + 2)));
}

}  // namespace

GatehouseHost::GatehouseHost(const Simulators& simulators, HostOptions options)
    : options_(std::move(options)) {
    if (options_.plugins.empty()) {
        options_.plugins = binary_dir().parent_path() / "plugins";
    }
    write_configuration(simulators);
}

void GatehouseHost::write_configuration(const Simulators& simulators) {
    const Certificate certificate = make_certificate();
    write_private(dir_ / "certificate.pem", certificate.certificate_pem);
    write_private(dir_ / "key.pem", certificate.key_pem);
    write_private(dir_ / "admin.token", kAdminToken);
    std::vector<std::string> reachable = simulators.authorities();
    reachable.insert(reachable.end(), options_.allow_private.begin(), options_.allow_private.end());
    for (const auto& [business, others] : options_.elsewhere) {
        const std::vector<std::string> theirs = others->authorities();
        reachable.insert(reachable.end(), theirs.begin(), theirs.end());
    }
    const std::string public_url =
        options_.public_url.empty() ? "" : "public_url: \"" + options_.public_url + "\", ";
    const std::string more = options_.listen.empty() ? "" : options_.listen + ", ";
    write_private(dir_ / "gatehouse.yaml",
                  "listen: {address: 127.0.0.1, port: 0, " + public_url + more +
                      "tls: {certificate: certificate.pem, key: key.pem}}\n"
                      "admin: {address: 127.0.0.1, port: 0, token: \"${file:admin.token}\"}\n"
                      "store: {sqlite: {path: gatehouse.db}}\n"
                      "plugins: " +
                      options_.plugins.string() +
                      "\n"
                      "businesses: businesses.d\n"
                      "egress: {allow_private: " +
                      nlohmann::json(reachable).dump() + real_names(simulators) +
                      "}\n"
                      "dispatch: " +
                      options_.dispatch + "\n" + options_.host_sections);
    if (!options_.business_files.empty()) {
        std::filesystem::copy(options_.business_files, dir_ / "businesses.d");
    } else {
        std::filesystem::create_directory(dir_ / "businesses.d");
    }
    for (const std::string& business : options_.businesses) {
        if (options_.business_files.empty()) {
            const auto others = options_.elsewhere.find(business);
            write_business(others == options_.elsewhere.end() ? simulators : *others->second,
                           business);
        }
    }
    environment_.insert(options_.environment.begin(), options_.environment.end());
    environment_["GATEHOUSE_LOG"] = options_.log_level;
    if (options_.has_own_clock) {
        set_clock_offset(0);
        environment_["LD_PRELOAD"] = GATEHOUSE_OWN_CLOCK;
        environment_["GATEHOUSE_TEST_CLOCK"] = (dir_ / "clock").string();
    }
}

// The rest of the `egress` section.
std::string GatehouseHost::real_names(const Simulators& simulators) {
    std::string yaml;
    if (!options_.ca_pem.empty()) {
        write_private(dir_ / "ca.pem", options_.ca_pem);
        yaml += ", ca_file: ca.pem";
    }
    nlohmann::json connect_to = nlohmann::json::array();
    for (const auto& [name, service] : options_.real_names) {
        const bool is_authority = service.find(':') != std::string::npos;
        connect_to.push_back(
            name + "=" +
            (is_authority ? service : "127.0.0.1:" + std::to_string(simulators.port(service))));
    }
    if (!connect_to.empty()) yaml += ", connect_to: " + connect_to.dump();
    return yaml;
}

void GatehouseHost::write_business(const Simulators& simulators, const std::string& business) {
    const std::string prefix = upper(business);
    environment_[prefix + "_API_KEY"] = api_key(business);
    environment_[prefix + "_WEBHOOK_SECRET"] = webhook_secret(business);
    environment_[prefix + "_KISI_KEY"] = kisi_key(business);
    std::string connections = options_.connections;
    if (connections.empty()) {
        connections =
            "  doors:\n"
            "    plugin: kisi\n"
            "    base_url: {url:kisi}\n"
            "    settings: {api_key: \"${env:{BUSINESS}_KISI_KEY}\"}\n";
        if (options_.requests_per_second > 0) {
            connections +=
                "    requests_per_second: " + std::to_string(options_.requests_per_second) + "\n";
        }
    }
    const std::string yaml = "business: " + business +
                             "\n"
                             "storeganise:\n"
                             "  api: " +
                             simulators.storeganise_api(business) +
                             "\n"
                             "  api_key: \"${env:{BUSINESS}_API_KEY}\"\n"
                             "  webhook_secrets: [\"${env:{BUSINESS}_WEBHOOK_SECRET}\"]\n"
                             "connections:\n" +
                             connections + "sites:\n" + options_.sites + options_.business_sections;
    write_private(dir_ / ("businesses.d/" + business + ".yaml"), fill_in(yaml, simulators, prefix));
}

void GatehouseHost::set_clock_offset(std::int64_t offset_s) {
    // Renamed into place: the process reads it whenever it asks for the time.
    const std::filesystem::path fresh = dir_ / "clock.new";
    std::ofstream(fresh) << offset_s << "\n";
    std::filesystem::rename(fresh, dir_ / "clock");
}

void GatehouseHost::start() {
    process_ = std::make_unique<ChildProcess>(
        Program{binary_dir() / "gatehouse",
                {"serve", "--config", (dir_ / "gatehouse.yaml").string()},
                environment_,
                options_.echo});
    const auto ready = process_->wait_for_line(
        [](const std::string& line) { return line.find(" app ready ") != std::string::npos; });
    if (!ready) {
        throw std::runtime_error("gatehouse did not come up:\n" + process_->output());
    }
    port_ = number_in(*ready, "port");
    admin_port_ = number_in(*ready, "admin_port");
    const std::string here = "127.0.0.1:";
    client_ = egress::make_curl_client(
        {{here + std::to_string(port_), here + std::to_string(admin_port_)},
         (dir_ / "certificate.pem").string()});
}

int GatehouseHost::stop() {
    process_->signal(SIGTERM);
    const auto status = process_->wait();
    if (!status) {
        throw std::runtime_error("gatehouse did not end:\n" + process_->output());
    }
    return *status;
}

void GatehouseHost::kill() {
    process_->kill();
}

std::string GatehouseHost::webhook_url(const std::string& business,
                                       const std::string& source) const {
    return "https://127.0.0.1:" + std::to_string(port_) + "/v1/webhooks/" + business + "/" + source;
}

Result<egress::HttpReply> GatehouseHost::post_webhook(const std::string& body,
                                                      egress::Headers headers,
                                                      const std::string& business,
                                                      const std::string& source) {
    egress::HttpCall call;
    call.method = "POST";
    call.url = webhook_url(business, source);
    call.headers = std::move(headers);
    call.body = body;
    return client_->send(call);
}

Result<egress::HttpReply> GatehouseHost::send_signed(const std::string& body,
                                                     const std::string& business) {
    return post_webhook(body,
                        {{"Content-Type", "application/json"},
                         {"sg-signature", storeganise_signature(webhook_secret(business), body)}},
                        business);
}

Result<egress::HttpReply> GatehouseHost::admin_raw(const std::string& path, bool with_token) {
    egress::HttpCall call;
    call.url = "http://127.0.0.1:" + std::to_string(admin_port_) + path;
    if (with_token) {
        call.headers.emplace_back("Authorization", std::string("Bearer ") + kAdminToken);
    }
    return client_->send(call);
}

nlohmann::json GatehouseHost::admin(const std::string& path) {
    const auto reply = admin_raw(path);
    if (!reply || reply->status != 200) {
        return {{"status", reply ? reply->status : 0}};
    }
    return parse_json(reply->body).value_or(nlohmann::json{{"not_json", reply->body}});
}

CommandResult GatehouseHost::run(const std::vector<std::string>& arguments,
                                 std::chrono::milliseconds patience) {
    // The port in the file is 0; the command line needs the one that was bound.
    std::ifstream in(dir_ / "gatehouse.yaml");
    std::string yaml((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const std::string any = "admin: {address: 127.0.0.1, port: 0";
    if (const std::size_t at = yaml.find(any); at != std::string::npos) {
        yaml.replace(at, any.size(),
                     "admin: {address: 127.0.0.1, port: " + std::to_string(admin_port_));
    }
    write_private(dir_ / "command.yaml", yaml);
    std::vector<std::string> all = arguments;
    all.insert(all.end(), {"--config", (dir_ / "command.yaml").string()});
    ChildProcess command({binary_dir() / "gatehouse", all, environment_, false});
    const int status = command.wait(patience).value_or(-1);
    command.wait_for_line([](const std::string&) { return false; });
    return {status, command.output()};
}

bool GatehouseHost::wait_for_task(const std::string& key, const std::string& outcome, int count) {
    int seen = 0;
    return process_
        ->wait_for_line([&](const std::string& line) {
            if (line.find(" task ended ") != std::string::npos &&
                line.find(" key=" + key + " ") != std::string::npos &&
                line.ends_with(" outcome=" + outcome)) {
                ++seen;
            }
            return seen >= count;
        })
        .has_value();
}

std::vector<std::string> GatehouseHost::secrets() const {
    std::vector<std::string> all{kAdminToken};
    for (const std::string& business : options_.businesses) {
        all.push_back(api_key(business));
        all.push_back(webhook_secret(business));
        all.push_back(kisi_key(business));
    }
    return all;
}

}  // namespace gatehouse::test
