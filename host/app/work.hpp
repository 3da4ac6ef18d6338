// Work: what works on tasks, made of the host's parts. Apart from the dispatcher's threads, so that
// a test can run the same work one task at a time.
#pragma once

#include "access/reconcile.hpp"
#include "app/dead_letters.hpp"
#include "base/clock.hpp"
#include "config/config.hpp"
#include "dispatch/alert_task.hpp"
#include "dispatch/businesses.hpp"
#include "dispatch/care_task.hpp"
#include "dispatch/inbound_task.hpp"
#include "dispatch/look.hpp"
#include "dispatch/notify_task.hpp"
#include "dispatch/resolve.hpp"
#include "dispatch/route_news.hpp"
#include "dispatch/route_task.hpp"
#include "dispatch/sweep_comparison.hpp"
#include "dispatch/sweep_task.hpp"
#include "dispatch/task_runner.hpp"
#include "egress/egress.hpp"
#include "observe/metrics.hpp"
#include "plugins/plugin_host.hpp"
#include "store/store.hpp"
#include "sweep/report.hpp"

namespace gatehouse::app {

// [made and ended by the owner's thread; the handlers are for any thread]
class Work {
  public:
    // All outlive the work.
    Work(const config::Config& config, store::Store& store, egress::Egress& egress,
         plugins::PluginHost& plugins, const access::PinKey& pin_key, const Clock& clock,
         Random& random, observe::Metrics& metrics);
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

    dispatch::Handlers handlers();

    // What the last sweeps came to.
    const sweep::Reports& sweeps() const { return sweep_reports_; }

  private:
    dispatch::Businesses businesses_;
    access::Reconciler reconciler_;
    dispatch::Resolver resolver_;
    dispatch::Looker looker_;
    dispatch::Router router_;
    dispatch::Notifier notifier_;
    sweep::Reports sweep_reports_;
    dispatch::SweepComparison sweep_comparison_;
    dispatch::SweepTask sweep_;
    StoreDeadLetters dead_letters_;
    dispatch::RouteNews news_;
    dispatch::AlertTask alerts_;
    dispatch::InboundReader inbound_;
    dispatch::Carer carer_;
};

}  // namespace gatehouse::app
