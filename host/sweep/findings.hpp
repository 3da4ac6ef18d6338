// Findings: what a sweep has found so far, and whether it may be acted on.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "access/rental_record.hpp"
#include "access/stray.hpp"
#include "base/clock.hpp"

namespace gatehouse::sweep {

enum class Kind : std::uint8_t {
    kFactsDiffer,    // a look would change something: its webhook was lost
    kNotListed,      // holds access, and Storeganise's list does not name it
    kNotHeld,        // holds access, and the vendor's list does not name it
    kHeldOtherwise,  // the vendor's list names another state, or a target too many
    kOrphan,         // the vendor holds access for a rental that is over
};
constexpr std::size_t kKinds = 5;

std::string_view to_string(Kind kind);

struct Difference {
    std::string rental_id;
    Kind kind = Kind::kFactsDiffer;
    std::string detail;                      // for people; empty behind the first few hundred
    std::vector<access::Stray> strays = {};  // for the look to end

    // The vendor was seen to differ: the look must ask it even if nothing changed here.
    bool needs_verify() const { return kind > Kind::kNotListed; }
};

// Something the vendor holds although nothing here says so. The record is what the look needs to
// know to end it through the fuse: what is held, with the vendor's own references.
struct Orphan {
    Difference difference;
    access::RentalRecord record;
};

// A row of a list that could not be read: nothing is concluded from it.
struct Unread {
    std::string name;       // "rental r1", "row 57"
    std::string rental_id;  // empty if the row has no usable one
    std::string why;
    bool is_occupied = false;
};

// [one thread]
class Findings {
  public:
    // Found, in a list that is not known to be sound yet.
    void add(Difference difference);
    void add(Orphan orphan) { orphans_.push_back(std::move(orphan)); }

    // The list was sound: what was found in it may be acted on.
    void accept();
    // It was not: nothing that was found in it counts. `trouble` is told to people.
    void reject(std::string trouble);
    // Told to people too, but nobody's list is in doubt.
    void report(std::string trouble) { troubles_.push_back(std::move(trouble)); }

    // A row that could not be read; nobody's list is in doubt. One that is occupied is told to
    // people.
    void add(Unread row);
    // The first few of them.
    const std::vector<Unread>& unread() const { return unread_; }
    // Of unread rows that are occupied, in one line; empty if there are none.
    std::string unread_trouble() const;

    // At most `limit` that may be acted on, each once.
    std::vector<Difference> take(std::size_t limit);
    std::vector<Orphan> take_orphans(std::size_t limit);

    const std::vector<std::string>& troubles() const { return troubles_; }
    bool has_more_than_fits() const { return is_full_; }

    std::int64_t rentals_listed = 0;
    std::int64_t rows_unreadable = 0;
    std::int64_t occupied_unreadable = 0;
    std::int64_t requests = 0;        // to Storeganise
    std::int64_t vendor_calls = 0;    // of plugins
    std::int64_t grants_ours = 0;     // at vendors, with our mark
    std::int64_t grants_foreign = 0;  // without it: never touched
    std::array<std::int64_t, kKinds> counts{};
    std::set<std::string> unknown_states;  // of rentals in the list, in words that are not known

  private:
    std::vector<Difference> found_;
    std::vector<Difference> accepted_;
    std::vector<Orphan> orphans_;
    std::vector<std::string> troubles_;
    std::vector<Unread> unread_;
    bool is_full_ = false;
};

}  // namespace gatehouse::sweep
