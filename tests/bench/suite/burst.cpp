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
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 10;  // ten move-ins have no p95: those of all rounds are taken together
constexpr int kDebts = 2'000;
constexpr int kMoveIns = 10;
constexpr int kSpacingMs = 100;
constexpr int kDebtConnections = 32;

// The processes that send have until then to sign and to connect.
constexpr std::chrono::milliseconds kPreparation{1'100};

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

// In Storeganise alone: who is told, and when, is the measurement's.
void mark(const test::Simulators& simulators, const std::string& verb, const json& rental_ids) {
    const json marked = simulators.post(verb, {{"business", "acme"}, {"rental_ids", rental_ids}});
    if (marked.contains("error")) throw std::runtime_error(marked.dump());
}

// All within one second, each an event of its own.
Events debts(const json& rental_ids, const std::string& type, Clock::time_point start) {
    Events events{"acme", type, {}, kDebts, kDebtConnections, start};
    for (const json& id : rental_ids) {
        events.data.push_back({{"unitRentalId", id}});
    }
    return events;
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

std::vector<double> move_in_times(const test::Simulators& simulators, const GatehouseHost& host,
                                  Clock::time_point start) {
    return paced_move_ins(simulators, host, {"bravo", kMoveIns, kSpacingMs, start});
}

void append(std::vector<double>& all, const std::vector<double>& more) {
    all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

std::vector<Figure> measure_burst() {
    const test::Simulators simulators;
    seed(simulators, {"acme", "bravo"});
    test::HostOptions options = quiet_host();
    options.businesses = {"acme", "bravo"};
    options.business_sections = "sweep: {enabled: false}\n";
    GatehouseHost host(simulators, options);
    host.start();
    const json rental_ids = fill(simulators, host);
    // Connections and caches are warm in both.
    (void)move_in_times(simulators, host, Clock::now() + kPreparation);
    std::vector<double> idle;
    std::vector<double> beside;
    std::vector<int> left_over;  // debts still to be worked on when the last move-in was complete
    std::vector<double> debt_acks;
    for (int round = 0; round < kRounds; ++round) {
        // Over all rounds move-ins come at every moment of the second, its first one included.
        const auto lag = std::chrono::milliseconds(kSpacingMs / kRounds * round);
        await_quiet(host);
        append(idle, move_in_times(simulators, host, Clock::now() + kPreparation));
        mark(simulators, "mark_overdue", rental_ids);
        const int deleted_before = assignments_deleted(simulators);
        const auto start = Clock::now() + kPreparation;
        EventSender sender(host, debts(rental_ids, "unitRental.markOverdue", start));
        append(beside, move_in_times(simulators, host, start + lag));
        left_over.push_back(kDebts - (assignments_deleted(simulators) - deleted_before));
        debt_acks.push_back(sender.await().at("p99_us").get<double>() / 1000);
        await_quiet(host);
        if (assignments_deleted(simulators) - deleted_before != kDebts) {
            throw std::runtime_error("not every debt overlocked its rental");
        }
        mark(simulators, "unmark_overdue", rental_ids);
        EventSender(host,
                    debts(rental_ids, "unitRental.unmarkOverdue", Clock::now() + kPreparation))
            .await();
        await_quiet(host);
    }
    host.stop();
    return {{"p95 of a move-in beside 2,000 debts of another business", percentile(beside, 0.95),
             "ms", "of the idle host", percentile(idle, 0.95), 2, true,
             json{{"beside", beside},
                  {"idle", idle},
                  {"left_over", left_over},
                  {"debt_ack_p99_ms", debt_acks}}}};
}

}  // namespace gatehouse::bench
