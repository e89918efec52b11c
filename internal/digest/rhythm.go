package digest

import (
	"time"

	"broadsheet"
)

// Next is the first time after an instant at which a rhythm is due.
func Next(r broadsheet.Rhythm, after time.Time) time.Time {
	if r.AsItComes {
		return after.Add(lookEvery)
	}
	day := broadsheet.DayOf(after, r.Zone).Add(-1)
	for range lookDays {
		if at, ok := dueOn(r, day); ok && at.After(after) {
			return at
		}
		day = day.Add(1)
	}
	return after.Add(lookDays * 24 * time.Hour) // a rhythm without days, which Wish.Check refuses
}

// lookDays is how far the next or last due day can be: two weeks where the
// zone skipped the only day of one, as Samoa did in 2011, and a day at each end.
const lookDays = 17

// Span is the longest time from one due time of a rhythm to the next, but for
// changes of clocks: a week of one day, three days of Monday to Friday.
func Span(r broadsheet.Rhythm) time.Duration {
	if r.AsItComes {
		return broadsheet.AsItComesEvery
	}
	most, since := 0, 0
	for i := range 14 {
		since++
		if r.Days.Has(time.Weekday(i % 7)) {
			most, since = max(most, since), 0
		}
	}
	return time.Duration(most) * 24 * time.Hour
}

// Slot names the last due time of a rhythm up to an instant, and tells when that
// was: everything that was missed before it is told with it. ok is false where
// there was none in the last two weeks.
func Slot(r broadsheet.Rhythm, now time.Time) (slot string, at time.Time, ok bool) {
	if r.AsItComes {
		return now.UTC().Format("2006-01-02T15:04"), now, true
	}
	day := broadsheet.DayOf(now, r.Zone).Add(1)
	for range lookDays {
		if at, ok := dueOn(r, day); ok && !at.After(now) {
			return string(day), at, true
		}
		day = day.Add(-1)
	}
	return "", time.Time{}, false
}

// lookEvery is how often subscriptions that are served as things come are
// looked at while nothing does.
const lookEvery = 15 * time.Minute

// dueOn is when a rhythm is due on a local day; false where the day is not one
// of its days, or does not exist in its zone.
func dueOn(r broadsheet.Rhythm, day broadsheet.Day) (time.Time, bool) {
	wall := day.Time().Add(time.Duration(r.Hour) * time.Hour)
	if !r.Days.Has(wall.Weekday()) {
		return time.Time{}, false
	}
	at := instant(wall, r.Zone)
	return at, broadsheet.DayOf(at, r.Zone) == day
}

// instant is when clocks in a zone show a time first. wall holds what they show,
// as if it were UTC. A time that they skip is the moment at which they skip it.
//
// time.Date leaves open what it gives for both, so the offsets on either side of
// a change are tried: a change is never within a day of another.
func instant(wall time.Time, zone *time.Location) time.Time {
	offset := func(t time.Time) time.Duration {
		_, seconds := t.In(zone).Zone()
		return time.Duration(seconds) * time.Second
	}
	before := wall.Add(-offset(wall.Add(-38 * time.Hour))) // zones are up to 14 hours from UTC
	after := wall.Add(-offset(wall.Add(38 * time.Hour)))
	shows := func(t time.Time) bool { return t.Add(offset(t)).Equal(wall) }
	switch {
	case shows(before) && shows(after):
		if after.Before(before) {
			return after
		}
		return before
	case shows(after):
		return after
	}
	return before // shown then, or skipped: the clocks before the change lead to the change itself
}
