package api

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/hfwire"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
	"broadsheet/internal/testkit"
)

// crawlDays is how many days the site has that is crawled.
const crawlDays = 80

// crawled is a site of many days: recorded ones where there are some, else days
// of 20 papers.
func crawled(t *testing.T, o httpkit.Options) (*site, []string) {
	t.Helper()
	s := storetest.Open(t)
	days := recorded(t)
	if len(days) == 0 {
		for d := range crawlDays {
			day := broadsheet.Day("2026-03-01").Add(d)
			var all []broadsheet.Paper
			for i := range 20 {
				all = append(all, broadsheet.Paper{ID: fmt.Sprintf("2602.%05d", 100*d+i), Origin: broadsheet.OriginCurated, Title: fmt.Sprintf("Tea on day %d, cup %d", d, i),
					Abstract: strings.Repeat("Tea is poured, and cools. ", 50), Authors: people("Al Brew", fmt.Sprintf("Bo Crumb %d", i)), AuthorCount: 2,
					Features: []broadsheet.Feature{{Day: day, Position: i + 1, Votes: i}}, ImportedVotes: i, SeenAt: at(day, 1)})
			}
			days = append(days, recordedDay{string(day), all})
		}
	}
	var names []string
	for _, d := range days {
		if _, err := s.Put(t.Context(), store.Batch{Papers: d.papers}); err != nil {
			t.Fatal(err)
		}
		names = append(names, d.day)
	}
	o.Now, o.Renders = time.Now, 2
	return newSite(t, s, o), names
}

type recordedDay struct {
	day    string
	papers []broadsheet.Paper
}

func recorded(t *testing.T) (out []recordedDay) {
	dir := os.Getenv("TESTDATA_DIR")
	if dir == "" {
		return nil
	}
	archive, err := zip.OpenReader(filepath.Join(dir, "daily-papers-days.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	for _, f := range archive.File {
		day, ok := strings.CutSuffix(filepath.Base(f.Name), ".json")
		if _, err := broadsheet.ParseDay(day); !ok || err != nil {
			continue
		}
		file, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var entries []json.RawMessage
		if err := json.NewDecoder(file).Decode(&entries); err != nil {
			t.Fatal(err)
		}
		d := recordedDay{day: day}
		for i, raw := range entries {
			e, err := hfwire.Parse(raw)
			if err != nil {
				t.Fatal(err)
			}
			p, err := e.Paper(broadsheet.Day(day), i+1)
			if err != nil {
				t.Fatal(err)
			}
			d.papers = append(d.papers, p)
		}
		if len(d.papers) > 0 {
			out = append(out, d)
		}
		if len(out) == crawlDays {
			return out
		}
	}
	return out
}

// from asks as the client with an address, and gives the status.
func (s *site) from(addr, target string) int {
	r := httptest.NewRequest(http.MethodGet, Root+target, nil)
	r.RemoteAddr = addr + ":1234"
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code
}

// TestCrawlerSlowsNobody walks all archives with 16 requests at once from one
// address, none of them in the cache, while readers ask for pages that nobody
// asked for before, which is the dearest thing that a reader can do. In a line
// behind the crawler each would wait for 8 pages; the lane gives the crawler half
// of the turns, so a reader waits for hardly more than the processor. Where the
// crawler is a client without a share, readers wait 10 to 30 times as long.
func TestCrawlerSlowsNobody(t *testing.T) {
	testkit.NoRace(t)
	s, days := crawled(t, httpkit.Options{})
	fresh := atomic.Int64{} // makes every page a new one
	read := func(n int) time.Duration {
		took := make([]time.Duration, n)
		for i := range took {
			start := time.Now()
			if code := s.from(fmt.Sprintf("192.0.2.%d", 1+i%200), fmt.Sprintf("/lists/day/%s?authors=%d", days[i%len(days)], fresh.Add(1))); code != http.StatusOK {
				t.Fatalf("a reader got %d", code)
			}
			took[i] = time.Since(start)
		}
		slices.Sort(took)
		return took[n/2]
	}
	read(20) // warm
	const allowed = 5.0
	ratio := 0.0
	// Other programs run on this machine: the best of some tries is what counts.
	for range 4 {
		alone := read(60)
		ctx, cancel := context.WithCancel(t.Context())
		var crawlers sync.WaitGroup
		pages := atomic.Int64{}
		for c := range 16 {
			crawlers.Go(func() {
				for i := c; ctx.Err() == nil; i += 16 {
					s.from("198.51.100.7", fmt.Sprintf("/lists/day/%s?authors=%d", days[i%len(days)], fresh.Add(1)%authorsMost+1))
					pages.Add(1)
				}
			})
		}
		beside := read(60)
		cancel()
		crawlers.Wait()
		if pages.Load() < 16 {
			t.Fatalf("the crawler got %d pages: it was no burden", pages.Load())
		}
		ratio = float64(beside) / float64(alone)
		t.Logf("median of a reader: %v alone, %v beside the crawler (%d pages): %.1f times", alone, beside, pages.Load(), ratio)
		if ratio <= allowed {
			return
		}
	}
	t.Errorf("beside a crawler readers wait %.1f times as long, want at most %.0f", ratio, allowed)
}

// TestCrawlerIsLimited lets a crawler run into its limit: from there on it is
// told to wait, at no cost in pages, while a reader gets every page.
func TestCrawlerIsLimited(t *testing.T) {
	s, days := crawled(t, httpkit.Options{Limits: map[string]httpkit.Limit{"api": {Requests: 30, Window: 1000 * time.Hour}}})
	codes := map[int]int{}
	for _, day := range days {
		codes[s.from("198.51.100.7", "/lists/day/"+day)]++
		codes[s.from("198.51.100.7", "/lists/announced/"+day)]++
	}
	if codes[http.StatusOK] != 30 || codes[http.StatusTooManyRequests] != 2*len(days)-30 {
		t.Errorf("the crawler got %v, want 30 pages and else 429", codes)
	}
	if code := s.from("192.0.2.1", "/lists/day/"+days[0]); code != http.StatusOK {
		t.Errorf("a reader got %d", code)
	}
	r := httptest.NewRequest(http.MethodGet, Root+"/lists/day", nil)
	r.RemoteAddr = "198.51.100.7:1"
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Header().Get("Retry-After") == "" || w.Header().Get("Content-Type") != "application/problem+json; charset=utf-8" {
		t.Errorf("one too many: %v, want a problem document that says how long to wait", w.Header())
	}
}
