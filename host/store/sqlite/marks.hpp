// Marks: which rentals an event asked to be looked at, and what became of each look. They decide
// the event's state. [writer's thread]
//
// A mark carries the generation that its rental's task had when the mark was made. A run of the
// task settles the marks up to the generation that it was leased with: a later mark was made while
// the run was looking, and only the next run has seen what it speaks of. Marks of a dead letter
// drop to generation 0, so that any later run that succeeds settles them.
#pragma once

#include <cstdint>
#include <string>

#include "store/sqlite/write_context.hpp"

namespace gatehouse::store::sqlite {

void mark_rental(WriteContext& context, std::int64_t event_id, std::int64_t business,
                 const std::string& rental_id, std::int64_t generation);

// A run leased with `generation` ended well: its marks are settled and their events brought up to
// date.
void settle_marks(WriteContext& context, std::int64_t business, const std::string& rental_id,
                  std::int64_t generation);

// The rental's task became a dead letter, or, with `is_dead` false, came back from there.
void set_marks_dead(WriteContext& context, std::int64_t business, const std::string& rental_id,
                    bool is_dead);

// Works the event's state out anew: dead if one of its own tasks or of its rentals is, open while
// one of them waits, else done.
void refresh_event(WriteContext& context, std::int64_t event_id);

}  // namespace gatehouse::store::sqlite
