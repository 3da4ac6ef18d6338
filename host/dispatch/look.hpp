// Looker: runs a reconcile task through access::Reconciler.
#pragma once

#include "access/reconcile.hpp"
#include "dispatch/businesses.hpp"
#include "dispatch/task_handler.hpp"

namespace gatehouse::dispatch {

class Looker final : public TaskHandler {
  public:
    Looker(const Businesses& businesses, access::Reconciler& reconciler)
        : businesses_(businesses), reconciler_(reconciler) {}

    // kNotFound: the business is gone from the configuration; otherwise the look's own status.
    Outcome run(const Task& task, observe::StepLog& steps) override;

  private:
    const Businesses& businesses_;
    access::Reconciler& reconciler_;
};

}  // namespace gatehouse::dispatch
