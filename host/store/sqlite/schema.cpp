#include "store/sqlite/schema.hpp"

#include <array>
#include <string>

namespace gatehouse::store::sqlite {
namespace {

// AUTOINCREMENT wherever an id is shown to people or compared with later ones: it is never given
// twice. Partial indices hold only the rows that are asked for. The sender's id leads its index
// because most senders' ids grow with time: new ones then fall on the same few pages, however many
// businesses there are.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE names (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    business INTEGER NOT NULL,
    source INTEGER NOT NULL,
    sender_id TEXT NOT NULL,
    type TEXT NOT NULL,
    verified_by TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    finished_ms INTEGER NOT NULL DEFAULT 0,
    copies INTEGER NOT NULL DEFAULT 1,
    state INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX events_by_sender_id ON events (sender_id, source, business);
CREATE INDEX events_by_business ON events (business);
CREATE INDEX events_by_state ON events (state);
CREATE INDEX events_by_finish ON events (finished_ms) WHERE finished_ms > 0;

CREATE TABLE event_rentals (
    event_id INTEGER NOT NULL,
    rental_id TEXT NOT NULL,
    business INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    first_step_id INTEGER NOT NULL,
    settled_step_id INTEGER NOT NULL DEFAULT 0,
    is_dead INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (event_id, rental_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX open_marks ON event_rentals (business, rental_id) WHERE settled_step_id = 0;

CREATE TABLE steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id INTEGER,
    business INTEGER,
    rental_id TEXT,
    at_ms INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX steps_by_event ON steps (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX steps_by_rental ON steps (business, rental_id) WHERE rental_id IS NOT NULL;
CREATE INDEX rental_steps_by_age ON steps (at_ms) WHERE rental_id IS NOT NULL;

CREATE TABLE tasks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    business INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    key TEXT NOT NULL,
    due_ms INTEGER NOT NULL,
    first_due_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    generation INTEGER NOT NULL DEFAULT 1,
    leased_until_ms INTEGER NOT NULL DEFAULT 0,
    event_id INTEGER NOT NULL,
    last_error TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX tasks_by_key ON tasks (business, kind, key);
CREATE INDEX tasks_by_due ON tasks (business, due_ms) WHERE leased_until_ms = 0;
CREATE INDEX tasks_leased ON tasks (leased_until_ms) WHERE leased_until_ms > 0;

CREATE TABLE dead_letters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    business INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    key TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    died_ms INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    error_kind INTEGER NOT NULL,
    error_message TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX dead_letters_by_key ON dead_letters (business, kind, key);

CREATE TABLE rentals (
    id INTEGER PRIMARY KEY,
    business INTEGER NOT NULL,
    rental_id TEXT NOT NULL,
    connection TEXT NOT NULL,
    site_id TEXT NOT NULL,
    unit_id TEXT NOT NULL,
    unit_name TEXT NOT NULL,
    renter_id TEXT NOT NULL,
    desired_json TEXT NOT NULL,
    grant_json TEXT NOT NULL,
    fields_json TEXT NOT NULL,
    updated_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX rentals_by_rental_id ON rentals (business, rental_id);

CREATE TABLE secret_uses (
    business INTEGER NOT NULL,
    source INTEGER NOT NULL,
    label TEXT NOT NULL,
    last_used_ms INTEGER NOT NULL,
    PRIMARY KEY (business, source, label)
) STRICT, WITHOUT ROWID;

CREATE TABLE probe (
    id INTEGER PRIMARY KEY,
    writes INTEGER NOT NULL
) STRICT;
)sql";

constexpr std::array<const char*, 1> kMigrations = {kVersion1};

std::int64_t pragma(Database& database, std::string_view sql) {
    return number(database, sql).value_or(0);
}

Result<void> refuse_foreign_file(Database& database, std::int64_t version) {
    const std::int64_t application = pragma(database, "PRAGMA application_id");
    const std::int64_t tables = pragma(database, "SELECT count(*) FROM sqlite_schema");
    if (auto read = database.status(); !read) return read;
    const bool is_fresh = application == 0 && version == 0 && tables == 0;
    if (!is_fresh && application != kApplicationId) {
        return fail(ErrorKind::kInvalid, "the file is another program's database");
    }
    return {};
}

}  // namespace

std::span<const char* const> migrations() {
    return kMigrations;
}

Result<void> migrate(Database& database, std::span<const char* const> steps) {
    const std::int64_t version = pragma(database, "PRAGMA user_version");
    if (auto known = refuse_foreign_file(database, version); !known) return known;
    const auto newest = static_cast<std::int64_t>(steps.size());
    if (version > newest) {
        return fail(ErrorKind::kInvalid, "the database has version " + std::to_string(version) +
                                             " and this program knows versions up to " +
                                             std::to_string(newest) +
                                             "; run the newer program that wrote it");
    }
    for (std::int64_t next = version + 1; next <= newest; ++next) {
        database.execute("BEGIN IMMEDIATE");
        database.execute(steps[static_cast<std::size_t>(next - 1)]);
        database.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
        database.execute("PRAGMA user_version = " + std::to_string(next));
        database.execute("COMMIT");
        if (auto done = database.status(); !done) {
            database.clear();
            if (database.in_transaction()) database.execute("ROLLBACK");
            return done;
        }
    }
    return {};
}

}  // namespace gatehouse::store::sqlite
