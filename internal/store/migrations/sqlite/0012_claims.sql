-- Who wrote what, and who belongs where. Times are UTC microseconds.
CREATE TABLE claims (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  token      TEXT NOT NULL UNIQUE,              -- public object id
  account_id INTEGER NOT NULL,
  paper_id   INTEGER NOT NULL,
  position   INTEGER NOT NULL,                  -- of the author as it was claimed, from 1
  name       TEXT NOT NULL,                     -- as printed then
  author_key TEXT NOT NULL,                     -- of that name
  state      TEXT NOT NULL,                     -- waiting, accepted, rejected, revoked, withdrawn
  proof      TEXT NOT NULL,
  evidence   TEXT NOT NULL,
  reason     TEXT NOT NULL,
  decider    TEXT NOT NULL,                     -- handle
  asked_at   INTEGER NOT NULL,
  closed_at  INTEGER
);
-- A person is one author of a paper, and an author is one person.
CREATE UNIQUE INDEX claims_person ON claims (account_id, paper_id) WHERE state IN ('waiting', 'accepted');
CREATE UNIQUE INDEX claims_author ON claims (paper_id, position, author_key) WHERE state = 'accepted';
CREATE INDEX claims_paper ON claims (paper_id);
CREATE INDEX claims_account ON claims (account_id, id);
CREATE INDEX claims_key ON claims (author_key, account_id) WHERE state = 'accepted';
CREATE INDEX claims_queue ON claims (id) WHERE state = 'waiting';

-- Names that moderators made one author: key's papers stand on the page of main.
CREATE TABLE author_aliases (
  key  TEXT PRIMARY KEY,
  main TEXT NOT NULL,
  at   INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX author_aliases_main ON author_aliases (main);

-- What claims and aliases come to: under which name each other name is found.
CREATE TABLE author_names (
  key  TEXT PRIMARY KEY,
  main TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX author_names_main ON author_names (main);

-- What people added to papers or took from them; it is put upon whatever sources tell.
CREATE TABLE paper_edits (
  paper_id   INTEGER NOT NULL,
  kind       TEXT NOT NULL,                     -- code, project, media, organization
  value      TEXT NOT NULL,
  removed    INTEGER NOT NULL,
  account_id INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  PRIMARY KEY (paper_id, kind, value)
) WITHOUT ROWID;

-- What organisations say of themselves.
CREATE TABLE organization_pages (
  key         TEXT PRIMARY KEY,
  link        TEXT NOT NULL,
  description TEXT NOT NULL,
  domains     TEXT NOT NULL,                    -- of mail, blank-separated
  changed_at  INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE memberships (
  org_key    TEXT NOT NULL,
  account_id INTEGER NOT NULL,
  role       TEXT NOT NULL,                     -- owner, member
  state      TEXT NOT NULL,                     -- member, asked, invited
  proof      TEXT NOT NULL,
  at         INTEGER NOT NULL,
  PRIMARY KEY (org_key, account_id)
) WITHOUT ROWID;
CREATE INDEX memberships_account ON memberships (account_id);
CREATE INDEX memberships_asked ON memberships (at) WHERE state = 'asked';
