package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"broadsheet"
)

// SubmissionSend is the confirmation of a draft.
type SubmissionSend struct {
	Token   string
	Account int64 // whose it must be
	Comment string
	Media   string
	At      time.Time
	Since   time.Time // PerDay counts from then
	PerDay  int       // 0 is no limit
	// Feature has it accepted at once; nil puts it into the queue.
	Feature *broadsheet.Feature
	// Log is written with an acceptance; its paper is filled in.
	Log *broadsheet.Action
	// Remark is Comment as it is to stand under the paper once it is accepted; nil
	// for none.
	Remark *CommentDraft
}

// SendSubmission confirms a draft. It is Limited where the account has sent
// enough, Conflict where the paper was sent by somebody else or was featured
// (*Featured tells when), and Denied where it is hidden. Sending again what is
// sent changes nothing.
func (s *Store) SendSubmission(ctx context.Context, in SubmissionSend) (broadsheet.Submission, error) {
	err := s.tx(ctx, func(tx *txn) error {
		x, err := s.lockSubmission(ctx, tx, in.Token)
		if err != nil {
			return err
		}
		switch {
		case x.Account != in.Account:
			return errNoSubmission
		case !x.SentAt.IsZero():
			return nil
		case x.State != broadsheet.SubmissionDraft:
			return &broadsheet.Error{Kind: broadsheet.Conflict, Text: "this is nothing that could be sent", Fix: "submit the paper anew"}
		}
		if err := s.allowance(ctx, tx, &in); err != nil {
			return err
		}
		p, err := s.submitted(ctx, tx, &x)
		if err != nil {
			return err
		}
		if err := s.claim(ctx, tx, &x, &p); err != nil {
			return err
		}
		x.Comment, x.Media = in.Comment, in.Media
		if _, err := tx.exec(ctx, `UPDATE submissions SET state = 'queued', comment = $2, media = $3, sent_at = $4 WHERE id = $1`, x.ID, x.Comment, x.Media, sortMicros(in.At)); err != nil {
			return err
		}
		if in.Feature == nil {
			return nil
		}
		return s.accept(ctx, tx, &x, p, *in.Feature, in.Log, in.Remark)
	})
	if err != nil {
		return broadsheet.Submission{}, err
	}
	return s.Submission(ctx, in.Token)
}

// lockSubmission reads a submission that no other writer can change meanwhile.
func (s *Store) lockSubmission(ctx context.Context, tx *txn, token string) (broadsheet.Submission, error) {
	if lock := s.dialect.lockRows(); lock != "" {
		if _, err := tx.exec(ctx, `SELECT id FROM submissions WHERE token = $1`+lock, token); err != nil {
			return broadsheet.Submission{}, err
		}
	}
	return s.submission(ctx, tx, ` WHERE u.token = $1`, token)
}

// allowance counts what the account has sent, while none of its others is sent.
func (s *Store) allowance(ctx context.Context, tx *txn, in *SubmissionSend) error {
	if in.PerDay <= 0 {
		return nil
	}
	if lock := s.dialect.lockRows(); lock != "" {
		if _, err := tx.exec(ctx, `SELECT id FROM accounts WHERE id = $1`+lock, in.Account); err != nil {
			return err
		}
	}
	n, err := s.submissionsSince(ctx, tx, in.Account, in.Since)
	if err == nil && n >= in.PerDay {
		err = &broadsheet.Error{Kind: broadsheet.Limited, Field: "submitPerDay", Text: fmt.Sprintf("you have submitted %d today, and nobody may submit more than %d a day", n, in.PerDay), Fix: "come back tomorrow"}
	}
	return err
}

// submitted is the paper of a submission: as it was found, or where it is here by
// now, enough of it to feature it.
func (s *Store) submitted(ctx context.Context, tx *txn, x *broadsheet.Submission) (broadsheet.Paper, error) {
	if x.Found != nil {
		p := *x.Found
		normalize(&p)
		return p, nil
	}
	owners, err := s.rowsOf(ctx, tx, []string{x.Paper})
	if err != nil {
		return broadsheet.Paper{}, err
	}
	o, ok := owners[x.Paper]
	if !ok {
		return broadsheet.Paper{}, &broadsheet.Error{Kind: broadsheet.NotFound, Text: "the paper is not here any more", Fix: "submit it anew"}
	}
	return s.known(ctx, tx, o)
}

// known is what a record must hold to add to a paper that is here.
func (s *Store) known(ctx context.Context, tx *txn, o owner) (broadsheet.Paper, error) {
	papers, err := s.load(ctx, tx, []int64{o.row}, false)
	if err != nil {
		return broadsheet.Paper{}, err
	}
	p := papers[o.row]
	return broadsheet.Paper{ID: p.ID, IDs: p.IDs, Title: p.Title}, nil
}

// Featured is the Conflict of a paper that was on the front page already.
type Featured struct {
	Paper string
	Day   broadsheet.Day
}

func (f *Featured) Error() string { return f.Paper + " was featured on " + string(f.Day) }

