// WriteContext: what the operations of the writer share. [writer's thread]
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "dispatch/task_queue.hpp"
#include "store/sqlite/database.hpp"

namespace gatehouse::store::sqlite {

// The time of day went back while this process ran.
struct BackMove {
    std::int64_t at_ns = 0;  // steady time at which the store was told
    UnixMs now_ms = 0;       // the time of day then
    std::int64_t back_ms = 0;
};

class WriteContext {
  public:
    WriteContext(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

    Database& database() { return database_; }
    UnixMs now_ms() const { return clock_.now_ms(); }

    // The small number that stands for a business or source in every table; made when new.
    std::int64_t name_id(const std::string& name);

    // Notes when a secret was last used, one write a minute at most.
    void note_secret_use(std::int64_t business, std::int64_t source, const std::string& label,
                         UnixMs at_ms);

    // Notes the time of day with the commits, once a minute at most: the next process sees how far
    // it has moved.
    void note_time();

    // Takes the time of day for right, also where it has gone back.
    void take_time();

    // Remembers it for the runs that are under way.
    void note_back_move(std::int64_t back_ms);
    const std::vector<BackMove>& back_moves() const { return back_moves_; }
    std::int64_t moved_back_ms_since(std::int64_t at_ns) const;

    // The waiting tasks of this business changed.
    void touch(std::int64_t business) { touched_.insert(business); }

    // When the earliest waiting task of a business and urgency is due.
    std::optional<UnixMs> next_due_ms(std::int64_t business, dispatch::Priority priority);

    // The earliest waiting tasks of every business touched since the last call, where one waits.
    std::vector<dispatch::BusinessDue> take_due();

    // To be called after anything was rolled back: what is remembered may be gone.
    void forget();

  private:
    Database& database_;
    const Clock& clock_;
    std::unordered_map<std::string, std::int64_t> names_;
    std::map<std::tuple<std::int64_t, std::int64_t, std::string>, UnixMs> secret_uses_;
    UnixMs noted_ms_ = 0;
    std::vector<BackMove> back_moves_;  // the last ones
    std::set<std::int64_t> touched_;
};

}  // namespace gatehouse::store::sqlite
