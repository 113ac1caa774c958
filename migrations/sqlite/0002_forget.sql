-- Keeps step with migrations/postgres.
--
-- An event may stand without a person: of somebody who was forgotten only the number of the update is
-- kept, so that it does not begin anew when the channel repeats it. SQLite cannot take NOT NULL away from
-- a column, so the table is made again; nothing refers to it.
CREATE TABLE inbox_again (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    library     TEXT NOT NULL,
    bot         TEXT NOT NULL,
    update_id   INTEGER NOT NULL,
    person      TEXT REFERENCES people (person),
    event       TEXT NOT NULL,
    state       TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'done', 'dead')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    not_before  INTEGER NOT NULL DEFAULT 0,
    received_at INTEGER NOT NULL,
    done_at     INTEGER,
    reason      TEXT,
    UNIQUE (bot, update_id),
    CHECK (person IS NOT NULL OR state <> 'new')
) STRICT;
-- The numbering goes on, also after rows that are gone.
INSERT INTO sqlite_sequence (name, seq) SELECT 'inbox_again', seq FROM sqlite_sequence WHERE name = 'inbox';
INSERT INTO inbox_again
    (id, library, bot, update_id, person, event, state, attempts, not_before, received_at, done_at, reason)
SELECT id, library, bot, update_id, person, event, state, attempts, not_before, received_at, done_at, reason
FROM inbox;
DROP TABLE inbox;
ALTER TABLE inbox_again RENAME TO inbox;
CREATE INDEX inbox_new ON inbox (id) WHERE state = 'new';
CREATE INDEX inbox_new_of_person ON inbox (person, id) WHERE state = 'new';
CREATE INDEX inbox_done ON inbox (state, done_at) WHERE done_at IS NOT NULL;
CREATE INDEX inbox_person ON inbox (person) WHERE person IS NOT NULL;

-- When the conversation began: what was said before somebody was forgotten must go, what came after stays.
ALTER TABLE conversations ADD COLUMN began_at INTEGER NOT NULL DEFAULT 0;
UPDATE conversations SET began_at = updated_at;
CREATE INDEX conversations_still ON conversations (updated_at);

-- forget: 1 when this is the last thing said to somebody who is forgotten; the row goes when it is sent.
ALTER TABLE outbox ADD COLUMN forget INTEGER NOT NULL DEFAULT 0 CHECK (forget IN (0, 1));
DROP INDEX outbox_done;
CREATE INDEX outbox_done ON outbox (state, done_at) WHERE done_at IS NOT NULL;
CREATE INDEX outbox_person ON outbox (person);

-- A question outlives the link to who asked it. Withdrawn: its person was forgotten, and so was its text.
CREATE TABLE questions_again (
    id      TEXT PRIMARY KEY NOT NULL,
    library TEXT NOT NULL,
    person  TEXT REFERENCES people (person),
    text    TEXT NOT NULL,
    reason  TEXT NOT NULL,
    state   TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'withdrawn')),
    at      INTEGER NOT NULL
) STRICT;
INSERT INTO questions_again (id, library, person, text, reason, state, at)
SELECT id, library, person, text, reason, state, at FROM questions;
DROP TABLE questions;
ALTER TABLE questions_again RENAME TO questions;
CREATE INDEX questions_listed ON questions (library, at);
CREATE INDEX questions_old ON questions (at);
CREATE INDEX questions_person ON questions (person, at) WHERE person IS NOT NULL;
