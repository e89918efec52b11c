package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"broadsheet"
)

// goneSkeleton takes the place of the skeleton of a handle that was deleted: a
// hash, by which nobody else is given that name, or one that looks like it.
func goneSkeleton(skeleton string) string {
	sum := sha256.Sum256([]byte("gone\x00" + skeleton))
	return "gone:" + hex.EncodeToString(sum[:16])
}

// Erasure says what is to become of an account that is deleted.
type Erasure struct {
	Account      int64
	KeepComments bool // without the name; else their words are removed
	At           time.Time
	Log          *broadsheet.Action // where somebody else than its owner does it
}

// EraseAccount deletes an account for good: what opens it, its addresses with what
// is subscribed for them, its profile, votes, reactions, notifications and choices.
// What others built on stays without its name: comments, if they are to, their
// places otherwise; reports, submissions, papers on front pages, and lines of the
// log, whose author becomes broadsheet.GoneName. The row of the account stays,
// empty. It is Conflict for the last administrator, NotFound where it is gone.
func (s *Store) EraseAccount(ctx context.Context, x Erasure) error {
	return s.erasing(ctx, func(ctx context.Context) error {
		return s.tx(ctx, func(tx *txn) error { return s.eraseAccount(ctx, tx, x) })
	})
}

func (s *Store) eraseAccount(ctx context.Context, tx *txn, x Erasure) error {
	a, skeleton, err := s.leaving(ctx, tx, x.Account)
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return s.eraseVotes(ctx, tx, a.ID) },
		func() error { return s.eraseCommentVotes(ctx, tx, a.ID) },
		func() error { return s.eraseComments(ctx, tx, a.ID, x) },
		func() error { return s.eraseClaims(ctx, tx, a.ID) },
		func() error { return s.eraseFeatures(ctx, tx, a.Name) },
		func() error { return s.eraseNotifications(ctx, tx, a.ID) },
		func() error { return s.eraseSubscriber(ctx, tx, a.ID) },
		func() error { return s.forgetSignIn(ctx, tx, a.ID) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	gone := broadsheet.GoneName(a.Token)
	for _, q := range []struct {
		text string
		args []any
	}{
		{`DELETE FROM account_pictures WHERE account_id = $1`, []any{a.ID}},
		{`DELETE FROM profile_choices WHERE account_id = $1`, []any{a.ID}},
		{`DELETE FROM invites WHERE account_id = $1`, []any{a.ID}},
		// What was asked for and never decided goes with who asked.
		{`DELETE FROM submission_idents WHERE submission_id IN (SELECT id FROM submissions WHERE account_id = $1)`, []any{a.ID}},
		{`DELETE FROM submissions WHERE account_id = $1 AND state NOT IN ('accepted', 'rejected')`, []any{a.ID}},
		{`UPDATE submissions SET typed = '', comment = '', media = '' WHERE account_id = $1`, []any{a.ID}},
		{`UPDATE submissions SET decider = $2 WHERE decider = $1`, []any{a.Name, gone}},
		{`UPDATE flags SET body = '' WHERE account_id = $1`, []any{a.ID}},
		{`UPDATE flags SET decider = $2 WHERE decider = $1`, []any{a.Name, gone}},
		{`UPDATE flags SET object = $2, decided_at = coalesce(decided_at, $3) WHERE kind = 'account' AND object = $1`, []any{a.Name, gone, sortMicros(x.At)}},
		{`UPDATE claims SET decider = $2 WHERE decider = $1`, []any{a.Name, gone}},
		{`UPDATE notifications SET actor = $2 WHERE actor = $1`, []any{a.Name, gone}},
		{`UPDATE actions SET actor = $2 WHERE actor = $1`, []any{a.Name, gone}},
		{`UPDATE actions SET object = $2 WHERE kind = 'account' AND object = $1`, []any{a.Name, gone}},
		{`UPDATE accounts SET name = $2, skeleton = $3, role = 'member', state = 'deleted', full_name = '', bio = '', affiliation = '', orcid = '', links = '[]',
		  avatar_key = '', zone = '', seen_at = created_at, banned_until = NULL, ban_reason = '' WHERE id = $1`, []any{a.ID, gone, goneSkeleton(skeleton)}},
	} {
		if _, err := tx.exec(ctx, q.text, q.args...); err != nil {
			return err
		}
	}
	if x.Log == nil {
		return nil
	}
	x.Log.Object = gone
	return s.putAction(ctx, tx, *x.Log)
}

