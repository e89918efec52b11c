package arxivcal_test

import (
	"testing"
	"time"

	"broadsheet/internal/lib/arxivcal"
)

// ny reads a time of the clock in New York.
func ny(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", s, arxivcal.Location())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestAnnouncement(t *testing.T) {
	for _, c := range []struct{ why, submitted, evening, day string }{
		{"Monday after the cut-off", "2026-06-01 14:00:00", "2026-06-02 20:00:00", "2026-06-03"},
		{"Tuesday just before the cut-off", "2026-06-02 13:59:59", "2026-06-02 20:00:00", "2026-06-03"},
		{"Wednesday", "2026-06-03 13:00:00", "2026-06-03 20:00:00", "2026-06-04"},
		{"Thursday before", "2026-06-04 13:59:59", "2026-06-04 20:00:00", "2026-06-05"},
		{"Thursday after: Sunday", "2026-06-04 14:00:00", "2026-06-07 20:00:00", "2026-06-08"},
		{"Friday before: Sunday", "2026-06-05 13:59:59", "2026-06-07 20:00:00", "2026-06-08"},
		{"Friday after: Monday", "2026-06-05 14:00:00", "2026-06-08 20:00:00", "2026-06-09"},
		{"Saturday: Monday", "2026-06-06 12:00:00", "2026-06-08 20:00:00", "2026-06-09"},
		{"Sunday: Monday", "2026-06-07 12:00:00", "2026-06-08 20:00:00", "2026-06-09"},
		{"Labor Day's Monday: Tuesday", "2026-09-05 12:00:00", "2026-09-08 20:00:00", "2026-09-09"},
		{"before Thanksgiving: Sunday", "2026-11-25 14:00:00", "2026-11-29 20:00:00", "2026-11-30"},
		{"in the list of 2019", "2019-12-24 14:00:00", "2019-12-29 20:00:00", "2019-12-30"},
		{"in the list of 2019", "2019-12-27 14:00:00", "2019-12-31 20:00:00", "2020-01-01"},
		{"by rule", "2020-01-17 14:00:00", "2020-01-21 20:00:00", "2020-01-22"},
		{"two holidays at the end of the year", "2026-12-30 14:00:00", "2027-01-03 20:00:00", "2027-01-04"},
		{"night in which the clock goes forward", "2026-03-07 23:30:00", "2026-03-09 20:00:00", "2026-03-10"},
		{"night in which the clock goes back", "2026-11-01 01:30:00", "2026-11-02 20:00:00", "2026-11-03"},
	} {
		in := ny(t, c.submitted)
		if got, want := arxivcal.Announcement(in), ny(t, c.evening); !got.Equal(want) {
			t.Errorf("%s: Announcement(%s) = %s, want %s", c.why, in, got, want)
		}
		if got := arxivcal.AnnouncedOn(in.UTC()); got != c.day {
			t.Errorf("%s: AnnouncedOn(%s) = %s, want %s", c.why, in, got, c.day)
		}
	}
}

func TestCutOffFollowsTheClockOfNewYork(t *testing.T) {
	for _, c := range []struct{ utc, want string }{
		{"2026-03-05T18:59:59Z", "2026-03-06"}, // 13:59:59 EST
		{"2026-03-05T19:00:00Z", "2026-03-09"},
		{"2026-03-12T17:59:59Z", "2026-03-13"}, // 13:59:59 EDT
		{"2026-03-12T18:00:00Z", "2026-03-16"},
	} {
		at, err := time.Parse(time.RFC3339, c.utc)
		if err != nil {
			t.Fatal(err)
		}
		if got := arxivcal.AnnouncedOn(at); got != c.want {
			t.Errorf("AnnouncedOn(%s) = %s, want %s", c.utc, got, c.want)
		}
	}
}

