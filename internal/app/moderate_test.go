package app_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

var courtAt = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)

// court is a site with a paper, a comment on it, and people of every role.
type court struct {
	*app.App
	store  *store.Store
	people map[string]app.Actor
	said   string // token of bo's comment
}

func newCourt(t *testing.T, s *store.Store) court {
	t.Helper()
	if _, err := s.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{
		{ID: "2611.00001", Origin: broadsheet.OriginCatalog, Title: "Gulls", PublishedAt: courtAt, AnnouncedOn: "2026-11-27"},
		{ID: "2611.00002", Origin: broadsheet.OriginCatalog, Title: "Gulls again", PublishedAt: courtAt, AnnouncedOn: "2026-11-27"}}}); err != nil {
		t.Fatal(err)
	}
	c := court{App: apptest.New(t, s, courtAt), store: s, people: map[string]app.Actor{"nobody": {}}}
	for name, role := range map[string]broadsheet.Role{"ada": broadsheet.RoleMember, "bo": broadsheet.RoleMember, "cy": broadsheet.RoleCurator, "mo": broadsheet.RoleModerator, "mia": broadsheet.RoleModerator, "root": broadsheet.RoleAdmin} {
		c.people[name] = apptest.Account(t, s, name, role)
	}
	x, err := s.PutComment(t.Context(), store.CommentDraft{Paper: "2611.00001", Account: c.people["bo"].Account.ID, Name: "bo", Text: "Bah.", HTML: "<p>Bah.</p>", Plain: "Bah.", At: courtAt})
	if err != nil {
		t.Fatal(err)
	}
	c.said = x.Token
	return c
}

