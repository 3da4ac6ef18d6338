// Host: the running gatehouse. Makes every part, gives each what it needs and takes all down again
// in the reverse order. The only place that knows all the parts.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "admin/admin_handler.hpp"
#include "app/forget.hpp"
#include "app/pulse.hpp"
#include "app/rounds.hpp"
#include "app/work.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "dispatch/crash_marks.hpp"
#include "dispatch/dispatcher.hpp"
#include "edge/http_server.hpp"
#include "edge/webhooks/webhook_handler.hpp"
#include "egress/egress.hpp"
#include "observe/metrics.hpp"
#include "plugins/plugin_host.hpp"
#include "store/store.hpp"

namespace gatehouse::app {

// [the main thread]
class Host {
  public:
    // `wake` makes the owner call look_after() soon. [any thread]
    Host(config::Config config, std::function<void()> wake);
    ~Host();
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    // Takes the ports, opens the store and makes every part; nothing outside is touched yet.
    // Clients that connect now wait. The error says which part failed and why.
    Result<void> prepare();

    // Answers clients, then begins to work. After prepare().
    Result<void> begin();

    // Closes the store after a start that failed: the process may end then without taking the rest
    // down in order.
    void give_up();

    // Stops listening, answers what is in flight, lets tasks end for a moment, closes the store.
    // False if tasks were still at work when the time was up; the process may end all the same.
    bool drain();

    // What is to be done now and then: forgets what is old, checks the database once a day, looks
    // at the certificate's end and at quotas. Gives the time until it wants to be called again;
    // earlier does no harm.
    std::int64_t look_after();

    // The parts that do not turn any more (app/pulse.hpp); empty while all is well.
    std::vector<std::string> silent_parts() { return pulse_.feel(); }

    std::size_t businesses() const { return config_->businesses.size(); }
    std::uint16_t port() const { return edge_->port(); }
    std::uint16_t admin_port() const { return admin_server_->port(); }

  private:
    Result<void> take_ports();
    Result<void> open_store();
    Result<void> make_work();
    void make_handlers();
    Result<void> serve();
    Result<void> start_work();
    void make_rounds();
    Result<std::int64_t> tell_edge_news(std::int64_t now_ns);
    Result<std::int64_t> tell_quota_news(std::int64_t now_ns);
    Result<std::int64_t> check_database(std::int64_t now_ns);

    SystemClock clock_;
    SystemRandom random_;
    observe::Metrics metrics_;
    const std::shared_ptr<const config::Config> config_;
    const std::function<void()> wake_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<Forgetter> forgetter_;
    std::unique_ptr<egress::HttpClient> client_;
    std::unique_ptr<egress::Egress> egress_;
    std::unique_ptr<plugins::PluginHost> plugins_;
    std::unique_ptr<access::PinKey> pin_key_;
    std::unique_ptr<Work> work_;
    dispatch::CrashMarks marks_;
    std::unique_ptr<dispatch::Dispatcher> dispatcher_;
    std::unique_ptr<edge::WebhookHandler> webhooks_;
    std::unique_ptr<admin::AdminHandler> admin_;
    std::unique_ptr<edge::HttpPort> edge_port_;   // until it is served
    std::unique_ptr<edge::HttpPort> admin_port_;  // the same
    std::unique_ptr<edge::HttpServer> edge_;
    std::atomic<const edge::HttpServer*> watched_edge_{nullptr};  // for the admin port's thread
    std::unique_ptr<edge::HttpServer> admin_server_;
    Rounds rounds_;
    std::optional<bool> edge_told_;                // as "edge" was told last
    std::vector<edge::QuotaNews::Change> untold_;  // of quotas, until they are stored
    Pulse pulse_;
};

}  // namespace gatehouse::app
