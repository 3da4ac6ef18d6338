PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE names (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO names VALUES(1,'acme');
INSERT INTO names VALUES(2,'storeganise');
INSERT INTO names VALUES(3,'doors');
INSERT INTO names VALUES(4,'bravo');
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
INSERT INTO events VALUES(1,1,2,'e1','job.unit_transfer.completed','1',1700000000000,0,1,1,X'7b226964223a226531227d');
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
INSERT INTO event_rentals VALUES(1,'r1',1,1,3,3,0);
CREATE TABLE steps (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id INTEGER,
    business INTEGER,
    rental_id TEXT,
    at_ms INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;
INSERT INTO steps VALUES(1,1,NULL,NULL,1700000000000,1,'received');
INSERT INTO steps VALUES(2,1,NULL,NULL,1700000000000,2,'read the job');
INSERT INTO steps VALUES(3,NULL,1,'r1',1700000000000,6,'granted');
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
, priority INTEGER NOT NULL DEFAULT 0, flags INTEGER NOT NULL DEFAULT 0, asked_due_ms INTEGER, asked_priority INTEGER, asked_flags INTEGER) STRICT;
INSERT INTO tasks VALUES(2,1,2,'r1',1700086400000,1700086400000,0,1,0,0,'',1,0,NULL,NULL,NULL);
INSERT INTO tasks VALUES(3,1,6,'1/mail',1700000005000,1700000000000,1,1,0,1,'timed out',1,0,NULL,NULL,NULL);
INSERT INTO tasks VALUES(4,1,7,'rental:r1',1700000000000,1700000000000,1,1,1700000060000,0,'',1,0,NULL,NULL,NULL);
INSERT INTO tasks VALUES(6,1,2,'r2',1700000000000,1700000000000,0,2,1700000060000,0,'',1,1,1700000000000,0,0);
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
, priority INTEGER NOT NULL DEFAULT 0, flags INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO dead_letters VALUES(1,4,2,'r9',1,1700000000000,0,4,'no such rental',1,3);
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
, targets TEXT NOT NULL DEFAULT '', move_in_job_id TEXT NOT NULL DEFAULT '', move_out_job_id TEXT NOT NULL DEFAULT '', pin_hash TEXT NOT NULL DEFAULT '', swept_end_ms INTEGER NOT NULL DEFAULT 0, fuse_blocked_ms INTEGER NOT NULL DEFAULT 0, ended_ms INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO rentals VALUES(1,1,'r1','doors','s1','u1','A12','p1','{"schema":1}','{"schema":1}','{}',1700000000000,replace('lock:1\nlock:2','\n',char(10)),'j1','j2','hash',1699999999995,1699999999996,0);
INSERT INTO rentals VALUES(2,1,'r9','doors','s1','u9','A99','p8','{"schema":1,"state":"ended"}','','',1690000000000,'','','','',0,0,1690000000000);
CREATE TABLE secret_uses (
    business INTEGER NOT NULL,
    source INTEGER NOT NULL,
    label TEXT NOT NULL,
    last_used_ms INTEGER NOT NULL,
    PRIMARY KEY (business, source, label)
) STRICT, WITHOUT ROWID;
INSERT INTO secret_uses VALUES(1,2,'1',1699999980000);
CREATE TABLE probe (
    id INTEGER PRIMARY KEY,
    writes INTEGER NOT NULL
) STRICT;
INSERT INTO probe VALUES(1,1);
CREATE TABLE rental_targets (
    business INTEGER NOT NULL,
    target TEXT NOT NULL,
    rental_id TEXT NOT NULL,
    PRIMARY KEY (business, target, rental_id)
) STRICT, WITHOUT ROWID;
INSERT INTO rental_targets VALUES(1,'lock:1','r1');
INSERT INTO rental_targets VALUES(1,'lock:2','r1');
CREATE TABLE transfers (
    business INTEGER NOT NULL,
    old_rental_id TEXT NOT NULL,
    new_rental_id TEXT NOT NULL,
    job_id TEXT NOT NULL,
    made_ms INTEGER NOT NULL,
    done_ms INTEGER NOT NULL,
    PRIMARY KEY (business, old_rental_id, new_rental_id)
) STRICT, WITHOUT ROWID;
INSERT INTO transfers VALUES(1,'r0','r1','job1',1700000000000,0);
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
INSERT INTO alerts VALUES(1,1,'rental:r1','no e-mail','r1','u1',1700000000000,0,'',0,0);
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
INSERT INTO access_events VALUES(1,1,3,'v1','unlocked','lock:1','Front','ada@example.com',1,'',1699999999993,1700000000000,'r1','p1');
CREATE TABLE clock (
    id INTEGER PRIMARY KEY,
    seen_ms INTEGER NOT NULL,
    retention_ms INTEGER NOT NULL, checked_ms INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO clock VALUES(1,1699999990000,1699999980000,1699999970000);
CREATE TABLE known_ids (
    sender_id TEXT NOT NULL,
    source INTEGER NOT NULL,
    business INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    PRIMARY KEY (sender_id, source, business)
) STRICT, WITHOUT ROWID;
INSERT INTO known_ids VALUES('e0',2,1,40,1690000000000);
CREATE TABLE erasures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    business INTEGER NOT NULL,
    renter_id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    changed_rows INTEGER NOT NULL
) STRICT;
INSERT INTO erasures VALUES(1,1,'p9',1699000000000,12);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('events',1);
INSERT INTO sqlite_sequence VALUES('steps',3);
INSERT INTO sqlite_sequence VALUES('tasks',7);
INSERT INTO sqlite_sequence VALUES('access_events',1);
INSERT INTO sqlite_sequence VALUES('alerts',1);
INSERT INTO sqlite_sequence VALUES('dead_letters',1);
INSERT INTO sqlite_sequence VALUES('erasures',1);
CREATE UNIQUE INDEX events_by_sender_id ON events (sender_id, source, business);
CREATE INDEX events_by_business ON events (business);
CREATE INDEX events_by_state ON events (state);
CREATE INDEX events_by_finish ON events (finished_ms) WHERE finished_ms > 0;
CREATE INDEX open_marks ON event_rentals (business, rental_id) WHERE settled_step_id = 0;
CREATE INDEX steps_by_event ON steps (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX steps_by_rental ON steps (business, rental_id) WHERE rental_id IS NOT NULL;
CREATE INDEX rental_steps_by_age ON steps (at_ms) WHERE rental_id IS NOT NULL;
CREATE UNIQUE INDEX tasks_by_key ON tasks (business, kind, key);
CREATE INDEX tasks_leased ON tasks (leased_until_ms) WHERE leased_until_ms > 0;
CREATE UNIQUE INDEX dead_letters_by_key ON dead_letters (business, kind, key);
CREATE UNIQUE INDEX rentals_by_rental_id ON rentals (business, rental_id);
CREATE INDEX tasks_by_due ON tasks (business, priority, due_ms) WHERE leased_until_ms = 0;
CREATE INDEX tasks_by_event ON tasks (event_id) WHERE kind NOT IN (2, 7);
CREATE INDEX dead_letters_by_event ON dead_letters (event_id) WHERE kind NOT IN (2, 7);
CREATE INDEX marks_by_rental ON event_rentals (business, rental_id, event_id);
CREATE INDEX rentals_by_unit ON rentals (business, unit_id, rental_id);
CREATE INDEX rentals_by_renter ON rentals (business, renter_id, rental_id);
CREATE INDEX rentals_by_site ON rentals (business, site_id, rental_id);
CREATE INDEX rentals_granted ON rentals (business, site_id) WHERE grant_json <> '';
CREATE INDEX rentals_by_pin ON rentals (business, site_id, pin_hash) WHERE pin_hash <> '';
CREATE INDEX rentals_swept ON rentals (business, site_id, swept_end_ms) WHERE swept_end_ms > 0;
CREATE INDEX rentals_blocked ON rentals (business, rental_id) WHERE fuse_blocked_ms > 0;
CREATE INDEX open_transfers_by_old ON transfers (business, old_rental_id) WHERE done_ms = 0;
CREATE INDEX open_transfers_by_new ON transfers (business, new_rental_id) WHERE done_ms = 0;
CREATE INDEX transfers_done ON transfers (done_ms) WHERE done_ms > 0;
CREATE UNIQUE INDEX alerts_by_subject ON alerts (business, subject);
CREATE INDEX alerts_by_business ON alerts (business);
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
CREATE INDEX known_ids_by_age ON known_ids (received_ms);
CREATE INDEX rentals_ended ON rentals (ended_ms) WHERE ended_ms > 0;
CREATE INDEX dead_letters_by_age ON dead_letters (died_ms);
CREATE INDEX erasures_by_renter ON erasures (business, renter_id);
PRAGMA application_id = 1196705875;
PRAGMA user_version = 4;
COMMIT;
