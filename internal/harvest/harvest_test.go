package harvest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/harvest"
	"broadsheet/internal/harvest/sourcetest"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// tuesday is a Tuesday evening in New York, after the announcement.
var tuesday = time.Date(2026, 6, 3, 3, 0, 0, 0, time.UTC)

// world is a harvester on an empty store and a server that knows nothing yet.
type world struct {
	*harvest.Harvester
	store  *store.Store
	server *sourcetest.Server
	clock  *sourcetest.Clock
	opt    harvest.Options
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return worldOn(t, storetest.Open(t))
}

func worldOn(t *testing.T, st *store.Store) *world {
	t.Helper()
	w := &world{store: st, server: sourcetest.New(t), clock: sourcetest.NewClock(tuesday)}
	w.opt = harvest.Options{Enabled: harvest.Names(), Categories: []string{"cs.LG"}, OAI: w.server.URL + "/oai", RSS: w.server.URL + "/rss",
		API: w.server.URL + "/api/query", DailyPapers: w.server.URL, Now: w.clock.Now, Rand: func() float64 { return 0 }}
	w.reopen(t, st)
	return w
}

// reopen makes the harvester anew, as after a restart.
func (w *world) reopen(t *testing.T, st harvest.Store) {
	t.Helper()
	w.Harvester = harvest.New(st, w.server.Client(t, w.clock), w.opt)
}

func (w *world) run(t *testing.T, name string, opt harvest.RunOptions) harvest.Report {
	t.Helper()
	r, err := w.Run(t.Context(), name, opt)
	if err != nil {
		t.Fatalf("run %s: %v", name, err)
	}
	return r
}

func (w *world) state(t *testing.T, name string) broadsheet.Source {
	t.Helper()
	st, err := w.store.Source(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func (w *world) paper(t *testing.T, id string) broadsheet.Paper {
	t.Helper()
	p, err := w.store.Paper(t.Context(), id)
	if err != nil {
		t.Fatalf("paper %s: %v", id, err)
	}
	return p
}

func ids(t *testing.T, st *store.Store) []string {
	t.Helper()
	var got []string
	if err := st.EachPaper(t.Context(), "", func(p broadsheet.Paper) error {
		got = append(got, p.ID)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return got
}

func papers(from, n int) []sourcetest.Paper {
	var out []sourcetest.Paper
	for i := range n {
		out = append(out, sourcetest.Paper{ID: fmt.Sprintf("2606.%05d", from+i)})
	}
	return out
}

func TestOAI(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := worldOn(t, st)
		w.server.Catalog(papers(1, 3), []sourcetest.Paper{
			{ID: "2606.00004", Title: "A $x<y$ & more\n in lines", Authors: `J\"org Example, Jr., Bob Other (Lab)`, Categories: "cs.LG stat.ML cs.LG", Versions: 2, Comments: "9 pages"},
			{ID: "2606.00005", Bad: true}, {ID: "2606.00006", Versions: 2, Comments: "This paper has been withdrawn by the author"}})
		got := w.run(t, harvest.ArxivOAI, harvest.RunOptions{})
		want := harvest.Report{Source: "arxiv-oai", Pages: 2, Inserted: 5, Rejected: 1, Latest: time.Date(2026, 6, 2, 0, 0, 0, 0, time.UTC)}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("report (-want +got):\n%s", d)
		}
		p := w.paper(t, "2606.00004")
		wantPaper := broadsheet.Paper{ID: "2606.00004", IDs: []broadsheet.SourceID{{Scheme: "arxiv", Value: "2606.00004"}}, Origin: broadsheet.OriginCatalog,
			Title: "A $x<y$ & more in lines", Abstract: "About 2606.00004.", Note: "9 pages", Submitter: "Ada Example", Categories: []string{"cs.LG", "stat.ML"},
			Authors:     []broadsheet.Author{{Name: "Jörg Example Jr.", Key: "jörg-example-jr"}, {Name: "Bob Other", Key: "bob-other", Affiliation: "Lab"}},
			AuthorCount: 2, Versions: []broadsheet.Version{{Number: 1, CreatedAt: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), Size: "20kb"},
				{Number: 2, CreatedAt: time.Date(2026, 6, 2, 12, 0, 0, 0, time.UTC), Size: "20kb"}},
			PublishedAt: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), UpdatedAt: time.Date(2026, 6, 2, 12, 0, 0, 0, time.UTC), AnnouncedOn: "2026-06-02", SeenAt: tuesday}
		if d := cmp.Diff(wantPaper, p); d != "" {
			t.Errorf("paper (-want +got):\n%s", d)
		}
		if !w.paper(t, "2606.00006").Withdrawn {
			t.Error("a withdrawn paper is not marked")
		}
		src := w.state(t, harvest.ArxivOAI)
		wantSource := broadsheet.Source{Name: "arxiv-oai", Cursor: `{"sets":["cs:cs:LG"],"from":"2026-06-03"}`, LastAttempt: tuesday, LastSuccess: tuesday,
			NextRun: time.Date(2026, 6, 4, 2, 30, 0, 0, time.UTC), LatestItem: want.Latest, Papers: 5, Rejected: 1}
		if d := cmp.Diff(wantSource, src); d != "" {
			t.Errorf("state (-want +got):\n%s", d)
		}
		if asked := w.server.Asked()[0]; !strings.Contains(asked, "from=2026-05-27") || !strings.Contains(asked, "metadataPrefix=arXivRaw") || !strings.Contains(asked, "set=cs%3Acs%3ALG") {
			t.Errorf("first request %s; want arXivRaw of cs.LG from a week ago", asked)
		}
		again := w.run(t, harvest.ArxivOAI, harvest.RunOptions{})
		if again.Inserted != 0 || again.Updated != 0 || again.Unchanged != 5 || again.Rejected != 0 {
			t.Errorf("the same harvest again: %+v; want nothing changed", again)
		}
	})
}

