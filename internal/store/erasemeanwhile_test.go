package store_test

import (
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// meanwhile does something while a transaction of others, which began before and
// did what text says, has not ended; it ends a moment later.
func meanwhile(t *testing.T, s *store.Store, do func() error, text ...string) error {
	t.Helper()
	tx, err := s.Writer().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	for _, q := range text {
		if _, err := tx.ExecContext(t.Context(), q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	done := make(chan error, 1)
	go func() { done <- do() }()
	time.Sleep(300 * time.Millisecond) // so that it waits for us
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return <-done
}

// TestEraseCountsWhatGoes: what an erasure takes from counters is what the votes
// count that it deletes, and not what they counted when it began.
func TestEraseCountsWhatGoes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		k, who := newTalk(t, s, "ada", "bob", "cyn")
		ada := who["ada"]
		c := k.say(who["bob"], "", "Strong tea.", 0)
		if _, err := s.PutVote(ctx, ballot(ada, "2606.00001", true, 0)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.VoteComment(ctx, store.CommentVote{Token: c.Token, Account: ada.ID, At: talkAt, Value: 1, Counts: true}); err != nil {
			t.Fatal(err)
		}
		err := meanwhile(t, s, func() error { return s.EraseAccount(ctx, store.Erasure{Account: ada.ID, At: talkAt}) },
			`UPDATE votes SET counts = 0`, `UPDATE papers SET votes = votes - 1 WHERE key = '2606.00001'`,
			`UPDATE comments SET ups = 0, downs = 1`, `UPDATE comment_votes SET value = -1`)
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.Paper(ctx, "2606.00001")
		if err != nil || p.Votes != 0 {
			t.Errorf("the paper has %d votes, %v; want 0: what was damped meanwhile counts for nobody", p.Votes, err)
		}
		if c, err = s.Comment(ctx, c.Token); err != nil || c.Ups != 0 || c.Downs != 0 {
			t.Errorf("the comment has %d ups and %d downs, %v; want none of both", c.Ups, c.Downs, err)
		}
	})
}

// TestGivenWhileErased: what comes for an account while it is erased is refused,
// and does not outlive it.
func TestGivenWhileErased(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		k, who := newTalk(t, s, "ada", "bob")
		c := k.say(who["bob"], "", "Strong tea.", 0)
		ada := who["ada"]
		own := k.say(ada, "", "Tea.", 0)
		for name, give := range map[string]func() error{
			"a vote": func() error {
				_, err := s.PutVote(ctx, ballot(ada, "2606.00001", true, 0))
				return err
			},
			"a vote for a comment": func() error {
				_, _, err := s.VoteComment(ctx, store.CommentVote{Token: c.Token, Account: ada.ID, At: talkAt, Value: 1, Counts: true})
				return err
			},
			"a reaction": func() error {
				_, err := s.React(ctx, store.CommentVote{Token: c.Token, Account: ada.ID, At: talkAt, Reaction: broadsheet.Reactions[0]})
				return err
			},
			"a report": func() error {
				return s.PutFlag(ctx, broadsheet.Flag{Kind: broadsheet.ObjectComment, Object: c.Token, Account: ada.ID, Reason: broadsheet.FlagRude, Text: "Late words.", At: talkAt}, 0)
			},
			"an edit": func() error {
				d := saying(ada, "", "Late words.", time.Minute)
				d.Token, d.Version = own.Token, 1
				_, err := s.EditComment(ctx, d)
				return err
			},
			"a comment": func() error {
				_, err := s.PutComment(ctx, saying(ada, "", "Late words.", time.Minute))
				return err
			},
		} {
			if _, err := s.Writer().ExecContext(ctx, `UPDATE accounts SET state = 'active' WHERE name = 'ada'`); err != nil {
				t.Fatal(err)
			}
			k.wantKind(name+" for an account that is being erased", meanwhile(t, s, give, `UPDATE accounts SET state = 'deleted' WHERE name = 'ada'`), broadsheet.Unauthenticated)
		}
		for _, table := range []string{"votes", "comment_votes", "comment_reactions", "flags", "comment_edits"} {
			var n int
			if err := s.Writer().QueryRowContext(ctx, `SELECT count(*) FROM `+table).Scan(&n); err != nil || n != 0 {
				t.Errorf("%s holds %d rows, %v; want none", table, n, err)
			}
		}
	})
}

