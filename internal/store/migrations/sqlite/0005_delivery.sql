-- Who is written to, about what, and what came of it. Times are UTC microseconds.

-- An address in a channel, with everything that is subscribed for it.
CREATE TABLE recipients (
  id         INTEGER PRIMARY KEY,
  channel    TEXT NOT NULL,                 -- mail, slack, …
  address    TEXT NOT NULL,                 -- may hold a secret
  key        TEXT NOT NULL,                 -- hash by which it is found
  salt       TEXT NOT NULL,                 -- of the signatures in its links
  created_at INTEGER NOT NULL,
  UNIQUE (channel, key)
);

CREATE TABLE subscriptions (
  id           INTEGER PRIMARY KEY,
  recipient_id INTEGER NOT NULL,
  token        TEXT NOT NULL UNIQUE,
  state        TEXT NOT NULL,               -- pending, active, paused, ended
  topic        TEXT NOT NULL,
  days         INTEGER NOT NULL,            -- bit mask, Monday 1
  hour         INTEGER NOT NULL,
  zone         TEXT NOT NULL,
  as_it_comes  INTEGER NOT NULL,
  max_papers   INTEGER NOT NULL,
  min_score    INTEGER NOT NULL,
  send_empty   INTEGER NOT NULL,
  cursor       INTEGER NOT NULL,            -- arrivals up to it were looked at
  due_at       INTEGER,                     -- NULL while not active
  last_slot    TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  confirmed_at INTEGER,
  ended_at     INTEGER,
  reason       TEXT NOT NULL
);
CREATE INDEX subscriptions_due ON subscriptions (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX subscriptions_recipient ON subscriptions (recipient_id);

-- What became news here, in the order of its coming.
CREATE TABLE arrivals (
  seq      INTEGER PRIMARY KEY AUTOINCREMENT,
  paper_id INTEGER NOT NULL,
  kind     TEXT NOT NULL,                   -- known, chosen
  at       INTEGER NOT NULL,
  UNIQUE (paper_id, kind)
);

CREATE TABLE editions (
  id          INTEGER PRIMARY KEY,
  token       TEXT NOT NULL UNIQUE,
  topic       TEXT NOT NULL,
  from_seq    INTEGER NOT NULL,
  to_seq      INTEGER NOT NULL,
  composed_at INTEGER NOT NULL,
  title       TEXT NOT NULL,
  picks       TEXT NOT NULL,                -- JSON
  total       INTEGER NOT NULL,
  UNIQUE (topic, from_seq, to_seq)
);

-- The ledger.
CREATE TABLE deliveries (
  id              INTEGER PRIMARY KEY,
  edition_id      INTEGER NOT NULL,
  subscription_id INTEGER NOT NULL,
  recipient_id    INTEGER NOT NULL,
  channel         TEXT NOT NULL,
  slot            TEXT NOT NULL,
  token           TEXT NOT NULL UNIQUE,
  papers          TEXT NOT NULL,            -- blank-separated public ids
  state           TEXT NOT NULL,
  attempt         INTEGER NOT NULL,
  planned_at      INTEGER NOT NULL,
  next_at         INTEGER NOT NULL,         -- of a planned one; of a claimed or sending one its lease's end
  expires_at      INTEGER NOT NULL,
  ended_at        INTEGER,
  reply           TEXT NOT NULL,
  UNIQUE (subscription_id, slot)
);
CREATE INDEX deliveries_due ON deliveries (channel, next_at, id) WHERE state = 'planned';
CREATE INDEX deliveries_open ON deliveries (next_at) WHERE state IN ('claimed', 'sending');
CREATE INDEX deliveries_recipient ON deliveries (recipient_id, planned_at);
CREATE INDEX deliveries_edition ON deliveries (edition_id);

CREATE TABLE suppressions (
  channel TEXT NOT NULL,
  key     TEXT NOT NULL,
  reason  TEXT NOT NULL,
  detail  TEXT NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (channel, key)
) WITHOUT ROWID;

-- Mail that came back and was not understood, for an administrator.
CREATE TABLE strays (
  id          INTEGER PRIMARY KEY,
  received_at INTEGER NOT NULL,
  why         TEXT NOT NULL,
  body        BLOB NOT NULL
);
