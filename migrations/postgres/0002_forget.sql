-- Keeps step with migrations/sqlite.
--
-- An event may stand without a person: of somebody who was forgotten only the number of the update is
-- kept, so that it does not begin anew when the channel repeats it.
ALTER TABLE inbox ALTER COLUMN person DROP NOT NULL;
ALTER TABLE inbox ADD CHECK (person IS NOT NULL OR state <> 'new');
DROP INDEX inbox_done;
CREATE INDEX inbox_done ON inbox (state, done_at) WHERE done_at IS NOT NULL;
CREATE INDEX inbox_person ON inbox (person) WHERE person IS NOT NULL;

-- When the conversation began: what was said before somebody was forgotten must go, what came after stays.
ALTER TABLE conversations ADD COLUMN began_at BIGINT NOT NULL DEFAULT 0;
UPDATE conversations SET began_at = updated_at;
CREATE INDEX conversations_still ON conversations (updated_at);

-- forget: 1 when this is the last thing said to somebody who is forgotten; the row goes when it is sent.
ALTER TABLE outbox ADD COLUMN forget BIGINT NOT NULL DEFAULT 0 CHECK (forget IN (0, 1));
DROP INDEX outbox_done;
CREATE INDEX outbox_done ON outbox (state, done_at) WHERE done_at IS NOT NULL;
CREATE INDEX outbox_person ON outbox (person);

-- A question outlives the link to who asked it. Withdrawn: its person was forgotten, and so was its text.
ALTER TABLE questions ALTER COLUMN person DROP NOT NULL;
ALTER TABLE questions ADD CHECK (state IN ('waiting', 'withdrawn'));
DROP INDEX questions_waiting;
CREATE INDEX questions_listed ON questions (library, at);
CREATE INDEX questions_old ON questions (at);
CREATE INDEX questions_person ON questions (person, at) WHERE person IS NOT NULL;
