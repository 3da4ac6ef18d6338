#include "suite/servers.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "support/throwaway_certificate.hpp"

namespace gatehouse::bench {
namespace {

using nlohmann::json;
using test::ChildProcess;
using test::GatehouseHost;

constexpr auto kLoadPatience = std::chrono::minutes(5);

std::uint16_t port_in(const std::string& line) {
    const json answer = json::parse(line, nullptr, false);
    return answer.is_object() ? answer.at("port").get<std::uint16_t>()
                              : static_cast<std::uint16_t>(std::stoi(line));
}

bool is_port_line(const std::string& line) {
    return !line.empty() &&
           (line.front() == '{' || line.find_first_not_of("0123456789") == std::string::npos);
}

std::uint16_t await_port(ChildProcess& process) {
    const auto line = process.wait_for_line(is_port_line);
    if (!line) {
        throw std::runtime_error("a server did not come up:\n" + process.output());
    }
    return port_in(*line);
}

// For a program that cannot be told to take any. Somebody else may take it before; then it says so.
std::uint16_t free_port() {
    const UniqueFd probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(probe.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::getsockname(probe.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw std::runtime_error("no port is free");
    }
    return ntohs(address.sin_port);
}

// A line of /proc/<pid>/status.
double memory_mb(pid_t pid, const std::string& name) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(name)) return std::stod(line.substr(name.size())) / 1024.0;
    }
    throw std::runtime_error("no " + name + " of process " + std::to_string(pid));
}

int next_prefix() {
    static int next = 0;
    return next++;
}

}  // namespace

json run_bench_load(std::uint16_t port, const Load& load) {
    std::vector<std::string> arguments{"--port",        std::to_string(port),
                                       "--path",        "/v1/webhooks/acme/storeganise",
                                       "--secret",      GatehouseHost::webhook_secret("acme"),
                                       "--id-prefix",   "bench" + std::to_string(next_prefix()),
                                       "--requests",    std::to_string(load.requests),
                                       "--connections", std::to_string(load.connections),
                                       "--rate",        std::to_string(load.rate_per_s)};
    if (load.is_connection_each) {
        arguments.emplace_back("--connection-each");
    }
    if (load.is_resumed) {
        arguments.emplace_back("--resumed");
        arguments.insert(arguments.end(), {"--session-file", load.session_file.string()});
    }
    ChildProcess process({test::binary_dir() / "bench_load", arguments, {}, false});
    const auto line = process.wait_for_line(is_port_line, kLoadPatience);
    if (!line) {
        throw std::runtime_error("bench_load failed:\n" + process.output());
    }
    return json::parse(*line);
}

EventSender::EventSender(const GatehouseHost& host, const Events& events)
    : count_(events.data.size()) {
    const std::filesystem::path file = dir_ / "data";
    std::ofstream lines(file);
    for (const json& data : events.data) {
        lines << data.dump() << "\n";
    }
    lines.close();
    const auto start_us =
        std::chrono::duration_cast<std::chrono::microseconds>(events.start.time_since_epoch());
    const std::vector<std::string> arguments{
        "--port",        std::to_string(host.port()),
        "--path",        "/v1/webhooks/" + events.business + "/storeganise",
        "--secret",      GatehouseHost::webhook_secret(events.business),
        "--id-prefix",   "bench" + std::to_string(next_prefix()),
        "--type",        events.type,
        "--data",        file.string(),
        "--connections", std::to_string(events.connections),
        "--rate",        std::to_string(events.per_second),
        "--start-at-us", std::to_string(start_us.count())};
    process_ = std::make_unique<ChildProcess>(
        test::Program{test::binary_dir() / "bench_load", arguments, {}, false});
}

json EventSender::await() {
    const auto line = process_->wait_for_line(is_port_line, kLoadPatience);
    const json report = json::parse(line.value_or(""), nullptr, false);
    if (!report.is_object() || report.value("ok", std::size_t{0}) != count_) {
        throw std::runtime_error("not every event was taken:\n" + process_->output());
    }
    return report;
}

EdgeServer::EdgeServer(const std::string& program, std::vector<std::string> arguments)
    : process_(std::make_unique<ChildProcess>(
          test::Program{test::binary_dir() / program, std::move(arguments), {}, false})),
      port_(await_port(*process_)) {}

NginxServer::NginxServer(const std::filesystem::path& files, int workers) {
    port_ = free_port();
    std::ofstream(dir_ / "nginx.conf")
        << "daemon off;\npid nginx.pid;\nerror_log stderr notice;\nworker_processes " << workers
        << ";\nevents { worker_connections 4096; }\nhttp {\n  access_log off;\n"
        << "  client_body_temp_path body;\n  proxy_temp_path proxy;\n  fastcgi_temp_path fastcgi;\n"
        << "  uwsgi_temp_path uwsgi;\n  scgi_temp_path scgi;\n  server {\n    listen 127.0.0.1:"
        << port_ << " ssl;\n    ssl_protocols TLSv1.2 TLSv1.3;\n    ssl_certificate "
        << (files / "certificate.pem").string() << ";\n    ssl_certificate_key "
        << (files / "key.pem").string() << ";\n    location / { return 200 'ok'; }\n  }\n}\n";
    process_ = std::make_unique<ChildProcess>(
        test::Program{GATEHOUSE_NGINX,
                      {"-e", "stderr", "-p", dir_.path().string(), "-c", "nginx.conf"},
                      {},
                      false});
    const auto is_up = [](const std::string& line) {
        return line.find("start worker process ") != std::string::npos;
    };
    if (!process_->wait_for_line(is_up)) {
        throw std::runtime_error("nginx did not come up:\n" + process_->output());
    }
}

