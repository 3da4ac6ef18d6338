// Host: the running gatehouse. Makes every part, gives each what it needs and takes all down again
// in the reverse order. The only place that knows all the parts.
#pragma once

#include <cstdint>
#include <memory>

#include "admin/admin_handler.hpp"
#include "app/work.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
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
    explicit Host(config::Config config);
    ~Host();
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    // Opens the store, starts the runners and the dispatcher, then listens: the doors open last.
    // The error says which part did not start and why.
    Result<void> start();

    // Stops listening, answers what is in flight, lets tasks end for a moment, closes the store.
    // False if tasks were still at work when the time was up; the process may end all the same.
    bool drain();

    // Deletes some of the events and access events that are older than the configuration keeps
    // them. True if there may be more; cheap when there are none.
    bool forget_some();

    std::uint16_t port() const { return edge_->port(); }
    std::uint16_t admin_port() const { return admin_server_->port(); }

  private:
    Result<void> open_store();
    Result<void> start_work();
    Result<void> listen();

    SystemClock clock_;
    SystemRandom random_;
    observe::Metrics metrics_;
    const std::shared_ptr<const config::Config> config_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<egress::HttpClient> client_;
    std::unique_ptr<egress::Egress> egress_;
    std::unique_ptr<plugins::PluginHost> plugins_;
    std::unique_ptr<access::PinKey> pin_key_;
    std::unique_ptr<Work> work_;
    std::unique_ptr<dispatch::Dispatcher> dispatcher_;
    std::unique_ptr<edge::WebhookHandler> webhooks_;
    std::unique_ptr<admin::AdminHandler> admin_;
    std::unique_ptr<edge::HttpServer> edge_;
    std::unique_ptr<edge::HttpServer> admin_server_;
};

}  // namespace gatehouse::app
