package kill_test

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"broadsheet/internal/harvest/sourcetest"
)

// sources are stand-ins for arXiv and a Daily Papers service on one address.
type sources struct {
	*sourcetest.Server
	url string

	mu      sync.Mutex
	asked   int
	waiting map[chan struct{}]int // closed once asked reaches the number
	hold    chan struct{}         // requests wait until it is closed; nil: they do not
}

const pagesOfCatalogue, perPage = 8, 120

// newSources makes them up: a catalogue of several pages with a record in it
// that nobody can read, a feed, and days, which also feature papers of the
// catalogue. Where there are real answers, those are given for the requests
// of back-fills.
func newSources(t *testing.T) *sources {
	s := &sources{Server: sourcetest.New(t), waiting: map[chan struct{}]int{}}
	front := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(front.Close)
	t.Cleanup(s.release) // or the server never closes
	s.url = front.URL
	s.Serve(time.Now())
	var pages [][]sourcetest.Paper
	for i := range pagesOfCatalogue {
		var page []sourcetest.Paper
		for j := range perPage {
			n := i*perPage + j + 1
			page = append(page, sourcetest.Paper{ID: fmt.Sprintf("2606.%05d", n), Versions: 1 + n%3, Comments: fmt.Sprint(n, " pages"), Bad: n%97 == 0})
		}
		pages = append(pages, page)
	}
	s.Catalog(pages...)
	var feed []sourcetest.Paper
	for n := perPage; n < 2*perPage; n++ { // half of them are in the catalogue's second page
		feed = append(feed, sourcetest.Paper{ID: fmt.Sprintf("2606.%05d", n), Bad: n == perPage+7}, sourcetest.Paper{ID: fmt.Sprintf("2607.%05d", n)})
	}
	s.Feed("one", feed...)
	for i := range pagesOfCatalogue {
		day := time.Now().UTC().AddDate(0, 0, -i).Format(time.DateOnly)
		var entries []string
		for j := range 6 {
			entries = append(entries, sourcetest.Entry(fmt.Sprintf("2606.%05d", 1+i*perPage+j), "Featured", i+j), sourcetest.Entry(fmt.Sprintf("2608.%05d", 1+pagesOfCatalogue*i+j), "Featured alone", j))
		}
		s.Featured(day, "["+strings.Join(append(entries, `{"paper":{}}`), ",")+"]")
	}
	s.replayRecorded(t)
	return s
}

var expires = regexp.MustCompile(`expirationDate='[^']*'`)

func (s *sources) replayRecorded(t *testing.T) {
	if testdata() == "" {
		return
	}
	catalogue := func(page int) string {
		b, err := os.ReadFile(filepath.Join(testdata(), "protocol", "arxiv_oai", "derived_from_arxiv_templates", fmt.Sprintf("ListRecords_arXivRaw_page%d.xml", page)))
		if err != nil {
			t.Fatal(err)
		}
		// Its resumption token has expired since.
		tomorrow := time.Now().UTC().AddDate(0, 0, 1).Format(time.DateOnly)
		return write(t, "page.xml", expires.ReplaceAll(b, []byte("expirationDate='"+tomorrow+"T00:00:00Z'")))
	}
	s.Replay("/oai?from=2009-01-01&metadataPrefix=arXivRaw&set=math&until=2009-12-31&verb=ListRecords", catalogue(1))
	s.Replay("/oai?resumptionToken=verb%253DListRecords%2526metadataPrefix%253DarXivRaw%2526from%253D2009-01-01%2526skip%253D300&verb=ListRecords", catalogue(2))
	recorded := recordedDays(t)
	dir := t.TempDir()
	for _, f := range recorded[len(recorded)-6:] {
		file := filepath.Join(dir, f.Name)
		if err := os.WriteFile(file, unzip(t, f), 0o644); err != nil {
			t.Fatal(err)
		}
		s.Replay("/api/daily_papers?date="+dayOf(f)+"&limit=100", file)
	}
}

func dayOf(f *zip.File) string { return strings.TrimSuffix(filepath.Base(f.Name), ".json") }

// harvests are the commands that bring in what the sources have, in order.
func (s *sources) harvests(t *testing.T) [][]string {
	day := func(back int) string { return time.Now().UTC().AddDate(0, 0, -back).Format(time.DateOnly) }
	all := [][]string{
		{"harvest", "arxiv-oai"},
		{"harvest", "arxiv-rss"},
		{"harvest", "daily-papers", "--from", day(7), "--to", day(1)},
	}
	if recorded := recordedDays(t); len(recorded) > 0 {
		all = append(all,
			[]string{"harvest", "daily-papers", "--from", dayOf(recorded[len(recorded)-6]), "--to", dayOf(recorded[len(recorded)-1])},
			[]string{"harvest", "arxiv-oai", "--from", "2009-01-01", "--to", "2009-12-31", "--harvest-categories", "math"})
	}
	return all
}

// environment points the program at the sources.
func (s *sources) environment() []string {
	u, err := url.Parse(s.url)
	if err != nil {
		panic(err)
	}
	return []string{
		"BROADSHEET_HARVEST_ARXIV_OAI_URL=" + s.url + "/oai", "BROADSHEET_HARVEST_ARXIV_RSS_URL=" + s.url + "/rss",
		"BROADSHEET_HARVEST_ARXIV_API_URL=" + s.url + "/api/query", "BROADSHEET_HARVEST_DAILY_PAPERS_URL=" + s.url,
		"BROADSHEET_HARVEST_PRIVATE_NETWORKS=" + u.Hostname() + "/32", "BROADSHEET_HARVEST_CATEGORIES=cs.LG",
	}
}

func (s *sources) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked++
	for c, at := range s.waiting {
		if at <= s.asked {
			close(c)
			delete(s.waiting, c)
		}
	}
	hold := s.hold
	s.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-r.Context().Done():
			return
		}
	}
	s.Server.ServeHTTP(w, r)
}

// nth gives a value when the nth request from now comes in.
func (s *sources) nth(n int) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := make(chan struct{})
	s.waiting[c] = s.asked + n
	return c
}

// keep lets requests wait for release.
func (s *sources) keep() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hold = make(chan struct{})
}

func (s *sources) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hold != nil {
		close(s.hold)
		s.hold = nil
	}
}

// settled takes out of an export what the clock of a harvest put in, for two
// harvests are never made at the same moment: each time from since on becomes
// "clock" (when a paper, or a record kept aside, came in and when a source was
// asked). Of the state of sources it takes out also how many papers and
// rejects were read in all, and the note on the last harvest: a program that
// was killed between its last page and its end is started once more, and then
// asks once more. These counts are given apart. All else stays.
func settled(t *testing.T, export string, since time.Time) (string, map[string]float64) {
	t.Helper()
	papers := map[string]float64{}
	var out strings.Builder
	for line := range strings.Lines(export) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		if src, ok := v["source"].(map[string]any); ok {
			papers[fmt.Sprint(src["name"])], _ = src["papers"].(float64)
			delete(src, "papers")
			delete(src, "rejected")
			delete(src, "note")
		}
		b, err := json.Marshal(clockless(v, since.Truncate(time.Second)))
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(b, '\n'))
	}
	return out.String(), papers
}

func clockless(v any, since time.Time) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = clockless(v[k], since)
		}
	case []any:
		for i := range v {
			v[i] = clockless(v[i], since)
		}
	case string:
		if at, err := time.Parse(time.RFC3339, v); err == nil && !at.Before(since) {
			return "clock"
		}
	}
	return v
}
