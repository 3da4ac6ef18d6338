// Kills the real binary at random instants under load and shows promise P5: no acknowledged event
// is lost, every move-in is completed, and no person or right is made twice.
//
//   GATEHOUSE_CRASH_ROUNDS=1000 GATEHOUSE_CRASH_SEED=7 build/release/bin/crash_test
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "support/gatehouse_host.hpp"
#include "support/simulators.hpp"

namespace gatehouse {
namespace {

using nlohmann::json;
using test::GatehouseHost;

constexpr int kSenders = 4;
constexpr int kMoveInsPerRound = 12;

int setting(const char* name, int otherwise) {
    const char* value = std::getenv(name);
    return value == nullptr ? otherwise : std::atoi(value);
}

struct Delivery {
    std::string id;
    std::string body;
};

// Sends deliveries until the host is gone; what was not acknowledged is kept for the next round, as
// the sender's retry.
class Senders {
  public:
    void add(Delivery delivery) { pending_.push_back(std::move(delivery)); }

    void run(GatehouseHost& host) {
        std::vector<std::thread> threads;
        std::vector<Delivery> work;
        work.swap(pending_);
        std::atomic<std::size_t> next = 0;
        for (int i = 0; i < kSenders; ++i) {
            threads.emplace_back([&] {
                for (std::size_t at = next++; at < work.size(); at = next++) {
                    send(host, work[at]);
                }
            });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
    }

    const std::set<std::string>& acknowledged() const { return acknowledged_; }
    bool has_pending() const { return !pending_.empty(); }

  private:
    void send(GatehouseHost& host, const Delivery& delivery) {
        const auto reply = host.send_signed(delivery.body);
        const std::lock_guard lock(mutex_);
        if (reply && reply->status == 200) {
            acknowledged_.insert(delivery.id);
        } else {
            pending_.push_back(delivery);
        }
    }

    std::mutex mutex_;
    std::vector<Delivery> pending_;
    std::set<std::string> acknowledged_;
};

class CrashTest : public testing::Test {
  protected:
    CrashTest() : host_(simulators_, options()) {
        simulators_.post("settings", {{"kisi_rate_limit", false}, {"log_limit", 0}});
        const json business{{"business", "acme"},
                            {"api_key", GatehouseHost::api_key("acme")},
                            {"webhook_secret", GatehouseHost::webhook_secret("acme")}};
        const json organization{{"organization", "acme"},
                                {"api_key", GatehouseHost::kisi_key("acme")}};
        simulators_.post("seed", {{"storeganise", json::array({business})},
                                  {"kisi", json::array({organization})}});
    }

    static test::HostOptions options() {
        test::HostOptions made;
        made.log_level = "info";
        made.dispatch = "{first_retry: 200ms, max_retry: 1s, workers_per_business: 8}";
        made.requests_per_second = 10'000;
        return made;
    }

    void prepare_move_ins(int count) {
        const json made =
            simulators_.post("bulk", {{"business", "acme"}, {"count", count}, {"groups", 3}});
        for (const json& job_id : made.at("job_ids")) {
            const std::string id = "crash-" + std::to_string(next_id_++);
            const json body{{"id", id},
                            {"created", "2026-11-22T08:00:00.000Z"},
                            {"type", "job.unit_moveIn.completed"},
                            {"data", {{"jobId", job_id}}}};
            senders_.add({id, body.dump()});
        }
        expected_ += count;
    }

    // Waits until no event is open; each look is one cheap read.
    bool await_quiet() {
        const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(2);
        while (std::chrono::steady_clock::now() < until) {
            const json open = host_.admin("/v1/events?state=open&limit=1");
            if (open.contains("events") && open.at("events").empty()) {
                return true;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        return false;
    }

    test::Simulators simulators_;
    GatehouseHost host_;
    Senders senders_;
    int next_id_ = 0;
    int expected_ = 0;
};

TEST_F(CrashTest, P5_NothingAcknowledgedIsLostAndNothingIsDoneTwice) {
    const int rounds = setting("GATEHOUSE_CRASH_ROUNDS", 100);
    const auto seed = static_cast<unsigned>(setting("GATEHOUSE_CRASH_SEED", 1));
    std::cout << "rounds " << rounds << ", seed " << seed << "\n";
    std::mt19937 random(seed);
    std::uniform_int_distribution<int> delay_ms(0, 60);
    for (int round = 0; round < rounds; ++round) {
        host_.start();
        prepare_move_ins(kMoveInsPerRound);
        // The instant is what is tested: it must not depend on what the host is doing.
        const int instant_ms = delay_ms(random);
        std::thread killer([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(instant_ms));
            host_.kill();
        });
        senders_.run(host_);
        killer.join();
    }
    host_.start();
    while (senders_.has_pending()) {
        senders_.run(host_);
    }
    ASSERT_TRUE(await_quiet()) << host_.log();
    EXPECT_EQ(senders_.acknowledged().size(), static_cast<std::size_t>(expected_));

    std::size_t found = 0;
    for (const std::string& id : senders_.acknowledged()) {
        const json event = host_.admin("/v1/events/by-sender/acme/storeganise/" + id);
        EXPECT_EQ(event.value("state", ""), "done") << id << ": " << event.dump();
        found += event.contains("id") ? 1U : 0U;
    }
    EXPECT_EQ(found, senders_.acknowledged().size());

    const json state = simulators_.get("state");
    const json& kisi = state.at("kisi").at("acme");
    std::map<std::string, int> people;
    for (const json& user : kisi.at("users")) {
        ++people[user.at("email").get<std::string>()];
    }
    std::map<std::pair<std::int64_t, std::int64_t>, int> rights;
    for (const json& right : kisi.at("role_assignments")) {
        if (right.at("applies_to_type") == "Group") {
            ++rights[{right.at("assignee_id").get<std::int64_t>(),
                      right.at("applies_to_id").get<std::int64_t>()}];
        }
    }
    for (const auto& [email, count] : people) {
        EXPECT_EQ(count, 1) << email;
    }
    for (const auto& [right, count] : rights) {
        EXPECT_EQ(count, 1) << right.first << " in group " << right.second;
    }
    EXPECT_EQ(rights.size(), static_cast<std::size_t>(expected_));
}

}  // namespace
}  // namespace gatehouse
