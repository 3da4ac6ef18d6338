#include <chrono>
#include <stdexcept>

#include "suite/servers.hpp"

namespace gatehouse::bench {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr int kConnections = 2;

}  // namespace

std::vector<double> paced_move_ins(const test::Simulators& simulators,
                                   const test::GatehouseHost& host, const PacedMoveIns& paced) {
    const int sent = paced.count + 1;
    const Clock::time_point first_due = paced.start - std::chrono::milliseconds(paced.spacing_ms);
    const json made =
        simulators.post("bulk", {{"business", paced.business}, {"count", sent}, {"groups", 5}});
    Events events{
        paced.business, "job.unit_moveIn.completed", {}, 1000.0 / paced.spacing_ms, kConnections,
        first_due};
    for (const json& id : made.at("job_ids")) {
        events.data.push_back({{"jobId", id}});
    }
    EventSender sender(host, events);
    const json report = simulators.post(
        "load",
        {{"business", paced.business}, {"send", false}, {"count", sent}, {"deadline_ms", 280'000}});
    sender.await();
    if (report.value("completed", 0) != sent) {
        throw std::runtime_error("not every move-in was completed: " + report.dump());
    }
    const auto watched_us = report.at("started_us").get<std::int64_t>();
    auto due_us =
        std::chrono::duration_cast<std::chrono::microseconds>(first_due.time_since_epoch()).count();
    std::vector<double> times;
    for (const json& done_us : report.at("done_us")) {
        times.push_back(static_cast<double>(watched_us + done_us.get<std::int64_t>() - due_us) /
                        1000);
        due_us += std::int64_t{paced.spacing_ms} * 1000;
    }
    times.erase(times.begin());
    return times;
}

}  // namespace gatehouse::bench
