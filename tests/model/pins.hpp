// Pins: what must be true of the PINs of one history's rentals.
//
// A PIN is sound if Nuki takes it and no four digits of it count up, down or repeat; usable for a
// rental if besides no other rental of the site may still have it. What stands in a rental's field
// and is usable opens its doors; if it is not usable, the one before does.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace gatehouse::model {

// [one thread]
class Pins {
  public:
    static bool is_sound(const std::string& pin);

    static constexpr int kAnothers = 6;

    // What staff type, by a number of the act: 0 to 3 a sound one that nobody has; 4 one that
    // counts up; 5 one that is too short; kAnothers `others`, another rental's; 7 nothing.
    std::string typed(int what, const std::string& others);

    bool is_usable(const std::string& rental_id, const std::string& pin) const;

    // The PINs of which one opens the rental's doors while `field` stands in its field; empty: none
    // may.
    std::vector<std::string> of(const std::string& rental_id, const std::string& field) const;

    // A look at a rental that has access is over, well or not; `field` is what it left there.
    void looked_at(const std::string& rental_id, const std::string& field, bool is_done);
    // Nothing is held for it any more.
    void forget(const std::string& rental_id) { held_.erase(rental_id); }
    // Whether anything ever was, as a look that ended well has told.
    bool has_had(const std::string& rental_id) const { return confirmed_.contains(rental_id); }
    // The new rental may have the PIN of the old one.
    void transferred(const std::string& from_id, const std::string& to_id) {
        from_[to_id] = from_id;
    }
    // The old rental of the transfer that made this one; empty if none did.
    std::string from(const std::string& rental_id) const {
        const auto found = from_.find(rental_id);
        return found == from_.end() ? "" : found->second;
    }

    // Whether the last one that it surely had is this.
    bool is_confirmed(const std::string& rental_id, const std::string& pin) const;

  private:
    // What a rental may have at the vendor, the newest last.
    std::map<std::string, std::vector<std::string>> held_;
    std::map<std::string, std::string> confirmed_;  // the last one that it surely had
    std::map<std::string, std::string> from_;
    int next_ = 0;
};

}  // namespace gatehouse::model