// TestModerate: what each role may do to what, what is refused and how it is said.
func TestModerate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newCourt(t, s)
		for _, x := range []struct {
			by   string
			m    app.Moderation
			want broadsheet.Kind // Internal: done
			say  string
		}{
			{"nobody", app.Moderation{Act: broadsheet.ActHide, Kind: broadsheet.ObjectComment, Object: c.said, Reason: "rude"}, broadsheet.Unauthenticated, "sign in"},
			{"ada", app.Moderation{Act: broadsheet.ActHide, Kind: broadsheet.ObjectComment, Object: c.said, Reason: "rude"}, broadsheet.Denied, "moderator"},
			{"cy", app.Moderation{Act: broadsheet.ActHide, Kind: broadsheet.ObjectComment, Object: c.said, Reason: "rude"}, broadsheet.Denied, "moderator"},
			{"mo", app.Moderation{Act: broadsheet.ActHide, Kind: broadsheet.ObjectComment, Object: c.said, Reason: " \u200b\t"}, broadsheet.Invalid, "reason"},
			{"mo", app.Moderation{Act: broadsheet.ActHide, Kind: broadsheet.ObjectComment, Object: c.said, Reason: strings.Repeat("x", 501)}, broadsheet.Invalid, "500"},
			{"mo", app.Moderation{Act: broadsheet.ActHide, Kind: broadsheet.ObjectComment, Object: c.said, Reason: "rude"}, broadsheet.Internal, ""},
			{"mia", app.Moderation{Act: broadsheet.ActHide, Kind: broadsheet.ObjectComment, Object: c.said, Reason: "rude"}, broadsheet.Conflict, "already"},
			{"mia", app.Moderation{Act: broadsheet.ActShow, Kind: broadsheet.ObjectComment, Object: c.said}, broadsheet.Internal, ""},
			{"mo", app.Moderation{Act: broadsheet.ActHide, Kind: broadsheet.ObjectComment, Object: "nothing", Reason: "rude"}, broadsheet.NotFound, ""},
			{"mo", app.Moderation{Act: broadsheet.ActBan, Kind: broadsheet.ObjectAccount, Object: "mo", Reason: "me"}, broadsheet.Denied, "own"},
			{"mo", app.Moderation{Act: broadsheet.ActBan, Kind: broadsheet.ObjectAccount, Object: "mia", Reason: "a rival"}, broadsheet.Denied, "administrator"},
			{"mo", app.Moderation{Act: broadsheet.ActBan, Kind: broadsheet.ObjectAccount, Object: "root", Reason: "a king"}, broadsheet.Denied, "administrator"},
			{"mo", app.Moderation{Act: broadsheet.ActBan, Kind: broadsheet.ObjectAccount, Object: "bo", Reason: "rude", Until: courtAt.Add(-time.Hour)}, broadsheet.Invalid, "past"},
			{"mo", app.Moderation{Act: broadsheet.ActBan, Kind: broadsheet.ObjectAccount, Object: "bo", Reason: "rude", Until: courtAt.Add(time.Hour)}, broadsheet.Internal, ""},
			{"mo", app.Moderation{Act: broadsheet.ActBan, Kind: broadsheet.ObjectAccount, Object: "bo", Reason: "rude"}, broadsheet.Conflict, "already"},
			{"mo", app.Moderation{Act: broadsheet.ActUnban, Kind: broadsheet.ObjectAccount, Object: "bo"}, broadsheet.Internal, ""},
			{"root", app.Moderation{Act: broadsheet.ActBan, Kind: broadsheet.ObjectAccount, Object: "mia", Reason: "a rival"}, broadsheet.Internal, ""},
			{"mo", app.Moderation{Act: broadsheet.ActHide, Kind: broadsheet.ObjectPaper, Object: "2611.00001", Reason: "spam"}, broadsheet.Internal, ""},
			{"mo", app.Moderation{Act: broadsheet.ActShow, Kind: broadsheet.ObjectPaper, Object: "2611.00001"}, broadsheet.Internal, ""},
			{"mo", app.Moderation{Act: broadsheet.ActLock, Kind: broadsheet.ObjectPaper, Object: "2611.00001", Reason: "heat"}, broadsheet.Internal, ""},
			{"mo", app.Moderation{Act: broadsheet.ActMerge, Kind: broadsheet.ObjectPaper, Object: "2611.00002", Into: "none", Reason: "same"}, broadsheet.Invalid, "into"},
			{"mo", app.Moderation{Act: broadsheet.ActMerge, Kind: broadsheet.ObjectPaper, Object: "2611.00002", Into: "2611.00001", Reason: "same"}, broadsheet.Internal, ""},
			{"mo", app.Moderation{Act: broadsheet.ActDismiss, Kind: broadsheet.ObjectPaper, Object: "2611.00001"}, broadsheet.Conflict, "already"},
			{"mo", app.Moderation{Act: "bury", Kind: broadsheet.ObjectPaper, Object: "2611.00001"}, broadsheet.Invalid, "act"},
			{"mo", app.Moderation{Act: broadsheet.ActBan, Kind: broadsheet.ObjectPaper, Object: "2611.00001", Reason: "x"}, broadsheet.Invalid, "act"},
		} {
			err := c.Moderate(t.Context(), c.people[x.by], x.m)
			if got := broadsheet.KindOf(err); got != x.want || (err == nil) != (x.want == broadsheet.Internal) || err != nil && !strings.Contains(err.Error(), x.say) {
				t.Errorf("%s does %+v: %v, want %v with %q", x.by, x.m, err, x.want, x.say)
			}
		}
		log, _, err := c.Log(t.Context(), app.Actor{}, app.LogQuery{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range log {
			got = append(got, l.Actor+" "+string(l.Act)+" "+string(l.Kind))
		}
		want := "mo merge paper, mo lock paper, mo show paper, mo hide paper, root ban account, mo unban account, mo ban account, mia show comment, mo hide comment"
		if strings.Join(got, ", ") != want {
			t.Errorf("the public log: %s\nwant %s", strings.Join(got, ", "), want)
		}
	})
}

// TestBansAtOnce: of moderators who ban at once, or lift a ban, one does.
func TestBansAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newCourt(t, s)
		for _, act := range []broadsheet.Act{broadsheet.ActBan, broadsheet.ActUnban} {
			var done atomic.Int32
			var all sync.WaitGroup
			for i := range 8 {
				all.Go(func() {
					m := app.Moderation{Act: act, Kind: broadsheet.ObjectAccount, Object: "bo", Reason: "rude", Until: courtAt.Add(time.Duration(1+i) * time.Hour)}
					switch err := c.Moderate(t.Context(), c.people[[]string{"mo", "mia"}[i%2]], m); {
					case err == nil:
						done.Add(1)
					case broadsheet.KindOf(err) != broadsheet.Conflict:
						t.Error(err)
					}
				})
			}
			all.Wait()
			log, _, err := c.Log(t.Context(), app.Actor{}, app.LogQuery{Act: act})
			if err != nil || done.Load() != 1 || len(log) != 1 {
				t.Errorf("%s: %d of 8 did it, the log has %d lines (%v); want one of each", act, done.Load(), len(log), err)
			}
		}
	})
}

