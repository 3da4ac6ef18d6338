// The programs that are measured, each behind one small class.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "support/child_process.hpp"
#include "support/gatehouse_host.hpp"
#include "support/simulators.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::bench {

// Section of gatehouse.yaml: what is measured is the host and not its quotas.
inline constexpr const char* kNoQuota =
    "quota: {events_per_second: 1000000, bytes_per_day: 1024GiB}\n";

struct Load {
    int requests = 50'000;
    int connections = 32;
    double rate_per_s = 0;
    bool is_connection_each = false;
    bool is_resumed = false;  // with is_connection_each: sessions are taken up again
    std::filesystem::path session_file = {};  // a session to begin with, and the last one
};

// Runs bench_load against 127.0.0.1:port and gives its report. Throws if it fails.
nlohmann::json run_bench_load(std::uint16_t port, const Load& load);

// One business's events as its Storeganise sends them: by a process of its own, signed beforehand,
// on connections that are open already, each due at a moment of its own. [the thread that made it]
struct Events {
    std::string business;
    std::string type;
    std::vector<nlohmann::json> data;  // of each event
    double per_second = 1;
    int connections = 1;
    std::chrono::steady_clock::time_point start;  // the first event is due; leave it a second
};
class EventSender {
  public:
    EventSender(const test::GatehouseHost& host, const Events& events);

    // bench_load's report. Throws unless every event was answered with 200.
    nlohmann::json await();

  private:
    test::TempDir dir_;
    std::size_t count_;
    std::unique_ptr<test::ChildProcess> process_;
};

// bench_edge_storeless or bench_edge_stock: serves as long as it lives.
class EdgeServer {
  public:
    explicit EdgeServer(const std::string& program, std::vector<std::string> arguments);
    std::uint16_t port() const { return port_; }

  private:
    std::unique_ptr<test::ChildProcess> process_;
    std::uint16_t port_ = 0;
};

// Debian's nginx, unpacked by tests/bench/nginx-setup: answers every request with 200 and nothing
// else, with the certificate and key in `files`.
class NginxServer {
  public:
    NginxServer(const std::filesystem::path& files, int workers);
    ~NginxServer();  // in order: workers outlive a master that is killed
    NginxServer(const NginxServer&) = delete;
    NginxServer& operator=(const NginxServer&) = delete;

    std::uint16_t port() const { return port_; }

  private:
    test::TempDir dir_;
    std::unique_ptr<test::ChildProcess> process_;
    std::uint16_t port_ = 0;
};

// A server of tests/bench/node, with a certificate of its own.
class NodeServer {
  public:
    NodeServer(const std::string& script, std::vector<std::string> arguments,
               std::map<std::string, std::string> environment);
    std::uint16_t port() const { return port_; }
    const std::filesystem::path& folder() const { return dir_.path(); }

  private:
    test::TempDir dir_;
    std::unique_ptr<test::ChildProcess> process_;
    std::uint16_t port_ = 0;
};

// Seeds these businesses with gatehouse's keys, rate limit off.
void seed(const test::Simulators& simulators, const std::vector<std::string>& businesses);

// The business acme alone, whose keys are the baselines' too.
void seed_acme(const test::Simulators& simulators);

// Options of a host whose log, rate and quotas are not what is measured.
test::HostOptions quiet_host();

// The webhook of the move-in of `job_id`. Throws unless it is answered with 200.
void send_move_in(test::GatehouseHost& host, const std::string& business,
                  const std::string& job_id);

// Prepares and sends `count` move-ins to `url` and waits until all are complete; the report of the
// simulators' load verb.
nlohmann::json run_move_ins(const test::Simulators& simulators, const std::string& url, int count,
                            int concurrency);

// Move-ins of one business that come evenly, on the quiet machine or beside something else.
struct PacedMoveIns {
    std::string business;
    int count = 10;
    int spacing_ms = 100;
    std::chrono::steady_clock::time_point start;  // the first is due; leave it a second
};

// How long each took, in ms, from the moment that its webhook was due to the vendor's and
// Storeganise's last write. Another one before the first wakes what has slept, and does not count.
std::vector<double> paced_move_ins(const test::Simulators& simulators,
                                   const test::GatehouseHost& host, const PacedMoveIns& paced);

// Resident memory of a process in MB, from /proc: now, and the most that it ever was.
double resident_mb(pid_t pid);
double peak_resident_mb(pid_t pid);

// User and system time of a process so far, from /proc, in steps of 10 ms.
double cpu_ms(pid_t pid);

// Direct children of a process.
std::vector<pid_t> children_of(pid_t pid);

// The smallest value that is not exceeded by this share of them.
double percentile(std::vector<double> values, double share);

// The middle of an odd number of values.
double median(std::vector<double> values);

}  // namespace gatehouse::bench
