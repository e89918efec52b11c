package store_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestChosen holds the lists of what was featured: the newest first, by votes, and
// the recordings alone.
func TestChosen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		feature := func(day broadsheet.Day, position, hour, votes int, wire string) broadsheet.Feature {
			return broadsheet.Feature{Day: day, Position: position, FeaturedAt: day.Time().Add(time.Duration(hour) * time.Hour), Votes: votes, Wire: json.RawMessage(wire)}
		}
		var papers []broadsheet.Paper
		for id, features := range map[string][]broadsheet.Feature{
			"2606.00001": {feature("2026-06-29", 2, 5, 3, `{"v":3}`), feature("2026-06-30", 1, 6, 40, `{"v":40}`)},
			"2606.00002": {feature("2026-06-29", 1, 4, 9, "")},
			"2606.00003": {{Day: "2026-06-30", Position: 2}},
			"2606.00004": {feature("2026-07-02", 1, 1, 99, `{}`)},
			"2606.00005": nil,
		} {
			p := broadsheet.Paper{ID: id, IDs: []broadsheet.SourceID{{Scheme: "arxiv", Value: id}}, Title: id, Features: features}
			for _, f := range features {
				p.ImportedVotes = max(p.ImportedVotes, f.Votes)
			}
			papers = append(papers, p)
		}
		if _, err := s.Put(t.Context(), store.Batch{Papers: papers}); err != nil {
			t.Fatal(err)
		}
		text := func(refs []store.Chosen, err error) (out []string) {
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range refs {
				out = append(out, c.ID+" "+string(c.Day))
			}
			return out
		}
		all := []string{"2606.00001 2026-06-30", "2606.00003 2026-06-30", "2606.00001 2026-06-29", "2606.00002 2026-06-29"}
		for _, tc := range []struct {
			what      string
			got, want []string
		}{
			{"up to 30 June", text(s.Chosen(t.Context(), "2026-06-30", 0, 10)), all},
			{"a page", text(s.Chosen(t.Context(), "2026-06-30", 1, 2)), all[1:3]},
			{"past the end", text(s.Chosen(t.Context(), "2026-06-30", 4, 2)), nil},
			{"the 29th by votes", text(s.ChosenByVotes(t.Context(), "2026-06-29", "2026-06-29")), []string{"2606.00002 2026-06-29", "2606.00001 2026-06-29"}},
			{"both days by votes", text(s.ChosenByVotes(t.Context(), "2026-06-29", "2026-06-30")), []string{"2606.00002 2026-06-29", "2606.00001 2026-06-29", "2606.00003 2026-06-30"}},
			{"as featured last", text(s.LastChosen(t.Context(), []string{"2606.00005", "2606.00001", "2606.99999", "2606.00002"})),
				[]string{"2606.00005 ", "2606.00001 2026-06-30", "2606.00002 2026-06-29"}},
			{"no day", text(s.ChosenByVotes(t.Context(), "2026-07-03", "2026-07-09")), nil},
		} {
			if d := cmp.Diff(tc.want, tc.got); d != "" {
				t.Errorf("%s (-want +got):\n%s", tc.what, d)
			}
		}
		refs, err := s.Chosen(t.Context(), "2026-06-30", 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		recorded, err := s.Recorded(t.Context(), refs)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for c, r := range recorded {
			got[c.ID+" "+string(c.Day)] = string(r.Feature.Wire) + r.Feature.FeaturedAt.Format(" 15")
		}
		if d := cmp.Diff(map[string]string{"2606.00001 2026-06-30": `{"v":40} 06`, "2606.00001 2026-06-29": `{"v":3} 05`}, got); d != "" {
			t.Errorf("recordings (-want +got):\n%s", d)
		}
	})
}
