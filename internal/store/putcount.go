package store

import (
	"context"
	"database/sql"
	"slices"

	"broadsheet"
)

// counted tells which counts of a paper are those of rows that are here. A record
// that brings another number does not know better: a vote may not count any more,
// a comment may be hidden since. A number that came without its rows, in an export
// without people, is the greater one of those that came.
type counted struct{ votes, comments bool }

// keep takes from an arriving record what is counted here.
func (c counted) keep(p *broadsheet.Paper) {
	if c.votes {
		p.Votes = 0
	}
	if c.comments {
		p.Comments = 0
	}
}

// countedHere looks at the papers of which records bring greater numbers than they
// have: few, where a record was read before.
func (s *Store) countedHere(ctx context.Context, tx *txn, stored map[int64]broadsheet.Paper, papers []broadsheet.Paper, rowIDs []int64, known []int) (map[int64]counted, error) {
	var rows []int64
	for _, i := range known {
		if old := stored[rowIDs[i]]; papers[i].Votes > old.Votes || papers[i].Comments > old.Comments {
			rows = append(rows, rowIDs[i])
		}
	}
	slices.Sort(rows)
	out := map[int64]counted{}
	for part := range slices.Chunk(slices.Compact(rows), 500) {
		in := placeholders(1, len(part))
		list, err := tx.QueryContext(ctx, s.dialect.rebind(`SELECT p.id,
		  (SELECT count(*) FROM votes v WHERE v.paper_id = p.id), (SELECT count(*) FROM votes v WHERE v.paper_id = p.id AND v.counts = 1),
		  (SELECT count(*) FROM comments c WHERE c.paper_id = p.id), (SELECT count(*) FROM comments c WHERE c.paper_id = p.id AND c.state = 'shown')
		  FROM papers p WHERE p.id IN (`+in+`)`), anys(part)...)
		_, err = collect(list, err, func(r *sql.Rows) (none struct{}, err error) {
			var row int64
			var votes, voting, comments, shown int
			err = r.Scan(&row, &votes, &voting, &comments, &shown)
			old := stored[row]
			out[row] = counted{votes > 0 && old.Votes == voting, comments > 0 && old.Comments == shown}
			return none, err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
