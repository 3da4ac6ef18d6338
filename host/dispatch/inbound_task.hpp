// InboundReader: from a vendor's webhook to the access log. Its plugin reads it; the events in it
// are tied to rentals and stored, each once.
#pragma once

#include <string>

#include "access/rental_lookups.hpp"
#include "base/clock.hpp"
#include "dispatch/businesses.hpp"
#include "dispatch/task_handler.hpp"
#include "plugins/plugin_host.hpp"

namespace gatehouse::dispatch {

class InboundReader final : public TaskHandler {
  public:
    // All outlive the reader.
    InboundReader(const Businesses& businesses, plugins::PluginHost& plugins,
                  access::RentalLookups& lookups, const Clock& clock)
        : businesses_(businesses), plugins_(plugins), lookups_(lookups), clock_(clock) {}

    // kNotFound: business or connection are gone from the configuration. Otherwise the plugin's
    // error: kInvalid when it cannot read the webhook, which ends as a dead letter with its reason.
    Outcome run(const Task& task, observe::StepLog& steps) override;

  private:
    const Businesses& businesses_;
    plugins::PluginHost& plugins_;
    access::RentalLookups& lookups_;
    const Clock& clock_;
};

}  // namespace gatehouse::dispatch
