// ListWalk: reads a list that is paged by offset while others change it.
//
// Pages overlap, so that rows which vanish before the offset do not let others slip through: a page
// whose first row is not known yet leaves a gap and is read again from further ahead. A row that is
// met twice counts once. The list is over when a page that is not full brings nothing new; a short
// page alone proves nothing, since a server may give fewer rows than it was asked for.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "sweep/id_set.hpp"

namespace gatehouse::sweep {

// [one thread]
class ListWalk {
  public:
    // Storeganise asks not to include other objects in larger pages (help centre, "API best
    // practices").
    static constexpr int kPageRows = 50;
    static constexpr int kOverlapRows = 5;

    // Of the page to be asked for next.
    int offset() const { return offset_; }
    bool is_over() const { return is_over_; }

    // Rows met so far, each once.
    const IdSet& seen() const { return seen_; }

    // Takes the page at offset(). `first_ids`: those of which one is the page's first row; `ids`:
    // all that could be read; `rows`: as sent. The answer is which of `ids` are new; none are if
    // there is a gap before the page. kConflict: the list does not hold still enough to be read.
    Result<std::vector<std::string>> take(const std::vector<std::string>& first_ids,
                                          const std::vector<std::string>& ids, int rows);

  private:
    bool leaves_a_gap(const std::vector<std::string>& first_ids) const;

    IdSet seen_;
    int offset_ = 0;
    int steps_back_ = 0;
    bool is_over_ = false;
};

}  // namespace gatehouse::sweep
