-- Keeps step with migrations/sqlite. Moments are milliseconds since 1970-01-01 UTC.

-- The only table that holds Telegram's id, sealed. Everything else refers to the key of the person.
CREATE TABLE people (
    person     TEXT PRIMARY KEY NOT NULL,
    library    TEXT NOT NULL,
    bot        TEXT NOT NULL,
    address    BYTEA NOT NULL,
    blocked_at BIGINT
);

CREATE TABLE inbox (
    id          BIGSERIAL PRIMARY KEY,
    library     TEXT NOT NULL,
    bot         TEXT NOT NULL,
    update_id   BIGINT NOT NULL,
    person      TEXT NOT NULL REFERENCES people (person),
    event       TEXT NOT NULL,
    state       TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'done', 'dead')),
    attempts    BIGINT NOT NULL DEFAULT 0,
    not_before  BIGINT NOT NULL DEFAULT 0,
    received_at BIGINT NOT NULL,
    done_at     BIGINT,
    reason      TEXT,
    UNIQUE (bot, update_id)
);
CREATE INDEX inbox_new ON inbox (id) WHERE state = 'new';
CREATE INDEX inbox_new_of_person ON inbox (person, id) WHERE state = 'new';
CREATE INDEX inbox_done ON inbox (done_at) WHERE done_at IS NOT NULL;

CREATE TABLE conversations (
    person     TEXT PRIMARY KEY NOT NULL REFERENCES people (person),
    library    TEXT NOT NULL,
    state      TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- repeated: how often the program died while this was being sent; each time it may have arrived twice.
CREATE TABLE outbox (
    id         BIGSERIAL PRIMARY KEY,
    library    TEXT NOT NULL,
    person     TEXT NOT NULL REFERENCES people (person),
    kind       TEXT NOT NULL,
    payload    TEXT NOT NULL,
    priority   BIGINT NOT NULL,
    state      TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'sent', 'dead')),
    attempts   BIGINT NOT NULL DEFAULT 0,
    not_before BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    sending_at BIGINT,
    done_at    BIGINT,
    message_id BIGINT,
    reason     TEXT,
    repeated   BIGINT NOT NULL DEFAULT 0
);
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
    at      BIGINT NOT NULL
);
CREATE INDEX questions_waiting ON questions (library, at) WHERE state = 'waiting';

-- day: whole days since 1970-01-01 UTC.
CREATE TABLE counts (
    library TEXT NOT NULL,
    day     BIGINT NOT NULL,
    name    TEXT NOT NULL,
    key     TEXT NOT NULL,
    n       BIGINT NOT NULL,
    PRIMARY KEY (library, day, name, key)
);