// TestReportsOfWhatChanged: a report can be decided when its paper has another id
// by then, became part of another, or is gone with what was said of it.
func TestReportsOfWhatChanged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newCourt(t, s)
		ctx, mo := t.Context(), c.people["mo"]
		put := func(p broadsheet.Paper) {
			p.Title, p.Origin, p.PublishedAt, p.AnnouncedOn = "Terns", broadsheet.OriginCatalog, courtAt, "2026-11-27"
			if _, err := s.Put(ctx, store.Batch{Papers: []broadsheet.Paper{p}}); err != nil {
				t.Fatal(err)
			}
		}
		report := func(kind broadsheet.ObjectKind, object string) {
			if err := c.Report(ctx, c.people["ada"], broadsheet.Flag{Kind: kind, Object: object, Reason: broadsheet.FlagSpam}); err != nil {
				t.Fatal(err)
			}
		}
		put(broadsheet.Paper{ID: "2611.00008"})
		put(broadsheet.Paper{ID: "2611.00009"})
		report(broadsheet.ObjectPaper, "2611.00008")
		report(broadsheet.ObjectPaper, "2611.00009")
		if err := c.Moderate(ctx, mo, app.Moderation{Act: broadsheet.ActMerge, Kind: broadsheet.ObjectPaper, Object: "2611.00008", Into: "2611.00009", Reason: "same"}); err != nil {
			t.Fatal(err)
		}
		if cases, err := c.Cases(ctx, mo); err != nil || len(cases) != 1 || cases[0].Object != "2611.00009" {
			t.Fatalf("after a merge %+v is to be decided, %v; want what is said of the paper that stays", cases, err)
		}
		put(broadsheet.Paper{ID: "doi:10.1000/terns"})
		report(broadsheet.ObjectPaper, "doi:10.1000/terns")
		put(broadsheet.Paper{ID: "2611.00007", IDs: []broadsheet.SourceID{{Scheme: "doi", Value: "10.1000/terns"}}})
		report(broadsheet.ObjectPaper, "2611.00002")
		report(broadsheet.ObjectComment, c.said)
		if p, err := s.Paper(ctx, "doi:10.1000/terns"); err != nil || p.ID != "2611.00007" {
			t.Fatalf("the paper is %s, %v; want it known by its arXiv id", p.ID, err)
		}
		if err := s.Delete(ctx, []string{"2611.00001", "2611.00002"}); err != nil {
			t.Fatal(err)
		}
		cases, err := c.Cases(ctx, mo)
		if err != nil || len(cases) != 4 {
			t.Fatalf("%d cases, %v; want four", len(cases), err)
		}
		for _, x := range cases {
			if err := c.Moderate(ctx, mo, app.Moderation{Act: broadsheet.ActDismiss, Kind: x.Kind, Object: x.Object}); err != nil {
				t.Errorf("dismiss what is said of the %s %s: %v", x.Kind, x.Object, err)
			}
		}
		if cases, err = c.Cases(ctx, mo); err != nil || len(cases) != 0 {
			t.Errorf("%d cases are left, %v; want none", len(cases), err)
		}
	})
}

// TestReportHidden: nobody reads by a report what stands on a hidden paper.
func TestReportHidden(t *testing.T) {
	c := newCourt(t, storetest.Open(t))
	if err := c.Moderate(t.Context(), c.people["mo"], app.Moderation{Act: broadsheet.ActHide, Kind: broadsheet.ObjectPaper, Object: "2611.00001", Reason: "spam"}); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Reportable(t.Context(), broadsheet.ObjectComment, c.said); broadsheet.KindOf(err) != broadsheet.NotFound || err == nil {
		t.Errorf("a comment on a hidden paper: %+v, %v; want NotFound", got, err)
	}
}

