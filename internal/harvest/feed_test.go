package harvest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/harvest"
	"broadsheet/internal/harvest/sourcetest"
)

// newYork is a time of the clock there, in summer.
func newYork(day, clock string) time.Time {
	t, err := time.Parse("2006-01-02 15:04 -0700", day+" "+clock+" -0400")
	if err != nil {
		panic(err)
	}
	return t
}

func (w *world) at(t time.Time) { w.clock.Set(t) }

func TestFeed(t *testing.T) {
	w := newWorld(t)
	on := newYork("2026-06-03", "00:00")
	w.at(newYork("2026-06-03", "00:20"))
	// Known from the catalogue, with a day worked out from its submission.
	w.server.Catalog([]sourcetest.Paper{{ID: "2606.00001"}, {ID: "2606.00002"}, {ID: "2606.00003"}})
	w.run(t, harvest.ArxivOAI, harvest.RunOptions{})
	w.server.Feed("a", sourcetest.Paper{ID: "2606.00001", On: on}, // held back by moderation
		sourcetest.Paper{ID: "2606.00002", On: on, Kind: "cross"},
		sourcetest.Paper{ID: "2606.00003", On: on, Kind: "replace", Versions: 2, Title: "A new title"},
		sourcetest.Paper{ID: "2606.00004", On: on, Title: "Only $x<y$ in the feed", Authors: `Ada Example (1), J\"org Other (2) ((1) X, (2) Y)`, Categories: "stat.ML cs.LG"},
		sourcetest.Paper{ID: "2606.00005", On: on, Kind: "replace-cross", Versions: 3},
		sourcetest.Paper{ID: "2606.00006", On: on, Bad: true},
		sourcetest.Paper{ID: "math.GT/0309136", On: on, Kind: "cross"})
	got := w.run(t, harvest.ArxivRSS, harvest.RunOptions{})
	if got.Inserted != 2 || got.Rejected != 1 || got.Note != "" || !got.Latest.Equal(time.Date(2026, 6, 3, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("report %+v; want two new papers and one kept aside", got)
	}
	days := map[string]broadsheet.Day{}
	for _, id := range ids(t, w.store) {
		days[id] = w.paper(t, id).AnnouncedOn
	}
	want := map[string]broadsheet.Day{"2606.00001": "2026-06-03", "2606.00002": "2026-06-02", "2606.00003": "2026-06-02", "2606.00004": "2026-06-03", "math/0309136": "2026-06-03"}
	if d := cmp.Diff(want, days); d != "" {
		t.Errorf("announced (-want +got):\n%s", d)
	}
	p := w.paper(t, "2606.00004")
	wantPaper := broadsheet.Paper{ID: "2606.00004", IDs: []broadsheet.SourceID{{Scheme: "arxiv", Value: "2606.00004"}}, Origin: broadsheet.OriginFeed,
		Title: "Only $x<y$ in the feed", Abstract: "About 2606.00004.", Authors: []broadsheet.Author{{Name: "Ada Example", Key: "ada-example"}, {Name: "Jörg Other", Key: "jörg-other"}},
		AuthorCount: 2, Categories: []string{"stat.ML", "cs.LG"}, AnnouncedOn: "2026-06-03", SeenAt: newYork("2026-06-03", "00:20").UTC()}
	if d := cmp.Diff(wantPaper, p); d != "" {
		t.Errorf("paper (-want +got):\n%s", d)
	}
	if asked := w.server.Asked(); !strings.HasSuffix(asked[len(asked)-1], "/rss/cs.LG") {
		t.Errorf("asked %v", asked)
	}
	if st := w.state(t, harvest.ArxivRSS); !st.NextRun.Equal(newYork("2026-06-04", "00:15")) {
		t.Errorf("next run %s, want after the next midnight in New York", st.NextRun)
	}
	again := w.run(t, harvest.ArxivRSS, harvest.RunOptions{})
	if again.Inserted+again.Updated+again.Unchanged+again.Rejected != 0 || !strings.Contains(again.Note, "not changed since 2026-06-03") {
		t.Errorf("the unchanged feed again: %+v", again)
	}
}

// TestFeedReplace renews a paper of which only the feed is known.
func TestFeedReplace(t *testing.T) {
	w := newWorld(t)
	w.at(newYork("2026-06-03", "00:20"))
	w.server.Feed("a", sourcetest.Paper{ID: "2606.00001", On: newYork("2026-06-03", "00:00")})
	w.run(t, harvest.ArxivRSS, harvest.RunOptions{})
	w.at(newYork("2026-06-04", "00:20"))
	w.server.Feed("b", sourcetest.Paper{ID: "2606.00001", On: newYork("2026-06-04", "00:00"), Kind: "replace", Versions: 2, Title: "A better title"},
		sourcetest.Paper{ID: "2606.00002", On: newYork("2026-06-04", "00:00")})
	w.run(t, harvest.ArxivRSS, harvest.RunOptions{})
	if p := w.paper(t, "2606.00001"); p.Title != "A better title" || p.AnnouncedOn != "2026-06-03" {
		t.Errorf("replaced: %q announced on %s", p.Title, p.AnnouncedOn)
	}
}

func TestFeedAgainstTheCalendar(t *testing.T) {
	on := newYork("2026-06-03", "00:00")
	for _, c := range []struct {
		name  string
		at    time.Time
		feed  []sourcetest.Paper // the second one
		note  string
		early bool
	}{
		{"yesterday's items under their date", newYork("2026-06-04", "00:20"), []sourcetest.Paper{{ID: "2606.00001", On: on}}, "feed repeats 2026-06-03", true},
		{"yesterday's items under today's date", newYork("2026-06-04", "00:20"), []sourcetest.Paper{{ID: "2606.00001", On: newYork("2026-06-04", "00:00")}}, "feed repeats 2026-06-03", true},
		{"one category repeats", newYork("2026-06-04", "00:20"), []sourcetest.Paper{{ID: "2606.00001", On: newYork("2026-06-04", "00:00")}, {ID: "2606.00002", On: newYork("2026-06-04", "00:00")}}, "1 items repeat 2026-06-03", false},
		{"one category keeps the old date", newYork("2026-06-04", "00:20"), []sourcetest.Paper{{ID: "2606.00001", On: on}, {ID: "2606.00002", On: newYork("2026-06-04", "00:00")}}, "1 items are older than 2026-06-04", false},
		{"empty on a day with announcement", newYork("2026-06-04", "00:20"), nil, "nothing announced yet for 2026-06-04", true},
		{"empty on Saturday", newYork("2026-06-06", "00:20"), nil, "no announcement today", false},
		{"empty on Sunday", newYork("2026-06-07", "09:00"), nil, "no announcement today", false},
		{"empty after Thanksgiving's evening", newYork("2026-11-27", "01:20"), nil, "no announcement today", false},
		{"all in order", newYork("2026-06-04", "00:20"), []sourcetest.Paper{{ID: "2606.00002", On: newYork("2026-06-04", "00:00")}}, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.at(newYork("2026-06-03", "00:20"))
			w.server.Feed("a", sourcetest.Paper{ID: "2606.00001", On: on})
			w.run(t, harvest.ArxivRSS, harvest.RunOptions{})
			w.at(c.at)
			w.server.Feed("b", c.feed...)
			got := w.run(t, harvest.ArxivRSS, harvest.RunOptions{})
			st := w.state(t, harvest.ArxivRSS)
			if got.Note != c.note || st.Note != c.note || st.Error != "" {
				t.Errorf("note %q, in the state %q, error %q; want %q", got.Note, st.Note, st.Error, c.note)
			}
			if early := st.NextRun.Sub(c.at) <= time.Hour; early != c.early {
				t.Errorf("next run %s at %s; asks again soon: %v, want %v", st.NextRun, c.at, early, c.early)
			}
			if p := w.paper(t, "2606.00001"); p.AnnouncedOn != "2026-06-03" {
				t.Errorf("the first paper is now announced on %s", p.AnnouncedOn)
			}
		})
	}
}

