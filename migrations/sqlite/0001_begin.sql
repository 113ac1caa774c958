-- Keeps step with migrations/postgres. Moments are milliseconds since 1970-01-01 UTC.

-- The only table that holds Telegram's id, sealed. Everything else refers to the key of the person.
CREATE TABLE people (
    person     TEXT PRIMARY KEY NOT NULL,
    library    TEXT NOT NULL,
    bot        TEXT NOT NULL,
    address    BLOB NOT NULL,
    blocked_at INTEGER
) STRICT;

-- AUTOINCREMENT: the number of a deleted event must never come back for another one.
CREATE TABLE inbox (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    library     TEXT NOT NULL,
    bot         TEXT NOT NULL,
    update_id   INTEGER NOT NULL,
    person      TEXT NOT NULL REFERENCES people (person),
    event       TEXT NOT NULL,
    state       TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'done', 'dead')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    not_before  INTEGER NOT NULL DEFAULT 0,
    received_at INTEGER NOT NULL,
    done_at     INTEGER,
    reason      TEXT,
    UNIQUE (bot, update_id)
) STRICT;
CREATE INDEX inbox_new ON inbox (id) WHERE state = 'new';
CREATE INDEX inbox_new_of_person ON inbox (person, id) WHERE state = 'new';
CREATE INDEX inbox_done ON inbox (done_at) WHERE done_at IS NOT NULL;

CREATE TABLE conversations (
    person     TEXT PRIMARY KEY NOT NULL REFERENCES people (person),
    library    TEXT NOT NULL,
    state      TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- repeated: how often the program died while this was being sent; each time it may have arrived twice.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    library    TEXT NOT NULL,
    person     TEXT NOT NULL REFERENCES people (person),
    kind       TEXT NOT NULL,
    payload    TEXT NOT NULL,
    priority   INTEGER NOT NULL,
    state      TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'sent', 'dead')),
    attempts   INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    sending_at INTEGER,
    done_at    INTEGER,
    message_id INTEGER,
    reason     TEXT,
    repeated   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX outbox_waiting ON outbox (priority, id) WHERE state = 'waiting' AND kind <> 'answer_button';
CREATE INDEX outbox_open ON outbox (person, priority, id) WHERE done_at IS NULL;
CREATE INDEX outbox_answers ON outbox (id) WHERE state = 'waiting' AND kind = 'answer_button';
CREATE INDEX outbox_dead ON outbox (done_at, id) WHERE state = 'dead';
CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;

CREATE TABLE questions (
    id      TEXT PRIMARY KEY NOT NULL,
    library TEXT NOT NULL,
    person  TEXT NOT NULL REFERENCES people (person),
    text    TEXT NOT NULL,
    reason  TEXT NOT NULL,
    state   TEXT NOT NULL DEFAULT 'waiting',
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX questions_waiting ON questions (library, at) WHERE state = 'waiting';

-- day: whole days since 1970-01-01 UTC.
CREATE TABLE counts (
    library TEXT NOT NULL,
    day     INTEGER NOT NULL,
    name    TEXT NOT NULL,
    key     TEXT NOT NULL,
    n       INTEGER NOT NULL,
    PRIMARY KEY (library, day, name, key)
) STRICT, WITHOUT ROWID;
