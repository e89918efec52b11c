package boot

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// freshWithin is how soon everybody sees a vote.
const freshWithin = time.Second

// TestVoteIsSeenAtOnce votes over HTTP and asks, as a stranger, for pages and
// answers that were in the cache a moment before: each shows the new count within
// a second, also from another process on the same database.
func TestVoteIsSeenAtOnce(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		c := load(t, nil)
		s := storetest.OpenDSN(t, c.Database)
		seeVote(t, s, func() (vote, read *started) { a := start(t, c); return a, a })
	})
	t.Run("two processes on postgres", func(t *testing.T) {
		dsn := storetest.PostgresDSN(t)
		s := storetest.OpenDSN(t, dsn)
		seeVote(t, s, func() (vote, read *started) {
			return start(t, load(t, map[string]string{"database": dsn})), start(t, load(t, map[string]string{"database": dsn}))
		})
	})
}

func seeVote(t *testing.T, s *store.Store, run func() (vote, read *started)) {
	t.Helper()
	day := broadsheet.Day("2026-06-30")
	p := broadsheet.Paper{ID: "2606.20001", Origin: broadsheet.OriginCatalog, Title: "Counting gulls", Abstract: "We count them.", PublishedAt: day.Time(), AnnouncedOn: day,
		ImportedVotes: 40, Categories: []string{"cs.LG"}, Features: []broadsheet.Feature{{Day: day, Position: 1, FeaturedAt: day.Time()}}}
	if _, err := s.Put(t.Context(), store.Batch{Papers: []broadsheet.Paper{p}}); err != nil {
		t.Fatal(err)
	}
	ada := apptest.Account(t, s, "ada", broadsheet.RoleMember)
	cookie := apptest.Cookie(t, s, ada)
	votes, reads := run()
	places := map[string]string{ // what each says of n votes
		"/": "%d votes", "/papers/2606.20001": "%d votes", "/papers/2026-06-30": "%d votes", "/categories/cs.LG": "%d votes", "/voters/2606.20001": "%d here",
		"/api/v1/papers/2606.20001": `"votes":%d`, "/api/v1/lists/day/2026-06-30": `"votes":%d`,
		"/api/papers/2606.20001": `"upvotes":%d`, "/api/daily_papers?date=2026-06-30": `"upvotes":%d`, "/papers/2606.20001.md": "%d",
	}
	says := func(path string, n int) string {
		if strings.HasPrefix(path, "/voters") {
			n -= 40
		}
		return fmt.Sprintf(places[path], n)
	}
	see := func(path string, n int, since time.Time) {
		t.Helper()
		for {
			_, body := reads.get(t, path)
			body = strings.ReplaceAll(body, `": `, `":`)
			late := time.Since(since)
			if strings.Contains(body, says(path, n)) {
				t.Logf("%s shows %d votes after %s", path, n, late.Round(time.Millisecond))
				return
			}
			if late > freshWithin {
				t.Errorf("%s says nothing of %q %s after the vote:\n%.1500s", path, says(path, n), late, body)
				return
			}
			time.Sleep(5 * time.Millisecond) // asked again, as readers do
		}
	}
	for round, up := range []bool{true, false} {
		for path := range places { // into the caches
			reads.get(t, path)
		}
		want := 41 - round
		if got := castVote(t, votes, cookie, p.ID, up); got != want {
			t.Fatalf("the vote is answered with %d votes, want %d", got, want)
		}
		since := time.Now()
		for path := range places {
			if path == "/voters/2606.20001" && !up {
				continue // "40 counted elsewhere, none here yet."
			}
			see(path, want, since)
		}
	}
}

// castVote votes as a script does and gives the number that it is told.
func castVote(t *testing.T, s *started, cookie *http.Cookie, id string, up bool) int {
	t.Helper()
	field := "up"
	if !up {
		field = "down"
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.base+"/votes", strings.NewReader(url.Values{field: {id}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	r.AddCookie(cookie)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Paper string
		Votes int
		Voted bool
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Paper != id || answer.Voted != up {
		t.Fatalf("the vote %s %s is answered with %s %s (%v)", field, id, res.Status, body, err)
	}
	return answer.Votes
}