func TestFeedFaults(t *testing.T) {
	w := newWorld(t)
	for _, fault := range []sourcetest.Fault{sourcetest.WrongType, sourcetest.Broken, sourcetest.Endless, sourcetest.Status(404, "")} {
		w.server.Feed("a", papers(1, 1)...)
		w.server.Misbehave("/rss", fault)
		if _, err := w.Run(t.Context(), harvest.ArxivRSS, harvest.RunOptions{}); broadsheet.KindOf(err) != broadsheet.Unavailable {
			t.Errorf("got %v, want Unavailable", err)
		}
	}
	if _, err := w.Run(t.Context(), harvest.ArxivRSS, harvest.RunOptions{From: "2026-01-01"}); broadsheet.KindOf(err) != broadsheet.Invalid {
		t.Errorf("a feed of January: got %v, want Invalid", err)
	}
	w.opt.Categories = nil
	w.reopen(t, w.store)
	if _, err := w.Run(t.Context(), harvest.ArxivRSS, harvest.RunOptions{}); broadsheet.KindOf(err) != broadsheet.Invalid {
		t.Errorf("no categories: got %v, want Invalid", err)
	}
	// The state tells of it, or a scheduler would ask again at once, for ever.
	if st := w.state(t, harvest.ArxivRSS); !strings.Contains(st.Error, "categories") || !st.NextRun.After(w.clock.Now()) {
		t.Errorf("state %+v", st)
	}
}
