package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"broadsheet"
)

// ClaimDraft is a claim that is to be made.
type ClaimDraft struct {
	Account  int64
	Handle   string // of the account
	Paper    string // any of its ids
	Position int    // of the author, from 1
	Name     string // as the claimant saw it there
	Evidence string
	Most     int // claims of one account that may wait or were withdrawn within a day, 0 for no limit
	At       time.Time
	// Prove tells what proves that the account is that author, "" for nothing. It is
	// asked of the paper as it is when the claim is stored.
	Prove func(p *broadsheet.Paper, position int) broadsheet.ClaimProof
}

// PutClaim stores a claim. It is accepted at once where something proves it and
// nobody else has to do with that author: no other claim of it is accepted or
// waits, and none by the same person was rejected or revoked. Otherwise it waits,
// and the moderators are told. Claiming again what one has claimed gives that
// claim, and made is false.
//
// It is NotFound for a paper that is not here, Conflict where the paper's authors
// are others by now or the account claimed another of them, Limited past Most.
func (s *Store) PutClaim(ctx context.Context, d ClaimDraft) (out broadsheet.Claim, made bool, err error) {
	token := broadsheet.NewObjectID()
	err = s.tx(ctx, func(tx *txn) error {
		made = false
		if err := s.stays(ctx, tx, d.Account); err != nil {
			return err
		}
		o, p, err := s.lockPaper(ctx, tx, d.Paper)
		if err != nil {
			return err
		}
		if p.Hidden {
			return broadsheet.Errorf(broadsheet.NotFound, "there is no paper %.100s here", d.Paper)
		}
		if d.Position < 1 || d.Position > len(p.Authors) || p.Authors[d.Position-1].Name != d.Name {
			return &broadsheet.Error{Kind: broadsheet.Conflict, Field: "position", Text: "the paper’s authors are others by now", Fix: "open the form again"}
		}
		before, err := s.claimsIn(ctx, tx, ` WHERE c.paper_id = $1 ORDER BY c.id`, o.row)
		if err != nil {
			return err
		}
		contested := false
		for i := range before {
			c := &before[i]
			own, open, same := c.Account == d.Account, c.State == broadsheet.ClaimWaiting || c.State == broadsheet.ClaimAccepted, c.Place(p.Authors) == d.Position
			switch {
			case own && open && same:
				token = c.Token
				return nil
			case own && open:
				return &broadsheet.Error{Kind: broadsheet.Conflict, Field: "position", Text: "you have claimed to be " + c.Name, Fix: "withdraw that first"}
			case same && (open || own && c.State != broadsheet.ClaimTakenBack):
				contested = true
			}
		}
		if err := s.claimsLeft(ctx, tx, d); err != nil {
			return err
		}
		state, proof, closed := broadsheet.ClaimWaiting, broadsheet.ClaimProof(""), time.Time{}
		if !contested && d.Prove != nil {
			if proof = d.Prove(&p, d.Position); proof != "" {
				state, closed = broadsheet.ClaimAccepted, d.At
			}
		}
		key := broadsheet.AuthorKey(d.Name)
		if _, err := tx.exec(ctx, `INSERT INTO claims (token, account_id, paper_id, position, name, author_key, state, proof, evidence, reason, decider, asked_at, closed_at)
		  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '', $10, $11)`, token, d.Account, o.row, d.Position, d.Name, key, string(state), string(proof), d.Evidence, sortMicros(d.At), micros(closed)); err != nil {
			return err
		}
		made = true
		if state == broadsheet.ClaimAccepted {
			return s.claimed(ctx, tx, o, key)
		}
		return s.tellModerators(ctx, tx, broadsheet.Notification{Kind: broadsheet.NotifyClaim, Actor: d.Handle, Paper: o.key, Detail: "waits: " + d.Name, At: d.At})
	})
	if err != nil {
		return out, false, err
	}
	out, err = s.Claim(ctx, token)
	return out, made, err
}

// claimsLeft holds an account to its limit. Moderators are told of each claim, so that
// one counts for a day although it was withdrawn. Two of its claims for two papers at
// once may both pass; the limit is against floods.
func (s *Store) claimsLeft(ctx context.Context, tx *txn, d ClaimDraft) error {
	if d.Most <= 0 {
		return nil
	}
	var n int
	err := tx.QueryRowContext(ctx, s.dialect.rebind(`SELECT count(*) FROM claims WHERE account_id = $1 AND (state = 'waiting' OR state = 'withdrawn' AND asked_at > $2)`),
		d.Account, sortMicros(d.At.Add(-24*time.Hour))).Scan(&n)
	if err == nil && n >= d.Most {
		err = &broadsheet.Error{Kind: broadsheet.Limited, Text: fmt.Sprintf("%d of your claims wait for the moderators, or were withdrawn today", n), Fix: "wait until they have decided, or come back tomorrow"}
	}
	return err
}

