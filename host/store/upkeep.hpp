// Upkeep: what keeps the store small and sound over the years: retention, and whether the file is
// whole. [any thread; blocks for commits]
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace gatehouse::store {

class Upkeep {
  public:
    virtual ~Upkeep() = default;

    // The time up to which retention may count now. It follows the time of day, either way, by no
    // more than `at_most_ms` since the last call (of this or an earlier process), so that a clock
    // that is ahead deletes nothing before its time, and one that fell back for a moment keeps
    // nothing for years.
    virtual Result<UnixMs> advance_retention(std::int64_t at_most_ms) = 0;

    // Each of these deletes at most `limit` rows of its kind and says how many went.

    // Events that finished before `before_ms`, with their steps; their senders' ids stay known.
    // Open and dead events stay. Rental steps and transfers done of that age go too, in proportion.
    virtual Result<std::int64_t> forget_events(UnixMs before_ms, int limit) = 0;

    // Ids of events that were forgotten and had come before `before_ms`.
    virtual Result<std::int64_t> forget_ids(UnixMs before_ms, int limit) = 0;

    // Rentals that ended before `before_ms` and for which nothing waits, with their steps.
    virtual Result<std::int64_t> forget_rentals(UnixMs before_ms, int limit) = 0;

    // Tasks that were given up before `before_ms`, and dead events that came before it.
    virtual Result<std::int64_t> forget_dead_letters(UnixMs before_ms, int limit) = 0;

    // What is wrong with the file; nothing as far as is known. Once something is, the store refuses
    // everything, in this process and the next ones, until a backup was restored.
    virtual std::optional<std::string> damage() const = 0;

    // Checks the whole file on a snapshot, in the background, unless that is under way.
    virtual void begin_check() = 0;

    // When the whole file was last found sound, by this process or an earlier one; 0 = never. Keeps
    // what this process found for the next ones.
    virtual Result<UnixMs> note_check() = 0;
};

}  // namespace gatehouse::store
