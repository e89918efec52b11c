package app_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/lib/seal"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

var adminNow = time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)

// bureau is a site with an administrator, and what its works were asked for.
func bureau(t *testing.T, s *store.Store) (*app.App, app.Actor, *app.Administrator, *[]string) {
	t.Helper()
	asked := &[]string{}
	ask := func(what string) func(context.Context, string) error {
		return func(_ context.Context, source string) error {
			*asked = append(*asked, what+" "+source)
			return nil
		}
	}
	a, err := app.New(app.Options{Store: s, Key: &seal.Key{1}, Now: func() time.Time { return adminNow }, Works: app.Works{Sources: []string{"arxiv-oai"},
		Harvest: ask("harvest"), Replay: ask("replay"),
		ReplayOne: func(_ context.Context, r broadsheet.Reject) (bool, error) { return r.Ref == "good", nil }}})
	if err != nil {
		t.Fatal(err)
	}
	by := apptest.Account(t, s, "boss", broadsheet.RoleAdmin)
	d, err := a.Administer(by)
	if err != nil {
		t.Fatal(err)
	}
	return a, by, d, asked
}

// lines are the log's lines, the newest first.
func lines(t *testing.T, s *store.Store) (out []string) {
	t.Helper()
	all, err := s.Actions(t.Context(), store.ActionQuery{Hidden: true, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		out = append(out, fmt.Sprintf("%s %s %s %s: %s (%s) hidden %v", x.Actor, x.Act, x.Kind, x.Object, x.Detail, x.Reason, x.Hidden))
	}
	return out
}

func TestAdministerIsForAdministrators(t *testing.T) {
	s := storetest.Open(t)
	a, admin, _, _ := bureau(t, s)
	banned := admin
	account := *admin.Account
	account.State = broadsheet.AccountBanned
	banned.Account = &account
	scoped := admin
	scoped.Scopes = []broadsheet.Scope{broadsheet.ScopeModerate}
	for who, by := range map[string]app.Actor{"nobody": {}, "a member": apptest.Account(t, s, "ada", broadsheet.RoleMember), "a moderator": apptest.Account(t, s, "mo", broadsheet.RoleModerator),
		"a banned administrator": banned, "a token for moderating": scoped} {
		if d, err := a.Administer(by); err == nil || d != nil {
			t.Errorf("%s administers the site", who)
		}
	}
}

// TestReviseRules: two administrators who saw the same rules and change different
// ones both have their wish; of one that both change the second is told, and
// nothing of that save holds.
func TestReviseRules(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, by, d, _ := bureau(t, s)
		seen := broadsheet.DefaultRules()
		marks, err := app.MarksOf(&seen)
		if err != nil {
			t.Fatal(err)
		}
		revise := func(change func(*broadsheet.Rules)) string {
			t.Helper()
			typed := seen
			change(&typed)
			problems, err := d.Revise(t.Context(), typed, marks, "as agreed")
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(problems)
		}
		for _, c := range []struct {
			what   string
			change func(*broadsheet.Rules)
			want   string // part of the problems
		}{
			{"the first", func(r *broadsheet.Rules) { r.SubmitPerDay, r.Appeal = 5, "appeals@papers.example" }, "[]"},
			{"the second, of another rule", func(r *broadsheet.Rules) { r.BlockedWords = []string{"casino", "<b>"} }, "[]"},
			{"the third, of one that changed", func(r *broadsheet.Rules) { r.SubmitPerDay, r.VotesPerHour = 9, 1 }, "was changed meanwhile, to 5"},
			{"the same wish", func(r *broadsheet.Rules) { r.SubmitPerDay = 5 }, "[]"},
			{"two that cannot be", func(r *broadsheet.Rules) { r.SubmitPerDay, r.Registration, r.Appeal = -1, "free", "under the bridge" }, "appeal"},
			{"a domain that is none", func(r *broadsheet.Rules) { r.BlockedDomains = []string{"ok.example", "https://x.example/"} }, "is no domain"},
		} {
			if got := revise(c.change); !strings.Contains(got, c.want) {
				t.Errorf("%s: got %s, want %s", c.what, got, c.want)
			}
		}
		got, err := a.Rules(t.Context())
		want := broadsheet.DefaultRules()
		want.SubmitPerDay, want.Appeal, want.BlockedWords = 5, "appeals@papers.example", []string{"casino", "<b>"}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("rules (%v) (-want +got):\n%s", err, diff)
		}
		if diff := cmp.Diff([]string{"boss rule rule blockedWords: none → 2 entries (as agreed) hidden false", "boss rule rule submitPerDay: 2 → 5 (as agreed) hidden false",
			"boss rule rule appeal: none → appeals@papers.example (as agreed) hidden false"}, lines(t, s)); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
		if _, err := a.Administer(app.Actor{Account: by.Account, Scopes: []broadsheet.Scope{broadsheet.ScopeAdmin}}); err != nil {
			t.Errorf("a token with the scope may not change rules: %v", err)
		}
	})
}

