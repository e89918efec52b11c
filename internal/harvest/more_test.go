package harvest_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/harvest"
	"broadsheet/internal/harvest/sourcetest"
	"broadsheet/internal/lib/hfwire"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

func TestAPI(t *testing.T) {
	w := newWorld(t)
	day := func(n int) time.Time { return tuesday.AddDate(0, 0, n) }
	w.server.Index(sourcetest.Paper{ID: "2606.00001", Submitted: day(0)}, sourcetest.Paper{ID: "2606.00002", Submitted: day(-1), Versions: 2},
		sourcetest.Paper{ID: "2605.00003", Submitted: day(-7)}, sourcetest.Paper{ID: "2605.00004", Submitted: day(-8)}, sourcetest.Paper{ID: "2606.00005", Submitted: day(-2), Bad: true})
	got := w.run(t, harvest.ArxivAPI, harvest.RunOptions{})
	if d := cmp.Diff([]string{"2605.00003", "2606.00001", "2606.00002"}, ids(t, w.store)); d != "" || got.Pages != 8 || got.Rejected != 1 {
		t.Errorf("%+v; papers (-want +got):\n%s", got, d)
	}
	if asked := w.server.Asked()[0]; !strings.Contains(asked, "submittedDate%3A%5B202605270000+TO+202605272359%5D+AND+%28cat%3Acs.LG%29") {
		t.Errorf("asked %s", asked)
	}
	before := len(w.server.Asked())
	w.clock.Set(day(1))
	w.run(t, harvest.ArxivAPI, harvest.RunOptions{})
	if first := w.server.Asked()[before]; !strings.Contains(first, "B202605310000") {
		t.Errorf("the next day begins with %s; want it three days back", first)
	}
	w.run(t, harvest.ArxivAPI, harvest.RunOptions{From: "2026-05-26", To: "2026-05-26"})
	w.paper(t, "2605.00004")
}

func TestAPIEmptyPageAlthoughThereAreResults(t *testing.T) {
	w := newWorld(t)
	w.server.Misbehave("/api/query", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/atom+xml")
		fmt.Fprint(rw, `<feed xmlns="http://www.w3.org/2005/Atom"><totalResults>12</totalResults></feed>`)
	})
	if _, err := w.Run(t.Context(), harvest.ArxivAPI, harvest.RunOptions{}); broadsheet.KindOf(err) != broadsheet.Unavailable || !strings.Contains(err.Error(), "although there are 12") {
		t.Errorf("got %v, want it refused", err)
	}
}

func TestFetch(t *testing.T) {
	w := newWorld(t)
	w.server.Index(sourcetest.Paper{ID: "2606.00001", Versions: 3})
	p, err := w.Fetch(t.Context(), "https://arxiv.org/pdf/2606.00001v2.pdf")
	if err != nil || p.ID != "2606.00001" || len(p.Versions) != 2 || p.Versions[1].Number != 3 || !p.SeenAt.Equal(tuesday) {
		t.Errorf("got %+v, %v", p, err)
	}
	w.paper(t, "2606.00001")
	for id, kind := range map[string]broadsheet.Kind{"2606.99999": broadsheet.NotFound, "12345": broadsheet.Invalid, "": broadsheet.Invalid, "doi:10.1/x": broadsheet.Invalid} {
		if _, err := w.Fetch(t.Context(), id); broadsheet.KindOf(err) != kind {
			t.Errorf("Fetch(%q): got %v, want %v", id, err, kind)
		}
	}
	w.server.Misbehave("/api/query", sourcetest.Status(404, ""))
	if _, err := w.Fetch(t.Context(), "2606.00001"); broadsheet.KindOf(err) != broadsheet.Unavailable {
		t.Errorf("out of reach: got %v, want Unavailable", err)
	}
}

