-- Vectors of papers that a model elsewhere made. A cache, though one that may
-- have cost money: whoever deletes a row has it made again. Times are UTC
-- microseconds.
CREATE TABLE vector_models (
  id           INTEGER PRIMARY KEY,
  name         TEXT NOT NULL UNIQUE,
  ready_at     INTEGER NOT NULL,            -- when every paper had a vector; 0 not yet
  used_at      INTEGER NOT NULL,            -- last by any process
  holder       TEXT NOT NULL,               -- the process that asks the model now
  held_until   INTEGER NOT NULL,
  spent_on     TEXT NOT NULL,               -- day
  spent        INTEGER NOT NULL             -- tokens on that day
);

CREATE TABLE vectors (
  model_id INTEGER NOT NULL,
  paper_id INTEGER NOT NULL,
  hash     BLOB NOT NULL,                   -- of the text
  scale    REAL NOT NULL,                   -- number k is vector[k] * scale; 0: nothing known of the text
  vector   BLOB NOT NULL,                   -- signed bytes
  PRIMARY KEY (model_id, paper_id)
) WITHOUT ROWID;
