package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func ballot(by broadsheet.Account, paper string, up bool, after time.Duration) store.Ballot {
	return store.Ballot{Account: by.ID, Paper: paper, Up: up, Counts: true, At: talkAt.Add(after)}
}

func TestVote(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		k, who := newTalk(t, s, "ada", "bob", "cyn")
		ada, bob, cyn := who["ada"], who["bob"], who["cyn"]
		if _, err := s.Put(ctx, store.Batch{Papers: []broadsheet.Paper{
			{ID: "2606.00002", Title: "Known elsewhere", ImportedVotes: 87, IDs: []broadsheet.SourceID{{Scheme: "arxiv", Value: "2606.00002"}, {Scheme: "doi", Value: "10.1000/two"}}},
			{ID: "2606.00003", Title: "Withdrawn", Withdrawn: true}, {ID: "2606.00004", Title: "Hidden"}}}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Writer().ExecContext(ctx, `INSERT INTO paper_states (paper_id, hidden_at, reason) SELECT id, 1, '' FROM papers WHERE key = '2606.00004'`); err != nil {
			t.Fatal(err)
		}
		for i, step := range []struct {
			who   broadsheet.Account
			paper string
			up    bool
			want  broadsheet.Voted
		}{
			{ada, "2606.00001", true, broadsheet.Voted{Voted: true, Changed: true, Votes: 1}},
			{ada, "2606.00001", true, broadsheet.Voted{Voted: true, Votes: 1}},
			{bob, "2606.00001", true, broadsheet.Voted{Voted: true, Changed: true, Votes: 2}},
			{ada, "2606.00001", false, broadsheet.Voted{Changed: true, Votes: 1}},
			{ada, "2606.00001", false, broadsheet.Voted{Votes: 1}},
			{ada, "2606.00001", true, broadsheet.Voted{Voted: true, Changed: true, Votes: 2}},
			{cyn, "doi:10.1000/two", true, broadsheet.Voted{Paper: "2606.00002", Voted: true, Changed: true, Votes: 88}},
		} {
			if step.want.Paper == "" {
				step.want.Paper = step.paper
			}
			got, err := s.PutVote(ctx, ballot(step.who, step.paper, step.up, time.Duration(i)*time.Minute))
			if diff := cmp.Diff(step.want, got); err != nil || diff != "" {
				t.Errorf("step %d: %s votes %v for %s (-want +got, %v):\n%s", i, step.who.Name, step.up, step.paper, err, diff)
			}
		}
		for _, refused := range []struct {
			paper string
			up    bool
			kind  broadsheet.Kind
		}{{"2606.00003", true, broadsheet.Conflict}, {"2606.00004", true, broadsheet.NotFound}, {"2606.00004", false, broadsheet.NotFound}, {"2606.99999", true, broadsheet.NotFound}} {
			_, err := s.PutVote(ctx, ballot(ada, refused.paper, refused.up, 0))
			k.wantKind(fmt.Sprint("a vote ", refused.up, " for ", refused.paper), err, refused.kind)
		}
		if got, err := s.PutVote(ctx, ballot(ada, "2606.00003", false, 0)); err != nil || got.Changed {
			t.Errorf("taking back a vote on a withdrawn paper: %+v, %v, want it allowed", got, err)
		}
		ghost := ada
		ghost.ID = 9999
		_, err := s.PutVote(ctx, ballot(ghost, "2606.00001", true, 0))
		k.wantKind("a vote of nobody", err, broadsheet.Unauthenticated)

		damped := ballot(cyn, "2606.00001", true, time.Hour)
		damped.Counts = false
		if got, err := s.PutVote(ctx, damped); err != nil || !got.Voted || got.Votes != 2 {
			t.Errorf("a vote that does not count: %+v, %v, want it kept and 2 votes", got, err)
		}
		mine, err := s.VotedFor(ctx, cyn.ID, []string{"2606.00001", "2606.00002", "2606.00003"})
		if diff := cmp.Diff(map[string]bool{"2606.00001": true, "2606.00002": true}, mine); err != nil || diff != "" {
			t.Errorf("what cyn voted for (-want +got, %v):\n%s", err, diff)
		}
		names := func(votes []broadsheet.Vote) (out []string) {
			for _, v := range votes {
				out = append(out, v.By.Name)
			}
			return out
		}
		votes, err := s.Voters(ctx, "2606.00001", 0, 10)
		if diff := cmp.Diff([]string{"ada", "bob"}, names(votes)); err != nil || diff != "" {
			t.Errorf("voters (-want +got, %v):\n%s", err, diff)
		}
		votes, err = s.VotesBy(ctx, cyn.ID, 0, 10)
		want := []broadsheet.Vote{{Paper: "2606.00001", At: talkAt.Add(time.Hour)}, {Paper: "2606.00002", At: talkAt.Add(6 * time.Minute)}}
		if diff := cmp.Diff(want, votes, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("votes of cyn (-want +got, %v):\n%s", err, diff)
		}
	})
}

// A hundred votes that arrive at once for one person count once, and a hundred of
// a hundred people a hundred times; no news is lost on the way.
func TestParallelVotesCountOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		names := make([]string, 100)
		for i := range names {
			names[i] = fmt.Sprint("reader-", i)
		}
		_, who := newTalk(t, s, names...)
		var all sync.WaitGroup
		var mu sync.Mutex
		changed, most := 0, 0
		vote := func(by broadsheet.Account, up bool) {
			all.Go(func() {
				got, err := s.PutVote(t.Context(), ballot(by, "2606.00001", up, 0))
				if err != nil {
					t.Errorf("a vote of %s: %v", by.Name, err)
				}
				mu.Lock()
				defer mu.Unlock()
				most = max(most, got.Votes)
				if got.Changed {
					changed++
				}
			})
		}
		for range 100 {
			vote(who[names[0]], true)
		}
		all.Wait()
		if p, err := s.Paper(t.Context(), "2606.00001"); err != nil || p.Votes != 1 || changed != 1 || most != 1 {
			t.Errorf("100 votes of one person at once: %d votes, %d told that theirs is new, %d the most told (%v); want 1, 1, 1", p.Votes, changed, most, err)
		}
		for _, name := range names {
			vote(who[name], true)
			vote(who[name], true)
		}
		all.Wait()
		if p, err := s.Paper(t.Context(), "2606.00001"); err != nil || p.Votes != len(names) || changed != len(names) {
			t.Errorf("%d people at once: %d votes, %d told that theirs is new (%v)", len(names), p.Votes, changed, err)
		}
		for _, name := range names {
			vote(who[name], false)
			vote(who[name], false)
		}
		all.Wait()
		if p, err := s.Paper(t.Context(), "2606.00001"); err != nil || p.Votes != 0 || changed != 2*len(names) {
			t.Errorf("all taken back: %d votes, %d changes (%v); want 0 and %d", p.Votes, changed, err, 2*len(names))
		}
	})
}

// Deleting a paper leaves no vote behind.
func TestVotesGoWithTheirPaper(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		_, who := newTalk(t, s, "ada")
		if _, err := s.PutVote(t.Context(), ballot(who["ada"], "2606.00001", true, 0)); err != nil {
			t.Fatal(err)
		}
		if err := s.Delete(t.Context(), []string{"2606.00001"}); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := s.Writer().QueryRowContext(t.Context(), `SELECT count(*) FROM votes`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d votes (%v) are left of a deleted paper, want 0", n, err)
		}
	})
}
