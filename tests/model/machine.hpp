// Machine: the host's own parts around one history: the edge's handler, the store, all that works
// on tasks, egress and the plugins. Tasks run one at a time on the history's clock.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/work.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "config/config.hpp"
#include "edge/webhooks/webhook_handler.hpp"
#include "egress/rate_limiter.hpp"
#include "model/in_process_client.hpp"
#include "model/in_process_plugins.hpp"
#include "model/site.hpp"
#include "observe/metrics.hpp"
#include "store/store.hpp"

namespace gatehouse::model {

// The one business of a history.
config::Config make_config(const std::string& business, const Doors& doors, bool has_gate);

// Waiting moves the history's clock, which nobody else would.
class OwnTime final : public egress::Pause {
  public:
    explicit OwnTime(ManualClock& clock) : clock_(clock) {}
    void wait(std::unique_lock<std::mutex>&, std::condition_variable&, std::int64_t ns) override {
        clock_.advance_ms(ns / 1'000'000 + 1);
    }

  private:
    ManualClock& clock_;
};

// [one thread]
class Machine {
  public:
    // `config` has one business. All else outlives the machine.
    Machine(store::Store& store, config::Config config, ManualClock& clock, InProcessClient& client,
            Random& random, observe::Metrics& metrics);

    // Throws std::runtime_error unless it is answered 200.
    void deliver(const Webhook& webhook);

    // Runs at most `count` due tasks and says how many it were. The host may end in the middle of
    // one (InProcessClient::has_ended): then it is started anew, as after a kill.
    int work(int count);

    std::optional<UnixMs> next_due_ms();

    const config::Config& config() const { return config_; }
    InProcessPlugins& plugins() { return *plugins_; }

    // kCutOff: the host or a runner ended in the middle of it.
    enum class Ending { kDone, kNotDone, kCutOff };

    // Told before and after each task; `why` it is not done, for people.
    std::function<void(const dispatch::Task& task)> on_begin = [](const auto&) {};
    std::function<void(Ending ending, const std::string& why)> on_end = [](Ending,
                                                                           const std::string&) {};

  private:
    void start();
    bool run_one();

    const config::Config config_;
    const access::PinKey pin_key_;
    const std::string business_;
    store::Store& store_;
    ManualClock& clock_;
    OwnTime pause_;
    InProcessClient& client_;
    Random& random_;
    observe::Metrics& metrics_;
    std::unique_ptr<egress::Egress> egress_;
    std::unique_ptr<InProcessPlugins> plugins_;
    std::unique_ptr<app::Work> work_;
    std::unique_ptr<dispatch::TaskRunner> runner_;
    std::unique_ptr<edge::WebhookHandler> webhooks_;
};

}  // namespace gatehouse::model
