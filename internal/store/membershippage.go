package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"broadsheet"
)

// editedByPeople is the date of facts that people gave: later than any source tells.
const editedByPeople = int64(1) << 62

// OrganizationPage is what an organisation says of itself, empty where it says
// nothing.
func (s *Store) OrganizationPage(ctx context.Context, key string) (p broadsheet.OrganizationPage, err error) {
	p.Key = key
	var at int64
	var domains string
	err = s.queryRow(ctx, `SELECT link, description, domains, changed_at FROM organization_pages WHERE key = $1`, key).Scan(&p.Link, &p.Description, &domains, &at)
	if err == sql.ErrNoRows {
		return p, nil
	}
	p.Domains, p.ChangedAt = strings.Fields(domains), microTime(at)
	return p, s.explain(err)
}

// PutOrganizationPage changes what an organisation is called and says of itself.
// Sources do not change it any more.
func (s *Store) PutOrganizationPage(ctx context.Context, o broadsheet.Organization, p broadsheet.OrganizationPage, x broadsheet.Action) error {
	return s.tx(ctx, func(tx *txn) error {
		if err := s.lockOrganization(ctx, tx, o.Key); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `UPDATE organizations SET name = $2, avatar_url = $3, as_of = $4 WHERE key = $1`, o.Key, o.Name, o.AvatarURL, editedByPeople); err != nil {
			return err
		}
		if err := s.putPage(ctx, tx, p); err != nil {
			return err
		}
		return s.putAction(ctx, tx, x)
	})
}

func (s *Store) putPage(ctx context.Context, tx *txn, p broadsheet.OrganizationPage) error {
	_, err := tx.exec(ctx, `INSERT INTO organization_pages (key, link, description, domains, changed_at) VALUES ($1, $2, $3, $4, $5)
	  ON CONFLICT (key) DO UPDATE SET link = excluded.link, description = excluded.description, domains = excluded.domains, changed_at = excluded.changed_at`,
		p.Key, p.Link, p.Description, strings.Join(p.Domains, " "), sortMicros(p.ChangedAt))
	return err
}

// CreateOrganization makes an organisation that has no papers yet, with its first
// owner. It is Conflict where taken says so of one that is here; the whole table is
// shown to it, which has hundreds of rows.
func (s *Store) CreateOrganization(ctx context.Context, o broadsheet.Organization, owner int64, taken func(broadsheet.Organization) bool, x broadsheet.Action) error {
	return s.tx(ctx, func(tx *txn) error {
		if err := s.putCursor(ctx, tx, "organizations made", x.At.UTC().Format(time.RFC3339Nano)); err != nil { // one at a time
			return err
		}
		rows, err := tx.query(ctx, `SELECT key, name, avatar_url, source_id FROM organizations ORDER BY key`)
		all, err := collect(rows, err, scanOrganization)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(all, taken); i >= 0 {
			return &broadsheet.Error{Kind: broadsheet.Conflict, Field: "key", Text: "an organisation here is called " + all[i].Key + " (" + all[i].Name + ")", Fix: "use that, or a handle and name that nobody takes for it"}
		}
		if _, err := tx.exec(ctx, `INSERT INTO organizations (key, name, avatar_url, source_id, as_of) VALUES ($1, $2, $3, '', $4)`, o.Key, o.Name, o.AvatarURL, editedByPeople); err != nil {
			return err
		}
		if err := s.putPage(ctx, tx, broadsheet.OrganizationPage{Key: o.Key, ChangedAt: x.At}); err != nil {
			return err
		}
		if err := s.putMember(ctx, tx, o.Key, owner, broadsheet.Membership{Role: broadsheet.MemberOwner, State: broadsheet.MemberIn, Proof: broadsheet.MemberByModerator, At: x.At}); err != nil {
			return err
		}
		return s.putAction(ctx, tx, x)
	})
}

// badgesGiven are the pictures of organisations whose page people wrote.
func (s *Store) badgesGiven(ctx context.Context) ([][]PictureRef, error) {
	rows, err := s.query(ctx, `SELECT o.avatar_url FROM organization_pages g JOIN organizations o ON o.key = g.key WHERE o.avatar_url <> '' ORDER BY g.changed_at DESC`)
	urls, err := collect(rows, err, scanText)
	var out [][]PictureRef
	for _, u := range urls {
		out = append(out, avatar(u)...)
	}
	return out, err
}
