-- Copies of pictures from elsewhere, and what came of fetching them. A cache:
-- whoever deletes a row has it fetched again. Times are UTC microseconds.
CREATE TABLE pictures (
  key        TEXT COLLATE "C" PRIMARY KEY,                  -- of url and class
  url        TEXT COLLATE "C" NOT NULL,
  class      TEXT COLLATE "C" NOT NULL,                     -- avatar or thumbnail
  type       TEXT COLLATE "C" NOT NULL,                     -- media type of body, '' where there is none
  width      BIGINT NOT NULL,
  height     BIGINT NOT NULL,
  fetched_at BIGINT NOT NULL,                  -- the copy, or the first attempt
  failures   BIGINT NOT NULL,                  -- in a row
  error      TEXT COLLATE "C" NOT NULL,
  retry_at   BIGINT NOT NULL,                  -- after a failure
  body       BYTEA NOT NULL
);