func TestOAIGoesOnWhereItStopped(t *testing.T) {
	w := newWorld(t)
	from := func() string {
		asked := w.server.Asked()
		_, after, _ := strings.Cut(asked[len(asked)-1], "from=")
		return after[:10]
	}
	w.run(t, harvest.ArxivOAI, harvest.RunOptions{})
	for _, c := range []struct {
		why  string
		at   time.Time
		want string
	}{
		{"the next evening", tuesday.AddDate(0, 0, 1), "2026-06-03"},
		{"Thursday", tuesday.AddDate(0, 0, 2), "2026-06-04"},
		{"after the weekend", tuesday.AddDate(0, 0, 5), "2026-06-05"},
		{"after two days of outage", tuesday.AddDate(0, 0, 8), "2026-06-04"},
		{"after a month of outage", tuesday.AddDate(0, 0, 38), "2026-06-11"},
	} {
		w.clock.Set(c.at)
		w.server.Serve(c.at)
		w.run(t, harvest.ArxivOAI, harvest.RunOptions{})
		if got := from(); got != c.want {
			t.Errorf("%s: from %s, want %s", c.why, got, c.want)
		}
	}
	if st := w.state(t, harvest.ArxivOAI); st.Error != "" || st.Failures != 0 {
		t.Errorf("empty answers are no errors: %+v", st)
	}
}

func TestOAIExpiredToken(t *testing.T) {
	w := newWorld(t)
	w.server.Catalog(papers(1, 2), papers(3, 2), papers(5, 2))
	w.server.ExpireTokens()
	got := w.run(t, harvest.ArxivOAI, harvest.RunOptions{})
	if len(ids(t, w.store)) != 6 || !strings.Contains(got.Note, "expired") {
		t.Errorf("%+v with papers %v; want all 6 and a note", got, ids(t, w.store))
	}
}

func TestOAITakesBackDeleted(t *testing.T) {
	w := newWorld(t)
	w.server.Catalog(papers(1, 2))
	w.run(t, harvest.ArxivOAI, harvest.RunOptions{})
	w.server.Catalog([]sourcetest.Paper{{ID: "2606.00001", Deleted: true}, {ID: "2606.00009", Deleted: true}})
	if got := w.run(t, harvest.ArxivOAI, harvest.RunOptions{}); got.Withdrawn != 1 || !w.paper(t, "2606.00001").Withdrawn || w.paper(t, "2606.00002").Withdrawn {
		t.Errorf("%+v: want the first paper withdrawn and no other", got)
	}
}

// errKilled is what a store says once the process is taken for dead.
var errKilled = errors.New("killed")

