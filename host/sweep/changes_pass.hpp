// ChangesPass: units or renters that changed since the last sweep, and what that means for their
// rentals.
#pragma once

#include <deque>
#include <string>

#include "sweep/list_walk.hpp"
#include "sweep/pass.hpp"

namespace gatehouse::sweep {

class ChangesPass final : public Pass {
  public:
    enum class Of { kUnits, kRenters };

    // `done`: rentals that need no second comparison.
    ChangesPass(const Parts& parts, Of of, UnixMs since_ms, const IdSet& done)
        : parts_(parts), of_(of), since_ms_(since_ms), done_(done) {}

    Result<void> step(Findings& findings) override;
    bool is_over() const override { return is_foreign_ || (walk_.is_over() && waiting_.empty()); }

    // A row contradicted what is remembered: nothing of the sweep may be believed.
    bool is_foreign() const { return is_foreign_; }

  private:
    Result<void> read_page(Findings& findings);
    Result<void> find_rentals(const std::string& changed_id);
    Result<void> compare_some(Findings& findings);

    const Parts parts_;
    const Of of_;
    const UnixMs since_ms_;
    const IdSet& done_;
    ListWalk walk_;
    bool is_foreign_ = false;
    IdSet queued_;
    std::deque<std::string> waiting_;  // rentals to be read and compared
};

}  // namespace gatehouse::sweep
