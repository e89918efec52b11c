-- People who sign in here. Times are UTC microseconds.
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

-- Addresses of accounts; the first verified one is written to.
CREATE TABLE account_addresses (
  key         TEXT PRIMARY KEY,                 -- broadsheet.AddressKey
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
  strong_at  INTEGER,                           -- a second factor or passkey was shown then
  client     TEXT NOT NULL,                     -- network, as limits count it
  agent      TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_account ON sessions (account_id);
