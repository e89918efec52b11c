package broadsheet_test

import (
	"testing"
	"time"

	"broadsheet"
)

func TestDays(t *testing.T) {
	for in, ok := range map[string]bool{"2026-06-30": true, "2024-02-29": true, "2026-02-29": false, "2026-6-3": false, "2026-06-31": false,
		"": false, "1492-01-01": false, "2026-06-30T00:00:00Z": false} {
		if _, err := broadsheet.ParseDay(in); (err == nil) != ok || err != nil && broadsheet.KindOf(err) != broadsheet.Invalid {
			t.Errorf("ParseDay(%q): error %v", in, err)
		}
	}
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Skip("left out: no time zones on this machine")
	}
	at := time.Date(2026, 7, 1, 3, 59, 0, 0, time.UTC)
	if got := broadsheet.DayOf(at, zone); got != "2026-06-30" {
		t.Errorf("one minute to midnight in New York: got %s", got)
	}
}

func TestWeeks(t *testing.T) {
	for _, tt := range []struct{ in, first, last string }{
		{"2026-W27", "2026-06-29", "2026-07-05"}, {"2026-W01", "2025-12-29", "2026-01-04"}, {"2020-W53", "2020-12-28", "2021-01-03"},
	} {
		w, err := broadsheet.ParseWeek(tt.in)
		if err != nil || string(w.First()) != tt.first || string(w.Last()) != tt.last || w.First().Week() != w || w.Last().Week() != w {
			t.Errorf("%s: got %s to %s, %v", tt.in, w.First(), w.Last(), err)
		}
	}
	for _, in := range []string{"2025-W53", "2026-W00", "2026-W54", "2026-27", "2026-W7", "2026-W+7", ""} {
		if w, err := broadsheet.ParseWeek(in); broadsheet.KindOf(err) != broadsheet.Invalid {
			t.Errorf("ParseWeek(%q): got %q, %v", in, w, err)
		}
	}
}

func TestMonths(t *testing.T) {
	m, err := broadsheet.ParseMonth("2024-02")
	if err != nil || m.First() != "2024-02-01" || m.Last() != "2024-02-29" || m.Last().Month() != m {
		t.Errorf("got %s to %s, %v", m.First(), m.Last(), err)
	}
	if _, err := broadsheet.ParseMonth("2024-13"); broadsheet.KindOf(err) != broadsheet.Invalid {
		t.Errorf("month 13: got %v", err)
	}
}

func TestHotAddsTimeAndVotes(t *testing.T) {
	at := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	ten, one := broadsheet.Hot(10, 0, at), broadsheet.Hot(1, 0, at.Add(12*time.Hour+30*time.Minute))
	if diff := ten - one; diff > 1e-6 || diff < -1e-6 {
		t.Errorf("ten votes are worth twelve and a half hours: got %v and %v", ten, one)
	}
	if broadsheet.Hot(0, 0, at) != broadsheet.Hot(1, 0, at) || broadsheet.Hot(0, 5, at) != ten {
		t.Error("no vote counts as one, a comment as two votes")
	}
}
