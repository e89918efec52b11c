package store

import (
	"context"
	"database/sql"
	"slices"

	"broadsheet"
)

// Edited tells what claimed authors and curators changed on papers, by their
// public ids: the kinds, each once. Papers that nobody changed are left out.
func (s *Store) Edited(ctx context.Context, papers []string) (map[string][]broadsheet.EditKind, error) {
	out := map[string][]broadsheet.EditKind{}
	for part := range slices.Chunk(papers, 500) {
		rows, err := s.query(ctx, `SELECT DISTINCT p.key, e.kind FROM paper_edits e JOIN papers p ON p.id = e.paper_id
		  WHERE e.paper_id IN (SELECT paper_id FROM paper_ids WHERE ident IN (`+placeholders(1, len(part))+`)) ORDER BY 1, 2`, anys(part)...)
		_, err = collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
			var key string
			var kind broadsheet.EditKind
			err = r.Scan(&key, &kind)
			out[key] = append(out[key], kind)
			return none, err
		})
		if err != nil {
			return nil, s.explain(err)
		}
	}
	return out, nil
}