NginxServer::~NginxServer() {
    process_->signal(SIGTERM);
    process_->wait();
}

NodeServer::NodeServer(const std::string& script, std::vector<std::string> arguments,
                       std::map<std::string, std::string> environment) {
    const test::Certificate certificate = test::make_certificate();
    std::ofstream(dir_ / "certificate.pem") << certificate.certificate_pem;
    std::ofstream(dir_ / "key.pem") << certificate.key_pem;
    std::vector<std::string> all{std::string(GATEHOUSE_NODE_BENCH) + "/" + script, "--certificate",
                                 (dir_ / "certificate.pem").string(), "--key",
                                 (dir_ / "key.pem").string()};
    for (std::string& argument : arguments) {
        // "@/name" stands for a file in the server's own folder.
        all.push_back(argument.rfind("@/", 0) == 0 ? (dir_ / argument.substr(2)).string()
                                                   : std::move(argument));
    }
    environment["NODE_ENV"] = "production";
    process_ =
        std::make_unique<ChildProcess>(test::Program{GATEHOUSE_NODE, all, environment, false});
    port_ = await_port(*process_);
}

void seed(const test::Simulators& simulators, const std::vector<std::string>& businesses) {
    json storeganise = json::array();
    json kisi = json::array();
    for (const std::string& business : businesses) {
        storeganise.push_back({{"business", business},
                               {"api_key", GatehouseHost::api_key(business)},
                               {"webhook_secret", GatehouseHost::webhook_secret(business)}});
        kisi.push_back(
            {{"organization", business}, {"api_key", GatehouseHost::kisi_key(business)}});
    }
    const json settings =
        simulators.post("settings", {{"kisi_rate_limit", false}, {"log_limit", 0}});
    const json seeded = simulators.post("seed", {{"storeganise", storeganise}, {"kisi", kisi}});
    if (settings.contains("error")) throw std::runtime_error(settings.dump());
    if (seeded.contains("error")) throw std::runtime_error(seeded.dump());
}

void seed_acme(const test::Simulators& simulators) {
    seed(simulators, {"acme"});
}

test::HostOptions quiet_host() {
    test::HostOptions options;
    options.log_level = "info";
    options.requests_per_second = 10'000;
    options.host_sections = kNoQuota;
    return options;
}

void send_move_in(GatehouseHost& host, const std::string& business, const std::string& job_id) {
    const json event{{"id", business + "-" + job_id},
                     {"created", "2026-11-22T08:00:00.000Z"},
                     {"type", "job.unit_moveIn.completed"},
                     {"data", {{"jobId", job_id}}}};
    const auto reply = host.send_signed(event.dump(), business);
    if (!reply || reply->status != 200) {
        throw std::runtime_error("not acknowledged:\n" + host.log());
    }
}

json run_move_ins(const test::Simulators& simulators, const std::string& url, int count,
                  int concurrency) {
    simulators.post("bulk", {{"business", "acme"}, {"count", count}, {"groups", 50}});
    json report = simulators.post("load", {{"business", "acme"},
                                           {"url", url},
                                           {"count", count},
                                           {"concurrency", concurrency},
                                           {"deadline_ms", 240'000}});
    if (report.value("completed", 0) != count) {
        throw std::runtime_error("not every move-in was completed: " + report.dump());
    }
    return report;
}

double resident_mb(pid_t pid) {
    return memory_mb(pid, "VmRSS:");
}

double peak_resident_mb(pid_t pid) {
    return memory_mb(pid, "VmHWM:");
}

double cpu_ms(pid_t pid) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string text((std::istreambuf_iterator<char>(stat)), std::istreambuf_iterator<char>());
    // The name before the last ')' may hold blanks; user and system time are fields 14 and 15.
    std::istringstream fields(text.substr(text.rfind(')') + 2));
    std::string skipped;
    for (int field = 3; field < 14; ++field) {
        fields >> skipped;
    }
    long user = 0;
    long system = 0;
    fields >> user >> system;
    return static_cast<double>(user + system) * 1000.0 /
           static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::vector<pid_t> children_of(pid_t pid) {
    std::vector<pid_t> found;
    for (const auto& task :
         std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
        std::ifstream children(task.path() / "children");
        for (pid_t child = 0; children >> child;) {
            found.push_back(child);
        }
    }
    return found;
}

double percentile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    const double rank = std::ceil(share * static_cast<double>(values.size()));
    return values.at(static_cast<std::size_t>(std::max(rank, 1.0)) - 1);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values.at(values.size() / 2);
}

}  // namespace gatehouse::bench
