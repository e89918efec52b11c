package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/lib/seal"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// office is an operator of a site of its own, at a clock.
func office(t *testing.T) (*app.App, *store.Store, *time.Time) {
	t.Helper()
	s, now := storetest.Open(t), time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)
	a, err := app.New(app.Options{Store: s, Key: &seal.Key{1}, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return a, s, &now
}

func TestAdminLink(t *testing.T) {
	a, _, now := office(t)
	path, until, err := a.Console().Link()
	if err != nil || !until.Equal(now.Add(24*time.Hour)) {
		t.Fatalf("the link holds until %v (%v), want a day", until, err)
	}
	_, good, _ := strings.Cut(path, "?seal=")
	other := seal.Key{1}
	for _, c := range []struct {
		what, seal string
		after      time.Duration
		opens      bool
	}{
		{"good", good, 0, true}, {"at its end", good, 24 * time.Hour, true}, {"late", good, 24*time.Hour + time.Second, false}, {"none", "", 0, false},
		{"cut", good[:len(good)-1], 0, false}, {"of a reader's link", other.Sign(until, "preferences", "k", "s"), 0, false},
		{"with parts", other.Sign(until, "admin", "x"), 0, false},
	} {
		*now = until.Add(c.after - 24*time.Hour)
		o, err := a.Admin(c.seal)
		if c.opens != (err == nil && o != nil) || !c.opens && broadsheet.KindOf(err) != broadsheet.Denied {
			t.Errorf("%s: got %v, want that it opens: %v", c.what, err, c.opens)
		}
	}
	none, err := app.New(app.Options{Store: storetest.Open(t)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := none.Admin(good); err == nil {
		t.Error("a site without a key opens its page")
	}
}

func TestImportSubscribers(t *testing.T) {
	for _, c := range []struct {
		what, list string
		want       app.ImportReport
		rejects    string // lines
		subscribed string
	}{
		{"a list", "ada@example.org\n\n# a remark\nBob@Example.NET\nada@example.org\n", app.ImportReport{Lines: 3, Added: 2, Known: 1}, "", "ada@example.org hot workdays 8, Bob@example.net hot workdays 8"},
		{"empty", "", app.ImportReport{}, "", ""},
		{"listmonk", "uuid,email,name,attributes,status,created_at\nu1,ada@example.org,Ada,\"{\"\"a\"\":1}\",enabled,x\nu2,bob@example.org,Bob,{},blocklisted,x\nu3,cy@example.org,Cy,{},disabled,x\n",
			app.ImportReport{Lines: 3, Added: 1, Left: 2}, "", "ada@example.org hot workdays 8"},
		{"mailchimp", "\xef\xbb\xbf\"Email Address\",\"First Name\",MEMBER_RATING\r\n\"ada@example.org\",Ada,2\r\n", app.ImportReport{Lines: 1, Added: 1}, "", "ada@example.org hot workdays 8"},
		{"semicolons", "Name;E-Mail;Topic;Days;Hour;Zone\nAda;ada@example.org;search:gulls -owls;mon wed;17;Asia/Tokyo\n", app.ImportReport{Lines: 1, Added: 1}, "", "ada@example.org search:gulls -owls mon wed 17"},
		{"wrong lines", "address,topic,days,hour,zone\nada,,,,\nbob@example.org,nonsense,,,\ncy@example.org,,someday,,\ndee@example.org,,,25,\neve@example.org,,,,Mars/Base\nfay@throwaway.example,,,,\ngus@example.org,,,,\n",
			app.ImportReport{Lines: 7, Added: 1, Rejected: 6}, "2 3 4 5 6 7", "gus@example.org hot workdays 8"},
		{"hostile", "a@b.c\x00\nx@example.org\r\nBcc: y@example.org\n\"q,\nr\"@example.org\nok@example.org\n" + strings.Repeat("a", 300) + "@example.org\n", app.ImportReport{Lines: 6, Added: 2, Rejected: 4}, "1 3 4 7", "x@example.org hot workdays 8, ok@example.org hot workdays 8"},
		{"several topics", "address,topic,days\nada@example.org,hot,daily\nada@example.org,categories:cs.CL,mon\nADA@example.org,hot,mon\n", app.ImportReport{Lines: 3, Added: 2, Known: 1}, "",
			"ada@example.org hot daily 8, ada@example.org categories:cs.CL mon 8"},
		{"suppressed", "never@example.org\n", app.ImportReport{Lines: 1, Suppressed: 1}, "", ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			a, s, _ := office(t)
			o := a.Console()
			if err := o.Suppress(t.Context(), "never@example.org", "asked"); err != nil {
				t.Fatal(err)
			}
			var lines []string
			opt := app.ImportOptions{Name: "list.csv", Wish: wish(), Refused: func(d string) bool { return d == "throwaway.example" },
				Reject: func(x app.ImportReject) { lines = append(lines, fmt.Sprint(x.Line)) }}
			opt.Wish.Rhythm.Days = broadsheet.Workdays
			opt.DryRun = true
			dry, err := o.ImportSubscribers(t.Context(), strings.NewReader(c.list), opt)
			if diff := cmp.Diff(c.want, dry); diff != "" && c.want.Known == 0 || err != nil {
				t.Errorf("a dry run (%v) (-want +got):\n%s", err, diff)
			}
			if left, err := s.Subscribers(t.Context(), "", 0, 10); len(left) > 0 || err != nil {
				t.Errorf("a dry run stored %d (%v)", len(left), err)
			}
			lines, opt.DryRun = nil, false
			got, err := o.ImportSubscribers(t.Context(), strings.NewReader(c.list), opt)
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				t.Errorf("report (%v) (-want +got):\n%s", err, diff)
			}
			if got := strings.Join(lines, " "); got != c.rejects {
				t.Errorf("lines refused: %q, want %q", got, c.rejects)
			}
			var have []string
			list, err := s.Subscribers(t.Context(), "", 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range list {
				have = append(have, fmt.Sprint(x.Recipient.Address, " ", x.Topic, " ", app.DaysText(x.Rhythm.Days), " ", x.Rhythm.Hour))
			}
			if got := strings.Join(have, ", "); got != c.subscribed {
				t.Errorf("subscribed: %q, want %q", got, c.subscribed)
			}
			again, err := o.ImportSubscribers(t.Context(), strings.NewReader(c.list), opt)
			if again.Added != 0 || again.Known != got.Added+got.Known || err != nil {
				t.Errorf("again: got %+v (%v), want nothing added", again, err)
			}
		})
	}
}

// TestImportBringsNobodyBack: who has ended a topic, or everything, does not get it
// again by a list, also where the list was read half before; who reads something
// may get more.
func TestImportBringsNobodyBack(t *testing.T) {
	a, s, _ := office(t)
	o := a.Console()
	read := func(list string, dry bool) app.ImportReport {
		t.Helper()
		rep, err := o.ImportSubscribers(t.Context(), strings.NewReader("address,topic\n"+list), app.ImportOptions{Name: "x", Wish: wish(), DryRun: dry})
		if err != nil {
			t.Fatal(err)
		}
		return rep
	}
	read("ada@example.org,hot\nada@example.org,categories:cs.CL\nbo@example.org,hot\n", false)
	for _, id := range []string{"1", "3"} {
		if n, err := o.Act(t.Context(), app.ActEnd, id, ""); n != 1 || err != nil {
			t.Fatalf("ended %d (%v)", n, err)
		}
	}
	const list = "ada@example.org,hot\nada@example.org,categories:cs.CL\nada@example.org,search:gulls\nbo@example.org,hot\nbo@example.org,search:gulls\n"
	want := app.ImportReport{Lines: 5, Added: 1, Known: 4}
	for _, dry := range []bool{true, false} {
		if diff := cmp.Diff(want, read(list, dry)); diff != "" {
			t.Errorf("dry: %v (-want +got):\n%s", dry, diff)
		}
	}
	all, err := s.Subscribers(t.Context(), broadsheet.SubscriptionActive, 0, 10)
	if err != nil || len(all) != 2 || all[1].Topic.String() != "search:gulls" || all[1].Recipient.Address != "ada@example.org" {
		t.Errorf("active: %+v (%v), want Ada's two", all, err)
	}
}

// TestFormulas writes what a spreadsheet would run as text, and reads it again.
func TestFormulas(t *testing.T) {
	a, _, _ := office(t)
	o := a.Console()
	want := "=cmd@example.org +1@example.org -2@example.org 'x@example.org"
	if rep, err := o.ImportSubscribers(t.Context(), strings.NewReader(strings.ReplaceAll(want, " ", "\n")+"\n"), app.ImportOptions{Name: "@list", Wish: wish()}); rep.Added != 4 || err != nil {
		t.Fatalf("imported %+v (%v), want four", rep, err)
	}
	if _, err := o.Act(t.Context(), app.ActPause, "1", "=HYPERLINK(1)"); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if n, err := o.WriteSubscribers(t.Context(), &b, store.SubscriberQuery{}); n != 4 || err != nil {
		t.Fatalf("wrote %d (%v), want four", n, err)
	}
	for line := range strings.Lines(b.String()) {
		for cell := range strings.SplitSeq(line, ",") {
			if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r") || strings.HasPrefix(cell, `"=`) {
				t.Errorf("a spreadsheet runs the cell %q", cell)
			}
		}
	}
	list := strings.ReplaceAll(b.String(), "paused", "active")
	far, fs, _ := office(t)
	if rep, err := far.Console().ImportSubscribers(t.Context(), strings.NewReader(list), app.ImportOptions{Name: "x", Wish: wish()}); rep.Added != 4 || err != nil {
		t.Fatalf("read again: %+v (%v)\n%s", rep, err, list)
	}
	got, err := fs.Subscribers(t.Context(), "", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	var addresses []string
	for _, x := range got {
		addresses = append(addresses, x.Recipient.Address)
	}
	if got := strings.Join(addresses, " "); got != want {
		t.Errorf("read again: %q, want %q", got, want)
	}
}

func TestOperatorActs(t *testing.T) {
	a, s, now := office(t)
	o := a.Console()
	if _, err := o.ImportSubscribers(t.Context(), strings.NewReader("ada@example.org\n"), app.ImportOptions{Name: "x", Wish: wish()}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		act     app.Act
		who     string
		changed int
		state   broadsheet.SubscriptionState
		due     bool
	}{
		{app.ActResume, "1", 0, broadsheet.SubscriptionActive, true},
		{app.ActPause, "ada@example.org", 1, broadsheet.SubscriptionPaused, false},
		{app.ActPause, "1", 0, broadsheet.SubscriptionPaused, false},
		{app.ActResume, "1", 1, broadsheet.SubscriptionActive, true},
		{app.ActEnd, "1", 1, broadsheet.SubscriptionEnded, false},
		{app.ActResume, "1", 0, broadsheet.SubscriptionEnded, false},
	} {
		n, err := o.Act(t.Context(), c.act, c.who, "a\r\nb\x00")
		if n != c.changed || err != nil {
			t.Errorf("%s %s: changed %d (%v), want %d", c.act, c.who, n, err, c.changed)
		}
		x, err := s.SubscriptionByID(t.Context(), 1)
		if err != nil || x.State != c.state || x.DueAt.IsZero() == c.due || strings.ContainsAny(x.Reason, "\r\n\x00") {
			t.Errorf("after %s %s: %s, due %v, %q (%v), want %s", c.act, c.who, x.State, x.DueAt, x.Reason, err, c.state)
		}
	}
	if err := o.PauseSending(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	*now = now.Add(time.Hour)
	if err := o.PauseSending(t.Context(), "two"); err != nil {
		t.Fatal(err)
	}
	if x, err := o.Sending(t.Context()); err != nil || !x.Since.Equal(now.Add(-time.Hour)) || x.Reason != "two" {
		t.Errorf("paused twice: %+v (%v), want since the first, for the second reason", x, err)
	}
	if _, err := o.Erase(t.Context(), "ada@example.org"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Holder(t.Context(), "ada@example.org", 10); broadsheet.KindOf(err) != broadsheet.NotFound {
		t.Errorf("after erasing: got %v, want NotFound", err)
	}
}

func FuzzImportSubscribers(f *testing.F) {
	for _, s := range []string{"a@example.org\n", "email,status\na@example.org,enabled\n", "\"a\n", "a;b\tc,d\n\"", "address,zone\nx@example.org,Local\n", "'=a@example.org"} {
		f.Add(s)
	}
	s := storetest.Open(f)
	a, err := app.New(app.Options{Store: s})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, list string) {
		rep, err := a.Console().ImportSubscribers(t.Context(), strings.NewReader(list), app.ImportOptions{Name: "x", Wish: wish(), DryRun: true})
		if err != nil || rep.Lines != rep.Added+rep.Known+rep.Left+rep.Rejected+rep.Suppressed {
			t.Errorf("%q: %+v (%v), want every line counted once", list, rep, err)
		}
	})
}
