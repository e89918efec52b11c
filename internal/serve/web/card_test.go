package web

import (
	"testing"

	"broadsheet"
)

// TestFeatureOf: a list of days shows who brought a paper then, not who brought it
// again later.
func TestFeatureOf(t *testing.T) {
	day := func(d broadsheet.Day, who string) broadsheet.Feature {
		return broadsheet.Feature{Day: d, Submitter: &broadsheet.Person{Key: who}}
	}
	p := &broadsheet.Paper{Features: []broadsheet.Feature{day("2026-06-02", "ada"), day("2026-06-04", "bo"), day("2026-07-01", "cy")}}
	for _, c := range []struct {
		what     string
		from, to broadsheet.Day
		want     string
	}{
		{"the first day", "2026-06-02", "2026-06-02", "ada"},
		{"the second day", "2026-06-04", "2026-06-04", "bo"},
		{"the latest day", "2026-07-01", "2026-07-01", "cy"},
		{"a day of none", "2026-06-03", "2026-06-03", "cy"},
		{"the week of two", "2026-06-01", "2026-06-07", "ada"},
		{"the month of the last", "2026-07-01", "2026-07-31", "cy"},
		{"a list of no days", "", "", "cy"},
	} {
		if got := featureOf(p, c.from, c.to); got == nil || got.Submitter.Key != c.want {
			t.Errorf("%s (%s to %s): got %+v, want %s", c.what, c.from, c.to, got, c.want)
		}
	}
	if got := featureOf(&broadsheet.Paper{}, "2026-06-02", "2026-06-02"); got != nil {
		t.Errorf("a paper without features: got %+v, want none", got)
	}
}