// mortal lets so many batches through; it dies before or after the next.
type mortal struct {
	harvest.Store
	left  int
	after bool
}

func (m *mortal) Put(ctx context.Context, b store.Batch) (store.Result, error) {
	if m.left--; m.left >= 0 {
		return m.Store.Put(ctx, b)
	}
	if m.after && m.left == -1 {
		if _, err := m.Store.Put(ctx, b); err != nil {
			return store.Result{}, err
		}
	}
	return store.Result{}, errKilled
}

func (m *mortal) PutSource(context.Context, broadsheet.Source) error { return errKilled }

// TestKilledGoesOn kills harvests of every source between any two pages,
// before and after a page is stored, and lets them go on.
func TestKilledGoesOn(t *testing.T) {
	fill := func(w *world) {
		w.server.Catalog(papers(1, 2), papers(3, 2), papers(5, 2), papers(7, 1))
		var index []sourcetest.Paper
		for i := range 7 {
			index = append(index, sourcetest.Paper{ID: fmt.Sprintf("2606.%05d", i+1), Submitted: tuesday.AddDate(0, 0, -i)})
			w.server.Featured(tuesday.AddDate(0, 0, -i).Format(time.DateOnly), "["+sourcetest.Entry(fmt.Sprintf("2606.%05d", i+1), "Paper", i)+"]")
		}
		w.server.Index(index...)
	}
	for _, name := range []string{harvest.ArxivOAI, harvest.ArxivAPI, harvest.DailyPapers} {
		for _, opt := range []harvest.RunOptions{{}, {From: "2026-05-25"}} {
			for left := range 5 {
				for _, after := range []bool{false, true} {
					w := newWorld(t)
					fill(w)
					w.reopen(t, &mortal{Store: w.store, left: left, after: after})
					if r, err := w.Run(t.Context(), name, opt); !errors.Is(err, errKilled) && r.Pages != left && left < 4 {
						t.Fatalf("%s: %+v, %v; want it killed after %d pages", name, r, err, left)
					}
					before := len(w.server.Asked())
					w.reopen(t, w.store)
					w.run(t, name, opt)
					if got := ids(t, w.store); len(got) != 7 {
						t.Errorf("%s %+v killed after %d pages (%v): papers %v, want all 7", name, opt, left, after, got)
					}
					if name == harvest.ArxivOAI && left > 0 && left < 4 {
						if next := w.server.Asked()[before]; !strings.Contains(next, "resumptionToken=page-"+fmt.Sprint(left)) && !after {
							t.Errorf("%s killed after %d pages went on with %s", name, left, next)
						}
					}
				}
			}
		}
	}
}

