package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

var talkAt = time.Date(2026, 6, 30, 9, 0, 0, 0, time.UTC)

// talk is a paper with people who may talk about it.
type talk struct {
	*store.Store
	t testing.TB
}

func newTalk(t testing.TB, s *store.Store, names ...string) (talk, map[string]broadsheet.Account) {
	t.Helper()
	if _, err := s.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{{ID: "2606.00001", Origin: broadsheet.OriginCatalog, Title: "Tea", PublishedAt: talkAt,
		Features: []broadsheet.Feature{{Day: "2026-06-30", FeaturedAt: talkAt, Submitter: &broadsheet.Person{Key: "cyn"}}}}}}); err != nil {
		t.Fatal(err)
	}
	people := map[string]broadsheet.Account{}
	for _, name := range names {
		a, err := s.CreateAccount(t.Context(), store.NewAccount{Account: broadsheet.Account{Token: broadsheet.NewObjectID(), Name: name, Role: broadsheet.RoleMember, State: broadsheet.AccountActive, CreatedAt: talkAt}, Skeleton: name, Assigned: true})
		if err != nil {
			t.Fatal(err)
		}
		people[name] = a
	}
	return talk{s, t}, people
}

func (k talk) say(by broadsheet.Account, parent, text string, after time.Duration, mentions ...string) broadsheet.Comment {
	k.t.Helper()
	c, err := k.PutComment(k.t.Context(), saying(by, parent, text, after, mentions...))
	if err != nil {
		k.t.Fatalf("%s says %q: %v", by.Name, text, err)
	}
	return c
}

func saying(by broadsheet.Account, parent, text string, after time.Duration, mentions ...string) store.CommentDraft {
	return store.CommentDraft{Paper: "2606.00001", Parent: parent, Account: by.ID, Name: by.Name, Text: text, HTML: "<p>" + text + "</p>", Plain: text, Renderer: 1, Mentions: mentions, At: talkAt.Add(after)}
}

func (k talk) comments() int {
	k.t.Helper()
	p, err := k.Paper(k.t.Context(), "2606.00001")
	if err != nil {
		k.t.Fatal(err)
	}
	return p.Comments
}

