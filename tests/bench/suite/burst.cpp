// The daily burst: thousands of debts of one business within a second, and move-ins of another one
// on the same plugin beside it.
#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "suite/measurements.hpp"
#include "suite/servers.hpp"

namespace gatehouse::bench {
namespace {

using nlohmann::json;
using test::GatehouseHost;

constexpr int kRounds = 10;  // ten move-ins have no p95: those of all rounds are taken together
constexpr int kDebts = 2'000;
constexpr int kMoveIns = 10;
constexpr int kSpacingMs = 100;
constexpr int kBurstMs = 1'000;
constexpr int kConnections = 8;

// The generator's only thread is busy with its messages and TLS handshakes for so long, which would
// be counted as the host's delay.
constexpr std::chrono::milliseconds kGeneratorStart{kSpacingMs / 2};

void seed_two(const test::Simulators& simulators) {
    seed_acme(simulators);
    simulators.post(
        "seed", {{"storeganise",
                  json::array({json{{"business", "bravo"},
                                    {"api_key", GatehouseHost::api_key("bravo")},
                                    {"webhook_secret", GatehouseHost::webhook_secret("bravo")}}})},
                 {"kisi", json::array({json{{"organization", "bravo"},
                                            {"api_key", GatehouseHost::kisi_key("bravo")}}})}});
}

// Fills acme with rentals that hold access, and names them.
json fill(const test::Simulators& simulators, const GatehouseHost& host) {
    const json made =
        simulators.post("bulk", {{"business", "acme"}, {"count", kDebts}, {"groups", 50}});
    const json report = simulators.post("load", {{"business", "acme"},
                                                 {"url", host.webhook_url("acme")},
                                                 {"count", kDebts},
                                                 {"concurrency", 32},
                                                 {"deadline_ms", 280'000}});
    if (report.value("completed", 0) != kDebts) {
        throw std::runtime_error("acme was not filled: " + report.dump());
    }
    return made.at("rental_ids");
}

// Within one second, each an event of its own, on many connections.
void send_debts(const test::Simulators& simulators, const GatehouseHost& host,
                const std::string& verb, const json& rental_ids) {
    const json sent = simulators.post(verb, {{"business", "acme"},
                                             {"rental_ids", rental_ids},
                                             {"webhook",
                                              {{"url", host.webhook_url("acme")},
                                               {"connections", 32},
                                               {"over_ms", kBurstMs},
                                               {"wait", false}}}});
    if (sent.contains("error")) throw std::runtime_error(sent.dump());
}

int assignments_deleted(const test::Simulators& simulators) {
    return simulators.counters().at("kisi").value("role_assignments_deleted", 0);
}

// Until no task is due for a while.
void await_quiet(GatehouseHost& host) {
    for (int quiet = 0; quiet < 5;) {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        quiet = host.admin("/readyz").at("oldest_due_age_ms").is_null() ? quiet + 1 : 0;
    }
}

// From the moment that each webhook was due to the vendor's and Storeganise's last write, in ms.
std::vector<double> move_in_times(const test::Simulators& simulators, const GatehouseHost& host) {
    simulators.post("bulk", {{"business", "bravo"}, {"count", kMoveIns}, {"groups", 5}});
    const json report = simulators.post("load", {{"business", "bravo"},
                                                 {"url", host.webhook_url("bravo")},
                                                 {"count", kMoveIns},
                                                 {"concurrency", kMoveIns},
                                                 {"spacing_ms", kSpacingMs},
                                                 {"deadline_ms", 120'000}});
    if (report.value("completed", 0) != kMoveIns) {
        throw std::runtime_error("not every move-in was completed: " + report.dump());
    }
    std::vector<double> times;
    for (const json& done_us : report.at("done_us")) {
        times.push_back(done_us.get<double>() / 1000);
    }
    return times;
}

void append(std::vector<double>& all, const std::vector<double>& more) {
    all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

std::vector<Figure> measure_burst() {
    const test::Simulators simulators;
    seed_two(simulators);
    test::HostOptions options;
    options.log_level = "info";
    options.businesses = {"acme", "bravo"};
    options.requests_per_second = 10'000;
    GatehouseHost host(simulators, options);
    host.start();
    const json rental_ids = fill(simulators, host);
    (void)move_in_times(simulators, host);  // connections and caches are warm in both
    std::vector<double> idle;
    std::vector<double> beside;
    std::vector<int> left_over;  // debts still to be worked on when the last move-in was complete
    for (int round = 0; round < kRounds; ++round) {
        await_quiet(host);
        append(idle, move_in_times(simulators, host));
        const int deleted_before = assignments_deleted(simulators);
        send_debts(simulators, host, "mark_overdue", rental_ids);
        std::this_thread::sleep_for(kGeneratorStart);
        append(beside, move_in_times(simulators, host));
        left_over.push_back(kDebts - (assignments_deleted(simulators) - deleted_before));
        await_quiet(host);
        if (assignments_deleted(simulators) - deleted_before != kDebts) {
            throw std::runtime_error("not every debt overlocked its rental");
        }
        send_debts(simulators, host, "unmark_overdue", rental_ids);
        await_quiet(host);
    }
    host.stop();
    return {{"p95 of a move-in beside 2,000 debts of another business", percentile(beside, 0.95),
             "ms", "of the idle host", percentile(idle, 0.95), 2, true,
             json{{"beside", beside}, {"idle", idle}, {"left_over", left_over}}}};
}

}  // namespace gatehouse::bench
