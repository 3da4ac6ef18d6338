// Resolver: from an event to the rentals that it speaks of. Fetches the event's job and marks each
// rental for a look; what the event claims to have happened is never taken as fact.
#pragma once

#include "base/clock.hpp"
#include "dispatch/businesses.hpp"
#include "dispatch/task_handler.hpp"

namespace gatehouse::dispatch {

class Resolver final : public TaskHandler {
  public:
    Resolver(const Businesses& businesses, const Clock& clock)
        : businesses_(businesses), clock_(clock) {}

    // kNotFound: the business is gone from the configuration, or there is no such job (yet).
    // kInvalid: the event or its job names no job or rental. kUnavailable: the job does not read
    // completed yet although its event says so, or Storeganise cannot be read.
    Outcome run(const Task& task, observe::StepLog& steps) override;

  private:
    const Businesses& businesses_;
    const Clock& clock_;
};

}  // namespace gatehouse::dispatch
