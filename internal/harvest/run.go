package harvest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/harvest/source"
	"broadsheet/internal/lib/arxivcal"
	"broadsheet/internal/store"
)

// RunOptions narrow a harvest. With From or To it is a back-fill: it keeps a
// checkpoint of its own, under which the same call goes on after a kill, and
// leaves the regular harvest's alone.
type RunOptions struct {
	From, To broadsheet.Day
	Sets     []string // categories or, for OAI-PMH, sets; none are the configured ones
	Progress func(Report)
}

// Report counts what a harvest did.
type Report struct {
	Source    string
	Pages     int
	Inserted  int
	Updated   int
	Unchanged int
	Rejected  int
	Withdrawn int            // taken back at the source
	Day       broadsheet.Day // under way, for sources that go by days
	Latest    time.Time      // newest date that the source put on an item
	Note      string
	Took      time.Duration
}

// Run harvests a source. The report also counts what was stored before an
// error; that stays stored. Errors are Unavailable where the source is out of
// reach or answers wrongly, Conflict where the source is being harvested
// already, NotFound where there is no source of that name.
func (h *Harvester) Run(ctx context.Context, name string, opt RunOptions) (Report, error) {
	src, ok := h.sources[name]
	if !ok {
		return Report{}, &broadsheet.Error{Kind: broadsheet.NotFound, Field: "source", Text: fmt.Sprintf("no source %q", name), Fix: "use " + strings.Join(Names(), ", ")}
	}
	if opt.From != "" && opt.To != "" && opt.From > opt.To {
		return Report{}, broadsheet.InvalidField("from", fmt.Sprintf("%s lies after %s", opt.From, opt.To), "")
	}
	if !h.busy[name].TryLock() {
		return Report{}, broadsheet.Errorf(broadsheet.Conflict, "%s is being harvested", name)
	}
	defer h.busy[name].Unlock()
	st, err := h.store.Source(ctx, name)
	if err != nil {
		return Report{}, fmt.Errorf("read state of %s: %w", name, err)
	}
	r := &run{h: h, src: src, opt: opt, state: st, begun: h.opt.Now(), report: Report{Source: name}}
	r.state.Name = name
	r.task = source.Task{State: st, From: opt.From, To: opt.To, Sets: opt.Sets, Outage: outage(st, r.begun), Known: h.known}
	err = r.pages(ctx)
	r.report.Took = h.opt.Now().Sub(r.begun)
	if err != nil {
		return r.report, r.failed(ctx, err)
	}
	return r.report, nil
}

// outage tells that harvests of the state's source were missed: that it
// failed, or that an announcement was out for a day before anybody looked.
func outage(st broadsheet.Source, now time.Time) bool {
	if st.LastSuccess.IsZero() {
		return true
	}
	return st.Failures > 0 || arxivcal.NextOAI(st.LastSuccess).Add(24*time.Hour).Before(now)
}

// errStore marks what is the store's fault and not the source's.
var errStore = errors.New("store what was harvested")

// run is one harvest under way.
type run struct {
	h      *Harvester
	src    source.Source
	task   source.Task
	opt    RunOptions
	state  broadsheet.Source
	begun  time.Time
	report Report
	notes  []string
	early  bool
}

// backfill tells that the harvest keeps a checkpoint of its own, and its name.
func (r *run) backfill() (string, bool) {
	if r.opt.From == "" && r.opt.To == "" && len(r.opt.Sets) == 0 {
		return "", false
	}
	return fmt.Sprintf("harvest:%s:%s:%s:%s", r.src.Name(), r.opt.From, r.opt.To, strings.Join(r.opt.Sets, "+")), true
}

// begin finds where to go on.
func (r *run) begin(ctx context.Context) (string, error) {
	r.task.Now = r.begun
	if name, ok := r.backfill(); ok {
		r.task.State.Cursor = ""
		if c, err := r.h.store.Cursor(ctx, name); err != nil || c != "" {
			return c, err
		}
	}
	return r.src.Begin(r.task)
}

func (r *run) pages(ctx context.Context) error {
	cursor, err := r.begin(ctx)
	if err != nil {
		return err
	}
	for {
		r.task.Now = r.h.opt.Now()
		page, err := r.src.Page(ctx, r.task, cursor)
		if err != nil {
			return err
		}
		if page.Cursor == cursor && !page.Done {
			return errors.New("the source gives the same page again and again")
		}
		if err := r.store(ctx, page); err != nil {
			return fmt.Errorf("%w: page %d: %w", errStore, r.report.Pages+1, err)
		}
		if r.opt.Progress != nil {
			r.opt.Progress(r.report)
		}
		if page.Done {
			return nil
		}
		cursor = page.Cursor
	}
}

