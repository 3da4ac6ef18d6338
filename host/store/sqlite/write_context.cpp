#include "store/sqlite/write_context.hpp"

#include <utility>

namespace gatehouse::store::sqlite {

std::int64_t WriteContext::name_id(const std::string& name) {
    if (const auto known = names_.find(name); known != names_.end()) return known->second;
    auto id = number(database_, "SELECT id FROM names WHERE name = ?", name);
    if (!id) {
        run(database_, "INSERT INTO names (name) VALUES (?)", name);
        id = database_.last_insert_id();
    }
    if (database_.ok()) names_.emplace(name, *id);
    return *id;
}

void WriteContext::note_secret_use(std::int64_t business, std::int64_t source,
                                   const std::string& label, UnixMs at_ms) {
    if (label.empty()) return;
    constexpr UnixMs kMinuteMs = 60'000;
    const UnixMs minute_ms = at_ms - at_ms % kMinuteMs;
    UnixMs& last_ms = secret_uses_[{business, source, label}];
    if (last_ms >= minute_ms) return;
    last_ms = minute_ms;
    run(database_,
        "INSERT INTO secret_uses (business, source, label, last_used_ms) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (business, source, label) DO UPDATE "
        "SET last_used_ms = max(last_used_ms, excluded.last_used_ms)",
        business, source, label, minute_ms);
}

// A time before the noted one stays unwritten until take_time(): who finds it must see the move.
void WriteContext::note_time() {
    constexpr UnixMs kMinuteMs = 60'000;
    const UnixMs now_ms = clock_.now_ms();
    if (now_ms < noted_ms_ + kMinuteMs) return;
    noted_ms_ = now_ms;
    run(database_,
        "INSERT INTO clock (id, seen_ms, retention_ms) VALUES (1, ?1, ?1) "
        "ON CONFLICT (id) DO UPDATE SET seen_ms = max(seen_ms, excluded.seen_ms)",
        now_ms);
}

void WriteContext::take_time() {
    noted_ms_ = clock_.now_ms();
    run(database_, "UPDATE clock SET seen_ms = ? WHERE id = 1", noted_ms_);
}

void WriteContext::note_back_move(std::int64_t back_ms) {
    // No run lasts through more of them.
    constexpr std::size_t kMost = 16;
    if (back_moves_.size() == kMost) back_moves_.erase(back_moves_.begin());
    back_moves_.push_back({clock_.steady_ns(), clock_.now_ms(), back_ms});
}

std::int64_t WriteContext::moved_back_ms_since(std::int64_t at_ns) const {
    std::int64_t back_ms = 0;
    for (const BackMove& move : back_moves_) {
        if (move.at_ns >= at_ns) back_ms += move.back_ms;
    }
    return back_ms;
}

std::optional<UnixMs> WriteContext::next_due_ms(std::int64_t business,
                                                dispatch::Priority priority) {
    return number(database_,
                  "SELECT due_ms FROM tasks WHERE business = ? AND priority = ? "
                  "AND leased_until_ms = 0 ORDER BY due_ms LIMIT 1",
                  business, priority);
}

std::vector<dispatch::BusinessDue> WriteContext::take_due() {
    std::vector<dispatch::BusinessDue> due;
    for (const std::int64_t business : std::exchange(touched_, {})) {
        for (const auto priority : {dispatch::Priority::kUrgent, dispatch::Priority::kNormal}) {
            const auto due_ms = next_due_ms(business, priority);
            if (!due_ms) continue;
            Query query(database_, "SELECT name FROM names WHERE id = ?", business);
            if (query.next()) due.push_back({query.text(0), *due_ms, priority});
        }
    }
    return due;
}

void WriteContext::forget() {
    names_.clear();
    secret_uses_.clear();
    noted_ms_ = 0;
}

}  // namespace gatehouse::store::sqlite
