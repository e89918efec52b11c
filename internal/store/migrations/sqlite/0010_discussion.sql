-- What people say about papers. Times are UTC microseconds.
CREATE TABLE comments (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  token      TEXT NOT NULL UNIQUE,              -- public object id
  paper_id   INTEGER NOT NULL,
  parent_id  INTEGER NOT NULL,                  -- the comment that it answers, 0 for none
  account_id INTEGER NOT NULL,
  state      TEXT NOT NULL,                     -- shown, held, hidden, deleted
  body       TEXT NOT NULL,                     -- Markdown
  html       TEXT NOT NULL,
  plain      TEXT NOT NULL,
  renderer   INTEGER NOT NULL,                  -- version of what made html of body
  mentions   TEXT NOT NULL,                     -- handles, blank-separated
  version    INTEGER NOT NULL,                  -- 1 as first written
  ups        INTEGER NOT NULL,
  downs      INTEGER NOT NULL,
  reactions  TEXT NOT NULL,                     -- counts: 'heart 3 eyes 1'
  created_at INTEGER NOT NULL,
  edited_at  INTEGER
);
CREATE INDEX comments_paper ON comments (paper_id, id);
CREATE INDEX comments_account ON comments (account_id, created_at);
CREATE INDEX comments_parent ON comments (parent_id) WHERE parent_id > 0;
CREATE INDEX comments_latest ON comments (id) WHERE state = 'shown';
CREATE INDEX comments_held ON comments (id) WHERE state = 'held';

-- Comments as they were before each edit.
CREATE TABLE comment_edits (
  comment_id INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  body       TEXT NOT NULL,
  html       TEXT NOT NULL,
  at         INTEGER NOT NULL,                  -- it was written
  PRIMARY KEY (comment_id, version)
) WITHOUT ROWID;

-- A person's vote for a comment. comments.ups and downs are those that count.
CREATE TABLE comment_votes (
  account_id INTEGER NOT NULL,
  comment_id INTEGER NOT NULL,
  value      INTEGER NOT NULL,                  -- 1 or -1
  at         INTEGER NOT NULL,
  counts     INTEGER NOT NULL,                  -- 0: damped, kept for its giver
  PRIMARY KEY (account_id, comment_id)
) WITHOUT ROWID;
CREATE INDEX comment_votes_comment ON comment_votes (comment_id);
CREATE INDEX comment_votes_account ON comment_votes (account_id, at);

CREATE TABLE comment_reactions (
  account_id INTEGER NOT NULL,
  comment_id INTEGER NOT NULL,
  reaction   TEXT NOT NULL,
  at         INTEGER NOT NULL,
  PRIMARY KEY (account_id, comment_id, reaction)
) WITHOUT ROWID;
CREATE INDEX comment_reactions_comment ON comment_reactions (comment_id, reaction);