// leaving reads the account that goes, and that it may: of two administrators who
// leave at once, one stays. Their rows are taken in one order. Its own is held first
// of all that is erased: what somebody gives in its name comes before, or not at all.
func (s *Store) leaving(ctx context.Context, tx *txn, account int64) (a broadsheet.Account, skeleton string, err error) {
	rows, err := tx.query(ctx, `UPDATE accounts SET role = role WHERE role = 'admin' AND state = 'active' RETURNING id`)
	admins, err := collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
	if err != nil {
		return a, "", err
	}
	err = tx.QueryRowContext(ctx, s.dialect.rebind(`SELECT id, token, name, skeleton, state FROM accounts WHERE id = $1`+s.dialect.lockRows()), account).Scan(&a.ID, &a.Token, &a.Name, &skeleton, &a.State)
	switch {
	case err == sql.ErrNoRows || err == nil && a.State == broadsheet.AccountDeleted:
		return a, "", broadsheet.Errorf(broadsheet.NotFound, "this account is gone")
	case err == nil && len(admins) == 1 && admins[0] == account:
		err = ErrLastAdmin
	}
	return a, skeleton, err
}

// eraseCommentVotes takes back what an account gave to comments, with what was
// counted of it.
func (s *Store) eraseCommentVotes(ctx context.Context, tx *txn, account int64) error {
	type vote struct{ comment, ups, downs int64 }
	rows, err := tx.query(ctx, `DELETE FROM comment_votes WHERE account_id = $1 RETURNING comment_id, CASE WHEN value > 0 THEN counts ELSE 0 END, CASE WHEN value < 0 THEN counts ELSE 0 END`, account)
	votes, err := collect(rows, err, func(r *sql.Rows) (v vote, err error) { return v, r.Scan(&v.comment, &v.ups, &v.downs) })
	if err != nil {
		return err
	}
	slices.SortFunc(votes, func(a, b vote) int { return cmp.Compare(a.comment, b.comment) }) // two erasures meet in one order
	for _, v := range votes {
		if _, err := tx.exec(ctx, `UPDATE comments SET ups = ups - $2, downs = downs - $3 WHERE id = $1`, v.comment, v.ups, v.downs); err != nil {
			return err
		}
	}
	rows, err = tx.query(ctx, `DELETE FROM comment_reactions WHERE account_id = $1 RETURNING comment_id`, account)
	reacted, err := collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
	if err != nil {
		return err
	}
	slices.Sort(reacted)
	for _, id := range slices.Compact(reacted) {
		// Held while it is counted: else what another reacts meanwhile is lost.
		if _, err := tx.exec(ctx, `UPDATE comments SET version = version WHERE id = $1`, id); err != nil {
			return err
		}
		if _, err := s.countReactions(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

// eraseComments takes the words of an account's comments away, or only what they
// were before their edits: that is for who wrote them to show.
func (s *Store) eraseComments(ctx context.Context, tx *txn, account int64, x Erasure) error {
	if x.KeepComments {
		_, err := tx.exec(ctx, `DELETE FROM comment_edits WHERE comment_id IN (SELECT id FROM comments WHERE account_id = $1)`, account)
		return err
	}
	rows, err := tx.query(ctx, `SELECT id, paper_id, state FROM comments WHERE account_id = $1 AND state <> 'deleted' ORDER BY id`, account)
	all, err := collect(rows, err, func(r *sql.Rows) (c heldComment, err error) { return c, r.Scan(&c.id, &c.paper, &c.state) })
	if err != nil {
		return err
	}
	for _, c := range all {
		p, err := s.place(ctx, tx, "$1", c.paper)
		if err != nil {
			return err
		}
		if err := s.emptyComment(ctx, tx, c, p, x.At); err != nil {
			return err
		}
	}
	// Excerpts went to those whom they concerned.
	_, err = tx.exec(ctx, `UPDATE notifications SET detail = '' WHERE comment <> '' AND comment IN (SELECT token FROM comments WHERE account_id = $1)`, account)
	return err
}

// eraseFeatures takes a name off the papers that its account brought here; those
// that another site's person of that name brought keep it.
func (s *Store) eraseFeatures(ctx context.Context, tx *txn, name string) error {
	rows, err := tx.query(ctx, `SELECT DISTINCT p.id, p.key FROM features f JOIN papers p ON p.id = f.paper_id WHERE f.person_key = $1
	  AND NOT EXISTS (SELECT 1 FROM feature_records w WHERE w.paper_id = f.paper_id AND w.day = f.day) ORDER BY p.id`, name)
	type paper struct {
		row int64
		key string
	}
	papers, err := collect(rows, err, func(r *sql.Rows) (p paper, err error) { return p, r.Scan(&p.row, &p.key) })
	if err != nil {
		return err
	}
	for _, p := range papers {
		_, err := tx.exec(ctx, `UPDATE features SET person_key = NULL WHERE paper_id = $1 AND person_key = $2
		  AND NOT EXISTS (SELECT 1 FROM feature_records w WHERE w.paper_id = features.paper_id AND w.day = features.day)`, p.row, name)
		if err != nil {
			return err
		}
		if _, err = tx.exec(ctx, `DELETE FROM list_entries WHERE kind = $1 AND key = $2 AND paper_id = $3
		  AND NOT EXISTS (SELECT 1 FROM features f WHERE f.paper_id = $3 AND f.person_key = $2)`, entrySubmitter, name, p.row); err != nil {
			return err
		}
		tx.tally(p.row, p.key, 0, 0)
	}
	_, err = tx.exec(ctx, `DELETE FROM people WHERE key = $1 AND source_id = '' AND NOT EXISTS (SELECT 1 FROM features WHERE person_key = $1)`, name)
	return err
}

// eraseSubscriber erases what is subscribed for an account's addresses, and jobs
// that were to write to them.
func (s *Store) eraseSubscriber(ctx context.Context, tx *txn, account int64) error {
	rows, err := tx.query(ctx, `SELECT key, address FROM account_addresses WHERE account_id = $1`, account)
	type address struct{ key, text string }
	all, err := collect(rows, err, func(r *sql.Rows) (a address, err error) { return a, r.Scan(&a.key, &a.text) })
	if err != nil {
		return err
	}
	for _, a := range all {
		rows, err := tx.query(ctx, `SELECT id FROM recipients WHERE channel = $1 AND key = $2`, string(broadsheet.ChannelMail), a.key)
		ids, err := collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
		if err != nil {
			return err
		}
		if len(ids) > 0 {
			if err := s.erase(ctx, tx, ids...); err != nil {
				return err
			}
		}
		_, err = tx.exec(ctx, `DELETE FROM jobs WHERE key >= $1 AND key < $2`, jobsAbout+a.key+" ", jobsAbout+a.key+"!")
		_, terr := tx.exec(ctx, `DELETE FROM tickets WHERE lower(address) = $1`, strings.ToLower(a.text))
		if err = cmp.Or(err, terr); err != nil {
			return err
		}
		if err := s.eraseStrays(ctx, tx, []broadsheet.Recipient{{Address: a.text}}); err != nil {
			return err
		}
	}
	return nil
}
