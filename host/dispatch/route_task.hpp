// Router: whom does the configuration want told of an event? Puts one kNotify for each route that
// fits the event's type and site.
#pragma once

#include <cstdint>

#include "base/clock.hpp"
#include "dispatch/businesses.hpp"
#include "dispatch/task_handler.hpp"

namespace gatehouse::dispatch {

// How often an object that is not there is asked for again: Storeganise may be a moment behind its
// own events. Then the message goes without it.
constexpr int kPatientAttempts = 3;

class Router final : public TaskHandler {
  public:
    // `keep_ids_ms`: for how long the ids of events stay known.
    Router(const Businesses& businesses, const Clock& clock, std::int64_t keep_ids_ms)
        : businesses_(businesses), clock_(clock), keep_ids_ms_(keep_ids_ms) {}

    // Good, without a step, if the business is gone. kInvalid: the event is not readable, or was
    // made longer ago than ids stay known: it may have been told before, and a charge must not come
    // twice. Other errors: its site is asked for and cannot be read.
    Outcome run(const Task& task, observe::StepLog& steps) override;

  private:
    const Businesses& businesses_;
    const Clock& clock_;
    const std::int64_t keep_ids_ms_;
};

}  // namespace gatehouse::dispatch
