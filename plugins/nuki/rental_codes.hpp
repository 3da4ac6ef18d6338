// RentalCodes: a rental's keypad codes on all of its locks, and the one PIN that they share.
//
// The host asks for a PIN, or for the one before when the PIN of its custom field cannot be used.
// Nobody but the locks knows the one before: it is read from one of them where nothing was written
// since it was last as wished, and given to those that took the refused one or have none yet. It is
// never kept beyond the call.
#pragma once

#include <map>
#include <set>
#include <string>

#include "lock_code.hpp"
#include "references.hpp"

namespace gatehouse::nuki {

class RentalCodes {
  public:
    // On the locks of `wanted_on`, and on those of `before`, which lose theirs if they are no such.
    RentalCodes(NukiApi& api, const WantedCode& wanted, const std::set<LockId>& wanted_on,
                const HeldCodes& before, const Patience& patience);

    // Before any write: finds the PIN before if none was given.
    //
    // Throws Error(kConflict) if another code on one of the locks has the PIN that was given. What
    // a lock whose list cannot be read would say, bring_into_line() of that lock tells.
    void agree_on_pin();

    LockCode& at(LockId lock) { return codes_.at(lock); }

  private:
    std::string kept_pin() const;
    static bool has_looked_at(LockCode& code);

    const bool is_pin_given_;
    const std::set<LockId> wanted_on_;
    std::map<LockId, LockCode> codes_;
};

}  // namespace gatehouse::nuki