func TestBackfillLeavesTheRegularHarvestAlone(t *testing.T) {
	w := newWorld(t)
	w.server.Catalog(papers(1, 1))
	w.run(t, harvest.ArxivOAI, harvest.RunOptions{})
	before := w.state(t, harvest.ArxivOAI)
	w.run(t, harvest.ArxivOAI, harvest.RunOptions{From: "2026-01-01", To: "2026-01-31", Sets: []string{"math"}})
	asked := w.server.Asked()
	if last := asked[len(asked)-1]; !strings.Contains(last, "from=2026-01-01") || !strings.Contains(last, "until=2026-01-31") || !strings.Contains(last, "set=math") {
		t.Errorf("asked %s", last)
	}
	after := w.state(t, harvest.ArxivOAI)
	if after.Cursor != before.Cursor || !after.NextRun.Equal(before.NextRun) || !after.LastSuccess.Equal(before.LastSuccess) {
		t.Errorf("state before %+v\nand after a back-fill %+v", before, after)
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults []sourcetest.Fault
		kind   broadsheet.Kind // where they last; Internal: the harvest succeeds after all
		text   string
	}{
		{"429 with Retry-After", []sourcetest.Fault{sourcetest.Status(429, "30")}, 0, ""},
		{"503 with Retry-After", []sourcetest.Fault{sourcetest.Status(503, "5"), sourcetest.Status(503, "5")}, 0, ""},
		{"406", []sourcetest.Fault{sourcetest.Status(406, "")}, 0, ""},
		{"time-out", []sourcetest.Fault{sourcetest.Hang}, 0, ""},
		{"cut connection", []sourcetest.Fault{sourcetest.Cut}, 0, ""},
		{"empty body", []sourcetest.Fault{sourcetest.Empty}, 0, ""},
		{"429 for hours", []sourcetest.Fault{sourcetest.Status(429, "7200")}, broadsheet.Limited, "asks to be left alone"},
		{"403", []sourcetest.Fault{sourcetest.Status(403, "")}, broadsheet.Unavailable, "status 403"},
		{"always 503", slices.Repeat([]sourcetest.Fault{sourcetest.Status(503, "")}, 4), broadsheet.Unavailable, "status 503"},
		{"always empty", slices.Repeat([]sourcetest.Fault{sourcetest.Empty}, 4), broadsheet.Unavailable, "empty answer"},
		{"always cut", slices.Repeat([]sourcetest.Fault{sourcetest.Cut}, 4), broadsheet.Unavailable, "connection broken"},
		{"wrong content type", []sourcetest.Fault{sourcetest.WrongType}, broadsheet.Unavailable, "content type"},
		{"endless body", []sourcetest.Fault{sourcetest.Endless}, broadsheet.Unavailable, "too large"},
		{"gzip bomb", []sourcetest.Fault{sourcetest.Bomb}, broadsheet.Unavailable, "too large"},
		{"broken XML", []sourcetest.Fault{sourcetest.Broken}, broadsheet.Unavailable, "EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if c.name == "time-out" {
				w.server.Patience = 100 * time.Millisecond
				w.reopen(t, w.store)
			}
			w.server.Catalog(papers(1, 3))
			w.server.Misbehave("/oai", c.faults...)
			_, err := w.Run(t.Context(), harvest.ArxivOAI, harvest.RunOptions{})
			st := w.state(t, harvest.ArxivOAI)
			if c.kind == 0 {
				if err != nil || len(ids(t, w.store)) != 3 || st.Error != "" {
					t.Errorf("got %v and state %+v; want it overcome", err, st)
				}
				return
			}
			if broadsheet.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.text) || len(ids(t, w.store)) != 0 {
				t.Errorf("got %v (%v), want %v with %q", err, broadsheet.KindOf(err), c.kind, c.text)
			}
			if st.Failures != 1 || st.Error != err.Error() || !st.NextRun.After(w.clock.Now()) || !st.LastSuccess.IsZero() {
				t.Errorf("state %+v does not tell of the failure", st)
			}
			if c.kind == broadsheet.Limited && st.NextRun.Sub(tuesday) < 2*time.Hour {
				t.Errorf("next run %s although it asks to wait two hours", st.NextRun)
			}
			w.clock.Set(st.NextRun)
			if _, err := w.Run(t.Context(), harvest.ArxivOAI, harvest.RunOptions{}); err != nil || len(ids(t, w.store)) != 3 {
				t.Errorf("the next harvest: %v", err)
			}
			if st := w.state(t, harvest.ArxivOAI); st.Failures != 0 || st.Error != "" {
				t.Errorf("state %+v still tells of it", st)
			}
		})
	}
}

func TestFailuresBackOff(t *testing.T) {
	w := newWorld(t)
	w.server.Misbehave("/oai", slices.Repeat([]sourcetest.Fault{sourcetest.WrongType}, 12)...)
	var waits []time.Duration
	for range 9 {
		now := w.clock.Now()
		w.Run(t.Context(), harvest.ArxivOAI, harvest.RunOptions{})
		st := w.state(t, harvest.ArxivOAI)
		waits = append(waits, st.NextRun.Sub(now))
		w.clock.Set(st.NextRun)
	}
	m := time.Minute
	if d := cmp.Diff([]time.Duration{5 * m, 10 * m, 20 * m, 40 * m, 80 * m, 160 * m, 320 * m, 360 * m, 360 * m}, waits); d != "" {
		t.Errorf("waits (-want +got):\n%s", d)
	}
}