func TestDailyPapers(t *testing.T) {
	w := newWorld(t)
	bad := `{"paper":{"id":2606.00009,"title":"x"}}`
	w.server.Featured("2026-06-02", "["+sourcetest.Entry("2606.00001", "One", 5)+","+bad+","+sourcetest.Entry("2606.00002", "Two", 3)+"]")
	got := w.run(t, harvest.DailyPapers, harvest.RunOptions{})
	if got.Pages != 8 || got.Inserted != 2 || got.Rejected != 1 || got.Note != "nothing featured on 2026-06-03 yet" {
		t.Errorf("report %+v", got)
	}
	p := w.paper(t, "2606.00002")
	if len(p.Features) != 1 || p.Features[0].Day != "2026-06-02" || p.Features[0].Position != 3 || p.Features[0].Submitter.Key != "bob" || p.ImportedVotes != 3 {
		t.Errorf("paper %+v", p)
	}
	if e, err := hfwire.Parse(p.Features[0].Wire); err != nil || string(e.Extra["later"]) != `"kept"` {
		t.Errorf("wire %s: %v", p.Features[0].Wire, err)
	}
	// The next harvest reads the last days again and finds more votes.
	before := len(w.server.Asked())
	w.clock.Set(tuesday.Add(time.Hour))
	w.server.Featured("2026-06-02", "["+sourcetest.Entry("2606.00001", "One", 50)+"]")
	got = w.run(t, harvest.DailyPapers, harvest.RunOptions{})
	if got.Pages != 3 || got.Updated != 1 || w.paper(t, "2606.00001").ImportedVotes != 50 {
		t.Errorf("again: %+v, asked %v", got, w.server.Asked()[before:])
	}
	if st := w.state(t, harvest.DailyPapers); !st.NextRun.Equal(tuesday.Add(2 * time.Hour)) {
		t.Errorf("next run %s, want an hour later", st.NextRun)
	}
	w.server.Featured("2024-06-21", "["+sourcetest.Entry("2406.00001", "Old", 5)+"]")
	w.run(t, harvest.DailyPapers, harvest.RunOptions{From: "2024-06-20", To: "2024-06-22"})
	if p := w.paper(t, "2406.00001"); p.SeenAt.Year() != 2024 {
		t.Errorf("history is news: seen at %s", p.SeenAt)
	}
	if _, err := w.Run(t.Context(), harvest.DailyPapers, harvest.RunOptions{From: "2027-01-01"}); broadsheet.KindOf(err) != broadsheet.Invalid {
		t.Errorf("a day to come: %v, want Invalid", err)
	}
}

func TestReplay(t *testing.T) {
	w := newWorld(t)
	w.server.Catalog([]sourcetest.Paper{{ID: "2606.00001"}, {ID: "2606.00002", Bad: true}})
	w.run(t, harvest.ArxivOAI, harvest.RunOptions{})
	// What an older program could not read and this one can.
	readable := []broadsheet.Reject{
		{Source: harvest.ArxivOAI, Ref: "oai:arXiv.org:2606.00003", Layout: "oai-arXivRaw", Reason: "x", At: tuesday, Body: []byte(
			`<record><header><identifier>oai:arXiv.org:2606.00003</identifier></header><metadata><arXivRaw><id>2606.00003</id><title>T</title></arXivRaw></metadata></record>`)},
		{Source: harvest.DailyPapers, Ref: "2026-06-02/7", Layout: "daily-papers", Reason: "x", At: tuesday, Body: []byte(sourcetest.Entry("2606.00004", "Four", 1))},
		{Source: "import", Ref: "f:1", Layout: "arxiv-snapshot", Reason: "x", At: tuesday, Body: []byte("{}")},
	}
	if _, err := w.store.Put(t.Context(), store.Batch{Rejects: readable}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []harvest.Report{{Inserted: 2, Rejected: 1, Pages: 2}, {Rejected: 1, Pages: 1}} {
		got, err := w.Replay(t.Context())
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Errorf("replay %d: %v (-want +got):\n%s", i, err, d)
		}
	}
	if p := w.paper(t, "2606.00004"); p.Features[0].Position != 7 {
		t.Errorf("the entry's place is %d", p.Features[0].Position)
	}
	left, err := w.store.Rejects(t.Context(), store.RejectQuery{Open: true})
	if err != nil || len(left) != 2 {
		t.Errorf("%d left open (%v), want the bad one and the import's", len(left), err)
	}
}

