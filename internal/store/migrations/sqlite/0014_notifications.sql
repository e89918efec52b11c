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
CREATE INDEX notifications_unmailed ON notifications (id) WHERE mailed_at IS NULL;
