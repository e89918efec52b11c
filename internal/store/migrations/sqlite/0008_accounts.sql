-- People who sign in here. Times are UTC microseconds. Whoever reads the database
-- finds no word that opens anything: of tokens, links and codes only hashes are
-- kept, and secrets of second factors are sealed with a key outside of it.
CREATE TABLE accounts (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  token        TEXT NOT NULL UNIQUE,            -- public object id
  name         TEXT NOT NULL UNIQUE,            -- handle
  skeleton     TEXT NOT NULL UNIQUE,            -- what look-alikes of the handle share
  role         TEXT NOT NULL,
  state        TEXT NOT NULL,
  full_name    TEXT NOT NULL,
  bio          TEXT NOT NULL,
  affiliation  TEXT NOT NULL,
  orcid        TEXT NOT NULL,
  links        TEXT NOT NULL,                   -- JSON
  avatar_key   TEXT NOT NULL,
  zone         TEXT NOT NULL,
  created_at   INTEGER NOT NULL,
  seen_at      INTEGER NOT NULL,
  banned_until INTEGER,
  ban_reason   TEXT NOT NULL
);

-- Addresses of accounts. What follows a plus is the reader's own mark: mailbox is
-- without it, so that one mailbox opens one account.
CREATE TABLE account_addresses (
  key         TEXT PRIMARY KEY,                 -- broadsheet.AddressKey
  mailbox     TEXT NOT NULL UNIQUE,             -- the same of the address without its mark
  account_id  INTEGER NOT NULL,
  address     TEXT NOT NULL,
  verified_at INTEGER NOT NULL,
  is_primary  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX account_addresses_account ON account_addresses (account_id);

CREATE TABLE sessions (
  hash       TEXT PRIMARY KEY,                  -- of the cookie's token
  id         TEXT NOT NULL UNIQUE,              -- by which it is listed and ended
  account_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  proved_at  INTEGER NOT NULL,                     -- all that the account asks for was shown then
  client     TEXT NOT NULL,                     -- network, as limits count it
  agent      TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_expires ON sessions (expires_at);

-- Steps of signing in that wait for the next one. A row goes when it is used.
CREATE TABLE tickets (
  hash       TEXT PRIMARY KEY,                  -- of its token
  purpose    TEXT NOT NULL,
  account_id INTEGER NOT NULL,                     -- 0: none yet
  address    TEXT NOT NULL,
  code       TEXT NOT NULL,                     -- hash of the code that stands for it, '' for none
  browser    TEXT NOT NULL,                     -- hash of the word of the browser that asked, '' for any
  data       TEXT NOT NULL,                     -- JSON
  tries      INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX tickets_browser ON tickets (browser, purpose);
CREATE INDEX tickets_expires ON tickets (expires_at);

CREATE TABLE passkeys (
  id         TEXT PRIMARY KEY,                  -- credential id, base64url
  account_id INTEGER NOT NULL,
  name       TEXT NOT NULL,
  data       TEXT NOT NULL,                     -- JSON
  created_at INTEGER NOT NULL,
  used_at    INTEGER
) WITHOUT ROWID;
CREATE INDEX passkeys_account ON passkeys (account_id);

-- The secret of an app that makes codes.
CREATE TABLE totps (
  account_id INTEGER PRIMARY KEY,
  sealed     TEXT NOT NULL,
  step       INTEGER NOT NULL,                     -- of the last code that was taken; none before it counts
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE recovery_codes (
  hash       TEXT PRIMARY KEY,
  account_id INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX recovery_codes_account ON recovery_codes (account_id);

-- Accounts elsewhere with which somebody signs in.
CREATE TABLE identities (
  provider   TEXT NOT NULL,
  subject    TEXT NOT NULL,
  account_id INTEGER NOT NULL,
  label      TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  used_at    INTEGER,
  PRIMARY KEY (provider, subject)
) WITHOUT ROWID;
CREATE INDEX identities_account ON identities (account_id);

CREATE TABLE api_tokens (
  hash       TEXT PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  account_id INTEGER NOT NULL,
  name       TEXT NOT NULL,
  scopes     TEXT NOT NULL,                     -- with spaces between
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at    INTEGER
) WITHOUT ROWID;
CREATE INDEX api_tokens_account ON api_tokens (account_id);

-- Words that let somebody register where nobody else may.
CREATE TABLE invites (
  hash       TEXT PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,              -- by which it is listed and ended
  account_id INTEGER NOT NULL,                     -- of who invites
  note       TEXT NOT NULL,
  uses       INTEGER NOT NULL,                     -- that are left
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX invites_account ON invites (account_id);
