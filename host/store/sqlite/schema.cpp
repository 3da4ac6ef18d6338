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

// What waits is found by urgency first, so each urgency has its own order of due times. What was
// asked while a task is worked on lies beside what its run was asked (asked_*; NULL = nothing): a
// run that ends well has served the one and not the other.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE tasks ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN flags INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN asked_due_ms INTEGER;
ALTER TABLE tasks ADD COLUMN asked_priority INTEGER;
ALTER TABLE tasks ADD COLUMN asked_flags INTEGER;
DROP INDEX tasks_by_due;
CREATE INDEX tasks_by_due ON tasks (business, priority, due_ms) WHERE leased_until_ms = 0;
CREATE INDEX tasks_by_event ON tasks (event_id) WHERE kind NOT IN (2, 7);

ALTER TABLE dead_letters ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dead_letters ADD COLUMN flags INTEGER NOT NULL DEFAULT 0;
CREATE INDEX dead_letters_by_event ON dead_letters (event_id) WHERE kind NOT IN (2, 7);

CREATE INDEX marks_by_rental ON event_rentals (business, rental_id, event_id);

ALTER TABLE rentals ADD COLUMN targets TEXT NOT NULL DEFAULT '';
ALTER TABLE rentals ADD COLUMN move_in_job_id TEXT NOT NULL DEFAULT '';
ALTER TABLE rentals ADD COLUMN move_out_job_id TEXT NOT NULL DEFAULT '';
ALTER TABLE rentals ADD COLUMN pin_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE rentals ADD COLUMN swept_end_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rentals ADD COLUMN fuse_blocked_ms INTEGER NOT NULL DEFAULT 0;
CREATE INDEX rentals_by_unit ON rentals (business, unit_id, rental_id);
CREATE INDEX rentals_by_renter ON rentals (business, renter_id, rental_id);
CREATE INDEX rentals_by_site ON rentals (business, site_id, rental_id);
CREATE INDEX rentals_granted ON rentals (business, site_id) WHERE grant_json <> '';
CREATE INDEX rentals_by_pin ON rentals (business, site_id, pin_hash) WHERE pin_hash <> '';
CREATE INDEX rentals_swept ON rentals (business, site_id, swept_end_ms) WHERE swept_end_ms > 0;
CREATE INDEX rentals_blocked ON rentals (business, rental_id) WHERE fuse_blocked_ms > 0;

CREATE TABLE rental_targets (
    business INTEGER NOT NULL,
    target TEXT NOT NULL,
    rental_id TEXT NOT NULL,
    PRIMARY KEY (business, target, rental_id)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO rental_targets (business, target, rental_id)
    SELECT r.business, t.value ->> '$.target', r.rental_id
    FROM rentals AS r, json_each(r.grant_json, '$.targets') AS t
    WHERE json_valid(r.grant_json) AND t.value ->> '$.target' <> '';
UPDATE rentals SET targets = coalesce((SELECT group_concat(t.target, char(10))
    FROM rental_targets AS t
    WHERE t.business = rentals.business AND t.rental_id = rentals.rental_id), '')
    WHERE grant_json <> '';

CREATE TABLE transfers (
    business INTEGER NOT NULL,
    old_rental_id TEXT NOT NULL,
    new_rental_id TEXT NOT NULL,
    job_id TEXT NOT NULL,
    made_ms INTEGER NOT NULL,
    done_ms INTEGER NOT NULL,
    PRIMARY KEY (business, old_rental_id, new_rental_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX open_transfers_by_old ON transfers (business, old_rental_id) WHERE done_ms = 0;
CREATE INDEX open_transfers_by_new ON transfers (business, new_rental_id) WHERE done_ms = 0;
CREATE INDEX transfers_done ON transfers (done_ms) WHERE done_ms > 0;

CREATE TABLE alerts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    business INTEGER NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    rental_id TEXT NOT NULL,
    unit_id TEXT NOT NULL,
    raised_ms INTEGER NOT NULL,
    cured_ms INTEGER NOT NULL DEFAULT 0,
    job_id TEXT NOT NULL DEFAULT '',
    is_told INTEGER NOT NULL DEFAULT 0,
    is_cure_told INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX alerts_by_subject ON alerts (business, subject);
CREATE INDEX alerts_by_business ON alerts (business);

CREATE TABLE access_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    business INTEGER NOT NULL,
    connection INTEGER NOT NULL,
    vendor_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    target_name TEXT NOT NULL,
    person TEXT NOT NULL,
    success INTEGER,
    reason TEXT NOT NULL,
    occurred_ms INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    rental_id TEXT NOT NULL,
    renter_id TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX access_events_by_vendor_id ON access_events (vendor_id, connection, business);
CREATE INDEX access_events_by_age ON access_events (occurred_ms);
CREATE INDEX access_events_by_business ON access_events (business, occurred_ms);
CREATE INDEX access_events_by_connection ON access_events (business, connection, occurred_ms);
CREATE INDEX access_events_by_rental ON access_events (business, rental_id, occurred_ms)
    WHERE rental_id <> '';
CREATE INDEX access_events_by_renter ON access_events (business, renter_id, occurred_ms)
    WHERE renter_id <> '';
CREATE INDEX access_events_by_target ON access_events (business, target, occurred_ms)
    WHERE target <> '';
)sql";

// `clock` has one row. What is forgotten leaves its sender's id in `known_ids`, in the order of the
// events' own index. `ended_ms` is set where nothing is held any more and nothing will be.
constexpr const char* kVersion3 = R"sql(
CREATE TABLE clock (
    id INTEGER PRIMARY KEY,
    seen_ms INTEGER NOT NULL,
    retention_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE known_ids (
    sender_id TEXT NOT NULL,
    source INTEGER NOT NULL,
    business INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    PRIMARY KEY (sender_id, source, business)
) STRICT, WITHOUT ROWID;
CREATE INDEX known_ids_by_age ON known_ids (received_ms);

ALTER TABLE rentals ADD COLUMN ended_ms INTEGER NOT NULL DEFAULT 0;
UPDATE rentals SET ended_ms = updated_ms WHERE grant_json = '' AND
    iif(json_valid(desired_json), desired_json ->> '$.state', '') = 'ended';
CREATE INDEX rentals_ended ON rentals (ended_ms) WHERE ended_ms > 0;
CREATE INDEX dead_letters_by_age ON dead_letters (died_ms);

CREATE TABLE erasures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    business INTEGER NOT NULL,
    renter_id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    changed_rows INTEGER NOT NULL
) STRICT;
CREATE INDEX erasures_by_renter ON erasures (business, renter_id);
)sql";

// When the whole file was last found sound, for a process that ends before the next check is due.
constexpr const char* kVersion4 = R"sql(
ALTER TABLE clock ADD COLUMN checked_ms INTEGER NOT NULL DEFAULT 0;
)sql";

constexpr std::array<const char*, 4> kMigrations = {kVersion1, kVersion2, kVersion3, kVersion4};

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
