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

struct Load {
    int requests = 50'000;
    int connections = 32;
    double rate_per_s = 0;
    bool is_connection_each = false;
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

// Seeds the business acme with gatehouse's and the baselines' keys, rate limit off.
void seed_acme(const test::Simulators& simulators);

// Prepares and sends `count` move-ins to `url` and waits until all are complete; the report of the
// simulators' load verb.
nlohmann::json run_move_ins(const test::Simulators& simulators, const std::string& url, int count,
                            int concurrency);

// Resident memory of a process in MB, from /proc.
double resident_mb(pid_t pid);

// User and system time of a process so far, from /proc, in steps of 10 ms.
double cpu_ms(pid_t pid);

// Direct children of a process.
std::vector<pid_t> children_of(pid_t pid);

// The smallest value that is not exceeded by this share of them.
double percentile(std::vector<double> values, double share);

// The middle of an odd number of values.
double median(std::vector<double> values);

}  // namespace gatehouse::bench
