-- Keeps step with migrations/sqlite.

-- Messages that are taken out of a chat wait beside the line, as the answers to presses do. The conditions
-- are those of the queries, word for word.
DROP INDEX outbox_waiting;
DROP INDEX outbox_answers;
CREATE INDEX outbox_waiting ON outbox (priority, id)
    WHERE state = 'waiting' AND kind NOT IN ('answer_button', 'delete_message');
CREATE INDEX outbox_beside ON outbox (id)
    WHERE state = 'waiting' AND kind IN ('answer_button', 'delete_message');