// TestLastAdministrator: of two administrators who take the role from each other
// at once, or ban each other, one is left.
func TestLastAdministrator(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, boss, d, _ := bureau(t, s)
		ctx := t.Context()
		if err := d.ChangeRole(ctx, "boss", broadsheet.RoleAdmin, broadsheet.RoleMember, ""); broadsheet.KindOf(err) != broadsheet.Conflict || err == nil {
			t.Fatalf("the last administrator stepped back: %v", err)
		}
		for i, how := range []func(d *app.Administrator, other string) error{
			func(d *app.Administrator, other string) error {
				return d.ChangeRole(ctx, other, broadsheet.RoleAdmin, broadsheet.RoleMember, "")
			},
			func(d *app.Administrator, other string) error { return d.Ban(ctx, other, true, time.Time{}, "why not") },
		} {
			name := fmt.Sprint("chief-", i)
			chief := apptest.Account(t, s, name, broadsheet.RoleAdmin)
			second, err := a.Administer(chief)
			if err != nil {
				t.Fatal(err)
			}
			var all sync.WaitGroup
			all.Go(func() { how(d, name) })
			all.Go(func() { how(second, "boss") })
			all.Wait()
			left := 0
			for _, id := range []int64{boss.Account.ID, chief.Account.ID} {
				x, err := s.Account(ctx, id)
				if err != nil {
					t.Fatal(err)
				}
				if x.Role == broadsheet.RoleAdmin && x.State == broadsheet.AccountActive {
					left++
				} else if err := s.SetRole(ctx, id, broadsheet.RoleAdmin, broadsheet.Action{}); err != nil {
					t.Fatal(err)
				}
			}
			if left != 1 {
				t.Errorf("way %d: %d of two administrators are left, want 1", i, left)
			}
			for _, id := range []int64{boss.Account.ID, chief.Account.ID} { // both again, then the chief goes
				if err := s.SetBan(ctx, id, false, time.Time{}, broadsheet.Action{}); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.SetRole(ctx, chief.Account.ID, broadsheet.RoleMember, broadsheet.Action{}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestOperatorKeepsAdministrator: the command line, too, leaves an administrator,
// unless it is told not to.
func TestOperatorKeepsAdministrator(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, _, _, _ := bureau(t, s)
		apptest.Account(t, s, "chief", broadsheet.RoleAdmin)
		for _, c := range []struct {
			name  string
			role  broadsheet.Role
			force bool
			want  broadsheet.Kind
		}{
			{"chief", broadsheet.RoleCurator, false, 0}, {"boss", broadsheet.RoleMember, false, broadsheet.Conflict}, {"boss", broadsheet.RoleAdmin, false, 0},
			{"chief", broadsheet.RoleAdmin, false, 0}, {"boss", broadsheet.RoleMember, false, 0}, {"chief", broadsheet.RoleMember, true, 0},
		} {
			before, err := s.AccountNamed(t.Context(), c.name)
			if err != nil {
				t.Fatal(err)
			}
			want := c.role
			if c.want != 0 {
				want = before.Role
			}
			_, err = a.Console().SetRole(t.Context(), c.name, c.role, "", c.force)
			got, rerr := s.AccountNamed(t.Context(), c.name)
			if (err != nil) != (c.want != 0) || err != nil && broadsheet.KindOf(err) != c.want || rerr != nil || got.Role != want {
				t.Errorf("%s to %s, force %v: got %s (%v, %v), want %s", c.name, c.role, c.force, got.Role, err, rerr, want)
			}
		}
	})
}

func TestPerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, boss, d, _ := bureau(t, s)
		ctx := t.Context()
		ada := apptest.Account(t, s, "ada", broadsheet.RoleMember)
		apptest.Account(t, s, "chief", broadsheet.RoleAdmin)
		apptest.Cookie(t, s, ada)
		weak := boss
		weak.Strong = false
		w, err := a.Administer(weak)
		if err != nil {
			t.Fatal(err)
		}
		for what, err := range map[string]error{"role": w.ChangeRole(ctx, "ada", broadsheet.RoleMember, broadsheet.RoleAdmin, ""), "factors": w.ResetFactors(ctx, "ada")} {
			if !app.MustProve(err) {
				t.Errorf("%s without proof: %v", what, err)
			}
		}
		if _, _, err := w.SignInLink(ctx, "ada"); !app.MustProve(err) {
			t.Errorf("a link without proof: %v", err)
		}
		for _, name := range []string{"boss", "chief"} {
			if err := d.ResetFactors(ctx, name); broadsheet.KindOf(err) != broadsheet.Denied || err == nil {
				t.Errorf("factors of %s: %v, want denied", name, err)
			}
			if _, _, err := d.SignInLink(ctx, name); broadsheet.KindOf(err) != broadsheet.Denied || err == nil {
				t.Errorf("a link for %s: %v, want denied", name, err)
			}
		}
		x, err := d.Person(ctx, "ADA")
		if err != nil || x.Figures.Sessions != 1 || len(x.Addresses) != 1 || x.Own || x.Peer {
			t.Fatalf("ada is %+v (%v)", x, err)
		}
		if err := d.ChangeRole(ctx, "ada", broadsheet.RoleMember, broadsheet.RoleCurator, "  knows \x00 the field "); err != nil {
			t.Fatal(err)
		}
		if err := d.ChangeRole(ctx, "ada", broadsheet.RoleMember, broadsheet.RoleModerator, ""); broadsheet.KindOf(err) != broadsheet.Conflict || err == nil {
			t.Errorf("a role of somebody who has another by now: %v, want a conflict", err)
		}
		if err := d.EndSessions(ctx, "ada"); err != nil {
			t.Fatal(err)
		}
		path, until, err := d.SignInLink(ctx, "ada")
		if err != nil || !strings.HasPrefix(path, app.LinkPath) || !until.After(adminNow) {
			t.Errorf("link %q until %v (%v)", path, until, err)
		}
		if x, err = d.Person(ctx, "ada"); err != nil || x.Figures.Sessions != 0 || x.Role != broadsheet.RoleCurator {
			t.Errorf("afterwards ada is %+v (%v)", x, err)
		}
		if n, err := s.Unread(ctx, ada.Account.ID, 10); err != nil || n != 1 {
			t.Errorf("ada was told %d things (%v), want 1", n, err)
		}
		if diff := cmp.Diff([]string{"boss tend account ada: a link that signs in was made () hidden true", "boss tend account ada: sessions and API tokens ended () hidden true",
			"boss role account ada: member to curator (knows the field) hidden false"}, lines(t, s)); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
		for find, want := range map[string]string{"": "ada boss chief", "PEOPLE.example": "ada boss chief", "da": "ada", "_": "", "%": "", "nobody": ""} {
			list, more, err := d.Accounts(ctx, store.AccountSearch{Text: find})
			var names []string
			for _, x := range list {
				names = append(names, x.Name)
			}
			if got := strings.Join(names, " "); got != want || more || err != nil {
				t.Errorf("find %q: got %q (%v), want %q", find, got, err, want)
			}
		}
		if list, _, err := d.Accounts(ctx, store.AccountSearch{Role: broadsheet.RoleCurator, State: broadsheet.AccountActive}); err != nil || len(list) != 1 || list[0].Address != "ada@people.example" {
			t.Errorf("curators: %+v (%v)", list, err)
		}
	})
}

