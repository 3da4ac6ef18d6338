// Step: one line of an event's or rental's timeline. It says what was read, decided, asked and
// answered, in words that an operator understands, and never holds a secret, a PIN or a body.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/strike.hpp"

namespace gatehouse::observe {

enum class StepKind : std::uint8_t {
    kReceived = 1,  // an event came in
    kRead,          // facts were read from Storeganise
    kDecided,       // the policy's answer, with its reasons
    kAsked,         // a request went to the vendor or to Storeganise
    kAnswered,      // what came back, when it is worth a line of its own
    kGranted,       // what the vendor now holds
    kWrote,         // custom fields were written back
    kRetry,         // failed, and when it is tried again
    kDead,          // given up; a person must look
    kNote,
};

std::string_view to_string(StepKind kind);

struct Step {
    UnixMs at_ms = 0;
    StepKind kind = StepKind::kNote;
    std::string text;
};

// Collects the steps of one task. Owned by the task's worker. [one thread]
class StepLog {
  public:
    explicit StepLog(const Clock& clock) : clock_(clock) {}

    void add(StepKind kind, std::string text);

    // Takes it out of every text, of those that are there as well, instead of what was given
    // before.
    void take_out(Strike untold);

    // Takes out every step that `is_kept` does not want.
    void drop_unless(const std::function<bool(const Step&)>& is_kept);

    const std::vector<Step>& steps() const { return steps_; }
    std::vector<Step> take() { return std::move(steps_); }

  private:
    const Clock& clock_;
    std::vector<Step> steps_;
    Strike untold_;
};

}  // namespace gatehouse::observe
