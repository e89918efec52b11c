-- Numbers of rows are never given twice. SQLite otherwise gives the number of the
-- last row again once that row is gone: the answer to a mail whose recipient was
-- erased in the middle would then be written down for somebody else's.
-- PostgreSQL's identities never go back.

CREATE TABLE recipients_once (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  channel    TEXT NOT NULL,
  address    TEXT NOT NULL,
  key        TEXT NOT NULL,
  salt       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (channel, key)
);
INSERT INTO recipients_once SELECT * FROM recipients ORDER BY id;
DROP TABLE recipients;
ALTER TABLE recipients_once RENAME TO recipients;

CREATE TABLE subscriptions_once (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  recipient_id INTEGER NOT NULL,
  token        TEXT NOT NULL UNIQUE,
  state        TEXT NOT NULL,
  topic        TEXT NOT NULL,
  days         INTEGER NOT NULL,
  hour         INTEGER NOT NULL,
  zone         TEXT NOT NULL,
  as_it_comes  INTEGER NOT NULL,
  max_papers   INTEGER NOT NULL,
  min_score    INTEGER NOT NULL,
  send_empty   INTEGER NOT NULL,
  cursor       INTEGER NOT NULL,
  due_at       INTEGER,
  last_slot    TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  confirmed_at INTEGER,
  ended_at     INTEGER,
  reason       TEXT NOT NULL
);
INSERT INTO subscriptions_once SELECT * FROM subscriptions ORDER BY id;
DROP TABLE subscriptions;
ALTER TABLE subscriptions_once RENAME TO subscriptions;
CREATE INDEX subscriptions_due ON subscriptions (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX subscriptions_recipient ON subscriptions (recipient_id);

CREATE TABLE editions_once (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  token       TEXT NOT NULL UNIQUE,
  topic       TEXT NOT NULL,
  from_seq    INTEGER NOT NULL,
  to_seq      INTEGER NOT NULL,
  composed_at INTEGER NOT NULL,
  title       TEXT NOT NULL,
  picks       TEXT NOT NULL,
  total       INTEGER NOT NULL,
  UNIQUE (topic, from_seq, to_seq)
);
INSERT INTO editions_once SELECT * FROM editions ORDER BY id;
DROP TABLE editions;
ALTER TABLE editions_once RENAME TO editions;

CREATE TABLE deliveries_once (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  edition_id      INTEGER NOT NULL,
  subscription_id INTEGER NOT NULL,
  recipient_id    INTEGER NOT NULL,
  channel         TEXT NOT NULL,
  slot            TEXT NOT NULL,
  token           TEXT NOT NULL UNIQUE,
  papers          TEXT NOT NULL,
  state           TEXT NOT NULL,
  attempt         INTEGER NOT NULL,
  planned_at      INTEGER NOT NULL,
  next_at         INTEGER NOT NULL,
  expires_at      INTEGER NOT NULL,
  ended_at        INTEGER,
  reply           TEXT NOT NULL,
  UNIQUE (subscription_id, slot)
);
INSERT INTO deliveries_once SELECT * FROM deliveries ORDER BY id;
DROP TABLE deliveries;
ALTER TABLE deliveries_once RENAME TO deliveries;
CREATE INDEX deliveries_due ON deliveries (channel, next_at, id) WHERE state = 'planned';
CREATE INDEX deliveries_open ON deliveries (next_at) WHERE state IN ('claimed', 'sending');
CREATE INDEX deliveries_recipient ON deliveries (recipient_id, planned_at);
CREATE INDEX deliveries_edition ON deliveries (edition_id);

CREATE TABLE strays_once (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  received_at INTEGER NOT NULL,
  why         TEXT NOT NULL,
  body        BLOB NOT NULL
);
INSERT INTO strays_once SELECT * FROM strays ORDER BY id;
DROP TABLE strays;
ALTER TABLE strays_once RENAME TO strays;

-- What ended badly is few among much: an administrator's page of it reads no more.
CREATE INDEX deliveries_bad ON deliveries (state, id) WHERE state IN ('failed', 'unknown', 'expired', 'suppressed');
