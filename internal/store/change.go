package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"time"

	"broadsheet"
)

// Changes reads what changed after cursor ("" is from the beginning), at most
// limit, in an order that is the same for every reader and misses nothing:
// what is not readable yet comes after what is. Invalid for a cursor that no
// change carried.
func (s *Store) Changes(ctx context.Context, cursor string, limit int) ([]broadsheet.Change, error) {
	xid, seq, err := parseCursor(cursor)
	if err != nil {
		return nil, err
	}
	rows, err := s.query(ctx, s.dialect.changesAfter(), xid, seq, limit)
	out, err := collect(rows, err, func(r *sql.Rows) (c broadsheet.Change, err error) {
		var xid, seq int64
		err = r.Scan(&c.Kind, &c.PaperID, &xid, &seq)
		c.Cursor = formatCursor(xid, seq)
		return c, err
	})
	return out, s.explain(err)
}

// Head is the cursor of the newest change that is readable now.
func (s *Store) Head(ctx context.Context) (string, error) {
	var xid, seq int64
	if err := s.queryRow(ctx, s.dialect.head()).Scan(&xid, &seq); err != nil {
		return "", s.explain(err)
	}
	return formatCursor(xid, seq), nil
}

// Lag is how many changes are readable after cursor; -1 where cursor is beyond
// the newest, so that it was of another database or of a newer copy of this one.
func (s *Store) Lag(ctx context.Context, cursor string) (int64, error) {
	xid, seq, err := parseCursor(cursor)
	if err != nil {
		return 0, err
	}
	var headXID, headSeq, n int64
	if err := s.queryRow(ctx, s.dialect.head()).Scan(&headXID, &headSeq); err != nil {
		return 0, s.explain(err)
	}
	if xid > headXID || xid == headXID && seq > headSeq {
		return -1, nil
	}
	err = s.queryRow(ctx, `SELECT count(*) FROM (`+s.dialect.changesAfter()+`) AS waiting`, xid, seq, int64(math.MaxInt64)).Scan(&n)
	return n, s.explain(err)
}

// Passed tells whether a follower at a cursor has seen all up to a place in the
// feed.
func (s *Store) Passed(at, place string) (bool, error) {
	xid, seq, err := parseCursor(at)
	if err != nil {
		return false, err
	}
	wantXID, wantSeq, err := parseCursor(place)
	return xid > wantXID || xid == wantXID && seq >= wantSeq, err
}

func formatCursor(xid, seq int64) string { return fmt.Sprintf("%d.%d", xid, seq) }

func parseCursor(s string) (xid, seq int64, err error) {
	if s == "" {
		return 0, 0, nil
	}
	if n, err := fmt.Sscanf(s, "%d.%d", &xid, &seq); n != 2 || err != nil || formatCursor(xid, seq) != s {
		return 0, 0, broadsheet.InvalidField("cursor", fmt.Sprintf("%q is not a cursor of the change feed", s), "use one that a change carried")
	}
	return xid, seq, nil
}

// Watch makes Generation grow for what other processes change, looking every
// interval until ctx ends.
func (s *Store) Watch(ctx context.Context, interval time.Duration) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	last, _ := s.Head(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			head, err := s.Head(ctx)
			if err == nil && head != last {
				last = head
				s.generation.Add(1)
			}
		}
	}
}

// PruneChanges looks for many changes at once, since each look reads the whole
// feed, and removes few in one transaction, so that other writers wait for a
// moment only.
const (
	pruneLook  = 200_000
	pruneBatch = 5000
)

// PruneChanges removes changes that a later change to the same paper made
// needless, as far as before: every follower has passed it. A replay from the
// beginning still meets every paper.
func (s *Store) PruneChanges(ctx context.Context, before string) (int64, error) {
	xid, seq, err := parseCursor(before)
	if err != nil {
		return 0, err
	}
	var total int64
	for {
		// Looked for outside of the transaction that removes: what is needless stays so.
		rows, err := s.query(ctx, s.dialect.needlessChanges(), xid, seq, pruneLook)
		found, err := collect(rows, err, func(r *sql.Rows) (c [2]int64, err error) { return c, r.Scan(&c[0], &c[1]) })
		if err != nil || len(found) == 0 {
			return total, s.explain(err)
		}
		for part := range slices.Chunk(found, pruneBatch) {
			if err := s.deleteChanges(ctx, part); err != nil {
				return total, s.explain(err)
			}
			total += int64(len(part))
		}
	}
}

// deleteChanges removes changes by xid and seq. It is no news to caches.
func (s *Store) deleteChanges(ctx context.Context, which [][2]int64) error {
	return s.tryTx(ctx, func(tx *txn) error {
		for _, c := range which {
			if _, err := tx.exec(ctx, s.dialect.deleteChange(), c[0], c[1]); err != nil {
				return err
			}
		}
		return nil
	})
}
