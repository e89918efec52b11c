package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"broadsheet"
)

func scanNumber(r *sql.Rows) (n int64, err error) { return n, r.Scan(&n) }

func scanText(r *sql.Rows) (t string, err error) { return t, r.Scan(&t) }

// namesInOne is how many names one author may have; what would make more is left
// as it is.
const namesInOne = 50

// AuthorKeys are the keys under which the papers of an author are listed, the one
// of the author's page first; key alone for nearly everybody.
func (s *Store) AuthorKeys(ctx context.Context, key string) ([]string, error) {
	keys, err := s.authorKeys(ctx, s.read, key)
	return keys, s.explain(err)
}

func (s *Store) authorKeys(ctx context.Context, q queryer, key string) ([]string, error) {
	rows, err := q.QueryContext(ctx, s.dialect.rebind(`SELECT main FROM author_names WHERE key = $1 UNION ALL
	  SELECT key FROM author_names WHERE main = coalesce((SELECT main FROM author_names WHERE key = $1), $1) ORDER BY 1`), key)
	others, err := collect(rows, err, scanText)
	if err != nil || len(others) == 0 {
		return []string{key}, err
	}
	main := key
	if err := q.QueryRowContext(ctx, s.dialect.rebind(`SELECT main FROM author_names WHERE key = $1`), key).Scan(&main); err != nil && err != sql.ErrNoRows {
		return nil, err
	}
	out := []string{main}
	for _, k := range append(others, key) {
		if !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	slices.Sort(out[1:])
	return out, nil
}

// AuthorAccounts are the handles of the accounts whose accepted claims are under
// one of the keys, at most limit.
func (s *Store) AuthorAccounts(ctx context.Context, keys []string, limit int) ([]broadsheet.Person, error) {
	rows, err := s.query(ctx, `SELECT DISTINCT a.name, a.full_name, '', '' FROM claims c JOIN accounts a ON a.id = c.account_id JOIN papers p ON p.id = c.paper_id
	  WHERE c.state = 'accepted' AND p.hidden = 0 AND c.author_key IN (`+placeholders(2, len(keys))+`) ORDER BY a.name LIMIT $1`, append([]any{limit}, anys(keys)...)...)
	out, err := collect(rows, err, scanPerson)
	return out, s.explain(err)
}

// MergeAuthors makes one author of two names, or (with apart) takes a name from
// the author that moderators had put it to, and writes it into the log. It is
// Conflict where it is so already.
func (s *Store) MergeAuthors(ctx context.Context, key, main string, apart bool, x broadsheet.Action) error {
	return s.tx(ctx, func(tx *txn) error {
		if err := s.lockNames(ctx, tx, x.At); err != nil {
			return err
		}
		if apart {
			res, err := tx.exec(ctx, `DELETE FROM author_aliases WHERE key = $1`, key)
			if err != nil {
				return err
			}
			if n, err := res.RowsAffected(); err != nil || n == 0 {
				return cmp.Or(err, error(&broadsheet.Error{Kind: broadsheet.Conflict, Field: "key", Text: "no moderator has put this name to another", Fix: "what claims made one comes apart when they are revoked"}))
			}
		} else {
			keys, err := s.authorKeys(ctx, tx, main)
			if err != nil {
				return err
			}
			if slices.Contains(keys, key) {
				return errDecided
			}
			if _, err := tx.exec(ctx, `INSERT INTO author_aliases (key, main, at) VALUES ($1, $2, $3) ON CONFLICT (key) DO UPDATE SET main = excluded.main, at = excluded.at`, key, keys[0], sortMicros(x.At)); err != nil {
				return err
			}
		}
		if err := s.regroup(ctx, tx, key, main); err != nil {
			return err
		}
		return s.putAction(ctx, tx, x)
	})
}

// lockNames lets one transaction at a time decide which names are one.
func (s *Store) lockNames(ctx context.Context, tx *txn, at time.Time) error {
	return s.putCursor(ctx, tx, "author names", at.UTC().Format(time.RFC3339Nano))
}

// regroup works out anew which names are one with these. The rule: a name goes
// with what moderators put it to, and with the other names under which an account
// has accepted claims, as long as no other account has one under that name: what
// two people are called is neither's own, and cannot draw one's papers to the
// other.
func (s *Store) regroup(ctx context.Context, tx *txn, keys ...string) error {
	if len(keys) == 0 {
		return nil
	}
	if err := s.putCursor(ctx, tx, "author names", keys[0]); err != nil { // its row is the lock
		return err
	}
	var todo []string
	for _, k := range keys {
		group, err := s.authorKeys(ctx, tx, k) // what was one with it may not be any more
		if err != nil {
			return err
		}
		todo = append(todo, group...)
	}
	done := map[string]bool{}
	for _, k := range todo {
		if done[k] {
			continue
		}
		group, main, err := s.oneAuthor(ctx, tx, k)
		if err != nil {
			return err
		}
		for _, g := range group {
			done[g] = true
			if _, err := tx.exec(ctx, `DELETE FROM author_names WHERE key = $1 OR main = $1`, g); err != nil {
				return err
			}
		}
		for _, g := range group {
			if g == main {
				continue
			}
			if _, err := tx.exec(ctx, `INSERT INTO author_names (key, main) VALUES ($1, $2)`, g, main); err != nil {
				return err
			}
		}
	}
	return nil
}

// oneAuthor walks from a name to all that are one with it, and says under which
// the page is: the one that moderators chose, else the longest, which is the
// fullest.
func (s *Store) oneAuthor(ctx context.Context, tx *txn, key string) (group []string, main string, err error) {
	group = []string{key}
	chosen := map[string]bool{}
	for i := 0; i < len(group); i++ {
		var near []string
		rows, err := tx.query(ctx, `SELECT key, main FROM author_aliases WHERE key = $1 OR main = $1 ORDER BY key`, group[i])
		pairs, err := collect(rows, err, func(r *sql.Rows) (x [2]string, err error) { return x, r.Scan(&x[0], &x[1]) })
		if err != nil {
			return nil, "", err
		}
		for _, x := range pairs {
			near = append(near, x[0], x[1])
			chosen[x[1]] = true
		}
		rows, err = tx.query(ctx, `SELECT DISTINCT d.author_key FROM claims c JOIN claims d ON d.account_id = c.account_id AND d.state = 'accepted'
		  WHERE c.author_key = $1 AND c.state = 'accepted'
		  AND NOT EXISTS (SELECT 1 FROM claims x WHERE x.state = 'accepted' AND x.author_key = c.author_key AND x.account_id <> c.account_id)
		  AND NOT EXISTS (SELECT 1 FROM claims x WHERE x.state = 'accepted' AND x.author_key = d.author_key AND x.account_id <> d.account_id)
		  ORDER BY d.author_key`, group[i])
		claimed, err := collect(rows, err, scanText)
		if err != nil {
			return nil, "", err
		}
		for _, k := range append(near, claimed...) {
			if !slices.Contains(group, k) && len(group) < namesInOne {
				group = append(group, k)
			}
		}
	}
	main = slices.MaxFunc(group, func(a, b string) int {
		pick := func(k string) int {
			if chosen[k] {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(pick(a), pick(b)), cmp.Compare(len(a), len(b)), cmp.Compare(b, a))
	})
	return group, main, nil
}
