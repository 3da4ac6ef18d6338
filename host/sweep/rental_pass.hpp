// RentalPass: reads Storeganise's list of rentals, all of it or what changed, and finds those that
// a look would change.
#pragma once

#include <optional>

#include "sweep/list_walk.hpp"
#include "sweep/pass.hpp"

namespace gatehouse::sweep {

class RentalPass final : public Pass {
  public:
    // Without `since_ms` the whole list. A row that cannot be read is named in the findings.
    RentalPass(const Parts& parts, std::optional<UnixMs> since_ms)
        : parts_(parts), since_ms_(since_ms) {}

    Result<void> step(Findings& findings) override;
    bool is_over() const override { return walk_.is_over() || is_foreign_; }

    const IdSet& seen() const { return walk_.seen(); }

    // A row spoke of another site than the rental's record: nothing of the list may be believed.
    bool is_foreign() const { return is_foreign_; }

  private:
    const Parts parts_;
    const std::optional<UnixMs> since_ms_;
    ListWalk walk_;
    bool is_foreign_ = false;
};

// A row of a page that could not be read.
Unread unread(const storeganise::UnreadableRow& row);

// Compares one rental as listed with its record. kInternal: the store cannot be read. kUnavailable:
// the two contradict each other (promise P6).
Result<void> compare(const Parts& parts, const access::Facts& facts, Findings& findings);

}  // namespace gatehouse::sweep
