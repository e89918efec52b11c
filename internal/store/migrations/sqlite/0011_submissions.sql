-- Papers that people ask the site to feature. Times are UTC microseconds.
CREATE TABLE submissions (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  token      TEXT NOT NULL UNIQUE,              -- public object id
  account_id INTEGER NOT NULL,
  typed      TEXT NOT NULL,
  ident      TEXT NOT NULL,                     -- public id that this names
  state      TEXT NOT NULL,
  paper      TEXT NOT NULL,                     -- public id, '' while it is looked for
  found      TEXT NOT NULL,                     -- the paper as JSON, '' where it is here
  missing    TEXT NOT NULL,                     -- JSON
  problem    TEXT NOT NULL,
  comment    TEXT NOT NULL,
  media      TEXT NOT NULL,
  reason     TEXT NOT NULL,
  decider    TEXT NOT NULL,                     -- handle
  asked_at   INTEGER NOT NULL,
  sent_at    INTEGER,
  closed_at  INTEGER
);
-- A person who asks for one paper twice gets the same submission.
CREATE UNIQUE INDEX submissions_open ON submissions (account_id, ident) WHERE state IN ('looking', 'draft', 'queued');
CREATE INDEX submissions_account ON submissions (account_id, id);
CREATE INDEX submissions_queue ON submissions (state, sent_at, id);

-- The identities of papers in the queue: of two people who submit one paper at
-- once, one has them.
CREATE TABLE submission_idents (
  ident         TEXT PRIMARY KEY,
  submission_id INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX submission_idents_of ON submission_idents (submission_id);