// TestReport: reports come to the moderators once, with the object as it is, and
// are answered.
func TestReport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := newCourt(t, s)
		report := func(by string, kind broadsheet.ObjectKind, object string, reason broadsheet.FlagReason) error {
			return c.Report(t.Context(), c.people[by], broadsheet.Flag{Kind: kind, Object: object, Reason: reason, Text: "see\u202e for yourself"})
		}
		for _, x := range []struct {
			by     string
			kind   broadsheet.ObjectKind
			object string
			reason broadsheet.FlagReason
			want   broadsheet.Kind
		}{
			{"nobody", broadsheet.ObjectComment, c.said, broadsheet.FlagRude, broadsheet.Unauthenticated},
			{"ada", broadsheet.ObjectComment, c.said, "dull", broadsheet.Invalid},
			{"ada", broadsheet.ObjectRule, "appeal", broadsheet.FlagRude, broadsheet.Invalid},
			{"ada", broadsheet.ObjectComment, "nothing", broadsheet.FlagRude, broadsheet.NotFound},
			{"ada", broadsheet.ObjectComment, c.said, broadsheet.FlagRude, broadsheet.Internal},
			{"ada", broadsheet.ObjectComment, c.said, broadsheet.FlagRude, broadsheet.Conflict},
			{"cy", broadsheet.ObjectComment, c.said, broadsheet.FlagSpam, broadsheet.Internal},
			{"ada", broadsheet.ObjectPaper, "2611.00002v3", broadsheet.FlagDuplicate, broadsheet.NotFound},
			{"ada", broadsheet.ObjectPaper, "2611.00002", broadsheet.FlagDuplicate, broadsheet.Internal},
			{"ada", broadsheet.ObjectAccount, "bo", broadsheet.FlagSpam, broadsheet.Internal},
		} {
			err := report(x.by, x.kind, x.object, x.reason)
			if got := broadsheet.KindOf(err); got != x.want || (err == nil) != (x.want == broadsheet.Internal) {
				t.Errorf("%s reports %s %s as %s: %v, want %v", x.by, x.kind, x.object, x.reason, err, x.want)
			}
		}
		if _, err := c.Cases(t.Context(), c.people["cy"]); broadsheet.KindOf(err) != broadsheet.Denied {
			t.Errorf("a curator reads the queue: %v, want denied", err)
		}
		cases, err := c.Cases(t.Context(), c.people["mo"])
		if err != nil || len(cases) != 3 || len(cases[0].Flags) != 2 || cases[0].By != "bo" || cases[0].Title != "Bah." || cases[0].Flags[0].Text != "see for yourself" {
			t.Fatalf("the queue: %+v (%v)", cases, err)
		}
		// Two moderators at once: one decides.
		var done, late atomic.Int32
		var all sync.WaitGroup
		for _, name := range []string{"mo", "mia"} {
			all.Go(func() {
				switch err := c.Moderate(t.Context(), c.people[name], app.Moderation{Act: broadsheet.ActHide, Kind: broadsheet.ObjectComment, Object: c.said, Reason: "rude"}); {
				case err == nil:
					done.Add(1)
				case broadsheet.KindOf(err) == broadsheet.Conflict:
					late.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if done.Load() != 1 || late.Load() != 1 {
			t.Errorf("two at once: %d did it, %d came late", done.Load(), late.Load())
		}
		told, err := s.Notifications(t.Context(), c.people["ada"].Account.ID, 0, 10)
		if err != nil || len(told) != 1 || told[0].Detail != "your report of a comment was upheld" {
			t.Errorf("ada is told: %+v (%v)", told, err)
		}
		told, err = s.Notifications(t.Context(), c.people["bo"].Account.ID, 0, 10)
		if err != nil || len(told) != 1 || told[0].Detail != "your comment was hidden: rude" {
			t.Errorf("bo is told: %+v (%v)", told, err)
		}
		if rest, err := c.Cases(t.Context(), c.people["mo"]); err != nil || len(rest) != 2 {
			t.Errorf("what waits then: %d (%v), want 2", len(rest), err)
		}
	})
}