func TestTendSources(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		_, _, d, asked := bureau(t, s)
		ctx := t.Context()
		if _, err := s.Put(ctx, store.Batch{Rejects: []broadsheet.Reject{{Source: "arxiv-oai", Ref: "bad", Reason: "no title", At: adminNow, Body: []byte("a")},
			{Source: "arxiv-oai", Ref: "good", Reason: "no title", At: adminNow, Body: []byte("b")}, {Source: "file.jsonl", Ref: "3", Reason: "no id", At: adminNow}}}); err != nil {
			t.Fatal(err)
		}
		list, err := d.Sources(ctx)
		if err != nil || len(list) != 2 || list[0].Kept != 2 || !list[0].Runs || list[1].Kept != 1 || list[1].Runs {
			t.Fatalf("sources: %+v (%v)", list, err)
		}
		if err := d.HarvestNow(ctx, "file.jsonl"); broadsheet.KindOf(err) != broadsheet.NotFound || err == nil {
			t.Errorf("harvest of a file: %v", err)
		}
		for _, do := range []func(context.Context, string) error{d.HarvestNow, d.PauseSource, d.PauseSource} {
			if err := do(ctx, "arxiv-oai"); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.HarvestNow(ctx, "arxiv-oai"); broadsheet.KindOf(err) != broadsheet.Conflict || err == nil {
			t.Errorf("harvest of a paused source: %v", err)
		}
		if err := d.ResumeSource(ctx, "arxiv-oai"); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"harvest arxiv-oai", "harvest arxiv-oai"}, *asked); diff != "" {
			t.Errorf("asked for (-want +got):\n%s", diff)
		}
		kept, _, err := d.KeptAside(ctx, "arxiv-oai", 0)
		if err != nil || len(kept) != 2 {
			t.Fatalf("kept aside: %+v (%v)", kept, err)
		}
		for _, r := range kept {
			if ok, err := d.ReplayOne(ctx, r.ID); ok != (r.Ref == "good") || err != nil {
				t.Errorf("%s again: %v (%v)", r.Ref, ok, err)
			}
		}
		for _, c := range []struct {
			id     int64
			source string
			want   int64
		}{{kept[0].ID, "", 1}, {0, "file.jsonl", 1}, {0, "file.jsonl", 0}, {0, "", 0}} {
			if n, err := d.DropKept(ctx, c.id, c.source); n != c.want || err != nil {
				t.Errorf("delete %d of %q: %d (%v), want %d", c.id, c.source, n, err, c.want)
			}
		}
		if _, err := d.DropKept(ctx, kept[0].ID, ""); broadsheet.KindOf(err) != broadsheet.NotFound || err == nil {
			t.Errorf("a record that is gone: %v", err)
		}
		if got := len(lines(t, s)); got != 6 {
			t.Errorf("%d lines in the log, want 6: %q", got, lines(t, s))
		}
	})
}

