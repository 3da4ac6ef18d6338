// Times that a clock wrote which was ahead. Once it is put right they lie in the future: their rows
// would be kept longer than they may, count for the fuse for longer, and count as newer than
// everything that happens. They are pulled back to the present. Every function leaves its outcome
// in the database's status. [writer's thread]
#pragma once

#include <cstdint>

#include "store/sqlite/write_context.hpp"

namespace gatehouse::store::sqlite {

// Of everything but rentals, what lies more than a day in the future, as the moment itself matters
// only to retention; at most `most` of each table. Gives the largest count: fewer than `most` = all
// are done.
std::int64_t pull_back_stamps(WriteContext& context, std::int64_t most);

// Of the rentals with row ids after `after_id`, at most `most` of them; gives the last id that it
// looked at, 0 when there are no more.
std::int64_t pull_back_rentals(WriteContext& context, std::int64_t after_id, std::int64_t most);

}  // namespace gatehouse::store::sqlite
