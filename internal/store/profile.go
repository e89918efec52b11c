package store

import (
	"cmp"
	"context"
	"database/sql"

	"broadsheet"
)

// Profile is what people tell of themselves and show on the page of their name.
type Profile struct {
	FullName, Bio, Affiliation string
	Links                      []string
	Zone                       string
	HideVotes                  bool
}

// PutProfile writes what an account tells of itself. The name beside papers that it
// brought here follows.
func (s *Store) PutProfile(ctx context.Context, account int64, p Profile) error {
	links, err := jsonText(p.Links)
	if err != nil {
		return err
	}
	return s.tx(ctx, func(tx *txn) error {
		n, err := affected(tx.exec(ctx, `UPDATE accounts SET full_name = $2, bio = $3, affiliation = $4, links = $5, zone = $6 WHERE id = $1 AND state <> 'deleted'`,
			account, p.FullName, p.Bio, p.Affiliation, links, p.Zone))
		if err != nil || n == 0 {
			return cmp.Or(err, error(errNoAccount))
		}
		// A source gives its people an id of its own; who has none was named here.
		if _, err := tx.exec(ctx, `UPDATE people SET name = (SELECT CASE WHEN full_name = '' THEN name ELSE full_name END FROM accounts WHERE id = $1)
		  WHERE source_id = '' AND key = (SELECT name FROM accounts WHERE id = $1)`, account); err != nil {
			return err
		}
		_, err = tx.exec(ctx, `INSERT INTO profile_choices (account_id, hide_votes) VALUES ($1, $2)
		  ON CONFLICT (account_id) DO UPDATE SET hide_votes = excluded.hide_votes`, account, flag(p.HideVotes))
		return err
	})
}

// HidesVotes tells whether an account does not show what it voted for.
func (s *Store) HidesVotes(ctx context.Context, account int64) (bool, error) {
	var hide int
	err := s.queryRow(ctx, `SELECT hide_votes FROM profile_choices WHERE account_id = $1`, account).Scan(&hide)
	if err == sql.ErrNoRows {
		return false, nil
	}
	return hide != 0, s.explain(err)
}

// AccountPicture is a picture of an account as it is served.
type AccountPicture struct {
	Key, Type string
	Body      []byte
}

// PutAccountPicture gives an account a picture in the place of the one that it
// had; one without a body takes that away.
func (s *Store) PutAccountPicture(ctx context.Context, account int64, p AccountPicture) error {
	return s.tx(ctx, func(tx *txn) error {
		if len(p.Body) == 0 {
			p.Key = ""
		}
		n, err := affected(tx.exec(ctx, `UPDATE accounts SET avatar_key = $2 WHERE id = $1 AND state <> 'deleted'`, account, p.Key))
		if err != nil || n == 0 {
			return cmp.Or(err, error(errNoAccount))
		}
		if _, err := tx.exec(ctx, `DELETE FROM account_pictures WHERE account_id = $1`, account); err != nil || p.Key == "" {
			return err
		}
		_, err = tx.exec(ctx, `INSERT INTO account_pictures (key, account_id, type, body) VALUES ($1, $2, $3, $4)`, p.Key, account, p.Type, p.Body)
		return err
	})
}

// AccountPicture reads the picture at a key; NotFound where there is none.
func (s *Store) AccountPicture(ctx context.Context, key string) (p AccountPicture, err error) {
	p.Key = key
	err = s.queryRow(ctx, `SELECT type, body FROM account_pictures WHERE key = $1`, key).Scan(&p.Type, &p.Body)
	if err == sql.ErrNoRows {
		return p, broadsheet.Errorf(broadsheet.NotFound, "there is no such picture here")
	}
	return p, s.explain(err)
}

// Titles are those of the papers that have some ids and are not hidden, by these ids.
func (s *Store) Titles(ctx context.Context, ids []string) (map[string]string, error) {
	out := make(map[string]string, len(ids))
	for len(ids) > 0 {
		part := ids[:min(500, len(ids))]
		ids = ids[len(part):]
		rows, err := s.query(ctx, `SELECT i.ident, t.title FROM paper_ids i JOIN papers p ON p.id = i.paper_id JOIN paper_texts t ON t.paper_id = i.paper_id
		  WHERE p.hidden = 0 AND i.ident IN (`+placeholders(1, len(part))+`)`, anys(part)...)
		_, err = collect(rows, err, func(r *sql.Rows) (id string, err error) {
			var title string
			err = r.Scan(&id, &title)
			out[id] = title
			return id, err
		})
		if err != nil {
			return nil, s.explain(err)
		}
	}
	return out, nil
}
