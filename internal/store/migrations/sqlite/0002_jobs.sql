-- One row a job that waits, runs or has ended; (kind, key) is one job, however
-- often it is asked for. Times are UTC microseconds.
CREATE TABLE jobs (
  id          INTEGER PRIMARY KEY,
  kind        TEXT NOT NULL,
  key         TEXT NOT NULL,
  args        TEXT NOT NULL,                    -- JSON
  state       TEXT NOT NULL,                    -- waiting, running, done, failed
  run_at      INTEGER NOT NULL,                 -- of a waiting job
  again_at    INTEGER,                          -- asked for again while it ran
  attempt     INTEGER NOT NULL,
  error       TEXT NOT NULL,                    -- of the last attempt
  runner      TEXT NOT NULL,
  started_at  INTEGER,
  beat_at     INTEGER NOT NULL,                 -- of a running job: its runner was alive then
  finished_at INTEGER,
  UNIQUE (kind, key)
);
CREATE INDEX jobs_due ON jobs (state, run_at);
