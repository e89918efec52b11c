package store_test

import (
	"testing"
	"time"

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