func TestDue(t *testing.T) {
	w := newWorld(t)
	w.opt.Enabled = []string{harvest.ArxivOAI, harvest.DailyPapers}
	w.reopen(t, w.store)
	due := func() string {
		t.Helper()
		names, err := w.Due(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(names, " ")
	}
	if got := due(); got != "arxiv-oai daily-papers" {
		t.Errorf("at first %q is due, want both", got)
	}
	w.run(t, harvest.ArxivOAI, harvest.RunOptions{})
	w.run(t, harvest.DailyPapers, harvest.RunOptions{})
	for _, c := range []struct {
		at   time.Time
		want string
	}{{tuesday.Add(59 * time.Minute), ""}, {tuesday.Add(time.Hour), "daily-papers"}, {tuesday.Add(24 * time.Hour), "arxiv-oai daily-papers"}} {
		w.clock.Set(c.at)
		if got := due(); got != c.want {
			t.Errorf("at %s %q is due, want %q", c.at, got, c.want)
		}
	}
}

func TestOneHarvestAtATime(t *testing.T) {
	w := newWorld(t)
	w.server.Catalog(papers(1, 1))
	w.run(t, harvest.ArxivOAI, harvest.RunOptions{Progress: func(harvest.Report) {
		if _, err := w.Run(t.Context(), harvest.ArxivOAI, harvest.RunOptions{}); broadsheet.KindOf(err) != broadsheet.Conflict {
			t.Errorf("a second harvest: %v, want Conflict", err)
		}
	}})
	if _, err := w.Run(t.Context(), "arxiv-fax", harvest.RunOptions{}); broadsheet.KindOf(err) != broadsheet.NotFound {
		t.Errorf("unknown source: %v, want NotFound", err)
	}
}

func TestEndedByItsCaller(t *testing.T) {
	w := newWorld(t)
	w.server.Catalog(papers(1, 2), papers(3, 2))
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := w.Run(ctx, harvest.ArxivOAI, harvest.RunOptions{Progress: func(harvest.Report) { cancel() }}); err == nil {
		t.Fatal("a harvest that was ended went on")
	}
	if st := w.state(t, harvest.ArxivOAI); st.Failures != 0 || st.Error != "" {
		t.Errorf("the source is blamed: %+v", st)
	}
	w.run(t, harvest.ArxivOAI, harvest.RunOptions{})
	if got := ids(t, w.store); len(got) != 4 {
		t.Errorf("papers %v, want 4", got)
	}
}

func TestGate(t *testing.T) {
	st := storetest.Open(t)
	clock := sourcetest.NewClock(tuesday)
	var mu sync.Mutex
	var at []time.Time
	for round := range 5 {
		for _, id := range []string{"a", "b"} {
			g := &harvest.Gate{Store: st, Clock: clock, ID: id}
			if err := g.Wait(t.Context(), "arxiv", 3*time.Second); err != nil {
				t.Fatal(round, err)
			}
			mu.Lock()
			at = append(at, clock.Now())
			mu.Unlock()
		}
	}
	for i := 1; i < len(at); i++ {
		if gap := at[i].Sub(at[i-1]); gap < 2900*time.Millisecond || gap > 4*time.Second {
			t.Errorf("request %d came %s after the one before; want 3 s", i, gap)
		}
	}
}

// TestReplaysRecordedAnswers harvests the recorded and derived answers as if
// they came from the services.
func TestReplaysRecordedAnswers(t *testing.T) {
	dir := os.Getenv("TESTDATA_DIR")
	if dir == "" {
		t.Skip("TESTDATA_DIR is not set: recorded answers are not harvested")
	}
	file := func(parts ...string) string { return filepath.Join(append([]string{dir, "protocol"}, parts...)...) }
	derived := file("arxiv_oai", "derived_from_arxiv_templates")

	t.Run("catalogue", func(t *testing.T) {
		for _, format := range []string{"arXivRaw", "arXiv"} {
			w := newWorld(t)
			w.opt.Categories, w.opt.Format = nil, format
			w.reopen(t, w.store)
			w.clock.Set(time.Date(2026, 9, 1, 4, 5, 6, 0, time.UTC))
			w.server.Replay("/oai?from=2026-08-25&metadataPrefix="+format+"&verb=ListRecords", filepath.Join(derived, "ListRecords_"+format+"_page1.xml"))
			w.server.Replay("/oai?resumptionToken=verb%253DListRecords%2526metadataPrefix%253D"+format+"%2526from%253D2009-01-01%2526skip%253D300&verb=ListRecords", filepath.Join(derived, "ListRecords_"+format+"_page2.xml"))
			got := w.run(t, harvest.ArxivOAI, harvest.RunOptions{})
			if got.Inserted != 509 || got.Rejected != 0 || got.Pages != 2 {
				t.Errorf("%s: %+v, want 509 papers", format, got)
			}
			p := w.paper(t, "0906.2112")
			if p.Authors[0].Name != "Robin de Jong" || p.PrimaryCategory() != "math.AG" || p.MSCClass != "14G40; 11G20" {
				t.Errorf("%s: %+v", format, p)
			}
			if format == "arXivRaw" && (len(p.Versions) != 3 || p.AnnouncedOn != "2009-06-12" || p.SeenAt.Year() != 2009) {
				t.Errorf("%s: versions %v, announced on %s, seen at %s", format, p.Versions, p.AnnouncedOn, p.SeenAt)
			}
			again := w.run(t, harvest.ArxivOAI, harvest.RunOptions{From: "2026-08-25"})
			if again.Unchanged != 509 {
				t.Errorf("%s again: %+v, want all unchanged", format, again)
			}
		}
	})
	t.Run("feeds", func(t *testing.T) {
		for category, want := range map[string]int{"cs.LG": 1, "hep-th": 7, "quiet_weekend": 0} {
			w := newWorld(t)
			w.clock.Set(time.Date(2026, 9, 1, 5, 0, 0, 0, time.UTC))
			if category == "quiet_weekend" {
				w.clock.Set(time.Date(2026, 9, 6, 5, 0, 0, 0, time.UTC))
			}
			w.opt.Categories = []string{"cs.LG"}
			w.reopen(t, w.store)
			w.server.Replay("/rss/cs.LG", file("arxiv_rss", "derived", "rss_"+category+".xml"))
			got := w.run(t, harvest.ArxivRSS, harvest.RunOptions{})
			if got.Rejected != 0 || want == 0 != (got.Note == "no announcement today") || got.Inserted != want {
				t.Errorf("%s: %+v, want %d papers", category, got, want)
			}
		}
	})
	t.Run("API", func(t *testing.T) {
		w := newWorld(t)
		w.server.Replay("/api/query", file("arxiv_api", "id_1605.08386_s0_m100_199195aa31ad.atom.xml"))
		p, err := w.Fetch(t.Context(), "1605.08386")
		if err != nil || p.Title != "Heat-bath random walks with Markov bases" || len(p.Authors) != 2 || p.Note != "20 pages, 3 figures" || p.AnnouncedOn != "2016-05-27" || p.PrimaryCategory() != "math.CO" {
			t.Errorf("%+v, %v", p, err)
		}
		for _, name := range []string{"id_abc_s0_m100_b79c8dcf6bc3.atom.xml", "id_0000.0000_s0_m100_8b51d9633a68.atom.xml"} {
			w.server.Replay("/api/query", file("arxiv_api", name))
			if _, err := w.Fetch(t.Context(), "2606.00001"); broadsheet.KindOf(err) != broadsheet.NotFound {
				t.Errorf("%s: got %v, want NotFound", name, err)
			}
		}
		w.server.Replay("/api/query", file("arxiv_api", "id_1707.08567_s0_m100_6a1afebfc6a3.atom.xml"))
		if _, err := w.Fetch(t.Context(), "2606.00001"); broadsheet.KindOf(err) != broadsheet.Unavailable {
			t.Errorf("another paper than was asked for: %v, want Unavailable", err)
		}
	})
	t.Run("Daily Papers", func(t *testing.T) {
		for _, day := range []broadsheet.Day{"2024-06-21", "2025-07-22", "2026-08-21"} {
			w := newWorld(t)
			w.clock.Set(time.Date(2026, 9, 1, 4, 0, 0, 0, time.UTC))
			w.server.Replay("/api/daily_papers?date="+string(day)+"&limit=100", file("huggingface", "api_daily_papers_"+string(day)+".json"))
			got := w.run(t, harvest.DailyPapers, harvest.RunOptions{From: day, To: day})
			if got.Inserted < 10 || got.Rejected != 0 {
				t.Errorf("%s: %+v", day, got)
			}
		}
	})
}

// TestKilledAtAnyRequest ends the harvest at each request in turn, closes the
// store, opens the file again and goes on.
func TestKilledAtAnyRequest(t *testing.T) {
	for _, name := range []string{harvest.ArxivOAI, harvest.ArxivAPI, harvest.DailyPapers} {
		for kill := range 6 {
			dsn := "sqlite:" + filepath.Join(t.TempDir(), "kill.db")
			st, err := store.Open(t.Context(), dsn, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := st.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			w := worldOn(t, st)
			w.server.Catalog(papers(1, 2), papers(3, 2), papers(5, 2), papers(7, 1))
			for i := range 7 {
				w.server.Featured(tuesday.AddDate(0, 0, -i).Format(time.DateOnly), "["+sourcetest.Entry(fmt.Sprintf("2606.%05d", i+1), "Paper", i)+"]")
			}
			var index []sourcetest.Paper
			for i := range 7 {
				index = append(index, sourcetest.Paper{ID: fmt.Sprintf("2606.%05d", i+1), Submitted: tuesday.AddDate(0, 0, -i)})
			}
			w.server.Index(index...)
			ctx, cancel := context.WithCancel(t.Context())
			for range kill {
				w.server.Misbehave("/", sourcetest.Pass)
			}
			w.server.Misbehave("/", func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
			if _, err := w.Run(ctx, name, harvest.RunOptions{}); err == nil && kill < 4 {
				t.Errorf("%s was not ended by request %d", name, kill)
			}
			cancel()
			if err := st.Close(); err != nil {
				t.Fatal(err)
			}
			w.server.Calm()
			w.store = storetest.OpenDSN(t, dsn)
			w.reopen(t, w.store)
			w.run(t, name, harvest.RunOptions{})
			if got := ids(t, w.store); len(got) != 7 {
				t.Errorf("%s ended at request %d: papers %v, want all 7", name, kill, got)
			}
		}
	}
}

func TestDailyPapersBeforeTheServicesDayBegins(t *testing.T) {
	w := newWorld(t)
	for range 7 {
		w.server.Misbehave("/api/daily_papers", sourcetest.Pass)
	}
	w.server.Misbehave("/api/daily_papers", sourcetest.Status(400, ""))
	if got := w.run(t, harvest.DailyPapers, harvest.RunOptions{}); got.Pages != 8 {
		t.Errorf("%+v, want 8 pages", got)
	}
	w.server.Misbehave("/api/daily_papers", sourcetest.Status(400, ""))
	if _, err := w.Run(t.Context(), harvest.DailyPapers, harvest.RunOptions{From: "2026-05-01"}); err == nil {
		t.Error("400 for a day in the past is no error")
	}
}

// BenchmarkOAIPage stores a page of the catalogue's size: 2,500 records.
func BenchmarkOAIPage(b *testing.B) {
	for b.Loop() {
		st := storetest.Open(b)
		server := sourcetest.New(b)
		clock := sourcetest.NewClock(tuesday)
		server.Catalog(papers(1, 2500))
		h := harvest.New(st, server.Client(b, clock), harvest.Options{OAI: server.URL + "/oai", Now: clock.Now})
		if r, err := h.Run(b.Context(), harvest.ArxivOAI, harvest.RunOptions{}); err != nil || r.Inserted != 2500 {
			b.Fatal(r, err)
		}
	}
}