// claimed is what goes with a claim that begins or ends to count: the names of
// authors are one or not, and the paper's page is news.
func (s *Store) claimed(ctx context.Context, tx *txn, o owner, keys ...string) error {
	tx.tally(o.row, o.key, 0, 0)
	return s.regroup(ctx, tx, keys...)
}

// tellModerators notes something for everybody who may decide about it.
func (s *Store) tellModerators(ctx context.Context, tx *txn, n broadsheet.Notification) error {
	rows, err := tx.query(ctx, `SELECT id FROM accounts WHERE role IN ('moderator', 'admin') AND `+activeAt("", 1)+` ORDER BY id`, n.At.UnixMicro())
	ids, err := collect(rows, err, scanNumber)
	if err != nil {
		return err
	}
	for _, n.Account = range ids {
		if err := s.note(ctx, tx, n); err != nil {
			return err
		}
	}
	return nil
}

// ClaimStep is what somebody does to a claim.
type ClaimStep struct {
	Token   string
	Account int64 // whose it must be, 0 for anybody's
	From    []broadsheet.ClaimState
	To      broadsheet.ClaimState
	Proof   broadsheet.ClaimProof // of an acceptance
	Log     *broadsheet.Action    // who and why; nil: its claimant does it
	At      time.Time
}

// StepClaim does it, writes it into the log and tells the claimant. It is Conflict
// where the claim is in another state by now, and where another claim of the same
// author is accepted: that is to be revoked first.
func (s *Store) StepClaim(ctx context.Context, step ClaimStep) (broadsheet.Claim, error) {
	err := s.tx(ctx, func(tx *txn) error {
		c, err := s.claimOf(ctx, tx, step.Token)
		if err != nil {
			return err
		}
		o, p, err := s.lockPaper(ctx, tx, c.Paper)
		if err != nil {
			return err
		}
		if c, err = s.claimOf(ctx, tx, step.Token); err != nil { // as it is now that nobody else decides
			return err
		}
		if step.Account != 0 && c.Account != step.Account {
			return errNoClaim
		}
		if !slices.Contains(step.From, c.State) {
			if c.Decider != "" {
				return &broadsheet.Error{Kind: broadsheet.Conflict, Text: fmt.Sprintf("it was %s by %s in the meantime", c.State, c.Decider), Fix: "see the claims as they are now"}
			}
			return &broadsheet.Error{Kind: broadsheet.Conflict, Text: fmt.Sprintf("it is %s by now", c.State), Fix: "see the claims as they are now"}
		}
		if step.To == broadsheet.ClaimAccepted {
			if err := s.vacant(ctx, tx, o, &p, &c); err != nil {
				return err
			}
		}
		reason, decider := "", ""
		if step.Log != nil {
			reason, decider = step.Log.Reason, step.Log.Actor
		}
		if _, err := tx.exec(ctx, `UPDATE claims SET state = $2, proof = $3, reason = $4, decider = $5, closed_at = $6 WHERE id = $1`, c.ID, string(step.To), string(step.Proof), reason, decider, micros(step.At)); err != nil {
			return err
		}
		if c.State == broadsheet.ClaimAccepted || step.To == broadsheet.ClaimAccepted {
			if err := s.claimed(ctx, tx, o, c.Key); err != nil {
				return err
			}
		}
		if step.Log == nil {
			return nil
		}
		x := *step.Log
		x.Kind, x.Object, x.Paper, x.Detail = broadsheet.ObjectClaim, c.Token, o.key, "to be "+c.Name // no handle: accounts can be deleted
		if step.To == broadsheet.ClaimRevoked {
			x.Detail += ", which was accepted"
		}
		if err := s.putAction(ctx, tx, x); err != nil {
			return err
		}
		detail := string(step.To)
		if reason != "" {
			detail += ": " + reason
		}
		return s.note(ctx, tx, broadsheet.Notification{Kind: broadsheet.NotifyClaim, Account: c.Account, Actor: decider, Paper: o.key, Detail: detail, At: step.At})
	})
	if err != nil {
		return broadsheet.Claim{}, err
	}
	return s.Claim(ctx, step.Token)
}

// vacant tells whether nobody else is known to be the author of a claim, who must
// still stand on the paper.
func (s *Store) vacant(ctx context.Context, tx *txn, o owner, p *broadsheet.Paper, c *broadsheet.Claim) error {
	place := c.Place(p.Authors)
	if place == 0 {
		return &broadsheet.Error{Kind: broadsheet.Conflict, Text: c.Name + " is no author of the paper any more", Fix: "reject the claim"}
	}
	all, err := s.claimsIn(ctx, tx, ` WHERE c.paper_id = $1 AND c.state = 'accepted'`, o.row)
	for i := range all {
		if all[i].ID != c.ID && all[i].Place(p.Authors) == place {
			return &broadsheet.Error{Kind: broadsheet.Conflict, Text: all[i].By.Key + " is known as this author", Fix: "revoke that claim first, if it is wrong"}
		}
	}
	return err
}
