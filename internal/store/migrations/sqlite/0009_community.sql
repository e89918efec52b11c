-- What the people of the site do and agreed on. Times are UTC microseconds.

-- Settings that are changed while the site runs: name and JSON.
CREATE TABLE settings (
  name       TEXT PRIMARY KEY,
  value      TEXT NOT NULL,
  changed_at INTEGER NOT NULL
) WITHOUT ROWID;

-- A person's vote for a paper. papers.votes is the number of those that count.
CREATE TABLE votes (
  paper_id   INTEGER NOT NULL,
  account_id INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  counts     INTEGER NOT NULL,                  -- 0: damped, kept for its giver
  client     TEXT NOT NULL DEFAULT '',         -- network that gave it, '' unknown; for a week
  PRIMARY KEY (paper_id, account_id)
) WITHOUT ROWID;
CREATE INDEX votes_account ON votes (account_id, at);

-- The log of what curators, moderators and administrators did.
CREATE TABLE actions (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  at     INTEGER NOT NULL,
  actor  TEXT NOT NULL,                         -- handle
  act    TEXT NOT NULL,
  kind   TEXT NOT NULL,
  object TEXT NOT NULL,                         -- public id
  paper  TEXT NOT NULL,                         -- public id, '' for none
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  hidden INTEGER NOT NULL
);
CREATE INDEX actions_object ON actions (kind, object);
CREATE INDEX actions_actor ON actions (actor, id);
CREATE INDEX actions_paper ON actions (paper, id) WHERE paper <> '';

-- What moderators decided about a paper; a paper without a row is as it came.
CREATE TABLE paper_states (
  paper_id  INTEGER PRIMARY KEY,
  hidden_at INTEGER,
  locked_at INTEGER,
  reason    TEXT NOT NULL
) WITHOUT ROWID;
