// Watch: looks at every moment of a history whether something is wrong: after each thing that the
// vendor did, after each task, after each act, and whenever time alone could change who gets in.
//
//  - Nobody can open what the facts of now deny and those of every look since the last good one
//    denied as well (P6, P7). At a vendor with orders that nobody sees before they are done, a look
//    that was cut off by the end of the host or of the runner counts until the end: what it ordered
//    is only found by the daily comparison.
//  - Nobody loses by a look what the last good one gave, those since allowed and the facts of now
//    allow (P7); at a vendor with gaps not beyond the look, if it ends well.
//  - The host writes a PIN only where there is none, a sound one that no other rental has, and
//    clears none of a rental that is not over. The exception: one that the vendor refused before it
//    ever confirmed it.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/site.hpp"

namespace gatehouse::model {

std::string to_text(const Openings& openings);
Openings without(const Openings& all, const Openings& some);

// [one thread]
class Watch {
  public:
    // The site outlives it. `fail` is told what is wrong.
    Watch(Site& site, std::function<void(const std::string&)> fail)
        : site_(site), fail_(std::move(fail)) {}

    // Something may have changed at the vendor.
    void look();

    // `rental_id`: whose look it is; empty for a task that is none.
    void begin_task(const std::string& rental_id);
    void end_task(bool is_done, bool is_cut_off);

    const Openings& open() const { return open_; }

    // What a rental was given whose field now holds a PIN that cannot be used: at another lock
    // nobody can give the one before, and the lock before stays until then.
    Openings stuck() const;
    // Rentals that were transferred to one that never had access, since its field holds such a PIN:
    // their end waits for it.
    std::set<std::string> waiting() const;

  private:
    template <typename Visit>
    void for_unusable_pins(Visit visit) const;
    void note_look();
    void settle();
    void judge_lost(const Openings& lost);
    void judge_pins();
    void judge_pin(const std::string& rental_id, const std::string& before,
                   const std::string& after);

    Site& site_;
    const std::function<void(const std::string&)> fail_;
    Openings open_;
    Openings open_before_;  // the task
    bool is_in_task_ = false;
    std::string rental_id_;  // whose look is under way
    std::map<std::string, std::string> pins_before_;
    // Of each rental, as looks found it: the last good one and those since; those that were cut
    // off.
    std::map<std::string, std::vector<RentalFacts>> looks_;
    std::map<std::string, std::vector<RentalFacts>> cut_off_;
    std::set<std::string> settled_;  // rentals that had a good look
};

}  // namespace gatehouse::model
