package kill_test

import (
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"broadsheet/internal/store"

	_ "modernc.org/sqlite" // to let time pass
)

// TestKilledServe kills the server while it harvests on its own, starts it
// again, and so on until it has harvested every source. Its export has to be
// that of a server that nobody disturbed, but for what settled takes out and
// for the time when a paper came in: a server asks its sources side by side,
// and where two have a paper, the one that is first decides, which says now
// (the feed) or the day it was announced (the catalogue).
func TestKilledServe(t *testing.T) {
	t.Parallel()
	rnd, begin := random(t, 3), time.Now()
	s := newSources(t)
	whole := newPlace(t, append(s.environment(), "BROADSHEET_LISTEN="+freeAddress(t))...)
	whole.serveUntilHarvested(t, nil)
	want, _ := settled(t, whole.export(t), begin)
	want = seenAt.ReplaceAllString(want, "")

	n, round := 0, 0
	for ; n < *kills; round++ {
		p := whole.fresh(t)
		// Eight kills to a database at most: a job that has lost its runner more
		// than ten times is left alone for some minutes, as it should be.
		for here := 0; here < 8 && n < *kills; here++ {
			moment := after(time.Duration(rnd.IntN(400)) * time.Millisecond)
			if at := rnd.IntN(7); at > 0 {
				moment = later(s.nth(at), time.Duration(rnd.IntN(80))*time.Millisecond)
			}
			if p.serveUntilHarvested(t, moment) {
				break
			}
			n++
			p.passTime(t)
		}
		p.serveUntilHarvested(t, nil) // where that is so already, it stays so
		got, _ := settled(t, p.export(t), begin)
		got = seenAt.ReplaceAllString(got, "")
		same(t, "serve after kills", got, want)
	}
	t.Logf("%d kills over %d databases; %d requests in all; %d bytes exported, all equal but for times and counts of what was read", n, round, s.asked, len(want))
}

var seenAt = regexp.MustCompile(`"seenAt":"[^"]*",?`)

// serveUntilHarvested serves until every source was harvested and then ends
// the server gently. It tells false where moment gave a value before and the
// server was killed; nil never does.
func (p *place) serveUntilHarvested(t *testing.T, moment <-chan struct{}) bool {
	t.Helper()
	over := make(chan struct{})
	harvested := make(chan struct{})
	go func() {
		defer close(harvested)
		tick := time.NewTicker(50 * time.Millisecond) // polls another process; nothing to wait on
		defer tick.Stop()
		for !p.harvested(t) {
			select {
			case <-tick.C:
			case <-over:
				return
			}
		}
	}()
	cmd, wait := p.start(t, "serve")
	killed := false
	select {
	case <-moment:
		killed = true
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	case <-harvested:
		p.ready(t)
		p.get(t, "/papers/2606.00001", "Paper 2606.00001", "Featured")
		syscall.Kill(cmd.Process.Pid, syscall.SIGINT)
	case <-time.After(time.Minute):
		status := p.run(t, "status")
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		t.Fatalf("-seed=%d: the server has not harvested within a minute: %s\n%s", *seed, wait(), status)
	}
	r := wait()
	close(over)
	<-harvested
	if !killed && !r.well() {
		t.Fatalf("serve ended with %s", r)
	}
	return !killed
}

// harvested tells whether every source was.
func (p *place) harvested(t *testing.T) bool {
	s, err := store.Open(t.Context(), "sqlite:"+p.database(), store.Options{ReadOnly: true})
	if err != nil {
		return false // not made yet
	}
	defer s.Close()
	sources, err := s.Sources(t.Context())
	if err != nil {
		return false
	}
	done := 0
	for _, src := range sources {
		if !src.LastSuccess.IsZero() {
			done++
		}
	}
	return done == 3
}

func (p *place) database() string { return filepath.Join(p.dir, "var", "broadsheet.db") }

// passTime makes it a minute ago that a runner of jobs gave a sign of life. A
// server waits half a minute before it takes over the jobs of one that fell
// silent; here nobody waits so long.
func (p *place) passTime(t *testing.T) {
	t.Helper()
	db := p.openDatabase(t)
	defer db.Close()
	_, err := db.Exec(`UPDATE jobs SET beat_at = beat_at - 60000000 WHERE state = 'running'`)
	// It may have been killed before it made the database or the table.
	if err != nil && !strings.Contains(err.Error(), "unable to open") && !strings.Contains(err.Error(), "no such table") {
		t.Fatal(err)
	}
}

// get wants a page with one of the texts in it.
func (p *place) get(t *testing.T, path string, texts ...string) {
	t.Helper()
	if problem := p.look(path, texts...); problem != "" {
		t.Error(problem)
	}
}

// look says what is wrong with a page, "" where nothing is.
func (p *place) look(path string, texts ...string) string {
	address := ""
	for _, e := range p.env {
		if v, ok := strings.CutPrefix(e, "BROADSHEET_LISTEN="); ok {
			address = v
		}
	}
	client := http.Client{Timeout: 20 * time.Second}
	res, err := client.Get("http://" + address + path)
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return "GET " + path + ": " + err.Error()
	}
	if res.StatusCode != http.StatusOK {
		return "GET " + path + ": " + res.Status
	}
	for _, text := range texts {
		if strings.Contains(string(b), text) {
			return ""
		}
	}
	if len(texts) == 0 {
		return ""
	}
	return "GET " + path + ": without " + strings.Join(texts, " and ")
}

// ready waits until the server answers.
func (p *place) ready(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) { // polls another process; nothing to wait on
		problem := p.look("/readyz")
		if problem == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("not ready: " + problem)
		}
	}
}