func (k talk) wantKind(what string, err error, want broadsheet.Kind) {
	k.t.Helper()
	if err == nil || broadsheet.KindOf(err) != want {
		k.t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

func TestComment(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		k, who := newTalk(t, s, "ada", "bob", "cyn")
		ada, bob, cyn := who["ada"], who["bob"], who["cyn"]
		first := k.say(ada, "", "first", 0, "bob", "ada", "nobody")
		second := k.say(bob, first.Token, "second", time.Minute)
		if n := k.comments(); n != 2 {
			t.Errorf("paper counts %d comments, want 2", n)
		}
		all, err := s.Comments(ctx, "2606.00001", 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range all {
			got = append(got, fmt.Sprint(c.By.Name, " ", c.HTML, " ", c.Parent == first.Token, " ", c.State, " ", c.Version))
		}
		if diff := cmp.Diff([]string{"ada <p>first</p> false shown 1", "bob <p>second</p> true shown 1"}, got); diff != "" {
			t.Errorf("comments (-want +got)\n%s", diff)
		}
		for _, want := range []struct {
			who   broadsheet.Account
			kinds []broadsheet.NotificationKind
		}{{ada, []broadsheet.NotificationKind{broadsheet.NotifyReply}}, {bob, []broadsheet.NotificationKind{broadsheet.NotifyMention}}, {cyn, []broadsheet.NotificationKind{broadsheet.NotifyPaper, broadsheet.NotifyPaper}}} {
			ns, err := s.Notifications(ctx, want.who.ID, 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			var kinds []broadsheet.NotificationKind
			for _, n := range ns {
				kinds = append(kinds, n.Kind)
			}
			if diff := cmp.Diff(want.kinds, kinds); diff != "" {
				t.Errorf("%s is told (-want +got)\n%s", want.who.Name, diff)
			}
		}

		_, err = s.PutComment(ctx, saying(bob, first.Token, "second", time.Minute+time.Second))
		k.wantKind("the same again", err, broadsheet.Conflict)
		_, err = s.PutComment(ctx, store.CommentDraft{Paper: "2606.99999", Account: bob.ID, Text: "x", At: talkAt})
		k.wantKind("a paper that is not here", err, broadsheet.NotFound)
		limited := saying(bob, "", "more", 2*time.Minute)
		limited.PerHour = 1
		_, err = s.PutComment(ctx, limited)
		k.wantKind("past the limit", err, broadsheet.Limited)

		edit := saying(ada, "", "first, better", time.Hour, "bob", "cyn")
		edit.Token, edit.Version = first.Token, 1
		if c, err := s.EditComment(ctx, edit); err != nil || c.Version != 2 || c.HTML != "<p>first, better</p>" || c.EditedAt.IsZero() {
			t.Errorf("edit: got %+v, %v", c, err)
		}
		_, err = s.EditComment(ctx, edit)
		k.wantKind("an edit of what was edited meanwhile", err, broadsheet.Conflict)
		edit.Account, edit.Version = bob.ID, 2
		_, err = s.EditComment(ctx, edit)
		k.wantKind("an edit by another", err, broadsheet.Denied)
		edits, err := s.CommentEdits(ctx, first.ID)
		if diff := cmp.Diff([]broadsheet.CommentEdit{{Version: 1, Text: "first", HTML: "<p>first</p>", At: talkAt}}, edits); diff != "" || err != nil {
			t.Errorf("history (-want +got), %v\n%s", err, diff)
		}
		if n, _ := s.Unread(ctx, cyn.ID, 10); n != 3 {
			t.Errorf("cyn has %d notifications after an edit that names her, want 3", n)
		}
		if n, _ := s.Unread(ctx, bob.ID, 10); n != 1 {
			t.Errorf("bob has %d notifications after an edit that names him as before, want 1", n)
		}

		k.wantKind("deletion by another", s.DeleteComment(ctx, second.Token, ada.ID, talkAt), broadsheet.Denied)
		if err := s.DeleteComment(ctx, first.Token, ada.ID, talkAt); err != nil {
			t.Fatal(err)
		}
		k.wantKind("deletion again", s.DeleteComment(ctx, first.Token, ada.ID, talkAt), broadsheet.Conflict)
		edit.Account, edit.Version = ada.ID, 3
		_, err = s.EditComment(ctx, edit)
		k.wantKind("an edit of what is deleted", err, broadsheet.Conflict)
		_, err = s.PutComment(ctx, saying(bob, first.Token, "to nobody", time.Hour))
		k.wantKind("an answer to what is deleted", err, broadsheet.Conflict)
		if edits, _ := s.CommentEdits(ctx, first.ID); len(edits) != 0 {
			t.Errorf("history of a deleted comment: %v, want none", edits)
		}
		if n := k.comments(); n != 1 {
			t.Errorf("paper counts %d comments after one was deleted, want 1", n)
		}
	})
}

func TestCommentModerated(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		k, who := newTalk(t, s, "ada", "bob", "mod")
		ada, bob := who["ada"], who["bob"]
		d := saying(ada, "", "buy tea", 0, "bob")
		d.Held = true
		held, err := s.PutComment(ctx, d)
		if err != nil || held.State != broadsheet.CommentHeld || k.comments() != 0 {
			t.Fatalf("held comment: %+v, %v, counted %d; want it held and not counted", held, err, k.comments())
		}
		if n, _ := s.Unread(ctx, bob.ID, 10); n != 0 {
			t.Errorf("bob has %d notifications of what is held, want 0", n)
		}
		act := broadsheet.Action{At: talkAt, Actor: "mod", Act: broadsheet.ActShow, Kind: broadsheet.ObjectComment, Object: held.Token, Paper: "2606.00001"}
		shown, hidden := broadsheet.CommentShown, broadsheet.CommentHidden
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for range 8 { // moderators at once
			wg.Go(func() {
				if err := s.ModerateComment(context.WithoutCancel(ctx), held.Token, []broadsheet.CommentState{broadsheet.CommentHeld}, shown, act); err == nil {
					mu.Lock()
					won++
					mu.Unlock()
				} else if broadsheet.KindOf(err) != broadsheet.Conflict {
					t.Errorf("a slower moderator: %v, want Conflict", err)
				}
			})
		}
		wg.Wait()
		if n, _ := s.Unread(ctx, bob.ID, 10); won != 1 || k.comments() != 1 || n != 1 {
			t.Errorf("released: %d moderators did it, %d comments, bob told %d times; want 1 each", won, k.comments(), n)
		}
		act.Act = broadsheet.ActHide
		if err := s.ModerateComment(ctx, held.Token, []broadsheet.CommentState{shown}, hidden, act); err != nil || k.comments() != 0 {
			t.Errorf("hide: %v, %d comments; want none", err, k.comments())
		}
		_, _, err = s.VoteComment(ctx, store.CommentVote{Token: held.Token, Account: bob.ID, Value: 1, Counts: true, At: talkAt})
		k.wantKind("a vote for what is hidden", err, broadsheet.Conflict)
		if log, err := s.Actions(ctx, store.ActionQuery{Object: held.Token, Limit: 10}); err != nil || len(log) != 2 {
			t.Errorf("log: %v, %v; want two lines", log, err)
		}
	})
}

