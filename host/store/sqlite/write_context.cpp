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

std::optional<UnixMs> WriteContext::next_due_ms(std::int64_t business) {
    std::optional<UnixMs> next;
    for (const auto priority : {dispatch::Priority::kUrgent, dispatch::Priority::kNormal}) {
        const auto due_ms = number(database_,
                                   "SELECT due_ms FROM tasks WHERE business = ? AND priority = ? "
                                   "AND leased_until_ms = 0 ORDER BY due_ms LIMIT 1",
                                   business, priority);
        if (due_ms && (!next || *due_ms < *next)) next = due_ms;
    }
    return next;
}

std::vector<dispatch::BusinessDue> WriteContext::take_due() {
    std::vector<dispatch::BusinessDue> due;
    for (const std::int64_t business : std::exchange(touched_, {})) {
        const auto due_ms = next_due_ms(business);
        if (!due_ms) continue;
        Query query(database_, "SELECT name FROM names WHERE id = ?", business);
        if (query.next()) due.push_back({query.text(0), *due_ms});
    }
    return due;
}

void WriteContext::forget() {
    names_.clear();
    secret_uses_.clear();
}

}  // namespace gatehouse::store::sqlite
