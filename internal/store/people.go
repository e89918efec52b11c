package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"unicode/utf8"

	"broadsheet"
)

func scanOrganization(r *sql.Rows) (o broadsheet.Organization, err error) {
	return o, r.Scan(&o.Key, &o.Name, &o.AvatarURL, &o.SourceID)
}

func scanPerson(r *sql.Rows) (p broadsheet.Person, err error) {
	return p, r.Scan(&p.Key, &p.Name, &p.AvatarURL, &p.SourceID)
}

// Organization reads an organisation by its key; NotFound where there is none.
func (s *Store) Organization(ctx context.Context, key string) (broadsheet.Organization, error) {
	rows, err := s.query(ctx, `SELECT key, name, avatar_url, source_id FROM organizations WHERE key = $1`, key)
	return one(s, rows, err, scanOrganization, "organisation", key)
}

// OrganizationsNamed reads the organisations whose key or name is text but for
// case, blanks, hyphens, dots and underscores, those with most papers first: some
// have two handles. It walks the table, which has hundreds of rows; SQLite folds
// the case of ASCII only.
func (s *Store) OrganizationsNamed(ctx context.Context, text string) ([]broadsheet.Organization, error) {
	folded := func(column string) string {
		return "replace(replace(replace(replace(lower(" + column + "), ' ', ''), '-', ''), '.', ''), '_', '')"
	}
	text = strings.NewReplacer(" ", "", "-", "", ".", "", "_", "").Replace(strings.ToLower(text))
	if text == "" || strings.ContainsRune(text, 0) || !utf8.ValidString(text) { // PostgreSQL refuses what is no text
		return nil, nil
	}
	rows, err := s.query(ctx, `SELECT key, name, avatar_url, source_id FROM organizations o WHERE `+folded("key")+` = $1 OR `+folded("name")+` = $1
	  ORDER BY (SELECT count(*) FROM list_entries e WHERE e.kind = $2 AND e.key = o.key) DESC, key LIMIT 5`, text, entryOrganization)
	found, err := collect(rows, err, scanOrganization)
	return found, s.explain(err)
}

// Person reads a submitter by key; NotFound where there is none.
func (s *Store) Person(ctx context.Context, key string) (broadsheet.Person, error) {
	rows, err := s.query(ctx, `SELECT key, name, avatar_url, source_id FROM people WHERE key = $1`, key)
	return one(s, rows, err, scanPerson, "submitter", key)
}

func one[T any](s *Store, rows *sql.Rows, err error, scan func(*sql.Rows) (T, error), what, key string) (T, error) {
	found, err := collect(rows, err, scan)
	if err != nil {
		var zero T
		return zero, s.explain(err)
	}
	if len(found) == 0 {
		var zero T
		return zero, broadsheet.Errorf(broadsheet.NotFound, "there is no %s %q here", what, key)
	}
	return found[0], nil
}

// AuthorName is the name behind an author's key as the newest paper prints it;
// NotFound where nobody has that key.
func (s *Store) AuthorName(ctx context.Context, key string) (string, error) {
	var authors string
	err := s.queryRow(ctx, `SELECT t.authors FROM list_entries e JOIN paper_texts t ON t.paper_id = e.paper_id
	  WHERE e.kind = $1 AND e.key = $2 ORDER BY e.at DESC, e.paper_id DESC LIMIT 1`, entryAuthor, key).Scan(&authors)
	if err == sql.ErrNoRows {
		return "", broadsheet.Errorf(broadsheet.NotFound, "there is no author %q here", key)
	}
	if err != nil {
		return "", s.explain(err)
	}
	all, err := parseAuthors(authors)
	if err != nil {
		return "", fmt.Errorf("authors of a paper by %s: %w", key, err)
	}
	for _, a := range all {
		if a.Key == key {
			return a.Name, nil
		}
	}
	return "", fmt.Errorf("author %s is on a list but not on the paper", key)
}

// Top counts the papers of the biggest categories, organisations, submitters,
// keywords or authors, most first. It walks the whole index of that kind: keep
// the answer.
func (s *Store) Top(ctx context.Context, kind broadsheet.ListKind, limit int) ([]broadsheet.Count, error) {
	entry, _, err := entryKind(broadsheet.List{Kind: kind})
	if err != nil {
		return nil, err
	}
	label := "''"
	switch kind {
	case broadsheet.ListOrganization:
		label = "(SELECT name FROM organizations WHERE key = e.key)"
	case broadsheet.ListSubmitter:
		label = "(SELECT name FROM people WHERE key = e.key)"
	}
	rows, err := s.query(ctx, `SELECT e.key, coalesce(`+label+`, ''), e.n FROM
	  (SELECT key, count(*) AS n FROM list_entries WHERE kind = $1 GROUP BY key ORDER BY n DESC, key LIMIT $2) e
	  ORDER BY e.n DESC, e.key`, entry, limit)
	out, err := collect(rows, err, func(r *sql.Rows) (c broadsheet.Count, err error) { return c, r.Scan(&c.Name, &c.Label, &c.Count) })
	return out, s.explain(err)
}

// PutOrganizations stores facts of organisations as they are.
func (s *Store) PutOrganizations(ctx context.Context, orgs []broadsheet.Organization) error {
	facts := make([]fact, len(orgs))
	for i, o := range orgs {
		facts[i] = fact{o.Key, o.Name, o.AvatarURL, o.SourceID, 0}
	}
	return s.putFacts(ctx, "organizations", facts)
}

// PutPeople stores facts of people as they are.
func (s *Store) PutPeople(ctx context.Context, people []broadsheet.Person) error {
	facts := make([]fact, len(people))
	for i, p := range people {
		facts[i] = fact{p.Key, p.Name, p.AvatarURL, p.SourceID, 0}
	}
	return s.putFacts(ctx, "people", facts)
}

func (s *Store) putFacts(ctx context.Context, table string, facts []fact) error {
	return s.tx(ctx, func(tx *txn) error {
		b := s.newBulk(tx, table, "key, name, avatar_url, source_id, as_of",
			`ON CONFLICT (key) DO UPDATE SET name = excluded.name, avatar_url = excluded.avatar_url, source_id = excluded.source_id`)
		b.most = 1 // a key may stand twice
		for _, f := range facts {
			if err := b.add(ctx, f.key, f.name, f.avatar, f.sourceID, f.asOf); err != nil {
				return err
			}
		}
		return nil
	})
}
