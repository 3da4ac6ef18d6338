// EventWord: what an event said of a rental. It is never taken as a fact; but where what is read
// says the opposite, the facts may be a moment behind, and are read again before they are believed
// (docs/decisions/look-again.md). Pure. [any thread]
#pragma once

#include <string>

#include "access/facts.hpp"
#include "access/site_rules.hpp"

namespace gatehouse::access {

struct EventWord {
    bool is_moved_in = false;
    bool is_over = false;
    bool is_overdue = false;
    bool is_paid = false;     // no longer overdue
    bool is_leaving = false;  // a move-out was planned
    bool is_staying = false;  // and cancelled
};

// Where the facts say the opposite of `word`, in a way that changes what access there should be:
// "the event says moved in, the rental is reserved". Empty where they do not.
std::string contradiction(const EventWord& word, const Facts& facts, const SiteRules& rules);

}  // namespace gatehouse::access
