package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// PausedSetting is the setting that names the sources which are not harvested for
// now, with since when.
const PausedSetting = "paused sources"

// PausedSources are the sources that somebody paused.
type PausedSources map[string]time.Time

// Pauses reads which sources are paused.
func (a *App) Pauses(ctx context.Context) (PausedSources, error) {
	p := PausedSources{}
	return p, a.store.Setting(ctx, PausedSetting, &p)
}

// SourceDesk is a source with what an administrator can do about it.
type SourceDesk struct {
	SourceStatus
	Kept   int       // records that are kept aside
	Paused time.Time // zero: it is not
	Runs   bool      // it is harvested by this process
}

// Sources are all sources that were ever harvested, or are to be, or have records
// kept aside.
func (d *Administrator) Sources(ctx context.Context) ([]SourceDesk, error) {
	status, err := d.a.Status(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := d.a.store.RejectCounts(ctx)
	if err != nil {
		return nil, err
	}
	paused, err := d.a.Pauses(ctx)
	if err != nil {
		return nil, err
	}
	var out []SourceDesk
	add := func(s SourceStatus) {
		out = append(out, SourceDesk{SourceStatus: s, Kept: kept[s.Name], Paused: paused[s.Name], Runs: slices.Contains(d.a.works.Sources, s.Name)})
		delete(kept, s.Name)
	}
	for _, s := range status.Sources {
		add(s)
	}
	for _, name := range d.a.works.Sources {
		if !slices.ContainsFunc(out, func(x SourceDesk) bool { return x.Name == name }) {
			add(SourceStatus{Source: broadsheet.Source{Name: name}, Health: HealthNew})
		}
	}
	for name := range kept { // imports: a file is no source that is harvested
		add(SourceStatus{Source: broadsheet.Source{Name: name}})
	}
	slices.SortFunc(out, func(a, b SourceDesk) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// HarvestNow asks for a harvest of a source as soon as may be.
func (d *Administrator) HarvestNow(ctx context.Context, source string) error {
	if err := d.runs(source); err != nil {
		return err
	}
	if p, err := d.a.Pauses(ctx); err != nil || !p[source].IsZero() {
		if err == nil {
			err = &broadsheet.Error{Kind: broadsheet.Conflict, Text: source + " is paused", Fix: "let it go on first"}
		}
		return err
	}
	if err := d.a.works.Harvest(ctx, source); err != nil {
		return err
	}
	return d.a.store.Act(ctx, d.tended(broadsheet.ObjectSource, source, "harvest asked for"))
}

func (d *Administrator) runs(source string) error {
	if !slices.Contains(d.a.works.Sources, source) || d.a.works.Harvest == nil {
		return broadsheet.Errorf(broadsheet.NotFound, "no source %.40q is harvested here", source)
	}
	return nil
}

// PauseSource stops the harvest of a source until ResumeSource. A harvest that is
// under way ends as it would.
func (d *Administrator) PauseSource(ctx context.Context, source string) error {
	return d.pause(ctx, source, "paused", func(p PausedSources) bool {
		was := p[source].IsZero()
		if was {
			p[source] = d.a.now().UTC().Truncate(time.Second)
		}
		return was
	})
}

// ResumeSource lets the harvest of a source go on, at once.
func (d *Administrator) ResumeSource(ctx context.Context, source string) error {
	err := d.pause(ctx, source, "goes on", func(p PausedSources) bool {
		was := !p[source].IsZero()
		delete(p, source)
		return was
	})
	if err != nil {
		return err
	}
	return d.a.works.Harvest(ctx, source)
}

func (d *Administrator) pause(ctx context.Context, source, word string, change func(PausedSources) bool) error {
	if err := d.runs(source); err != nil {
		return err
	}
	return store.ChangeSetting(ctx, d.a.store, PausedSetting, d.a.now(), PausedSources{}, func(p *PausedSources) ([]broadsheet.Action, error) {
		if !change(*p) {
			return nil, nil
		}
		return []broadsheet.Action{d.tended(broadsheet.ObjectSource, source, word)}, nil
	})
}

// KeptPage is how many records that are kept aside stand on a page.
const KeptPage = 25

// KeptAside reads records of a source ("" of all) that could not be stored, the
// oldest first, those after a number.
func (d *Administrator) KeptAside(ctx context.Context, source string, after int64) (list []broadsheet.Reject, more bool, err error) {
	list, err = d.a.store.Rejects(ctx, store.RejectQuery{Source: source, Open: true, After: after, Limit: KeptPage + 1})
	if len(list) > KeptPage {
		list, more = list[:KeptPage], true
	}
	return list, more, err
}

// Replay asks that all records of a source be tried again.
func (d *Administrator) Replay(ctx context.Context, source string) error {
	if d.a.works.Replay == nil {
		return errNoWorks("that")
	}
	if err := d.a.works.Replay(ctx, source); err != nil {
		return err
	}
	return d.a.store.Act(ctx, d.tended(broadsheet.ObjectSource, source, "records that were kept aside are tried again"))
}

// ReplayOne tries one record again and tells whether it went in.
func (d *Administrator) ReplayOne(ctx context.Context, id int64) (bool, error) {
	if d.a.works.ReplayOne == nil {
		return false, errNoWorks("that")
	}
	r, err := d.a.store.Reject(ctx, id)
	if err != nil {
		return false, err
	}
	ok, err := d.a.works.ReplayOne(ctx, r)
	if err != nil || !ok {
		return ok, err
	}
	return true, d.a.store.Act(ctx, d.tended(broadsheet.ObjectSource, r.Source, fmt.Sprintf("the record %.100s went in", oneLine(r.Ref))))
}

// DropKept forgets one record, or with id 0 all of a source, and gives how many.
func (d *Administrator) DropKept(ctx context.Context, id int64, source string) (int64, error) {
	detail := "all records that were kept aside are deleted"
	if id != 0 {
		r, err := d.a.store.Reject(ctx, id)
		if err != nil {
			return 0, err
		}
		source, detail = r.Source, fmt.Sprintf("the record %.100s is deleted", oneLine(r.Ref))
	}
	return d.a.store.DeleteRejects(ctx, id, source, d.tended(broadsheet.ObjectSource, source, detail))
}
