package transfer_test

import (
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
	"broadsheet/internal/transfer"

	"github.com/google/go-cmp/cmp"
)

// given are the votes and comments of the three papers that were given at a site.
func given(t *testing.T, s *store.Store) (out [3][2]int) {
	t.Helper()
	for i, id := range threePapers {
		p := must(s.Paper(t.Context(), id))
		out[i] = [2]int{p.Votes, p.Comments}
	}
	return out
}

// TestCountsComeOnce: votes and comments are counted from their rows where these
// came, and are the number that was exported where they did not; however often an
// export comes, and whatever people here did since.
func TestCountsComeOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, b *store.Store) {
		a, c := storetest.Open(t), storetest.Open(t)
		load(t, a, transfer.Options{}, write(t, "made.jsonl", []byte(community(t, a))))
		full, plain := write(t, "all.jsonl", []byte(exportAll(t, a))), write(t, "plain.jsonl", []byte(export(t, a)))
		again := transfer.Options{Again: true}
		want := func(what string, s *store.Store, want [3][2]int) {
			t.Helper()
			if diff := cmp.Diff(want, given(t, s)); diff != "" {
				t.Errorf("%s: votes and comments (-want +got):\n%s", what, diff)
			}
		}
		vote := func(s *store.Store, name, paper string, up bool) {
			t.Helper()
			if _, err := s.PutVote(t.Context(), store.Ballot{Account: must(s.AccountNamed(t.Context(), name)).ID, Paper: paper, Up: up, Counts: true, At: known(3)}); err != nil {
				t.Fatal(err)
			}
		}
		want("where they were given", a, [3][2]int{{1, 1}, {1, 0}, {0, 0}})
		load(t, b, transfer.Options{}, full)
		want("into an empty site", b, given(t, a))
		load(t, b, again, full)
		want("again", b, given(t, a))

		// A comment is hidden here, and a vote given.
		act := broadsheet.Action{At: known(3), Actor: "ada", Act: broadsheet.ActHide, Kind: broadsheet.ObjectComment, Object: "ddddddddddddddddddddddd1", Paper: threePapers[0]}
		if err := b.ModerateComment(t.Context(), act.Object, []broadsheet.CommentState{broadsheet.CommentShown}, broadsheet.CommentHidden, act); err != nil {
			t.Fatal(err)
		}
		vote(b, "ada", threePapers[2], true)
		vote(b, "ada", threePapers[1], true)
		for _, file := range []string{full, plain} {
			load(t, b, again, file)
			want("again, after people did something", b, [3][2]int{{1, 0}, {2, 0}, {1, 0}})
		}
		vote(b, "ada", threePapers[0], false)
		load(t, b, again, full)
		want("a vote that was taken back comes again", b, [3][2]int{{1, 0}, {2, 0}, {1, 0}})

		load(t, c, transfer.Options{}, plain)
		want("without people", c, given(t, a))
		if _, err := c.CreateAccount(t.Context(), store.NewAccount{Account: broadsheet.Account{Token: broadsheet.NewObjectID(), Name: "eve", Role: broadsheet.RoleMember, State: broadsheet.AccountActive, CreatedAt: time.Now()}, Skeleton: "eve", Assigned: true}); err != nil {
			t.Fatal(err)
		}
		vote(c, "eve", threePapers[0], true)
		load(t, c, again, plain)
		want("without people, again", c, [3][2]int{{2, 1}, {1, 0}, {0, 0}})
		load(t, c, again, full)
		want("with people after that", c, [3][2]int{{2, 1}, {1, 0}, {0, 0}})
	})
}
