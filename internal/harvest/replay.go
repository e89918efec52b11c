package harvest

import (
	"context"
	"fmt"

	"broadsheet"
	"broadsheet/internal/store"
)

// Replay tries the records that harvests kept aside again, oldest first: after
// an update of the program they may be readable. Those that go in are marked;
// the others stay as they are. Records that imports kept aside are left alone.
func (h *Harvester) Replay(ctx context.Context) (Report, error) { return h.ReplayOf(ctx, Names()...) }

// ReplayOf is Replay for some sources. What has another name is no source, and
// left alone.
func (h *Harvester) ReplayOf(ctx context.Context, names ...string) (Report, error) {
	var report Report
	for _, name := range names {
		if h.sources[name] == nil {
			continue
		}
		after := int64(0)
		for {
			rejects, err := h.store.Rejects(ctx, store.RejectQuery{Source: name, Open: true, After: after, Limit: 200})
			if err != nil {
				return report, fmt.Errorf("read what %s kept aside: %w", name, err)
			}
			if len(rejects) == 0 {
				break
			}
			after = rejects[len(rejects)-1].ID
			for _, r := range rejects {
				if err := h.replay(ctx, r, &report); err != nil {
					return report, err
				}
			}
			report.Pages++
		}
	}
	return report, nil
}

// ReplayOne tries one record again and tells whether it went in. It is Invalid for
// a record that no harvest kept aside.
func (h *Harvester) ReplayOne(ctx context.Context, r broadsheet.Reject) (bool, error) {
	if h.sources[r.Source] == nil {
		return false, &broadsheet.Error{Kind: broadsheet.Invalid, Text: "no harvest brought this record, but an import", Fix: "mend its file and import that again"}
	}
	var report Report
	err := h.replay(ctx, r, &report)
	return err == nil && report.Rejected == 0, err
}

func (h *Harvester) replay(ctx context.Context, r broadsheet.Reject, report *Report) error {
	p, err := h.sources[r.Source].Read(r, h.opt.Now())
	if err != nil {
		report.Rejected++
		return nil // still not readable: it stays
	}
	res, err := h.store.Put(ctx, store.Batch{Papers: []broadsheet.Paper{p}, Replayed: []int64{r.ID}, At: h.opt.Now()})
	if broadsheet.KindOf(err) == broadsheet.Invalid {
		report.Rejected++
		return nil
	}
	if err != nil {
		return fmt.Errorf("store %s: %w", p.ID, err)
	}
	report.Inserted += res.Inserted
	report.Updated += res.Updated
	report.Unchanged += res.Unchanged
	return nil
}