// TestJobsSayNothing: neither args nor keys are shown, nor addresses and tokens
// that stand in errors.
func TestJobsSayNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		_, _, d, _ := bureau(t, s)
		ctx := t.Context()
		if err := s.PutJob(ctx, "mail", "=ada@secret.example", []byte(`"args@secret.example"`), adminNow, false); err != nil {
			t.Fatal(err)
		}
		job, ok, err := s.TakeJob(ctx, []string{"mail"}, "me", adminNow, time.Time{})
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if err := d.RunAgain(ctx, job.ID); broadsheet.KindOf(err) != broadsheet.Conflict || err == nil {
			t.Errorf("a job that runs: %v", err)
		}
		const said = `send to <Ada@Secret.example>: 550; GET https://h.example/a?key=s3cr3t: Bearer bs_abcdefghijklmnopqrstuvwxyz234567`
		if ok, err := s.EndJob(ctx, job.ID, "me", store.JobEnd{At: adminNow, State: store.JobFailed, Attempt: 8, Error: said}); err != nil || !ok {
			t.Fatal(ok, err)
		}
		kinds, list, err := d.Jobs(ctx)
		if err != nil || len(kinds) != 1 || kinds[0].Failed != 1 || len(list) != 1 {
			t.Fatalf("%+v %+v (%v)", kinds, list, err)
		}
		if got, want := list[0].Error, "send to <(address)>: 550; GET https://h.example/a?… Bearer …"; got != want {
			t.Errorf("error: got %q, want %q", got, want)
		}
		if all := fmt.Sprintf("%+v", list); strings.Contains(strings.ToLower(all), "secret") || strings.Contains(all, "s3cr3t") {
			t.Errorf("jobs tell %s", all)
		}
		if err := d.RunAgain(ctx, job.ID); err != nil {
			t.Error(err)
		}
		if job, ok, err = s.TakeJob(ctx, []string{"mail"}, "me", adminNow, time.Time{}); !ok || err != nil || job.Attempt != 1 {
			t.Errorf("it does not run again: %+v %v %v", job, ok, err)
		}
		if err := d.DropJob(ctx, job.ID); broadsheet.KindOf(err) != broadsheet.Conflict || err == nil {
			t.Errorf("delete a job that runs: %v", err)
		}
	})
}

func TestAuditFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		_, _, d, _ := bureau(t, s)
		for i := range 1003 {
			x := broadsheet.Action{At: adminNow, Actor: "boss", Act: broadsheet.ActBan, Kind: broadsheet.ObjectAccount, Object: fmt.Sprint("a", i), Hidden: i%2 == 0}
			if i == 1002 {
				x.Reason, x.Detail = `=HYPERLINK("https://evil.example")`, "@SUM(1)"
			}
			if err := s.Act(t.Context(), x); err != nil {
				t.Fatal(err)
			}
		}
		var csv, jsonl bytes.Buffer
		n, err := d.WriteAudit(t.Context(), &csv, app.LogQuery{}, true)
		m, err2 := d.WriteAudit(t.Context(), &jsonl, app.LogQuery{Act: broadsheet.ActBan}, false)
		if n != 1003 || m != 1003 || err != nil || err2 != nil {
			t.Fatalf("%d and %d lines (%v, %v), want 1003", n, m, err, err2)
		}
		rows := strings.Split(csv.String(), "\n")
		if want := `2026-06-30T12:00:00Z,boss,ban,account,a1002,,"'=HYPERLINK(""https://evil.example"")",'@SUM(1),true`; !strings.HasSuffix(rows[1], want) || len(rows) != 1005 {
			t.Errorf("%d rows, the first %s, want %s", len(rows), rows[1], want)
		}
		if want := `"act":"ban","kind":"account","object":"a1002","reason":"=HYPERLINK(\"https://evil.example\")","detail":"@SUM(1)","hidden":true}`; !strings.Contains(jsonl.String(), want) {
			t.Errorf("JSON lines lack %s: %.300s", want, jsonl.String())
		}
	})
}

func TestStorage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		_, _, d, _ := bureau(t, s)
		x, err := d.Storage(t.Context())
		if err != nil || x.Bytes <= 0 || x.Backs || x.Rebuilds {
			t.Fatalf("storage is %+v (%v)", x, err)
		}
		rows := map[string]int64{}
		for _, table := range x.Tables {
			rows[table.Name] = table.Rows
		}
		if rows["accounts"] != 1 || len(rows) < 30 {
			t.Errorf("tables: %v", rows)
		}
		if err := d.BackUp(t.Context()); broadsheet.KindOf(err) != broadsheet.Unavailable || err == nil {
			t.Errorf("a backup without works: %v", err)
		}
		o, err := d.Overview(t.Context())
		if err != nil || o.Accounts.All != 1 || o.Accounts.Roles[broadsheet.RoleAdmin] != 1 {
			t.Errorf("overview %+v (%v)", o, err)
		}
	})
}
