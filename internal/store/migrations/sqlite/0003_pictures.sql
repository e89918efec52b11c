-- Copies of pictures from elsewhere, and what came of fetching them. A cache:
-- whoever deletes a row has it fetched again. Times are UTC microseconds.
CREATE TABLE pictures (
  key        TEXT PRIMARY KEY,                  -- of url and class
  url        TEXT NOT NULL,
  class      TEXT NOT NULL,                     -- avatar or thumbnail
  type       TEXT NOT NULL,                     -- media type of body, '' where there is none
  width      INTEGER NOT NULL,
  height     INTEGER NOT NULL,
  fetched_at INTEGER NOT NULL,                  -- the copy, or the first attempt
  failures   INTEGER NOT NULL,                  -- in a row
  error      TEXT NOT NULL,
  retry_at   INTEGER NOT NULL,                  -- after a failure
  body       BLOB NOT NULL
);
