// Package harvest brings papers in from where they are announced: arXiv's
// catalogue, feeds and API, and Daily Papers services.
//
// What holds for every source: a page and the checkpoint behind it are stored
// in one transaction, so that a harvest killed at any moment goes on with the
// next page; storing the same page twice changes nothing; a record that cannot
// be read is kept aside with its reason and never holds up the page, and
// Replay tries it again; after an outage the harvest looks back a week at
// least; an empty answer on a day without announcement is no error, and a feed
// that repeats yesterday's items is noted, not news. The state of a source
// tells all of it: last attempt and success, next run, failures in a row, the
// error or a note, and the newest date that the source itself has put on an
// item.
package harvest

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"broadsheet"
	"broadsheet/internal/harvest/arxiv"
	"broadsheet/internal/harvest/dailypapers"
	"broadsheet/internal/harvest/source"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/lib/oaipmh"
	"broadsheet/internal/store"
)

// Names of the sources.
const (
	ArxivOAI    = arxiv.NameOAI
	ArxivRSS    = arxiv.NameRSS
	ArxivAPI    = arxiv.NameAPI
	DailyPapers = dailypapers.Name
)

// Store is what a harvest needs of the store; *store.Store has it.
type Store interface {
	Put(ctx context.Context, b store.Batch) (store.Result, error)
	Paper(ctx context.Context, id string) (broadsheet.Paper, error)
	Papers(ctx context.Context, ids []string) ([]broadsheet.Paper, error)
	Cursor(ctx context.Context, name string) (string, error)
	SetCursor(ctx context.Context, name, value string) error
	Source(ctx context.Context, name string) (broadsheet.Source, error)
	PutSource(ctx context.Context, src broadsheet.Source) error
	Rejects(ctx context.Context, q store.RejectQuery) ([]broadsheet.Reject, error)
}

// Getter fetches; *fetch.Client is one.
type Getter = oaipmh.Getter

// Options of a Harvester. Addresses left empty are those of the services.
type Options struct {
	Enabled    []string // sources that Due names; none is none. Run and Fetch work for all.
	Categories []string // "cs.LG"; none is all of arXiv, and no feed
	Format     string   // of OAI-PMH, "arXivRaw" where empty

	OAI         string
	RSS         string
	API         string
	DailyPapers string
	Every       time.Duration // between two harvests of Daily Papers; 0 is an hour

	Now  func() time.Time
	Rand func() float64 // in [0,1), for spreading the load on the services
	Log  *slog.Logger
}

// Addresses of the services.
const (
	DefaultOAI         = "https://oaipmh.arxiv.org/oai"
	DefaultRSS         = "https://rss.arxiv.org/rss"
	DefaultAPI         = "https://export.arxiv.org/api/query"
	DefaultDailyPapers = "https://huggingface.co"
)

// Limits are the queues that the services' manners ask for
// (info.arxiv.org/help/api/tou: one request in three seconds and one
// connection over all of its interfaces and all machines of a site). They go
// into the fetch.Options of the process's first client; others stand beside it.
func Limits() []fetch.Limit {
	return []fetch.Limit{
		{Name: "arxiv", Hosts: []string{"arxiv.org"}, Every: 3 * time.Second, Burst: 1, Shared: true},
		{Name: "huggingface", Hosts: []string{"huggingface.co"}, Every: 600 * time.Millisecond, Burst: 5, Shared: true},
	}
}

// Harvester runs harvests. Its methods may be called at the same time; a
// source is harvested once at a time.
type Harvester struct {
	store   Store
	opt     Options
	sources map[string]source.Source
	api     *arxiv.API
	busy    map[string]*sync.Mutex
}

// New makes a harvester.
func New(st Store, get Getter, opt Options) *Harvester {
	def := func(s *string, to string) {
		if *s == "" {
			*s = to
		}
	}
	def(&opt.OAI, DefaultOAI)
	def(&opt.RSS, DefaultRSS)
	def(&opt.API, DefaultAPI)
	def(&opt.DailyPapers, DefaultDailyPapers)
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Rand == nil {
		opt.Rand = rand.Float64
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	h := &Harvester{store: st, opt: opt, sources: map[string]source.Source{}, busy: map[string]*sync.Mutex{}}
	h.api = &arxiv.API{Get: get, Base: opt.API, Categories: opt.Categories}
	for _, s := range []source.Source{
		&arxiv.OAI{Client: oaipmh.Client{Get: get, Base: opt.OAI}, Format: opt.Format, Sets: opt.Categories},
		&arxiv.RSS{Get: get, Base: opt.RSS, Categories: opt.Categories},
		h.api,
		&dailypapers.Source{Get: get, Base: opt.DailyPapers, Every: opt.Every},
	} {
		h.sources[s.Name()] = s
		h.busy[s.Name()] = new(sync.Mutex)
	}
	return h
}

// Names are the names of all sources, sorted.
func Names() []string { return []string{ArxivAPI, ArxivOAI, ArxivRSS, DailyPapers} }

// Next is when a source is due, given its state: at once where it was never
// harvested. Zero where there is no source of that name.
func (h *Harvester) Next(name string, st broadsheet.Source) time.Time {
	if st.LastAttempt.IsZero() || h.sources[name] == nil {
		return time.Time{}
	}
	if !st.NextRun.IsZero() {
		return st.NextRun
	}
	if st.Failures > 0 || st.LastSuccess.IsZero() {
		return st.LastAttempt.Add(pause(max(1, st.Failures)))
	}
	return h.sources[name].Next(st.LastSuccess, source.Page{})
}

// Due names the enabled sources that are to be harvested now, in a fixed
// order.
func (h *Harvester) Due(ctx context.Context) ([]string, error) {
	var due []string
	for _, name := range Names() {
		if !slices.Contains(h.opt.Enabled, name) {
			continue
		}
		st, err := h.store.Source(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("read state of %s: %w", name, err)
		}
		if !h.Next(name, st).After(h.opt.Now()) {
			due = append(due, name)
		}
	}
	return due, nil
}

// pause is how long to leave a source alone after that many failures in a
// row: five minutes, doubled each time, six hours at most.
func pause(failures int) time.Duration {
	return min(5*time.Minute<<min(failures-1, 10), 6*time.Hour)
}

// Fetch brings one arXiv paper by its id, stores it and gives it as stored.
// NotFound where arXiv has none, Invalid where it is no arXiv id, Unavailable
// where arXiv is out of reach.
func (h *Harvester) Fetch(ctx context.Context, id string) (broadsheet.Paper, error) {
	p, err := h.api.Paper(ctx, id, h.opt.Now())
	if err != nil {
		return broadsheet.Paper{}, h.explain(err, h.opt.API)
	}
	if _, err := h.store.Put(ctx, store.Batch{Papers: []broadsheet.Paper{p}}); err != nil {
		return broadsheet.Paper{}, fmt.Errorf("store %s: %w", p.ID, err)
	}
	return h.store.Paper(ctx, p.ID)
}
