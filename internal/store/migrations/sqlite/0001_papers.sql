-- Times are UTC microseconds; days are 'YYYY-MM-DD'. Text compares by bytes.

-- What lists are made of: narrow, so that a month's papers are a short scan.
CREATE TABLE papers (
  id                INTEGER PRIMARY KEY,
  key               TEXT NOT NULL,              -- public id
  origin            INTEGER NOT NULL,
  published_at      INTEGER,
  updated_at        INTEGER,
  announced_on      TEXT,
  seen_at           INTEGER,
  categories        TEXT NOT NULL,              -- blank-separated, primary first
  has_code          INTEGER NOT NULL,
  withdrawn         INTEGER NOT NULL,
  imported_votes    INTEGER NOT NULL,
  imported_comments INTEGER NOT NULL,
  votes             INTEGER NOT NULL,
  comments          INTEGER NOT NULL
);
CREATE INDEX papers_announced ON papers (announced_on, published_at) WHERE announced_on IS NOT NULL;

-- What a card or a page shows besides.
CREATE TABLE paper_texts (
  paper_id INTEGER PRIMARY KEY,
  title    TEXT NOT NULL,
  abstract TEXT NOT NULL,
  tldr     TEXT NOT NULL,
  authors  TEXT NOT NULL,                       -- JSON
  details  TEXT NOT NULL                        -- JSON
);

-- Every identity of a paper, its public id among them.
CREATE TABLE paper_ids (
  ident    TEXT PRIMARY KEY,
  paper_id INTEGER NOT NULL
) WITHOUT ROWID;

-- Which papers a list holds: kind is a(uthor), c(ategory), o(rganization),
-- k(eyword) or s(ubmitter); at is the date the list is sorted by.
CREATE TABLE list_entries (
  kind     TEXT NOT NULL,
  key      TEXT NOT NULL,
  at       INTEGER NOT NULL,
  paper_id INTEGER NOT NULL,
  PRIMARY KEY (kind, key, at, paper_id)
) WITHOUT ROWID;

CREATE TABLE organizations (
  key        TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  avatar_url TEXT NOT NULL,
  source_id  TEXT NOT NULL,
  as_of      INTEGER NOT NULL                   -- the facts' date: newer replaces older
) WITHOUT ROWID;

CREATE TABLE people (
  key        TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  avatar_url TEXT NOT NULL,
  source_id  TEXT NOT NULL,
  as_of      INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE features (
  day         TEXT NOT NULL,
  paper_id    INTEGER NOT NULL,
  position    INTEGER NOT NULL,
  featured_at INTEGER,
  person_key  TEXT,
  title       TEXT NOT NULL,
  votes       INTEGER NOT NULL,
  comments    INTEGER NOT NULL,
  PRIMARY KEY (day, paper_id)
) WITHOUT ROWID;
CREATE INDEX features_paper ON features (paper_id);

-- The entry as the Daily Papers API answered it, zstd.
CREATE TABLE feature_records (
  paper_id INTEGER NOT NULL,
  day      TEXT NOT NULL,
  wire     BLOB NOT NULL,
  PRIMARY KEY (paper_id, day)
) WITHOUT ROWID;

CREATE TABLE changes (
  seq  INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  key  TEXT NOT NULL                            -- public id of the paper
);

CREATE TABLE cursors (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sources (
  name         TEXT PRIMARY KEY,
  cursor       TEXT NOT NULL,
  attempted_at INTEGER,
  succeeded_at INTEGER,
  next_at      INTEGER,
  latest_at    INTEGER,
  failures     INTEGER NOT NULL,
  error        TEXT NOT NULL,
  note         TEXT NOT NULL,
  papers       INTEGER NOT NULL,
  rejected     INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE rejects (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  source      TEXT NOT NULL,
  ref         TEXT NOT NULL,
  hash        TEXT NOT NULL,                    -- of body
  layout      TEXT NOT NULL,
  reason      TEXT NOT NULL,
  body        BLOB NOT NULL,
  rejected_at INTEGER,
  replayed_at INTEGER,
  UNIQUE (source, ref, hash)
);
CREATE INDEX rejects_open ON rejects (id) WHERE replayed_at IS NULL;
