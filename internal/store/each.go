package store

import (
	"context"
	"database/sql"

	"broadsheet"
)

// EachPaper calls fn with every paper whose public id is greater than after,
// whole, ascending by the bytes of the id, until fn fails. It reads in pages,
// so that a long walk holds up nobody.
func (s *Store) EachPaper(ctx context.Context, after string, fn func(broadsheet.Paper) error) error {
	for {
		rows, err := s.query(ctx, `SELECT i.ident, i.paper_id FROM paper_ids i JOIN papers p ON p.id = i.paper_id AND p.key = i.ident
		  WHERE i.ident > $1 ORDER BY i.ident LIMIT 500`, after)
		type ref struct {
			key string
			row int64
		}
		refs, err := collect(rows, err, func(r *sql.Rows) (x ref, err error) { return x, r.Scan(&x.key, &x.row) })
		if err != nil || len(refs) == 0 {
			return s.explain(err)
		}
		order := make([]int64, len(refs))
		for i, r := range refs {
			order[i] = r.row
		}
		papers, err := s.load(ctx, s.read, order, true)
		if err != nil {
			return s.explain(err)
		}
		for _, row := range order {
			if p, ok := papers[row]; ok {
				if err := fn(p); err != nil {
					return err
				}
			}
		}
		after = refs[len(refs)-1].key
	}
}

// EachOrganization calls fn with every organisation, by key.
func (s *Store) EachOrganization(ctx context.Context, fn func(broadsheet.Organization) error) error {
	return each(ctx, s, `SELECT key, name, avatar_url, source_id FROM organizations WHERE key > $1 ORDER BY key LIMIT 1000`,
		scanOrganization, func(o broadsheet.Organization) string { return o.Key }, fn)
}

// EachPerson calls fn with every person, by key.
func (s *Store) EachPerson(ctx context.Context, fn func(broadsheet.Person) error) error {
	return each(ctx, s, `SELECT key, name, avatar_url, source_id FROM people WHERE key > $1 ORDER BY key LIMIT 1000`,
		scanPerson, func(p broadsheet.Person) string { return p.Key }, fn)
}

func each[T any](ctx context.Context, s *Store, text string, scan func(*sql.Rows) (T, error), key func(T) string, fn func(T) error) error {
	for after := ""; ; {
		rows, err := s.query(ctx, text, after)
		page, err := collect(rows, err, scan)
		if err != nil || len(page) == 0 {
			return s.explain(err)
		}
		for _, x := range page {
			if err := fn(x); err != nil {
				return err
			}
		}
		after = key(page[len(page)-1])
	}
}

// EachReject calls fn with every record kept aside, ordered by where it stood.
func (s *Store) EachReject(ctx context.Context, fn func(broadsheet.Reject) error) error {
	rows, err := s.query(ctx, `SELECT `+rejectColumns+` FROM rejects ORDER BY source, ref, hash`)
	if err != nil {
		return s.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanReject(rows)
		if err != nil {
			return err
		}
		if err := fn(r); err != nil {
			return err
		}
	}
	return s.explain(rows.Err())
}

// Stats counts what the database holds.
type Stats struct {
	Papers        int64 `json:"papers"`
	Features      int64 `json:"features"`
	Organizations int64 `json:"organizations"`
	People        int64 `json:"people"`
	Rejects       int64 `json:"rejects"` // waiting to be replayed
	Changes       int64 `json:"changes"`
	Bytes         int64 `json:"bytes"` // on disk
}

// Stats counts rows; on millions of papers that takes a moment.
func (s *Store) Stats(ctx context.Context) (Stats, error) {
	var st Stats
	err := s.queryRow(ctx, `SELECT (SELECT count(*) FROM papers), (SELECT count(*) FROM features), (SELECT count(*) FROM organizations),
	  (SELECT count(*) FROM people), (SELECT count(*) FROM rejects WHERE replayed_at IS NULL), (SELECT count(*) FROM changes)`).
		Scan(&st.Papers, &st.Features, &st.Organizations, &st.People, &st.Rejects, &st.Changes)
	if err != nil {
		return st, s.explain(err)
	}
	err = s.queryRow(ctx, s.dialect.size()).Scan(&st.Bytes)
	return st, s.explain(err)
}

// Empty tells whether no paper was ever stored.
func (s *Store) Empty(ctx context.Context) (bool, error) {
	var any int
	err := s.queryRow(ctx, `SELECT count(*) FROM (SELECT 1 FROM papers LIMIT 1) AS any_paper`).Scan(&any)
	return any == 0, s.explain(err)
}