func TestNoNetwork(t *testing.T) {
	w := newWorld(t)
	for _, name := range harvest.Names() {
		w.opt.OAI, w.opt.RSS, w.opt.API, w.opt.DailyPapers = "http://127.0.0.1:1/oai", "http://127.0.0.1:1/rss", "http://127.0.0.1:1/api", "http://127.0.0.1:1"
		w.reopen(t, w.store)
		_, err := w.Run(t.Context(), name, harvest.RunOptions{})
		if want := "no network: cannot reach 127.0.0.1:1; serving what is here"; broadsheet.KindOf(err) != broadsheet.Unavailable || err.Error() != want {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
}

func TestOAITokensThatNeverHold(t *testing.T) {
	w := newWorld(t)
	w.server.Catalog(papers(1, 1), papers(2, 1))
	for range 10 {
		w.server.ExpireTokens()
		if _, err := w.Run(t.Context(), harvest.ArxivOAI, harvest.RunOptions{Progress: func(harvest.Report) { w.server.ExpireTokens() }}); err == nil || !strings.Contains(err.Error(), "badResumptionToken") {
			t.Fatalf("got %v, want the server's error", err)
		}
	}
}

// TestClocksDiffer harvests while the clock here is days off the server's.
func TestClocksDiffer(t *testing.T) {
	for _, off := range []time.Duration{-90 * 24 * time.Hour, 90 * 24 * time.Hour} {
		w := newWorld(t)
		w.server.Catalog(papers(1, 2), papers(3, 2), papers(5, 1))
		w.clock.Set(tuesday.Add(off))
		if got := w.run(t, harvest.ArxivOAI, harvest.RunOptions{}); got.Inserted != 5 || got.Pages != 3 {
			t.Errorf("clock off by %s: %+v", off, got)
		}
	}
}

// TestTokenExpiredWhileAway goes on after the token's time: the set is begun
// again without asking for the token.
func TestTokenExpiredWhileAway(t *testing.T) {
	w := newWorld(t)
	w.server.Catalog(papers(1, 2), papers(3, 2), papers(5, 2))
	w.reopen(t, &mortal{Store: w.store, left: 2})
	if _, err := w.Run(t.Context(), harvest.ArxivOAI, harvest.RunOptions{}); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	before := len(w.server.Asked())
	w.clock.Set(tuesday.Add(30 * time.Hour))
	w.reopen(t, w.store)
	w.run(t, harvest.ArxivOAI, harvest.RunOptions{})
	if next := w.server.Asked()[before]; !strings.Contains(next, "from=2026-05-27") || len(ids(t, w.store)) != 6 {
		t.Errorf("went on with %s to %v", next, ids(t, w.store))
	}
}

// TestOAICorrectsWhatWasImported: a snapshot dates a record by its last change
// of any kind, later than its last version; a later correction in the
// catalogue, without a new version, counts all the same.
func TestOAICorrectsWhatWasImported(t *testing.T) {
	w := newWorld(t)
	imported := broadsheet.Paper{ID: "2606.00001", Origin: broadsheet.OriginCatalog, Title: "As Imported", Categories: []string{"cs.LG"},
		Authors: []broadsheet.Author{{Name: "Ada Example"}}, PublishedAt: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC), UpdatedAt: time.Date(2026, 5, 20, 0, 0, 0, 0, time.UTC),
		Versions: []broadsheet.Version{{Number: 1, CreatedAt: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}}}
	if _, err := w.store.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{imported}}); err != nil {
		t.Fatal(err)
	}
	harvested := func(title, stamp string) broadsheet.Paper {
		w.server.Catalog([]sourcetest.Paper{{ID: "2606.00001", Title: title, Categories: "cs.CL cs.LG", Submitted: imported.PublishedAt, Stamp: stamp}})
		w.run(t, harvest.ArxivOAI, harvest.RunOptions{})
		return w.paper(t, "2606.00001")
	}
	for _, c := range []struct{ title, stamp, want string }{
		{"Before the Import", "2026-05-19", "As Imported"},
		{"As Corrected", "2026-06-01", "As Corrected"},
		{"Of a Day to Come", "2026-07-01", "As Corrected"}, // a wrong date may not shut out what comes after
		{"Corrected Again", "2026-06-02", "Corrected Again"},
	} {
		if p := harvested(c.title, c.stamp); p.Title != c.want {
			t.Errorf("record of %s: got title %q, want %q", c.stamp, p.Title, c.want)
		}
	}
	if p := w.paper(t, "2606.00001"); !slices.Equal(p.Categories, []string{"cs.CL", "cs.LG"}) || !p.UpdatedAt.Equal(time.Date(2026, 6, 2, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("got categories %v, updated %v; want those of the last record", p.Categories, p.UpdatedAt)
	}
}
