// Work: what works on tasks, made of the host's parts. Apart from the dispatcher's threads, so that
// a test can run the same work one task at a time.
#pragma once

#include "access/reconcile.hpp"
#include "base/clock.hpp"
#include "config/config.hpp"
#include "dispatch/businesses.hpp"
#include "dispatch/look.hpp"
#include "dispatch/notify_task.hpp"
#include "dispatch/resolve.hpp"
#include "dispatch/route_task.hpp"
#include "dispatch/task_runner.hpp"
#include "egress/egress.hpp"
#include "plugins/plugin_host.hpp"
#include "store/store.hpp"

namespace gatehouse::app {

// [made and ended by the owner's thread; the handlers are for any thread]
class Work {
  public:
    // All outlive the work.
    Work(const config::Config& config, store::Store& store, egress::Egress& egress,
         plugins::PluginHost& plugins, const Clock& clock);
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

    dispatch::Handlers handlers();

  private:
    dispatch::Businesses businesses_;
    access::Reconciler reconciler_;
    dispatch::Resolver resolver_;
    dispatch::Looker looker_;
    dispatch::Router router_;
    dispatch::Notifier notifier_;
};

}  // namespace gatehouse::app