// store puts a page, its checkpoint and the source's state away together.
func (r *run) store(ctx context.Context, page source.Page) error {
	for i := range page.Rejects {
		page.Rejects[i].Source, page.Rejects[i].At = r.src.Name(), r.task.Now
		page.Rejects[i].Body = page.Rejects[i].Body[:min(len(page.Rejects[i].Body), store.MaxRejectBody)]
	}
	if err := r.takeBack(ctx, &page); err != nil {
		return err
	}
	b := store.Batch{Papers: page.Papers, Rejects: page.Rejects, Cursors: map[string]string{}}
	next := r.after(page)
	b.Source = &next
	if name, ok := r.backfill(); ok {
		next.Cursor = r.state.Cursor
		b.Cursors[name] = page.Cursor
		if page.Done {
			b.Cursors[name] = ""
		}
	} else {
		next.Cursor = page.Cursor
	}
	res, err := r.put(ctx, b)
	if err != nil {
		return err
	}
	r.state = next
	r.report.Pages++
	r.report.Inserted += res.Inserted
	r.report.Updated += res.Updated
	r.report.Unchanged += res.Unchanged
	r.report.Rejected += res.Rejected
	r.report.Day = page.Day
	r.report.Latest = later(r.report.Latest, page.Latest)
	r.report.Note = strings.Join(r.notes, "; ")
	return nil
}

// after is the source's state once the page is stored.
func (r *run) after(page source.Page) broadsheet.Source {
	next := r.state
	next.LastAttempt = r.begun
	next.Papers += int64(len(page.Papers))
	next.Rejected += int64(len(page.Rejects))
	next.LatestItem = later(next.LatestItem, page.Latest)
	if page.Note != "" && !slices.Contains(r.notes, page.Note) && len(r.notes) < 5 {
		r.notes = append(r.notes, page.Note)
	}
	r.early = r.early || page.Early
	if !page.Done {
		return next
	}
	next.Failures, next.Error, next.Note = 0, "", strings.Join(r.notes, "; ")
	if _, backfill := r.backfill(); !backfill {
		next.LastSuccess = r.task.Now
		page.Early = r.early
		spread := time.Duration(r.h.opt.Rand() * float64(10*time.Minute))
		next.NextRun = r.src.Next(r.task.Now, page).Add(spread)
	}
	return next
}

// put stores the batch. Where a paper in it cannot be stored, each is tried
// alone and the bad ones are kept aside, then the checkpoint moves.
func (r *run) put(ctx context.Context, b store.Batch) (store.Result, error) {
	res, err := r.h.store.Put(ctx, b)
	if broadsheet.KindOf(err) != broadsheet.Invalid || len(b.Papers) == 0 {
		return res, err
	}
	var sum store.Result
	for _, p := range b.Papers {
		one, err := r.h.store.Put(ctx, store.Batch{Papers: []broadsheet.Paper{p}})
		if broadsheet.KindOf(err) == broadsheet.Invalid {
			b.Rejects = append(b.Rejects, broadsheet.Reject{Source: r.src.Name(), Ref: p.ID, Layout: "paper", Reason: err.Error(), At: r.task.Now})
			continue
		}
		if err != nil {
			return sum, err
		}
		sum.Inserted, sum.Updated, sum.Unchanged = sum.Inserted+one.Inserted, sum.Updated+one.Updated, sum.Unchanged+one.Unchanged
	}
	b.Papers = nil
	res, err = r.h.store.Put(ctx, b)
	sum.Rejected = res.Rejected
	return sum, err
}

// takeBack marks the papers that the source took back as withdrawn.
func (r *run) takeBack(ctx context.Context, page *source.Page) error {
	for _, id := range page.Deleted {
		p, err := r.h.store.Paper(ctx, id)
		if broadsheet.KindOf(err) == broadsheet.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		if p.Withdrawn {
			continue
		}
		p.Withdrawn = true
		page.Papers = append(page.Papers, p)
		r.report.Withdrawn++
	}
	return nil
}

func (h *Harvester) known(ctx context.Context, ids []string) (map[string]bool, error) {
	known := map[string]bool{}
	for part := range slices.Chunk(ids, 500) {
		papers, err := h.store.Papers(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, p := range papers {
			known[p.ID] = true
		}
	}
	return known, nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