func TestDateWithoutTime(t *testing.T) {
	for _, c := range []struct{ date, want string }{
		{"2026-06-02", "2026-06-03"}, // a Tuesday: as if before its cut-off
		{"2026-06-05", "2026-06-08"}, // a Friday
		{"2026-06-06", "2026-06-09"}, // a Saturday
	} {
		at, err := time.Parse(time.DateOnly, c.date)
		if err != nil {
			t.Fatal(err)
		}
		if got := arxivcal.AnnouncedOn(at); got != c.want {
			t.Errorf("AnnouncedOn(midnight of %s) = %s, want %s", c.date, got, c.want)
		}
	}
	if got := arxivcal.AnnouncedOn(time.Time{}); got != "" {
		t.Errorf("AnnouncedOn(unknown) = %q, want none", got)
	}
}

func TestHolidays(t *testing.T) {
	want := map[string]bool{}
	for _, d := range []string{"2026-01-01", "2026-01-19", "2026-06-19", "2026-07-03", "2026-09-07", "2026-11-26", "2026-12-25", "2026-12-29", "2026-12-31",
		"2027-01-01", "2027-01-18", "2027-06-18", "2027-07-05", "2027-09-06", "2027-11-25", "2027-12-24", "2027-12-31"} {
		want[d] = true
	}
	for d := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() < 2028; d = d.AddDate(0, 0, 1) {
		day := d.Format(time.DateOnly)
		if got := arxivcal.Holiday(day); got != want[day] {
			t.Errorf("Holiday(%s) = %v, want %v", day, got, want[day])
		}
	}
	for _, bad := range []string{"", "2026-13-01", "x"} {
		if arxivcal.Holiday(bad) || arxivcal.HasAnnouncement(bad) {
			t.Errorf("%q is a date", bad)
		}
	}
}

func TestHasAnnouncement(t *testing.T) {
	for day, want := range map[string]bool{
		"2026-09-01": true, "2026-09-05": false, "2026-09-06": false, // Tuesday, Saturday, Sunday
		"2026-09-07": true,  // Labor Day itself: Sunday evening's announcement
		"2026-09-08": false, // the evening of Labor Day had none
		"2026-11-27": false,
	} {
		if got := arxivcal.HasAnnouncement(day); got != want {
			t.Errorf("HasAnnouncement(%s) = %v, want %v", day, got, want)
		}
	}
}

func TestNext(t *testing.T) {
	for _, c := range []struct{ at, next, previous, oai, rss string }{
		{"2026-06-02 19:59:59", "2026-06-02 20:00:00", "2026-06-01 20:00:00", "2026-06-02 22:30:00", "2026-06-03 00:15:00"},
		{"2026-06-02 20:00:00", "2026-06-03 20:00:00", "2026-06-02 20:00:00", "2026-06-02 22:30:00", "2026-06-03 00:15:00"},
		{"2026-06-02 22:30:00", "2026-06-03 20:00:00", "2026-06-02 20:00:00", "2026-06-03 22:30:00", "2026-06-03 00:15:00"},
		{"2026-06-03 00:15:00", "2026-06-03 20:00:00", "2026-06-02 20:00:00", "2026-06-03 22:30:00", "2026-06-04 00:15:00"},
		{"2026-06-05 09:00:00", "2026-06-07 20:00:00", "2026-06-04 20:00:00", "2026-06-07 22:30:00", "2026-06-08 00:15:00"},
		{"2026-11-26 09:00:00", "2026-11-29 20:00:00", "2026-11-25 20:00:00", "2026-11-29 22:30:00", "2026-11-30 00:15:00"},
	} {
		at := ny(t, c.at)
		for _, f := range []struct {
			name string
			got  time.Time
			want string
		}{{"Next", arxivcal.Next(at), c.next}, {"Previous", arxivcal.Previous(at), c.previous}, {"NextOAI", arxivcal.NextOAI(at), c.oai}, {"NextRSS", arxivcal.NextRSS(at), c.rss}} {
			if !f.got.Equal(ny(t, f.want)) {
				t.Errorf("%s(%s) = %s, want %s", f.name, c.at, f.got, f.want)
			}
		}
	}
}
