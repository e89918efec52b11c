package digest

import (
	"testing"
	"time"

	"broadsheet"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	x, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestNext(t *testing.T) {
	for _, c := range []struct {
		what       string
		days       broadsheet.Days
		hour       int
		zone       string
		after, due string
		slot       string
	}{
		{"the same day", broadsheet.EveryDay, 8, "UTC", "2026-06-30T07:59:59Z", "2026-06-30T08:00:00Z", "2026-06-30"},
		{"not at the very time", broadsheet.EveryDay, 8, "UTC", "2026-06-30T08:00:00Z", "2026-07-01T08:00:00Z", "2026-07-01"},
		{"over the weekend", broadsheet.Workdays, 8, "Europe/Berlin", "2026-07-03T06:00:00Z", "2026-07-06T06:00:00Z", "2026-07-06"},
		{"once a week", 64, 23, "Pacific/Auckland", "2026-06-28T11:00:00Z", "2026-07-05T11:00:00Z", "2026-07-05"},
		{"a day ahead of UTC", broadsheet.EveryDay, 1, "Pacific/Kiritimati", "2026-06-30T12:00:00Z", "2026-07-01T11:00:00Z", "2026-07-02"},
		{"an hour that is skipped", broadsheet.EveryDay, 2, "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29"},
		{"an hour that comes twice", broadsheet.EveryDay, 2, "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:00:00Z", "2026-10-25"},
		{"and only once", broadsheet.EveryDay, 2, "Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-26T01:00:00Z", "2026-10-26"},
		{"after a change", broadsheet.EveryDay, 8, "America/New_York", "2026-03-08T00:00:00Z", "2026-03-08T12:00:00Z", "2026-03-08"},
		{"half an hour skipped", broadsheet.EveryDay, 2, "Australia/Lord_Howe", "2026-10-03T12:00:00Z", "2026-10-03T15:30:00Z", "2026-10-04"},
		{"midnight skipped", broadsheet.EveryDay, 0, "America/Santiago", "2026-09-05T12:00:00Z", "2026-09-06T04:00:00Z", "2026-09-06"},
		{"a day that was skipped", 16, 8, "Pacific/Apia", "2011-12-28T00:00:00Z", "2012-01-05T18:00:00Z", "2012-01-06"},
	} {
		r := broadsheet.Rhythm{Days: c.days, Hour: c.hour, Zone: zone(t, c.zone)}
		got := Next(r, at(t, c.after))
		slot, when, ok := Slot(r, got)
		if !got.Equal(at(t, c.due)) || slot != c.slot || !when.Equal(got) || !ok {
			t.Errorf("%s: after %s got %s in slot %s (%v), want %s in %s", c.what, c.after, got.UTC().Format(time.RFC3339), slot, ok, c.due, c.slot)
		}
	}
}

func TestSpan(t *testing.T) {
	for _, c := range []struct {
		what string
		r    broadsheet.Rhythm
		days int
	}{
		{"every day", broadsheet.Rhythm{Days: broadsheet.EveryDay}, 1},
		{"Monday to Friday", broadsheet.Rhythm{Days: broadsheet.Workdays}, 3},
		{"Mondays", broadsheet.Rhythm{Days: 1}, 7},
		{"Sundays", broadsheet.Rhythm{Days: 64}, 7},
		{"Tuesdays and Saturdays", broadsheet.Rhythm{Days: 2 | 32}, 4},
	} {
		if got, want := Span(c.r), time.Duration(c.days)*24*time.Hour; got != want {
			t.Errorf("%s: got %v, want %v", c.what, got, want)
		}
	}
}

// TestEveryDayHasOneSlot walks two years in every zone that changes its clocks
// in an odd way, from due time to due time.
func TestEveryDayHasOneSlot(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Asia/Beirut", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Africa/Casablanca"} {
		for hour := range 24 {
			r := broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: hour, Zone: zone(t, name)}
			now, day := at(t, "2025-01-01T00:00:00Z"), broadsheet.Day("")
			for range 730 {
				now = Next(r, now)
				slot, _, ok := Slot(r, now)
				if !ok || day != "" && slot != string(day.Add(1)) {
					t.Fatalf("%s at %d: the slot after %s is %s (%v)", name, hour, day, slot, ok)
				}
				day = broadsheet.Day(slot)
				// Until the next time the slot stays.
				if again, _, _ := Slot(r, Next(r, now).Add(-time.Second)); again != slot {
					t.Fatalf("%s at %d: %s becomes %s before its time", name, hour, slot, again)
				}
			}
		}
	}
}
