PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE names (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO names VALUES(1,'acme');
INSERT INTO names VALUES(2,'storeganise');
INSERT INTO names VALUES(3,'bravo');
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
INSERT INTO events VALUES(1,1,2,'e1','job.unit_moveIn.completed','1',1700000000000,0,1,1,X'7b226964223a226531227d');
INSERT INTO events VALUES(2,3,2,'e2','job.unit_moveIn.completed','1',1700000000000,0,1,5,X'7b226964223a226532227d');
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
INSERT INTO event_rentals VALUES(1,'r1',1,1,4,0,0);
CREATE TABLE steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id INTEGER,
    business INTEGER,
    rental_id TEXT,
    at_ms INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;
INSERT INTO steps VALUES(1,NULL,1,'r0',1700000000000,6,'granted');
INSERT INTO steps VALUES(2,1,NULL,NULL,1700000000000,1,'received');
INSERT INTO steps VALUES(3,1,NULL,NULL,1700000000000,2,'read the job');
INSERT INTO steps VALUES(4,2,NULL,NULL,1700000000000,1,'received');
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
INSERT INTO tasks VALUES(3,1,2,'r1',1700000000000,1700000000000,1,1,1700000060000,1,'');
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
INSERT INTO dead_letters VALUES(1,3,1,'2',1,1700000000000,2,3,'no such job');
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
INSERT INTO rentals VALUES(1,1,'r0','doors','s1','u1','A12','p1','{"schema":1}','{"schema":1}','{}',1700000000000);
CREATE TABLE secret_uses (
    business INTEGER NOT NULL,
    source INTEGER NOT NULL,
    label TEXT NOT NULL,
    last_used_ms INTEGER NOT NULL,
    PRIMARY KEY (business, source, label)
) STRICT, WITHOUT ROWID;
INSERT INTO secret_uses VALUES(1,2,'1',1699999980000);
INSERT INTO secret_uses VALUES(3,2,'1',1699999980000);
CREATE TABLE probe (
    id INTEGER PRIMARY KEY,
    writes INTEGER NOT NULL
) STRICT;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('tasks',4);
INSERT INTO sqlite_sequence VALUES('steps',4);
INSERT INTO sqlite_sequence VALUES('events',2);
INSERT INTO sqlite_sequence VALUES('dead_letters',1);
CREATE UNIQUE INDEX events_by_sender_id ON events (sender_id, source, business);
CREATE INDEX events_by_business ON events (business);
CREATE INDEX events_by_state ON events (state);
CREATE INDEX events_by_finish ON events (finished_ms) WHERE finished_ms > 0;
CREATE INDEX open_marks ON event_rentals (business, rental_id) WHERE settled_step_id = 0;
CREATE INDEX steps_by_event ON steps (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX steps_by_rental ON steps (business, rental_id) WHERE rental_id IS NOT NULL;
CREATE INDEX rental_steps_by_age ON steps (at_ms) WHERE rental_id IS NOT NULL;
CREATE UNIQUE INDEX tasks_by_key ON tasks (business, kind, key);
CREATE INDEX tasks_by_due ON tasks (business, due_ms) WHERE leased_until_ms = 0;
CREATE INDEX tasks_leased ON tasks (leased_until_ms) WHERE leased_until_ms > 0;
CREATE UNIQUE INDEX dead_letters_by_key ON dead_letters (business, kind, key);
CREATE UNIQUE INDEX rentals_by_rental_id ON rentals (business, rental_id);
PRAGMA application_id = 1196705875;
PRAGMA user_version = 1;
COMMIT;
