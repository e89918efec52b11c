// Package arxivcal knows when arXiv announces papers.
//
// Submissions are closed at 14:00 New York time; what came in is announced at
// 20:00, Sunday to Thursday. What came between Thursday and Friday 14:00
// appears on Sunday, what came between Friday and Monday 14:00 on Monday. On
// an arXiv holiday there is no announcement, and what waits joins the next
// one (arxiv.org/help/availability; the news of 2017 to 2020 spell it out).
//
// Two dates are told apart. The evening is the New York date on which the
// announcement is made. The announcement day is the date that listings and
// feeds bear, the day after the evening; in UTC it is also the date of the
// announcement itself. So evenings run from Sunday to Thursday, announcement
// days from Monday to Friday.
//
// Dates are "2006-01-02". Everything that moderation holds back comes later
// than computed here, so a date that a source states goes before. The zone's
// rules are compiled in: no zone file is needed on the machine.
package arxivcal

import (
	"sync"
	"time"
	_ "time/tzdata" // for machines without zone files
)

const (
	cutOffHour   = 14
	announceHour = 20
)

// Location is New York.
var Location = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic("arxivcal: the zone rules that are compiled in lack New York: " + err.Error())
	}
	return loc
})

// Announces tells whether there is an announcement on the evening of t's New
// York date.
func Announces(t time.Time) bool {
	t = t.In(Location())
	switch t.Weekday() {
	case time.Friday, time.Saturday:
		return false
	}
	return !Holiday(t.Format(time.DateOnly))
}

// HasAnnouncement tells whether listings and feeds of that announcement day
// hold anything: whether there was an announcement on the evening before.
// False where day is no date.
func HasAnnouncement(day string) bool {
	t, err := time.ParseInLocation(time.DateOnly, day, Location())
	return err == nil && Announces(at(t, -1, 12))
}

// Next is the first announcement after t.
func Next(t time.Time) time.Time {
	t = t.In(Location())
	for i := 0; ; i++ {
		if a := at(t, i, announceHour); a.After(t) && Announces(a) {
			return a
		}
	}
}

// Previous is the last announcement at or before t.
func Previous(t time.Time) time.Time {
	t = t.In(Location())
	for i := 0; ; i-- {
		if a := at(t, i, announceHour); !a.After(t) && Announces(a) {
			return a
		}
	}
}

// Announcement is when what was submitted at t is announced, where nothing
// holds it back. A t of exactly midnight UTC stands for a date of which the
// time is not known, and counts as submitted by noon of that date.
func Announcement(submitted time.Time) time.Time {
	if u := submitted.UTC(); u.Equal(u.Truncate(24 * time.Hour)) {
		submitted = time.Date(u.Year(), u.Month(), u.Day(), 12, 0, 0, 0, Location())
	}
	t := submitted.In(Location())
	for i := 0; ; i++ {
		evening := at(t, i, announceHour)
		if Announces(evening) && cutOff(evening).After(t) {
			return evening
		}
	}
}

// cutOff is when submissions for that evening's announcement close.
func cutOff(evening time.Time) time.Time {
	if evening.Weekday() == time.Sunday {
		return at(evening, -2, cutOffHour)
	}
	return at(evening, 0, cutOffHour)
}

// DayOf is the announcement day of an announcement or of a feed built after
// it: the date in New York four hours later.
func DayOf(announcement time.Time) string {
	return announcement.In(Location()).Add(4 * time.Hour).Format(time.DateOnly)
}

// AnnouncedOn is the announcement day of what was submitted at t; "" where t
// is zero.
func AnnouncedOn(submitted time.Time) string {
	if submitted.IsZero() {
		return ""
	}
	return DayOf(Announcement(submitted))
}

// NextOAI is the first time after t at which the OAI-PMH service holds an
// announcement that it did not hold before: 22:30 on the evening.
func NextOAI(t time.Time) time.Time { return nextAfter(t, 2*time.Hour+30*time.Minute) }

// NextRSS is the first time after t at which the feeds hold a new
// announcement: they are rebuilt at midnight, ready a quarter of an hour later.
func NextRSS(t time.Time) time.Time { return nextAfter(t, 4*time.Hour+15*time.Minute) }

// nextAfter is the first announcement plus delay that lies after t.
func nextAfter(t time.Time, delay time.Duration) time.Time { return Next(t.Add(-delay)).Add(delay) }

// at is that hour, days after t's date in New York: by the calendar, so that
// a day of 23 or 25 hours counts as one.
func at(t time.Time, days, hour int) time.Time {
	t = t.In(Location())
	return time.Date(t.Year(), t.Month(), t.Day()+days, hour, 0, 0, 0, Location())
}
