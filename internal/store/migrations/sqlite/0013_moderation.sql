-- What moderators need to know and decide. Times are UTC microseconds.
ALTER TABLE papers ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0; -- by a moderator

-- What somebody reported; one report a person and object.
CREATE TABLE flags (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  kind       TEXT NOT NULL,                   -- paper, comment, account
  object     TEXT NOT NULL,                   -- public id
  paper      TEXT NOT NULL,                   -- public id of the paper that it stands on, '' for none
  account_id INTEGER NOT NULL,                -- who reported it
  reason     TEXT NOT NULL,                   -- of a fixed set
  body       TEXT NOT NULL,                   -- in the reporter's words
  at         INTEGER NOT NULL,
  decided_at INTEGER,
  decider    TEXT NOT NULL,                   -- handle
  outcome    TEXT NOT NULL,                   -- '', upheld, dismissed
  UNIQUE (kind, object, account_id)
);
CREATE INDEX flags_open ON flags (kind, object) WHERE decided_at IS NULL;
CREATE INDEX flags_account ON flags (account_id, at);
