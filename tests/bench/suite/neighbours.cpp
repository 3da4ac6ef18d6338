// Neighbours: move-ins of one business while the vendor of many others hangs or answers slowly, or
// the host with many of them has just started. The one has a vendor and a Storeganise of its own,
// so that only the host is between them.
#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "suite/measurements.hpp"
#include "suite/servers.hpp"

namespace gatehouse::bench {
namespace {

using nlohmann::json;
using test::GatehouseHost;
using Clock = std::chrono::steady_clock;

constexpr const char* kCalm = "calm";
constexpr int kMoveIns = 40;
constexpr int kSpacingMs = 250;  // ten seconds in all
constexpr int kMany = 2'000;
constexpr int kSome = 40;
constexpr int kMoveInsOfEach = 6;
constexpr double kWanted = 2;

constexpr std::chrono::milliseconds kPreparation{1'100};

std::string name_of(int number) {
    return "b" + std::to_string(number);
}

// A host with `crowd` businesses at one pair of simulators and the calm one at another.
class Street {
  public:
    explicit Street(int crowd) : crowd_size_(crowd), host_(crowd_, options()) {
        std::vector<std::string> names;
        for (int i = 0; i < crowd; ++i) {
            names.push_back(name_of(i));
        }
        seed(crowd_, names);
        seed(own_, {kCalm});
    }

    void fault(const json& description) {
        const json made = crowd_.post("faults", description);
        if (made.contains("error")) throw std::runtime_error(made.dump());
    }

    // Move-ins of every business of the crowd, whose vendor does not answer.
    void move_in_everywhere() {
        for (int i = 0; i < crowd_size_; ++i) {
            const json made = crowd_.post(
                "bulk", {{"business", name_of(i)}, {"count", kMoveInsOfEach}, {"groups", 1}});
            for (const json& job_id : made.at("job_ids")) {
                send_move_in(host_, name_of(i), job_id);
            }
        }
    }

    std::vector<double> move_ins() {
        return paced_move_ins(own_, host_,
                              {kCalm, kMoveIns, kSpacingMs, Clock::now() + kPreparation});
    }

    GatehouseHost& host() { return host_; }

  private:
    test::HostOptions options() {
        test::HostOptions made;
        made.log_level = "info";
        made.businesses = {kCalm};
        for (int i = 0; i < crowd_size_; ++i) {
            made.businesses.push_back(name_of(i));
        }
        made.requests_per_second = 10'000;
        made.business_sections = "sweep: {enabled: false}\n";
        made.elsewhere = {{kCalm, &own_}};
        return made;
    }

    const int crowd_size_;
    test::Simulators crowd_;
    test::Simulators own_;
    GatehouseHost host_;
};

Figure figure(const std::string& name, std::vector<double> beside, std::vector<double> idle) {
    return {name,
            percentile(beside, 0.95),
            "ms",
            "the same host, idle",
            percentile(idle, 0.95),
            kWanted,
            true,
            json{{"beside", beside}, {"idle", idle}}};
}

// The crowd's vendor hangs, and each of them has move-ins for it.
Figure measure_tarpit() {
    Street street(kSome);
    street.host().start();
    (void)street.move_ins();
    std::vector<double> idle = street.move_ins();
    street.fault({{"kind", "hang"}, {"service", "kisi"}});
    street.move_in_everywhere();
    std::vector<double> beside = street.move_ins();
    street.host().kill();
    return figure("p95 of a move-in beside 240 of 40 businesses whose vendor hangs",
                  std::move(beside), std::move(idle));
}

// The baseline is the host with only the calm business: with thousands, none is ever idle.
Figure measure_start(const std::string& name, const json& fault) {
    std::vector<double> idle;
    {
        Street alone(0);
        alone.host().start();
        (void)alone.move_ins();
        idle = alone.move_ins();
        alone.host().stop();
    }
    Street street(kMany);
    street.fault(fault);
    street.host().start();
    std::vector<double> beside = street.move_ins();
    street.host().kill();
    return figure(name, std::move(beside), std::move(idle));
}

}  // namespace

std::vector<Figure> measure_neighbours() {
    return {measure_tarpit(),
            measure_start("p95 of a move-in beside 2,000 businesses whose vendor hangs",
                          {{"kind", "hang"}, {"service", "kisi"}}),
            measure_start("p95 of a move-in beside 2,000 businesses that have just started",
                          {{"kind", "latency"}, {"service", "kisi"}, {"latency_ms", {150, 250}}})};
}

}  // namespace gatehouse::bench
