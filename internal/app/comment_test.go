package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

var talkNow = time.Date(2026, 6, 30, 9, 30, 0, 0, time.UTC)

const talkPaper = "2606.00001"

func talkSite(t testing.TB) (*app.App, *store.Store) {
	t.Helper()
	s := storetest.Open(t)
	if _, err := s.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{{ID: talkPaper, Origin: broadsheet.OriginCatalog, Title: "Tea", PublishedAt: talkNow}}}); err != nil {
		t.Fatal(err)
	}
	a, err := app.New(app.Options{Store: s, Now: func() time.Time { return talkNow }})
	if err != nil {
		t.Fatal(err)
	}
	return a, s
}

func say(t testing.TB, a *app.App, by app.Actor, parent, text string) *broadsheet.Comment {
	t.Helper()
	c, err := a.Comment(t.Context(), by, app.Remark{Paper: talkPaper, Parent: parent, Text: text})
	if err != nil {
		t.Fatalf("%s says %q: %v", by.Name(), text, err)
	}
	return c
}

func wantKind(t testing.TB, what string, err error, want broadsheet.Kind) {
	t.Helper()
	if err == nil || broadsheet.KindOf(err) != want {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

func TestCommentSaid(t *testing.T) {
	a, s := talkSite(t)
	ada, bob := apptest.Account(t, s, "ada", broadsheet.RoleMember), apptest.Account(t, s, "bob", broadsheet.RoleMember)
	c := say(t, a, ada, "", "\r\nsee @bob and @bоb in arXiv:2606.00001, arXiv:2503.99999 and 1234.56789 \u202e\n")
	want := `<p>see <a href="/people/bob" class="who">@bob</a> and @bоb in <a href="/papers/2606.00001">arXiv:2606.00001</a>, ` +
		`<a href="https://arxiv.org/abs/2503.99999" rel="nofollow ugc noopener">arXiv:2503.99999</a> and 1234.56789</p>`
	if c.HTML != want || c.State != broadsheet.CommentShown {
		t.Errorf("comment: %s, %s\nwant %s, shown", c.HTML, c.State, want)
	}
	for _, bad := range []struct{ what, text string }{{"nothing", " \n\t\u200b"}, {"a megabyte", strings.Repeat("x", 1<<20)}, {"10,000 lists", strings.Repeat("- ", 10000)}, {"25 lists", strings.Repeat("- ", 25) + "x"}} {
		_, err := a.Comment(t.Context(), ada, app.Remark{Paper: talkPaper, Text: bad.text})
		wantKind(t, bad.what, err, broadsheet.Invalid)
	}
	_, err := a.Comment(t.Context(), app.Actor{}, app.Remark{Paper: talkPaper, Text: "x"})
	wantKind(t, "nobody", err, broadsheet.Unauthenticated)
	_, err = a.Comment(t.Context(), ada, app.Remark{Paper: talkPaper, Parent: "nonsense", Text: "x"})
	wantKind(t, "an answer to nonsense", err, broadsheet.Invalid)
	_, err = a.Comment(t.Context(), ada, app.Remark{Paper: talkPaper, Parent: broadsheet.NewObjectID(), Text: "x"})
	wantKind(t, "an answer to nothing", err, broadsheet.NotFound)
	_, err = a.EditComment(t.Context(), bob, c.Token, 1, "mine")
	wantKind(t, "an edit of another's", err, broadsheet.Denied)
	_, _, err = a.VoteComment(t.Context(), ada, c.Token, 1)
	wantKind(t, "a vote for oneself", err, broadsheet.Denied)
	if html, err := a.Preview(t.Context(), bob, "*x*"); err != nil || html != "<p><em>x</em></p>" {
		t.Errorf("preview of *x*: %q, %v", html, err)
	}
}

func TestCommentRules(t *testing.T) {
	a, s := talkSite(t)
	admin := apptest.Account(t, s, "boss", broadsheet.RoleAdmin)
	if err := a.SetRules(t.Context(), admin, "", func(r *broadsheet.Rules) error {
		r.BlockedWords, r.BlockedDomains, r.NewPerHour, r.NewLinks = []string{"cheap tea", "ＳＰＡＭ"}, []string{"evil.example"}, 3, false
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	fresh := apptest.Account(t, s, "fresh", broadsheet.RoleMember)
	fresh.Account.CreatedAt = talkNow.Add(-time.Hour)
	old, mod := apptest.Account(t, s, "old", broadsheet.RoleMember), apptest.Account(t, s, "mod", broadsheet.RoleModerator)
	for text, want := range map[string]broadsheet.CommentState{"buy CHEAP  tea here": broadsheet.CommentHeld, "cheap teapots": broadsheet.CommentShown, "no spam": broadsheet.CommentHeld, "spammer": broadsheet.CommentShown,
		"cheap *tea*": broadsheet.CommentHeld} {
		if c := say(t, a, old, "", text); c.State != want {
			t.Errorf("%q is %s, want %s", text, c.State, want)
		}
	}
	if c := say(t, a, mod, "", "they sell spam"); c.State != broadsheet.CommentShown {
		t.Errorf("a moderator's comment is %s, want shown", c.State)
	}
	for _, text := range []string{"https://evil.example/x", "[x](http://www.EVIL.example)", "https://evil.example./", "[x](https://ｅｖｉｌ.example)", "<https://a_b.evil。example/>"} {
		_, err := a.Comment(t.Context(), old, app.Remark{Paper: talkPaper, Text: text})
		wantKind(t, text, err, broadsheet.Invalid)
	}
	say(t, a, old, "", "https://notevil.example/")
	if c := say(t, a, fresh, "", "[x](https://shop.example)"); c.HTML != "<p>x (https://shop.example)</p>" {
		t.Errorf("a new account's link: %s, want it as text", c.HTML)
	}
	say(t, a, fresh, "", "two")
	say(t, a, fresh, "", "three")
	_, err := a.Comment(t.Context(), fresh, app.Remark{Paper: talkPaper, Text: "four"})
	wantKind(t, "a new account's fourth comment in an hour", err, broadsheet.Limited)
}

// TestTooOften: what is written and taken back again and again is limited like what
// stays: each costs a write, and may tell people.
func TestTooOften(t *testing.T) {
	a, s := talkSite(t)
	ada, bob, mod := apptest.Account(t, s, "ada", broadsheet.RoleMember), apptest.Account(t, s, "bob", broadsheet.RoleMember), apptest.Account(t, s, "mod", broadsheet.RoleModerator)
	if err := a.SetRules(t.Context(), apptest.Account(t, s, "boss", broadsheet.RoleAdmin), "", func(r *broadsheet.Rules) error {
		r.CommentsPerHour, r.VotesPerHour, r.NewAccountDays = 4, 4, 0
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	own, other := say(t, a, ada, "", "one"), say(t, a, mod, "", "two")
	for name, do := range map[string]func(i int) error{
		"edits": func(i int) error {
			_, err := a.EditComment(t.Context(), ada, own.Token, i+1, fmt.Sprint("again ", i))
			return err
		},
		"votes": func(i int) error {
			_, _, err := a.VoteComment(t.Context(), ada, other.Token, (i+1)%2)
			return err
		},
		"reactions": func(i int) error {
			_, err := a.React(t.Context(), bob, other.Token, "heart", i%2 == 1)
			return err
		},
	} {
		for i := range 4 {
			if err := do(i); err != nil {
				t.Errorf("%s: the %dth: %v, want it taken", name, i+1, err)
			}
		}
		wantKind(t, name+": the fifth", do(4), broadsheet.Limited)
	}
	for i := range 6 {
		if _, err := a.EditComment(t.Context(), mod, other.Token, i+1, fmt.Sprint("moderators may ", i)); err != nil {
			t.Errorf("a moderator's edit: %v", err)
		}
	}
}

// outline writes a discussion as a tree.
func outline(said []*app.Said, indent string) (out []string) {
	for _, x := range said {
		line := indent + strings.TrimSuffix(strings.TrimPrefix(x.HTML, "<p>"), "</p>")
		if !x.Readable {
			line = indent + "(" + string(x.State) + ")"
		}
		if x.To != nil {
			line += " to " + strings.TrimSuffix(strings.TrimPrefix(x.To.HTML, "<p>"), "</p>")
		}
		out = append(out, line)
		out = append(out, outline(x.Replies, indent+"  ")...)
	}
	return out
}

func TestDiscussion(t *testing.T) {
	a, s := talkSite(t)
	ada, bob, mod := apptest.Account(t, s, "ada", broadsheet.RoleMember), apptest.Account(t, s, "bob", broadsheet.RoleMember), apptest.Account(t, s, "mod", broadsheet.RoleModerator)
	say(t, a, ada, "", "one")
	two := say(t, a, bob, "", "two")
	three := say(t, a, ada, two.Token, "three")
	gone := say(t, a, bob, "", "gone")
	say(t, a, ada, gone.Token, "to what is gone")
	lost := say(t, a, bob, "", "lost")
	deep := three
	for i := range 6 {
		deep = say(t, a, bob, deep.Token, fmt.Sprint("deep ", i))
	}
	for _, x := range []*broadsheet.Comment{gone, lost} {
		if err := a.DeleteComment(t.Context(), bob, x.Token); err != nil {
			t.Fatal(err)
		}
	}
	act := broadsheet.Action{At: talkNow, Actor: "mod", Act: broadsheet.ActHide, Kind: broadsheet.ObjectComment, Object: three.Token}
	if err := s.ModerateComment(t.Context(), three.Token, []broadsheet.CommentState{broadsheet.CommentShown}, broadsheet.CommentHidden, act); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.VoteComment(t.Context(), ada, two.Token, 1); err != nil {
		t.Fatal(err)
	}
	want := []string{"two", "  (hidden)", "    deep 0", "      deep 1", "        deep 2", "          deep 3", "          deep 4 to deep 3", "          deep 5 to deep 4", "one", "(deleted)", "  to what is gone"}
	d, err := a.Discussion(t.Context(), ada, talkPaper, "", 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, outline(d.Threads, "")); diff != "" {
		t.Errorf("discussion, the best first (-want +got)\n%s", diff)
	}
	if d.Total != 9 || d.Pages != 1 || d.Flat[0].Mark.Vote != 1 || d.Flat[0].Own || !d.Flat[8].Own {
		t.Errorf("total %d, pages %d, ada's vote %d, own %t and %t; want 9, 1, 1, false and true", d.Total, d.Pages, d.Flat[0].Mark.Vote, d.Flat[0].Own, d.Flat[8].Own)
	}
	want[1] = "  three"
	if d, err = a.Discussion(t.Context(), mod, talkPaper, "", 1); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, outline(d.Threads, "")); diff != "" {
		t.Errorf("as a moderator sees it (-want +got)\n%s", diff)
	}
	for sort, first := range map[broadsheet.CommentSort]string{broadsheet.CommentsOldest: "one", broadsheet.CommentsNewest: "(deleted)"} {
		d, err := a.Discussion(t.Context(), app.Actor{}, talkPaper, sort, 1)
		if err != nil || outline(d.Threads, "")[0] != first {
			t.Errorf("%s begins with %q (%v), want %q", sort, outline(d.Threads, "")[0], err, first)
		}
	}
	_, err = a.Discussion(t.Context(), app.Actor{}, talkPaper, "loudest", 1)
	wantKind(t, "an order that there is not", err, broadsheet.Invalid)
	_, _, err = a.CommentHistory(t.Context(), ada, three.Token)
	wantKind(t, "history of what is hidden", err, broadsheet.NotFound)
	l, err := a.LatestComments(t.Context(), talkPaper, 3)
	if err != nil || len(l.Comments) != 3 || l.Comments[0].Plain != "deep 5" || l.Titles[talkPaper] != "Tea" {
		t.Errorf("latest: %+v, %v; want three, deep 5 first, about Tea", l, err)
	}
}

func TestLongDiscussion(t *testing.T) {
	a, s := talkSite(t)
	ada := apptest.Account(t, s, "ada", broadsheet.RoleMember)
	manyComments(t, s, ada, 1005)
	d, err := a.Discussion(t.Context(), app.Actor{}, talkPaper, broadsheet.CommentsOldest, 2)
	if err != nil || d.Pages != 2 || len(d.Flat) != 5 || d.Flat[4].HTML == "" || d.Total != 1005 {
		t.Fatalf("second page of 1,005: %+v, %v; want 5 comments with their texts", d, err)
	}
	paper, page, err := a.CommentPlace(t.Context(), d.Flat[4].Token)
	if err != nil || paper != talkPaper || page != 2 {
		t.Errorf("the last comment is at %s page %d, %v; want page 2", paper, page, err)
	}
	if d, err := a.Discussion(t.Context(), app.Actor{}, talkPaper, "", 99); err != nil || len(d.Flat) != 0 {
		t.Errorf("page 99: %d comments, %v; want none", len(d.Flat), err)
	}
}

// manyComments stores n comments, each the answer to one before it at random.
func manyComments(t testing.TB, s *store.Store, by app.Actor, n int) {
	t.Helper()
	var tokens []string
	for i := range n {
		d := store.CommentDraft{Paper: talkPaper, Account: by.Account.ID, Name: by.Name(), Text: fmt.Sprint("said ", i), HTML: fmt.Sprint("<p>said ", i, "</p>"), Renderer: 1, At: talkNow.Add(time.Duration(i) * time.Second)}
		if i%3 != 0 {
			d.Parent = tokens[(i*7919)%len(tokens)]
		}
		c, err := s.PutComment(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, c.Token)
	}
}

func TestConfidence(t *testing.T) {
	for _, c := range []struct {
		ups, downs int
		want       string
	}{{0, 0, "0.0000"}, {1, 0, "0.2065"}, {10, 0, "0.7225"}, {1, 1, "0.0945"}, {60, 40, "0.5020"}, {0, 5, "0.0000"}} {
		if got := fmt.Sprintf("%.4f", app.Confidence(c.ups, c.downs)); got != c.want {
			t.Errorf("Confidence(%d, %d) = %s, want %s", c.ups, c.downs, got, c.want)
		}
	}
}

func BenchmarkDiscussion(b *testing.B) {
	a, s := talkSite(b)
	ada := apptest.Account(b, s, "ada", broadsheet.RoleMember)
	manyComments(b, s, ada, 1000)
	for b.Loop() {
		if d, err := a.Discussion(b.Context(), app.Actor{}, talkPaper, "", 1); err != nil || len(d.Flat) != 1000 {
			b.Fatal(err)
		}
	}
}