// claim takes the paper's identities for a submission, and looks whether it may
// be featured at all.
func (s *Store) claim(ctx context.Context, tx *txn, x *broadsheet.Submission, p *broadsheet.Paper) error {
	for _, id := range p.IDs {
		res, err := tx.exec(ctx, `INSERT INTO submission_idents (ident, submission_id) VALUES ($1, $2) ON CONFLICT (ident) DO NOTHING`, id.ID(), x.ID)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return cmp.Or(err, error(&broadsheet.Error{Kind: broadsheet.Conflict, Text: "this paper was submitted a moment ago, and waits for a curator", Fix: "vote for it when it is on the front page"}))
		}
	}
	return s.featurable(ctx, tx, p)
}

// featurable looks whether a submitted paper may be featured as it is now, and
// keeps it so until the transaction ends: much may happen to it in the queue.
func (s *Store) featurable(ctx context.Context, tx *txn, p *broadsheet.Paper) error {
	owners, err := s.owners(ctx, tx, []broadsheet.Paper{*p})
	if err != nil {
		return err
	}
	row := match(p, owners)
	if row == 0 {
		return nil
	}
	if err := s.lock(ctx, tx, []int64{row}); err != nil {
		return err
	}
	var hidden sql.NullInt64
	var day sql.NullString
	var withdrawn bool
	err = tx.QueryRowContext(ctx, s.dialect.rebind(`SELECT (SELECT hidden_at FROM paper_states WHERE paper_id = $1),
	  (SELECT max(f.day) FROM features f JOIN papers p ON p.id = f.paper_id WHERE f.paper_id = $1 AND p.origin > $2),
	  EXISTS (SELECT 1 FROM papers WHERE id = $1 AND withdrawn = 1)`), row, int(broadsheet.OriginSample)).Scan(&hidden, &day, &withdrawn)
	switch {
	case err != nil:
		return err
	case hidden.Valid:
		return errNotTaken
	case withdrawn:
		return errTakenBack
	case day.String != "":
		return &broadsheet.Error{Kind: broadsheet.Conflict, Text: "this paper was on the front page of " + day.String, Fix: "vote for it", Err: &Featured{p.ID, broadsheet.Day(day.String)}}
	}
	return nil
}

var errTakenBack = error(&broadsheet.Error{Kind: broadsheet.Denied, Text: "this paper was withdrawn by its authors"})

// errNotTaken tells no more than it must of a paper that moderators have hidden.
var errNotTaken = error(&broadsheet.Error{Kind: broadsheet.Denied, Text: "this paper is not taken here"})

// accept features a submission's paper and closes the submission. Its identities
// are free again: the features tell from now on.
func (s *Store) accept(ctx context.Context, tx *txn, x *broadsheet.Submission, p broadsheet.Paper, f broadsheet.Feature, log *broadsheet.Action, remark *CommentDraft) error {
	if x.Media != "" {
		p.Links = append(p.Links, broadsheet.Link{Kind: broadsheet.LinkMedia, URL: x.Media, AddedBy: "user"})
	}
	f.Submitter = &broadsheet.Person{Key: x.By.Key, Name: x.By.Name}
	o, err := s.feature(ctx, tx, p, f)
	if err != nil {
		return err
	}
	if err := s.brought(ctx, tx, x, o, remark, f.FeaturedAt); err != nil {
		return err
	}
	decider := ""
	if log != nil {
		decider = log.Actor
		log.Paper = o.key
		if log.Object == "" {
			log.Object = o.key
		}
		if err := s.putAction(ctx, tx, *log); err != nil {
			return err
		}
	}
	if _, err := tx.exec(ctx, `DELETE FROM submission_idents WHERE submission_id = $1`, x.ID); err != nil {
		return err
	}
	reason := ""
	if log != nil {
		reason = log.Reason
	}
	if _, err := tx.exec(ctx, `UPDATE submissions SET state = 'accepted', paper = $2, found = '', reason = $3, decider = $4, closed_at = $5 WHERE id = $1`,
		x.ID, o.key, reason, decider, micros(f.FeaturedAt)); err != nil {
		return err
	}
	return s.note(ctx, tx, broadsheet.Notification{Kind: broadsheet.NotifySubmission, Account: x.Account, Actor: cmp.Or(decider, x.By.Key), Paper: o.key, Detail: cmp.Or(reason, "accepted"), At: f.FeaturedAt})
}

// brought gives the paper what its submitter brings: the first vote, and the
// comment, unless nobody may write there.
func (s *Store) brought(ctx context.Context, tx *txn, x *broadsheet.Submission, o owner, remark *CommentDraft, at time.Time) error {
	var who broadsheet.Account
	var until sql.NullInt64
	lock := s.dialect.shareRow()
	if remark != nil { // putComment asks for as much
		lock = s.dialect.lockRows()
	}
	if err := tx.QueryRowContext(ctx, s.dialect.rebind(`SELECT state, banned_until FROM accounts WHERE id = $1`+lock), x.Account).Scan(&who.State, &until); err != nil {
		return err
	}
	who.BannedUntil = fromMicros(until)
	if who.Lapse(at); who.State != broadsheet.AccountActive {
		return nil
	}
	b := Ballot{Account: x.Account, Up: true, Counts: true, At: at}
	delta, _, err := b.write(ctx, tx, o.row)
	if err != nil {
		return err
	}
	tx.tally(o.row, o.key, delta, 0)
	if remark == nil {
		return nil
	}
	d := *remark
	d.Token, d.Paper, d.At = broadsheet.NewObjectID(), o.key, at
	if err := s.putComment(ctx, tx, d); broadsheet.KindOf(err) == broadsheet.Internal {
		return err
	}
	return nil
}

