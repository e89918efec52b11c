package api_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/store"
)

// people makes accounts beside a running program, each with a token of all scopes
// or of some.
func people(t *testing.T, dir string) func(name string, role broadsheet.Role, scopes ...broadsheet.Scope) string {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(dir, "var", "broadsheet.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return func(name string, role broadsheet.Role, scopes ...broadsheet.Scope) string {
		if scopes == nil {
			scopes = broadsheet.Scopes
		}
		return apptest.Token(t, s, apptest.Account(t, s, name, role), scopes...)
	}
}

func with(t *testing.T, base, token string) *client.Client {
	t.Helper()
	c, err := client.New(base, client.Options{UserAgent: "broadsheet-test", Token: token})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestPeople does over the running program what people do, with the Go client: a
// vote is on the page within a second, answers reach whom they concern, a
// moderator's act is in the log, and what a token may not do is told with why.
func TestPeople(t *testing.T) {
	dir := t.TempDir()
	base := siteIn(t, dir)
	person := people(t, dir)
	ada, bob, mod := with(t, base, person("ada", broadsheet.RoleMember)), with(t, base, person("bob", broadsheet.RoleMember)), with(t, base, person("mod", broadsheet.RoleModerator))
	reader := with(t, base, person("rea", broadsheet.RoleMember, broadsheet.ScopeRead))
	ctx := t.Context()
	l, err := ada.List(ctx, client.ListDay, "", client.View{})
	if err != nil || len(l.Items) == 0 {
		t.Fatalf("the latest day: %v, %v", l, err)
	}
	id := l.Items[0].ID

	if me, err := ada.Me(ctx); err != nil || me.Name != "ada" || len(me.Scopes) != len(broadsheet.Scopes) {
		t.Errorf("me: %+v, %v", me, err)
	}
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if _, err := ada.Vote(ctx, id); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if v, err := ada.Voters(ctx, id, ""); err != nil || v.Votes != 1 || v.Items[0].By.Name != "ada" {
		t.Errorf("after a hundred votes of one: %+v, %v", v, err)
	}
	time.Sleep(time.Second) // what the site promises
	p, err := at(t, base).Paper(ctx, id, client.Select{})
	if err != nil || p.Votes != l.Items[0].Votes+1 {
		t.Errorf("the paper has %+v votes, %v, want %d", p, err, l.Items[0].Votes+1)
	}

	said, err := ada.Comment(ctx, id, client.NewComment{Text: "Is it *tight*?"})
	if err != nil || said.State != "shown" || !strings.Contains(said.HTML, "<em>tight</em>") {
		t.Fatalf("a comment: %+v, %v", said, err)
	}
	answer, err := bob.Comment(ctx, id, client.NewComment{Text: "It is.", Parent: said.ID})
	if err != nil {
		t.Fatal(err)
	}
	n, err := ada.Notifications(ctx, "")
	if err != nil || len(n.Items) != 1 || n.Items[0].Actor != "bob" || n.Items[0].Comment != answer.ID {
		t.Fatalf("what ada is told: %+v, %v", n, err)
	}
	if err := ada.ReadNotifications(ctx, n.Through); err != nil {
		t.Error(err)
	}
	if n, err := ada.Notifications(ctx, ""); err != nil || n.Unread != 0 || !n.Items[0].Read {
		t.Errorf("after reading: %+v, %v", n, err)
	}
	if _, err := ada.EditComment(ctx, said.ID, client.CommentEdit{Text: "Is it tight at all?", Version: said.Version}); err != nil {
		t.Error(err)
	}
	if o, err := bob.VoteComment(ctx, said.ID, 1); err != nil || o.Ups != 1 {
		t.Errorf("helpful: %+v, %v", o, err)
	}
	if r, err := bob.React(ctx, said.ID, "heart", false); err != nil || len(r.Items) != 1 {
		t.Errorf("a reaction: %+v, %v", r, err)
	}
	if err := bob.Report(ctx, client.Report{Kind: "comment", ID: said.ID, Reason: "rude"}); err != nil {
		t.Error(err)
	}
	cases, err := mod.Cases(ctx)
	if err != nil || len(cases.Items) != 1 || cases.Items[0].ID != said.ID {
		t.Fatalf("cases: %+v, %v", cases, err)
	}
	if err := mod.Moderate(ctx, client.Deed{Act: "hide", Kind: "comment", ID: said.ID, Reason: "It is rude."}); err != nil {
		t.Error(err)
	}
	if log, err := at(t, base).Log(ctx, client.LogQuery{Act: "hide"}); err != nil || len(log.Items) != 1 || log.Items[0].Actor != "mod" || log.Items[0].Reason != "It is rude." {
		t.Errorf("the log: %+v, %v", log, err)
	}
	if d, err := at(t, base).Comments(ctx, id, "oldest", ""); err != nil || len(d.Items) != 2 || d.Items[0].State != "hidden" || d.Items[0].HTML != "" || d.Items[1].Depth != 1 {
		t.Errorf("the discussion: %+v, %v, want the first hidden and its answer", d, err)
	}

	refused := func(what string, err error, status int, holds string) {
		t.Helper()
		var no *client.Error
		if !errors.As(err, &no) || no.Status != status || !strings.Contains(no.Error(), holds) {
			t.Errorf("%s: %v, want %d with %q", what, err, status, holds)
		}
	}
	_, err = at(t, base).Vote(ctx, id)
	refused("a vote without a token", err, http.StatusUnauthorized, "API token")
	_, err = reader.Vote(ctx, id)
	refused("a vote without the scope", err, http.StatusForbidden, "scope vote")
	_, err = bob.Cases(ctx)
	refused("a member's look at cases", err, http.StatusForbidden, "moderator")
	_, err = bob.Comment(ctx, id, client.NewComment{Text: strings.Repeat("a", 8001)})
	refused("a long comment", err, http.StatusBadRequest, "8000 bytes")
	_, err = with(t, base, "bs_"+strings.Repeat("a", 32)).Me(ctx)
	refused("a token that opens nothing", err, http.StatusUnauthorized, "opens nothing")
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := ada.Vote(ended, id); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
}
