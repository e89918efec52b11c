-- What people are told of what concerns them. Times are UTC microseconds.
CREATE TABLE notifications (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL,                -- whom it tells
  kind       TEXT NOT NULL,
  actor      TEXT NOT NULL,                   -- handle, '' for the site
  paper      TEXT NOT NULL,                   -- public id, '' for none
  comment    TEXT NOT NULL,                   -- public id, '' for none
  detail     TEXT NOT NULL,
  at         INTEGER NOT NULL,
  read_at    INTEGER,
  mailed_at  INTEGER
);
CREATE INDEX notifications_account ON notifications (account_id, id);
CREATE INDEX notifications_unread ON notifications (account_id) WHERE read_at IS NULL;
CREATE INDEX notifications_comment ON notifications (comment) WHERE comment <> '';
CREATE INDEX notifications_unmailed ON notifications (id) WHERE mailed_at IS NULL;

-- How an account wants to be told of a kind; without a row, as the program does.
CREATE TABLE notification_choices (
  account_id INTEGER NOT NULL,
  kind       TEXT NOT NULL,
  way        TEXT NOT NULL,                   -- mail, site, off
  PRIMARY KEY (account_id, kind)
) WITHOUT ROWID;

-- The private feed of an account's notifications.
CREATE TABLE notification_feeds (
  account_id INTEGER PRIMARY KEY,
  hash       TEXT NOT NULL UNIQUE,            -- of the word in its address
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

-- Pictures of accounts, as they are served: made anew of what was uploaded.
CREATE TABLE account_pictures (
  key        TEXT PRIMARY KEY,                -- its address; another picture has another
  account_id INTEGER NOT NULL UNIQUE,
  type       TEXT NOT NULL,
  body       BLOB NOT NULL
) WITHOUT ROWID;

-- What somebody does not show on the page of their name.
CREATE TABLE profile_choices (
  account_id INTEGER PRIMARY KEY,
  hide_votes INTEGER NOT NULL
) WITHOUT ROWID;