func TestCommentVotes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		k, who := newTalk(t, s, "ada", "bob", "cyn")
		c := k.say(who["ada"], "", "first", 0)
		vote := func(by string, value int, counts bool) (int, int) {
			t.Helper()
			ups, downs, err := s.VoteComment(ctx, store.CommentVote{Token: c.Token, Account: who[by].ID, Value: value, Counts: counts, At: talkAt})
			if err != nil {
				t.Fatal(err)
			}
			return ups, downs
		}
		for _, step := range []struct {
			by         string
			value      int
			counts     bool
			ups, downs int
		}{{"bob", 1, true, 1, 0}, {"bob", 1, true, 1, 0}, {"cyn", -1, true, 1, 1}, {"bob", -1, true, 0, 2}, {"bob", 0, true, 0, 1}, {"bob", 0, true, 0, 1}, {"cyn", 1, false, 0, 0}, {"cyn", 1, true, 1, 0}} {
			if ups, downs := vote(step.by, step.value, step.counts); ups != step.ups || downs != step.downs {
				t.Errorf("%s votes %d (counts %t): %d up, %d down; want %d, %d", step.by, step.value, step.counts, ups, downs, step.ups, step.downs)
			}
		}
		_, _, err := s.VoteComment(ctx, store.CommentVote{Token: c.Token, Account: who["ada"].ID, Value: 1, Counts: true, At: talkAt})
		k.wantKind("a vote for oneself", err, broadsheet.Denied)
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				if _, _, err := s.VoteComment(context.WithoutCancel(ctx), store.CommentVote{Token: c.Token, Account: who["bob"].ID, Value: 1, Counts: true, At: talkAt, PerHour: 5}); err != nil {
					t.Errorf("parallel vote: %v", err)
				}
			})
		}
		wg.Wait()
		for _, x := range []struct {
			r    broadsheet.Reaction
			by   string
			back bool
		}{{"heart", "bob", false}, {"heart", "bob", false}, {"heart", "cyn", false}, {"eyes", "cyn", false}, {"eyes", "cyn", true}, {"think", "cyn", false}} {
			if _, err := s.React(ctx, store.CommentVote{Token: c.Token, Account: who[x.by].ID, Reaction: x.r, Back: x.back, At: talkAt}); err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.Comment(ctx, c.Token)
		if err != nil || got.Ups != 2 || got.Downs != 0 {
			t.Errorf("after 100 votes of one at once: %d up, %d down, %v; want 2, 0", got.Ups, got.Downs, err)
		}
		if diff := cmp.Diff([]broadsheet.ReactionCount{{Reaction: "heart", Count: 2}, {Reaction: "think", Count: 1}}, got.Reactions); diff != "" {
			t.Errorf("reactions (-want +got)\n%s", diff)
		}
		marks, err := s.CommentMarks(ctx, who["cyn"].ID, "2606.00001")
		if diff := cmp.Diff(map[int64]store.CommentMark{c.ID: {Vote: 1, Reactions: []broadsheet.Reaction{"heart", "think"}}}, marks); diff != "" || err != nil {
			t.Errorf("cyn's marks (-want +got), %v\n%s", err, diff)
		}
	})
}

