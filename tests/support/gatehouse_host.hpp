// GatehouseHost: the real binary with a configuration of its own, between a real HTTPS client and
// the simulators.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "egress/http_client.hpp"
#include "support/child_process.hpp"
#include "support/simulators.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::test {

struct HostOptions {
    std::vector<std::string> businesses = {"acme"};
    std::string dispatch = "{}";      // the `dispatch` section, as YAML on one line
    std::string log_level = "debug";  // at least "info", which says that it is ready
    std::filesystem::path plugins;    // default: the build's vendor plugins
    bool echo = false;                // copy its log to stderr
    int requests_per_second = 0;      // of the connection `doors`; 0 = the plugin's own rate

    // YAML of each business. In all of it `{url:kisi}` stands for a simulator's address and
    // `{BUSINESS}` for the business's name in capitals. Default: one connection `doors` to Kisi.
    std::string connections = {};
    std::string sites = "  - {site: \"*\", access: doors}\n";
    std::string business_sections = {};  // further sections
    // Businesses whose Storeganise and vendors are other simulators than everybody's.
    std::map<std::string, const Simulators*> elsewhere = {};
    std::string host_sections = {};  // further sections of gatehouse.yaml
    std::map<std::string, std::string> environment = {};
    std::vector<std::string> allow_private = {};  // besides the simulators
    std::string public_url = {};                  // `listen.public_url`; empty = none
    std::string listen = {};                      // further keys of `listen`: "workers: 1"
    bool has_own_clock = false;                   // set_clock_offset() works

    // Its *.yaml are used exactly as they are, instead of written ones, with `environment`.
    // `businesses` says whose they are.
    std::filesystem::path business_files = {};
    // Whom the host reaches under a name of the real world: "api.kisi.io:443" -> "kisi", or
    // another server's "127.0.0.1:port". They must speak TLS with certificates that `ca_pem`
    // vouches for.
    std::map<std::string, std::string> real_names = {};
    std::string ca_pem = {};
};

struct CommandResult {
    int status = 0;
    std::string output;
};

// One configuration, one database, one process at a time. [the thread that made it]
class GatehouseHost {
  public:
    // Writes the configuration and a fresh certificate; start() starts the process.
    GatehouseHost(const Simulators& simulators, HostOptions options = {});

    // Throws std::runtime_error if it does not come up.
    void start();

    // The process's time of day, by an offset to the real one. It sees it at once, but wakes for
    // what is then due only with its next work. Needs HostOptions::has_own_clock.
    void set_clock_offset(std::int64_t offset_s);

    // SIGTERM, then the exit status. Throws if it does not end.
    int stop();

    // SIGKILL.
    void kill();

    ChildProcess& process() { return *process_; }
    std::uint16_t port() const { return port_; }
    const std::filesystem::path& folder() const { return dir_.path(); }

    // What the process printed; empty before start().
    std::string log() { return process_ ? process_->output() : ""; }

    std::string webhook_url(const std::string& business = "acme",
                            const std::string& source = "storeganise") const;

    // Sends `body` as it is to the webhook URL, with these headers.
    Result<egress::HttpReply> post_webhook(const std::string& body, egress::Headers headers,
                                           const std::string& business = "acme",
                                           const std::string& source = "storeganise");

    // Signs and sends.
    Result<egress::HttpReply> send_signed(const std::string& body,
                                          const std::string& business = "acme");

    // GET of the admin API, as JSON; {"status": n} if it is not 200.
    nlohmann::json admin(const std::string& path);
    Result<egress::HttpReply> admin_raw(const std::string& path, bool with_token = true);

    // The command line, with --config.
    CommandResult run(const std::vector<std::string>& arguments,
                      std::chrono::milliseconds patience = ChildProcess::kDefaultPatience);

    // Waits until a run of the task on `key` ended so, for the `count`-th time.
    bool wait_for_task(const std::string& key, const std::string& outcome, int count = 1);

    // Every value that must never be seen anywhere (promise P8).
    std::vector<std::string> secrets() const;

    static std::string api_key(const std::string& business) { return "sg-api-key-" + business; }
    static std::string webhook_secret(const std::string& business) {
        return "sg-webhook-secret-" + business;
    }
    static std::string kisi_key(const std::string& business) { return "kisi-key-" + business; }

  private:
    void write_configuration(const Simulators& simulators);
    std::string real_names(const Simulators& simulators);
    void write_business(const Simulators& simulators, const std::string& business);

    HostOptions options_;
    TempDir dir_;
    std::unique_ptr<egress::HttpClient> client_;
    std::unique_ptr<ChildProcess> process_;
    std::uint16_t port_ = 0;
    std::uint16_t admin_port_ = 0;
    std::map<std::string, std::string> environment_;
};

}  // namespace gatehouse::test
