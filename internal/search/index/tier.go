package index

import (
	"slices"

	"broadsheet/internal/lib/segment"
)

// Tiers: a segment of n live documents is in the tier of log8(n/256). Eight of
// one tier become one; so a document is written again some six times up to 3
// million, and there are some twenty segments.
const (
	tierFactor = 8
	tierBase   = 256
	mergeMost  = 10 // segments at once: bounds what a merge has to keep in its head
	// deadShare of a segment's documents make it worth writing anew.
	deadShare = 0.3
)

func tier(live int) int {
	t := 0
	for n := tierBase; live >= n; n *= tierFactor {
		t++
	}
	return t
}

// pick chooses what to merge: segments, nil for nothing to do. busy are in use by
// another merge.
func pick(segments []*Segment, busy map[string]bool) []*Segment {
	tiers := map[int][]*Segment{}
	highest := 0
	for _, s := range segments {
		if !busy[s.entry.File] {
			t := tier(s.LiveDocs())
			tiers[t] = append(tiers[t], s)
			highest = max(highest, t)
		}
	}
	for t := range highest + 1 { // small ones first: they are cheap and many
		if len(tiers[t]) < tierFactor {
			continue
		}
		if fit := smallest(tiers[t]); fit != nil {
			return fit
		}
	}
	for _, s := range segments {
		if !busy[s.entry.File] && float64(s.entry.Dead) > deadShare*float64(s.entry.Docs) {
			return []*Segment{s}
		}
	}
	return nil
}

// smallest are at most mergeMost segments that fit into one.
func smallest(of []*Segment) []*Segment {
	of = slices.Clone(of)
	slices.SortStableFunc(of, func(a, b *Segment) int { return a.LiveDocs() - b.LiveDocs() })
	docs := 0
	for i, s := range of {
		if docs += s.LiveDocs(); i == mergeMost || docs > segment.MaxDocs {
			of = of[:i]
			break
		}
	}
	if len(of) < 2 {
		return nil
	}
	return of
}