// TestCommentsAtOnce holds that of many who write at once nothing is lost.
func TestCommentsAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		k, who := newTalk(t, s, "ada")
		const n = 200
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				if _, err := s.PutComment(context.WithoutCancel(t.Context()), saying(who["ada"], "", fmt.Sprint("no ", i), 0)); err != nil {
					t.Errorf("comment %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		all, err := s.LatestComments(t.Context(), store.CommentQuery{Limit: 1000})
		if err != nil || len(all) != n || k.comments() != n {
			t.Errorf("%d comments stored, %d counted (%v), want %d", len(all), k.comments(), err, n)
		}
	})
}

// TestLimitsAtOnce: of the same words many times at once, and of more words than
// an hour allows, no more are stored than one after the other.
func TestLimitsAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const rounds, n, most = 12, 12, 5
		for i := range rounds {
			name := fmt.Sprint("ada", i)
			k, who := newTalk(t, s, name)
			var wg sync.WaitGroup
			var mu sync.Mutex
			same, some := 0, 0
			put := func(d store.CommentDraft, refused broadsheet.Kind, stored *int) {
				_, err := s.PutComment(context.WithoutCancel(t.Context()), d)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					*stored++
				} else {
					k.wantKind("a comment too many", err, refused)
				}
			}
			for range n {
				wg.Go(func() { put(saying(who[name], "", "again", time.Duration(i)*time.Minute), broadsheet.Conflict, &same) })
			}
			wg.Wait()
			for j := range n {
				d := saying(who[name], "", fmt.Sprint("no ", j), time.Duration(i)*time.Minute)
				d.PerHour = most
				wg.Go(func() { put(d, broadsheet.Limited, &some) })
			}
			wg.Wait()
			if same != 1 || same+some != most {
				t.Errorf("round %d: %d times the same and %d others were stored, want 1 and %d", i, same, some, most-1)
			}
		}
	})
}

// TestToldAfterBan: who is named is told, also once their ban is over, and not before.
func TestToldAfterBan(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		k, who := newTalk(t, s, "ada", "bob", "cyn")
		for _, name := range []string{"bob", "cyn"} { // cyn brought the paper
			if err := s.SetBan(t.Context(), who[name].ID, true, talkAt.Add(time.Hour), broadsheet.Action{At: talkAt, Act: broadsheet.ActBan}); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			after time.Duration
			want  int
		}{{time.Minute, 0}, {2 * time.Hour, 1}} {
			k.say(who["ada"], "", fmt.Sprint("Hello @bob, at ", c.after), c.after, "bob")
			for _, name := range []string{"bob", "cyn"} {
				if notes, err := s.Notifications(t.Context(), who[name].ID, 0, 10); err != nil || len(notes) != c.want {
					t.Errorf("%v after the ban began %s has %d notifications (%v), want %d", c.after, name, len(notes), err, c.want)
				}
			}
		}
	})
}
