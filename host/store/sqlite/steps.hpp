// The table of steps: lines of the timelines of events and rentals. [writer's thread]
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "observe/step.hpp"
#include "store/sqlite/database.hpp"

namespace gatehouse::store::sqlite {

// A rental keeps this many of its newest steps.
inline constexpr std::int64_t kStepsPerRental = 200;

void add_event_steps(Database& database, std::int64_t event_id,
                     const std::vector<observe::Step>& steps);

// Drops the rental's oldest steps beyond kStepsPerRental.
void add_rental_steps(Database& database, std::int64_t business, const std::string& rental_id,
                      const std::vector<observe::Step>& steps);

// Every later step has a greater id. 0 = none yet.
std::int64_t last_step_id(Database& database);

// Deletes rental steps older than `before_ms`, the oldest first, at most `limit`.
void forget_rental_steps(Database& database, UnixMs before_ms, std::int64_t limit);

}  // namespace gatehouse::store::sqlite