// feature puts a paper on a day's list.
func (s *Store) feature(ctx context.Context, tx *txn, p broadsheet.Paper, f broadsheet.Feature) (owner, error) {
	p.Features = []broadsheet.Feature{f}
	groups, err := distinct([]broadsheet.Paper{p})
	if err != nil {
		return owner{}, err
	}
	if err := s.putPapers(ctx, tx, groups[0], &Result{}); err != nil {
		return owner{}, err
	}
	owners, err := s.rowsOf(ctx, tx, []string{groups[0][0].ID})
	if err != nil {
		return owner{}, err
	}
	return owners[groups[0][0].ID], nil
}

// Decision is what a curator says of a submission in the queue.
type Decision struct {
	Token   string
	Feature *broadsheet.Feature // accepted; nil: rejected
	Log     broadsheet.Action   // who, why and when
	Remark  *CommentDraft       // as of SubmissionSend
}

// DecideSubmission accepts or rejects what waits in the queue, and tells who
// submitted it. Conflict where it does not wait any more, or its paper was featured
// since; Denied to accept one that was hidden or withdrawn since.
func (s *Store) DecideSubmission(ctx context.Context, d Decision) (broadsheet.Submission, error) {
	err := s.tx(ctx, func(tx *txn) error {
		x, err := s.lockSubmission(ctx, tx, d.Token)
		if err != nil {
			return err
		}
		if x.State != broadsheet.SubmissionQueued {
			who := cmp.Or(x.Decider, x.By.Key)
			return &broadsheet.Error{Kind: broadsheet.Conflict, Text: fmt.Sprintf("it was %s by %s in the meantime", x.State, who), Fix: "see the queue as it is now"}
		}
		log := d.Log
		log.Kind, log.Object, log.Paper = broadsheet.ObjectSubmission, x.Token, x.Paper
		if d.Feature != nil {
			p, err := s.submitted(ctx, tx, &x)
			if err != nil {
				return err
			}
			if err := s.featurable(ctx, tx, &p); err != nil {
				var known *broadsheet.Error
				if errors.As(err, &known) {
					told := *known
					told.Fix = "reject the submission, and tell its submitter"
					return &told
				}
				return err
			}
			return s.accept(ctx, tx, &x, p, *d.Feature, &log, d.Remark)
		}
		if err := s.closeSubmission(ctx, tx, &x, broadsheet.SubmissionRejected, log.Actor, log.Reason, log.At); err != nil {
			return err
		}
		if err := s.putAction(ctx, tx, log); err != nil {
			return err
		}
		return s.note(ctx, tx, broadsheet.Notification{Kind: broadsheet.NotifySubmission, Account: x.Account, Actor: log.Actor, Paper: s.ifHere(ctx, tx, x.Paper), Detail: "rejected: " + log.Reason, At: log.At})
	})
	if err != nil {
		return broadsheet.Submission{}, err
	}
	return s.Submission(ctx, d.Token)
}

// ifHere is the id of a paper that is here, else "".
func (s *Store) ifHere(ctx context.Context, tx *txn, id string) string {
	if owners, err := s.rowsOf(ctx, tx, []string{id}); err == nil {
		return owners[id].key
	}
	return ""
}

// TakeBackSubmission closes what its account has asked for and nobody decided.
func (s *Store) TakeBackSubmission(ctx context.Context, token string, account int64, at time.Time) error {
	return s.quietTx(ctx, func(tx *txn) error {
		x, err := s.lockSubmission(ctx, tx, token)
		switch {
		case err != nil:
			return err
		case x.Account != account:
			return errNoSubmission
		case x.State == broadsheet.SubmissionTakenBack:
			return nil
		case !x.State.Open() && x.State != broadsheet.SubmissionFailed:
			return &broadsheet.Error{Kind: broadsheet.Conflict, Text: fmt.Sprintf("it was %s in the meantime", x.State), Fix: "ask a curator"}
		}
		return s.closeSubmission(ctx, tx, &x, broadsheet.SubmissionTakenBack, "", "", at)
	})
}

// closeSubmission ends one that is not accepted, and frees its paper.
func (s *Store) closeSubmission(ctx context.Context, tx *txn, x *broadsheet.Submission, state broadsheet.SubmissionState, decider, reason string, at time.Time) error {
	if _, err := tx.exec(ctx, `DELETE FROM submission_idents WHERE submission_id = $1`, x.ID); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `UPDATE submissions SET state = $2, reason = $3, decider = $4, closed_at = $5 WHERE id = $1`, x.ID, string(state), reason, decider, micros(at))
	return err
}
