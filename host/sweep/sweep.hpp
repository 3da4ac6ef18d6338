// Sweep: compares everything, or what changed, with what is held. It finds and never changes: what
// it finds is a list of rentals that deserve a look, and looks have their own safeguards.
//
//   delta  rentals, units and renters that Storeganise changed since a time
//   full   all rentals, those that hold access and are not listed, and what each vendor holds
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sweep/changes_pass.hpp"
#include "sweep/pass.hpp"
#include "sweep/rental_pass.hpp"
#include "sweep/unlisted_pass.hpp"
#include "sweep/vendor_pass.hpp"

namespace gatehouse::sweep {

struct Plan {
    bool is_full = false;
    UnixMs since_ms = 0;      // of a delta
    bool is_trusted = false;  // a person has said that the lists are as they should be
};

// [one thread at a time]
class Sweep {
  public:
    Sweep(const Parts& parts, Plan plan);

    // At most one request outside. kConflict and kInternal: begin anew; otherwise go on with the
    // next call.
    Result<void> step();

    // Whether the next step, or one that failed, asks a vendor and not Storeganise.
    bool is_at_vendor() const { return stage_ == Stage::kVendors; }

    // Nothing is left but what the findings still give.
    bool is_over() const { return stage_ == Stage::kOver; }

    Findings& findings() { return findings_; }
    const Findings& findings() const { return findings_; }

  private:
    enum class Stage { kRentals, kUnits, kRenters, kUnlisted, kVendors, kOver };

    Result<void> step_vendor();
    void next_stage();
    void plan_vendors();
    bool is_foreign() const;

    const Parts parts_;
    const Plan plan_;
    Findings findings_;
    Stage stage_ = Stage::kRentals;
    RentalPass rentals_;
    std::unique_ptr<ChangesPass> changes_;
    std::unique_ptr<UnlistedPass> unlisted_;
    std::unique_ptr<VendorPass> vendor_;
    std::deque<std::string> vendors_;  // connections that are still to be asked
    int vendor_failures_ = 0;          // of the one that is asked, in a row
};

}  // namespace gatehouse::sweep
