package store

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"

	"broadsheet"
)

// tally is what a transaction changes of a paper's counters. They are written once
// a paper when the transaction ends, with one change row, in the order of rows:
// a hundred votes for a paper in a group cost one, and two transactions that
// count for the same papers never wait for each other in a ring.
type tally struct {
	row             int64
	key             string
	votes, comments int64 // to add

	Votes, Comments int // own and imported, once the transaction has committed
}

// tallies are those of a transaction.
type tallies struct {
	rows map[int64]*tally
	done []count // in order, to take back
}

type count struct {
	t               *tally
	votes, comments int64
}

// tally adds to the counters of the paper at row, whose public id is key. It is
// news of the paper also where nothing is added.
func (tx *txn) tally(row int64, key string, votes, comments int64) *tally {
	x := &tx.tallies
	t := x.rows[row]
	if t == nil {
		if x.rows == nil {
			x.rows = map[int64]*tally{}
		}
		t = &tally{row: row, key: key}
		x.rows[row] = t
	}
	t.votes += votes
	t.comments += comments
	x.done = append(x.done, count{t, votes, comments})
	return t
}

// counting is what this transaction has counted so far for a paper's votes.
func (tx *txn) counting(row int64) int {
	if t := tx.tallies.rows[row]; t != nil {
		return int(t.votes)
	}
	return 0
}

func (x *tallies) mark() int { return len(x.done) }

// back takes back what was counted since mark.
func (x *tallies) back(mark int) {
	for _, c := range x.done[mark:] {
		c.t.votes -= c.votes
		c.t.comments -= c.comments
	}
	x.done = x.done[:mark]
}

// errVanished is a paper that went, or became part of another, after it was found
// and before its counters were written: what was given to it is looked for anew.
var errVanished = errors.New("a paper vanished while it was written to")

// settle writes the counters.
func (tx *txn) settle(ctx context.Context) error {
	counted := map[int64]bool{}
	for _, c := range tx.tallies.done {
		counted[c.t.row] = true
	}
	for _, row := range slices.Sorted(maps.Keys(counted)) {
		t := tx.tallies.rows[row]
		st, err := tx.prepare(ctx, `UPDATE papers SET votes = votes + $1, comments = comments + $2 WHERE id = $3 RETURNING imported_votes + votes, imported_comments + comments`)
		if err != nil {
			return err
		}
		if err := st.QueryRowContext(ctx, t.votes, t.comments, row).Scan(&t.Votes, &t.Comments); err != nil {
			if errors.Is(err, sql.ErrNoRows) {
				return errVanished
			}
			return err
		}
		if _, err := tx.exec(ctx, `INSERT INTO changes (kind, key) VALUES ($1, $2)`, string(broadsheet.ChangePaper), t.key); err != nil {
			return err
		}
	}
	return nil
}
