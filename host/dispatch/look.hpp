// Looker: runs a reconcile task through access::Reconciler.
#pragma once

#include "access/reconcile.hpp"
#include "base/clock.hpp"
#include "config/config.hpp"
#include "dispatch/businesses.hpp"
#include "dispatch/task_handler.hpp"

namespace gatehouse::dispatch {

class Looker final : public TaskHandler {
  public:
    // All outlive the looker.
    Looker(const Businesses& businesses, access::Reconciler& reconciler,
           const config::Dispatch& settings, const Clock& clock)
        : businesses_(businesses), reconciler_(reconciler), settings_(settings), clock_(clock) {}

    // kNotFound: the business is gone from the configuration; otherwise the look's own status. What
    // time may cure is retried for ever, and so is every end and both halves of a transfer; but a
    // rental of which there is no record and that Storeganise does not find is given up.
    Outcome run(const Task& task, observe::StepLog& steps) override;

  private:
    const Businesses& businesses_;
    access::Reconciler& reconciler_;
    const config::Dispatch& settings_;
    const Clock& clock_;
};

}  // namespace gatehouse::dispatch
