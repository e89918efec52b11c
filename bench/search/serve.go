package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"time"

	"broadsheet"
	"broadsheet/bench/search/corpus"
	"broadsheet/bench/search/peer"
	"broadsheet/internal/boot/trial"
)

// serving is what the process that serves has seen. Times are microseconds.
type serving struct {
	Open   int              `json:"open"`   // the index
	First  int              `json:"first"`  // the first answer after that
	Runs   map[string][]int `json:"runs"`   // "class mode" to time of each query
	CPU    map[string][]int `json:"cpu"`    // of the processor, the same: what it would be with nothing else on the machine
	Cold   map[string][]int `json:"cold"`   // of queries before those
	Fresh  []int            `json:"fresh"`  // from a change to its being found
	Memory map[string]int   `json:"memory"` // kB by the names of /proc/self/status, after the queries
	AtOpen int              `json:"atOpen"` // kB resident after opening
	Near   []near           `json:"near"`
}

// near is a query by meaning with the ten best that were found.
type near struct {
	Text string   `json:"text"`
	IDs  []string `json:"ids"`
}

// nearQueries are how many queries the exact nearest are worked out for.
const nearQueries = 100

// asks are the classes and modes that are measured.
var asks = []struct {
	class corpus.Class
	mode  broadsheet.Mode
}{
	{corpus.ClassTitle, broadsheet.ModeLexical}, {corpus.ClassKeyword, broadsheet.ModeLexical}, {corpus.ClassQuestion, broadsheet.ModeLexical},
	{corpus.ClassCommon, broadsheet.ModeLexical}, {corpus.ClassAll, broadsheet.ModeLexical}, {corpus.ClassPhrase, broadsheet.ModeLexical},
	{corpus.ClassFilter, broadsheet.ModeLexical},
	{corpus.ClassTitle, broadsheet.ModeSemantic}, {corpus.ClassFilter, broadsheet.ModeSemantic},
	{corpus.ClassTitle, broadsheet.ModeHybrid}, {corpus.ClassKeyword, broadsheet.ModeHybrid}, {corpus.ClassQuestion, broadsheet.ModeHybrid},
	{corpus.ClassFilter, broadsheet.ModeHybrid},
}

// serve measures an index that is there and prints what it saw as JSON.
func serve(ctx context.Context, o options) (err error) {
	f, err := os.Open(o.write)
	if err != nil {
		return err
	}
	defer f.Close()
	queries, err := peer.ReadQueries(f)
	if err != nil {
		return err
	}
	byClass := map[corpus.Class][]corpus.Query{}
	for _, q := range queries {
		byClass[q.Class] = append(byClass[q.Class], q)
	}
	s := serving{Runs: map[string][]int{}, Cold: map[string][]int{}, CPU: map[string][]int{}}
	began := time.Now()
	t, err := trial.Open(o.serve)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	s.Open = int(time.Since(began).Microseconds())
	if s.First, err = ask(ctx, t, queries[0].Broadsheet(broadsheet.ModeHybrid)); err != nil {
		return err
	}
	s.AtOpen = memory()["VmRSS"]
	for _, a := range asks {
		if a.mode != broadsheet.ModeLexical && !t.HasModel() {
			continue
		}
		if err := s.measure(ctx, t, byClass[a.class], a.mode); err != nil {
			return err
		}
	}
	s.Memory = memory()
	if t.HasModel() {
		if err := s.nearest(ctx, t, byClass[corpus.ClassTitle]); err != nil {
			return err
		}
	}
	if err := s.fresh(ctx, t); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(s)
}

// measure asks one class in one mode: a third of the queries first, which
// bring what all share into memory, and keeps the times of both parts.
func (s *serving) measure(ctx context.Context, t *trial.Trial, queries []corpus.Query, mode broadsheet.Mode) error {
	cold := len(queries) / 3
	for i, q := range queries {
		cpu := cpuSeconds()
		us, err := ask(ctx, t, q.Broadsheet(mode))
		if err != nil {
			return fmt.Errorf("%s query %q: %w", q.Class, q.Text, err)
		}
		name := string(q.Class) + " " + string(mode)
		if i < cold {
			s.Cold[name] = append(s.Cold[name], us)
			continue
		}
		s.Runs[name] = append(s.Runs[name], us)
		s.CPU[name] = append(s.CPU[name], int((cpuSeconds()-cpu)*1e6))
	}
	return nil
}

func ask(ctx context.Context, t *trial.Trial, q broadsheet.Query) (us int, err error) {
	began := time.Now()
	r, err := t.Engine.Search(ctx, q)
	us = int(time.Since(began).Microseconds())
	if err == nil && r.Incomplete {
		err = errors.New("a part of the index could not be read")
	}
	return us, err
}

func (s *serving) nearest(ctx context.Context, t *trial.Trial, queries []corpus.Query) error {
	for _, q := range queries[:min(nearQueries, len(queries))] {
		r, err := t.Engine.Search(ctx, trial.Query(q.Text, broadsheet.ModeSemantic, 10))
		if err != nil {
			return err
		}
		n := near{Text: q.Text}
		for _, h := range r.Hits {
			n.IDs = append(n.IDs, h.ID)
		}
		s.Near = append(s.Near, n)
	}
	return nil
}

// fresh adds papers one by one, as the indexer takes in a change that it has
// heard of, until each is found. It hears of what the same process stored
// within a tenth of a second, of what others stored within two.
func (s *serving) fresh(ctx context.Context, t *trial.Trial) error {
	from, err := strconv.Atoi(t.Index.Writer().Cursor())
	if err != nil {
		return err
	}
	for i := range 20 {
		began := time.Now()
		shelf := late{from: from, n: from + i + 1}
		if err := t.Fill(ctx, shelf, 0, nil); err != nil {
			return err
		}
		q := trial.Query(shelf.word(i), broadsheet.ModeLexical, 1)
		r, err := t.Engine.Search(ctx, q)
		if err != nil {
			return err
		}
		if len(r.Hits) != 1 || r.Hits[0].ID != shelf.ID(from+i) {
			return fmt.Errorf("paper %s is not found by %q", shelf.ID(from+i), shelf.word(i))
		}
		s.Fresh = append(s.Fresh, int(time.Since(began).Microseconds()))
	}
	return nil
}

// late is papers that come after those of the index.
type late struct{ from, n int }

func (l late) Len() int        { return l.n }
func (l late) ID(i int) string { return fmt.Sprintf("late-%d", i-l.from) }

// word is one that only that late paper has.
func (l late) word(i int) string { return "zqx" + string(rune('a'+i)) + "vwk" }

func (l late) Paper(i int, p *broadsheet.Paper) {
	*p = broadsheet.Paper{ID: l.ID(i), Title: "A late paper about " + l.word(i-l.from), Abstract: "It came when the others were in the index."}
}

func (l late) Number(id string) (int, bool) {
	var i int
	_, err := fmt.Sscanf(id, "late-%d", &i)
	return l.from + i, err == nil
}

// memory is this process's, in kB, as Linux tells it; empty elsewhere.
func memory() map[string]int {
	out := map[string]int{}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return out
	}
	for _, m := range regexp.MustCompile(`(?m)^(VmRSS|RssAnon|RssFile|VmHWM):\s+(\d+) kB`).FindAllStringSubmatch(string(status), -1) {
		out[m[1]], _ = strconv.Atoi(m[2])
	}
	return out
}
