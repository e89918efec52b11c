package store

import (
	"context"
	"database/sql"
	"time"

	"broadsheet"
)

// Ballot is a vote that somebody gives or takes back.
type Ballot struct {
	Account int64
	Paper   string // any identity of the paper
	Up      bool   // false takes it back
	Counts  bool   // false: it is kept for its giver and counted for nobody
	At      time.Time
	Client  string // network that gives it, "" where it is not known; Damp forgets it
}

var (
	errNoPaper   = &broadsheet.Error{Kind: broadsheet.NotFound, Field: "paper", Text: "there is no such paper here"}
	errWithdrawn = &broadsheet.Error{Kind: broadsheet.Conflict, Field: "paper", Text: "its authors have withdrawn this paper: it takes no more votes"}
	errNoAccount = &broadsheet.Error{Kind: broadsheet.Unauthenticated, Text: "this account is not here any more", Fix: "sign in again"}
)

// PutVote gives a vote or takes it back; doing it again changes nothing, and of
// many who do it at once for one person one counts. It shares its commit with
// others. NotFound for a paper that is not here or hidden, Conflict for a vote on
// a withdrawn one: what nobody shall read needs no more readers. A vote that was
// given before can still be taken back.
func (s *Store) PutVote(ctx context.Context, b Ballot) (out broadsheet.Voted, err error) {
	var counted *tally
	err = s.submit(ctx, func(ctx context.Context, tx *txn) error {
		out, counted = broadsheet.Voted{Voted: b.Up}, nil
		if err := s.stays(ctx, tx, b.Account); err != nil {
			return err
		}
		st, err := tx.prepare(ctx, `SELECT p.id, p.key, p.withdrawn, p.imported_votes + p.votes,
		  EXISTS (SELECT 1 FROM paper_states h WHERE h.paper_id = p.id AND h.hidden_at IS NOT NULL)
		  FROM paper_ids i JOIN papers p ON p.id = i.paper_id WHERE i.ident = $1`)
		if err != nil {
			return err
		}
		var row int64
		var withdrawn, hidden bool
		switch err := st.QueryRowContext(ctx, b.Paper).Scan(&row, &out.Paper, &withdrawn, &out.Votes, &hidden); {
		case err == sql.ErrNoRows || err == nil && hidden:
			return errNoPaper
		case err != nil:
			return err
		case withdrawn && b.Up:
			return errWithdrawn
		}
		out.Votes += tx.counting(row)
		delta, changed, err := b.write(ctx, tx, row)
		if out.Changed = changed; delta != 0 {
			counted = tx.tally(row, out.Paper, delta, 0)
		}
		return err
	})
	if counted != nil {
		out.Votes = counted.Votes
	}
	return out, err
}

// stays holds an account as it is until the transaction ends, before anything is
// written for it: else, on PostgreSQL, what is given while the account is erased
// would outlive it. Unauthenticated for one that is gone.
func (s *Store) stays(ctx context.Context, tx *txn, account int64) error {
	return s.there(ctx, tx, account, s.dialect.shareRow())
}

// staysAlone is stays for who counts what the account gave before: of two at once
// the second counts after the first. It comes before any stays of the transaction:
// two that hold the row together would wait for each other to let go.
func (s *Store) staysAlone(ctx context.Context, tx *txn, account int64) error {
	return s.there(ctx, tx, account, s.dialect.lockRows())
}

func (s *Store) there(ctx context.Context, tx *txn, account int64, lock string) error {
	st, err := tx.prepare(ctx, `SELECT state FROM accounts WHERE id = $1`+lock)
	if err != nil {
		return err
	}
	var state broadsheet.AccountState
	err = st.QueryRowContext(ctx, account).Scan(&state)
	if err == sql.ErrNoRows || err == nil && state == broadsheet.AccountDeleted {
		return errNoAccount
	}
	return err
}

// write changes the row of the vote and tells what it adds to the paper's votes.
func (b *Ballot) write(ctx context.Context, tx *txn, row int64) (delta int64, changed bool, err error) {
	if b.Up {
		n, err := affected(tx.exec(ctx, `INSERT INTO votes (paper_id, account_id, at, counts, client) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (paper_id, account_id) DO NOTHING`,
			row, b.Account, sortMicros(b.At), flag(b.Counts), b.Client))
		return n * flag(b.Counts), n == 1, err
	}
	st, err := tx.prepare(ctx, `DELETE FROM votes WHERE paper_id = $1 AND account_id = $2 RETURNING counts`)
	if err != nil {
		return 0, false, err
	}
	switch err := st.QueryRowContext(ctx, row, b.Account).Scan(&delta); err {
	case nil:
		return -delta, true, nil
	case sql.ErrNoRows:
		return 0, false, nil
	default:
		return 0, false, err
	}
}

// eraseVotes takes back all that an account voted, for good. What it counted is
// what the rows say that go: one may be damped between a look and its deletion.
func (s *Store) eraseVotes(ctx context.Context, tx *txn, account int64) error {
	type vote struct {
		row, counts int64
		key         string
	}
	rows, err := tx.query(ctx, `DELETE FROM votes WHERE account_id = $1 RETURNING paper_id, counts, coalesce((SELECT p.key FROM papers p WHERE p.id = paper_id), '')`, account)
	all, err := collect(rows, err, func(r *sql.Rows) (v vote, err error) { return v, r.Scan(&v.row, &v.counts, &v.key) })
	if err != nil {
		return err
	}
	for _, v := range all {
		if v.counts != 0 && v.key != "" {
			tx.tally(v.row, v.key, -v.counts, 0)
		}
	}
	return nil
}