// TestTellWhileErased: what somebody tells of themselves, or asks for, while their
// account is erased is refused, and does not outlive it.
func TestTellWhileErased(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		k, who := newTalk(t, s, "ada")
		ada := who["ada"].ID
		if err := s.PutOrganizations(ctx, []broadsheet.Organization{{Key: "lab", Name: "Lab"}}); err != nil {
			t.Fatal(err)
		}
		for name, give := range map[string]func() error{
			"a profile": func() error { return s.PutProfile(ctx, ada, store.Profile{FullName: "Ada Lovelace"}) },
			"a picture": func() error {
				return s.PutAccountPicture(ctx, ada, store.AccountPicture{Key: "k", Type: "image/png", Body: []byte("x")})
			},
			"an account elsewhere": func() error {
				return s.AddIdentity(ctx, broadsheet.Identity{Provider: "orcid", Subject: "0000", AccountID: ada, CreatedAt: talkAt})
			},
			"an address": func() error {
				return s.ReplaceAddress(ctx, broadsheet.AccountAddress{AccountID: ada, Address: "late@people.example", VerifiedAt: talkAt}, "late@people.example")
			},
			"a passkey": func() error {
				return s.PutPasskey(ctx, broadsheet.Passkey{ID: "k", AccountID: ada, Data: []byte("{}")})
			},
			"a token": func() error { return s.PutAPIToken(ctx, "h", broadsheet.APIToken{ID: "t", AccountID: ada}) },
			"a claim": func() error {
				_, _, err := s.PutClaim(ctx, store.ClaimDraft{Account: ada, Handle: "ada", Paper: "2606.00001", Position: 1, At: talkAt})
				return err
			},
			"a submission": func() error {
				_, _, err := s.PutSubmission(ctx, broadsheet.Submission{Token: "s", Account: ada, Typed: "x", Ident: "2606.00009", State: broadsheet.SubmissionLooking, AskedAt: talkAt})
				return err
			},
			"what belongs to a paper": func() error {
				_, err := s.EditPaper(ctx, "2606.00001", []broadsheet.PaperEdit{{Kind: broadsheet.EditCode, Value: "https://code.example/late"}}, ada, broadsheet.Action{At: talkAt, Actor: "ada", Act: broadsheet.ActEdit})
				return err
			},
			"a membership": func() error {
				_, err := s.StepMember(ctx, store.MemberStep{Organization: "lab", Account: ada, Change: func(*broadsheet.Membership, []broadsheet.Membership) (*broadsheet.Membership, error) {
					return &broadsheet.Membership{Role: broadsheet.MemberPlain, State: broadsheet.MemberAsked, At: talkAt}, nil
				}})
				return err
			},
		} {
			if _, err := s.Writer().ExecContext(ctx, `UPDATE accounts SET state = 'active' WHERE name = 'ada'`); err != nil {
				t.Fatal(err)
			}
			k.wantKind(name+" for an account that is being erased", meanwhile(t, s, give, `UPDATE accounts SET state = 'deleted' WHERE name = 'ada'`), broadsheet.Unauthenticated)
		}
		for _, table := range []string{"accounts WHERE full_name <> '' OR avatar_key <> ''", "account_pictures", "profile_choices", "identities", "account_addresses WHERE key LIKE 'late%'", "passkeys", "api_tokens", "claims", "submissions", "memberships", "paper_edits", "actions"} {
			var n int
			if err := s.Writer().QueryRowContext(ctx, `SELECT count(*) FROM `+table).Scan(&n); err != nil || n != 0 {
				t.Errorf("%s holds %d rows, %v; want none", table, n, err)
			}
		}
	})
}

// TestErasureWaits: an erasure waits for what its account is giving, and takes it.
func TestErasureWaits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		_, who := newTalk(t, s, "ada")
		hold := `SELECT 1` // SQLite has one writer, who is here
		if s.Dialect() == "postgres" {
			hold = `SELECT id FROM accounts WHERE name = 'ada' FOR SHARE`
		}
		err := meanwhile(t, s, func() error { return s.EraseAccount(ctx, store.Erasure{Account: who["ada"].ID, At: talkAt}) }, hold,
			`INSERT INTO votes (paper_id, account_id, at, counts) SELECT p.id, a.id, 1, 1 FROM papers p, accounts a WHERE a.name = 'ada'`, `UPDATE papers SET votes = votes + 1`)
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.Paper(ctx, "2606.00001")
		if err != nil || p.Votes != 0 {
			t.Errorf("the paper has %d votes, %v; want 0", p.Votes, err)
		}
	})
}
