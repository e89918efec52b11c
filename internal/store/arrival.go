package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"broadsheet"
)

// Arrived is a paper that became news, with what an edition is made of.
type Arrived struct {
	Seq         int64
	Other       int64 // number of its arrival of the other kind, 0 for none
	ID          string
	Votes       int
	Comments    int
	Categories  []string
	Day         broadsheet.Day // on which it was first featured, "" where it was not
	PublishedAt time.Time
}

// NoteArrivals numbers the papers of those ids that are news: known, where they
// were announced (or, without a date of that, published) on since or later;
// chosen, where they were featured on since or later. What was noted before
// stays as it is. Numbers are given by one transaction at a time, so that who
// has seen a number has seen all below it.
func (s *Store) NoteArrivals(ctx context.Context, ids []string, since broadsheet.Day, at time.Time) (noted int64, err error) {
	if len(ids) == 0 {
		return 0, nil
	}
	err = s.quietTx(ctx, func(tx *txn) error {
		noted = 0
		// The row's lock is what orders the transactions.
		if err := s.putCursor(ctx, tx, "arrivals", at.UTC().Format(time.RFC3339Nano)); err != nil {
			return err
		}
		in := placeholders(4, len(ids))
		for _, text := range []string{
			`INSERT INTO arrivals (paper_id, kind, at) SELECT x.id, 'known', $1 FROM (SELECT DISTINCT p.id FROM papers p JOIN paper_ids i ON i.paper_id = p.id
			  WHERE i.ident IN (` + in + `) AND (p.announced_on >= $2 OR p.announced_on IS NULL AND p.published_at >= $3)) x
			  WHERE true ORDER BY x.id ON CONFLICT (paper_id, kind) DO NOTHING`,
			`INSERT INTO arrivals (paper_id, kind, at) SELECT x.paper_id, 'chosen', $1 FROM (SELECT DISTINCT f.paper_id FROM features f JOIN paper_ids i ON i.paper_id = f.paper_id
			  WHERE i.ident IN (` + in + `) AND f.day >= $2 AND CAST($3 AS BIGINT) >= 0) x WHERE true ORDER BY x.paper_id ON CONFLICT (paper_id, kind) DO NOTHING`,
		} {
			res, err := tx.exec(ctx, text, append([]any{at.UnixMicro(), string(since), max(0, since.Time().UnixMicro())}, anys(ids)...)...)
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			noted += n
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return noted, nil
}

// LastArrival is the highest number given, 0 for none.
func (s *Store) LastArrival(ctx context.Context) (int64, error) {
	var seq sql.NullInt64
	err := s.queryRow(ctx, `SELECT max(seq) FROM arrivals`).Scan(&seq)
	return seq.Int64, s.explain(err)
}

// ArrivalBefore is the highest number given before a time, 0 for none.
func (s *Store) ArrivalBefore(ctx context.Context, at time.Time) (int64, error) {
	var seq sql.NullInt64
	err := s.queryRow(ctx, `SELECT max(seq) FROM arrivals WHERE at < $1`, at.UnixMicro()).Scan(&seq)
	return seq.Int64, s.explain(err)
}

// LatestArrivalAt is when a paper became news of a kind last, zero for never.
func (s *Store) LatestArrivalAt(ctx context.Context, kind broadsheet.ArrivalKind) (time.Time, error) {
	var at sql.NullInt64
	err := s.queryRow(ctx, `SELECT at FROM arrivals WHERE kind = $1 ORDER BY seq DESC LIMIT 1`, string(kind)).Scan(&at)
	if err == sql.ErrNoRows {
		return time.Time{}, nil
	}
	return fromMicros(at), s.explain(err)
}

// Arrivals reads what became news of a kind with numbers after from up to to, in
// order, at most limit papers; withdrawn papers are left out.
func (s *Store) Arrivals(ctx context.Context, kind broadsheet.ArrivalKind, from, to int64, limit int) ([]Arrived, error) {
	rows, err := s.query(ctx, `SELECT a.seq, `+arrivedColumns+` FROM arrivals a JOIN papers p ON p.id = a.paper_id
	  WHERE a.seq > $1 AND a.seq <= $2 AND a.kind = $3 AND p.withdrawn = 0 AND p.hidden = 0 ORDER BY a.seq LIMIT $4`, from, to, string(kind), limit)
	out, err := collect(rows, err, scanArrived)
	return out, s.explain(err)
}

// ArrivalsOn is Arrivals of the papers on a list, which is read once: a look for
// each arrival would walk the list for each, as its index goes by time.
func (s *Store) ArrivalsOn(ctx context.Context, list broadsheet.List, kind broadsheet.ArrivalKind, from, to int64, limit int) ([]Arrived, error) {
	e, err := s.entriesOf(ctx, list)
	if err != nil {
		return nil, s.explain(err)
	}
	n := len(e.args)
	on := func(i int) string { return fmt.Sprint("$", n+i) }
	rows, err := s.query(ctx, `SELECT a.seq, `+arrivedColumns+` FROM arrivals a JOIN papers p ON p.id = a.paper_id
	  WHERE a.seq > `+on(1)+` AND a.seq <= `+on(2)+` AND a.kind = `+on(3)+` AND p.withdrawn = 0 AND p.hidden = 0
	  AND a.paper_id IN (SELECT paper_id FROM list_entries WHERE `+e.where+`)
	  ORDER BY a.seq LIMIT `+on(4), append(e.args, from, to, string(kind), limit)...)
	out, err := collect(rows, err, scanArrived)
	return out, s.explain(err)
}

const arrivedColumns = `coalesce((SELECT o.seq FROM arrivals o WHERE o.paper_id = a.paper_id AND o.kind <> a.kind), 0), p.key, p.imported_votes + p.votes, p.imported_comments + p.comments, p.categories, p.published_at,
  (SELECT min(f.day) FROM features f WHERE f.paper_id = p.id)`

func scanArrived(r *sql.Rows) (a Arrived, err error) {
	var categories string
	var published sql.NullInt64
	var day sql.NullString
	err = r.Scan(&a.Seq, &a.Other, &a.ID, &a.Votes, &a.Comments, &categories, &published, &day)
	a.Categories, a.PublishedAt, a.Day = strings.Fields(categories), fromMicros(published), broadsheet.Day(day.String)
	return a, err
}

// PruneArrivals forgets what became news before a time and every subscription
// was told of.
func (s *Store) PruneArrivals(ctx context.Context, before time.Time) (gone int64, err error) {
	err = s.quietTx(ctx, func(tx *txn) error {
		res, err := tx.exec(ctx, `DELETE FROM arrivals WHERE at < $1 AND seq <= coalesce((SELECT min(cursor) FROM subscriptions WHERE due_at IS NOT NULL), 0)
		  AND seq < (SELECT max(seq) FROM arrivals)`, before.UnixMicro())
		if err != nil {
			return err
		}
		gone, err = res.RowsAffected()
		return err
	})
	return gone, err
}
