// What people ask of the store. Each function reads one snapshot. [a read connection]
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/sqlite/database.hpp"
#include "store/store.hpp"

namespace gatehouse::store::sqlite {

// The most rows that one call returns.
inline constexpr int kMaxRows = 1000;

std::optional<Event> read_event(Database& database, std::int64_t id);
std::optional<Event> read_event_by_sender_id(Database& database, const std::string& business,
                                             const std::string& source,
                                             const std::string& sender_id);
std::vector<Event> read_events(Database& database, const EventFilter& filter);

std::vector<TimelineStep> read_timeline(Database& database, std::int64_t event_id);
std::vector<TimelineStep> read_rental_steps(Database& database, const std::string& business,
                                            const std::string& rental_id, int limit);

// Newest first; as events() lists them.
std::vector<Event> read_events_of_rental(Database& database, const std::string& business,
                                         const std::string& rental_id, int limit);

std::vector<dispatch::DeadLetter> read_dead_letters(Database& database,
                                                    const std::optional<std::string>& business,
                                                    std::int64_t before_id, int limit);
std::optional<dispatch::DeadLetter> read_dead_letter(Database& database,
                                                     const std::string& business,
                                                     dispatch::TaskKind kind,
                                                     const std::string& key);
std::optional<Store::Waiting> read_waiting(Database& database, const std::string& business,
                                           dispatch::TaskKind kind, const std::string& key);
std::vector<dispatch::BusinessDue> read_businesses_due(Database& database);
std::vector<SecretUse> read_secret_uses(Database& database, const std::string& business);
QueueState read_queue_state(Database& database, UnixMs now_ms);

}  // namespace gatehouse::store::sqlite
