package store

import (
	"context"
	"database/sql"
	"slices"

	"broadsheet"
)

// Waiting is the Conflict of a paper that somebody submitted and that waits for a
// curator: it is theirs to have brought it.
type Waiting struct{ Submission string } // its token

func (w *Waiting) Error() string { return "submission " + w.Submission + " of it waits" }

// FeaturePaper puts a paper that is here on a day's list. Conflict where it is on
// it already, or waits in the queue (*Waiting tells which submission is to be
// accepted), Denied where it is hidden or its authors took it back.
func (s *Store) FeaturePaper(ctx context.Context, id string, f broadsheet.Feature, log broadsheet.Action) error {
	return s.tx(ctx, func(tx *txn) error {
		o, p, err := s.lockPaper(ctx, tx, id)
		if err != nil {
			return err
		}
		if featureOn(&p, f.Day) >= 0 {
			return &broadsheet.Error{Kind: broadsheet.Conflict, Text: "this paper is on the front page of " + string(f.Day) + " already", Fix: "look at it again"}
		}
		if p.Withdrawn {
			return errTakenBack
		}
		var hidden int
		if err := tx.QueryRowContext(ctx, s.dialect.rebind(`SELECT count(*) FROM paper_states WHERE paper_id = $1 AND hidden_at IS NOT NULL`), o.row).Scan(&hidden); err != nil {
			return err
		}
		if hidden > 0 {
			return errNotTaken
		}
		// Who sends it now finds the paper held, and then featured.
		var token string
		err = tx.QueryRowContext(ctx, s.dialect.rebind(`SELECT u.token FROM paper_ids i JOIN submission_idents w ON w.ident = i.ident JOIN submissions u ON u.id = w.submission_id
		  WHERE i.paper_id = $1 AND u.state = 'queued' ORDER BY u.sent_at, u.id LIMIT 1`), o.row).Scan(&token)
		switch {
		case err == nil:
			return &broadsheet.Error{Kind: broadsheet.Conflict, Text: "this paper was submitted, and waits in the queue", Fix: "accept the submission", Err: &Waiting{token}}
		case err != sql.ErrNoRows:
			return err
		}
		if _, err := s.feature(ctx, tx, broadsheet.Paper{ID: p.ID, IDs: p.IDs, Title: p.Title}, f); err != nil {
			return err
		}
		log.Kind, log.Object, log.Paper = broadsheet.ObjectPaper, o.key, o.key
		return s.putAction(ctx, tx, log)
	})
}

// UnfeaturePaper takes a paper off a day's list, and tells who submitted it.
// Conflict where it is not on it, or was put there by another site, whose next
// harvest would put it there again.
func (s *Store) UnfeaturePaper(ctx context.Context, id string, day broadsheet.Day, log broadsheet.Action) error {
	return s.tx(ctx, func(tx *txn) error {
		o, p, err := s.lockPaper(ctx, tx, id)
		if err != nil {
			return err
		}
		at := featureOn(&p, day)
		switch {
		case at < 0:
			return &broadsheet.Error{Kind: broadsheet.Conflict, Text: "this paper is not on the front page of " + string(day), Fix: "look at it again"}
		case len(p.Features[at].Wire) > 0:
			return &broadsheet.Error{Kind: broadsheet.Conflict, Text: "this paper was chosen at another site, and would come again with its next harvest", Fix: "a moderator can hide it"}
		}
		by := p.Features[at].Submitter
		without := p
		without.Features = slices.Delete(slices.Clone(p.Features), at, at+1)
		if err := unfeatureRow(ctx, tx, o, day, entries(&p), entries(&without)); err != nil {
			return err
		}
		log.Kind, log.Object, log.Paper = broadsheet.ObjectPaper, o.key, o.key
		if err := s.putAction(ctx, tx, log); err != nil || by == nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, s.dialect.rebind(`SELECT id FROM accounts WHERE name = $1`), by.Key)
		accounts, err := collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
		if err != nil || len(accounts) == 0 {
			return err
		}
		return s.note(ctx, tx, broadsheet.Notification{Kind: broadsheet.NotifySubmission, Account: accounts[0], Actor: log.Actor, Paper: o.key, Detail: "taken off the front page: " + log.Reason, At: log.At})
	})
}

func featureOn(p *broadsheet.Paper, day broadsheet.Day) int {
	return slices.IndexFunc(p.Features, func(f broadsheet.Feature) bool { return f.Day == day })
}

// lockPaper reads a paper whole that no other writer can change meanwhile.
func (s *Store) lockPaper(ctx context.Context, tx *txn, id string) (o owner, p broadsheet.Paper, err error) {
	owners, err := s.rowsOf(ctx, tx, []string{id})
	if err != nil {
		return o, p, err
	}
	o, ok := owners[id]
	if !ok {
		return o, p, broadsheet.Errorf(broadsheet.NotFound, "the paper %.100s is not here", id)
	}
	if err := s.lock(ctx, tx, []int64{o.row}); err != nil {
		return o, p, err
	}
	papers, err := s.load(ctx, tx, []int64{o.row}, true)
	return o, papers[o.row], err
}

// Hidden tells whether moderators have hidden a paper; false for one that is not
// here.
func (s *Store) Hidden(ctx context.Context, id string) (bool, error) {
	var n int
	err := s.queryRow(ctx, `SELECT count(*) FROM paper_ids i JOIN paper_states h ON h.paper_id = i.paper_id WHERE i.ident = $1 AND h.hidden_at IS NOT NULL`, id).Scan(&n)
	return n > 0, s.explain(err)
}
