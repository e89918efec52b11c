package broadsheet

import (
	"fmt"
	"strconv"
	"time"
)

// Day is a calendar day, "2006-01-02", in the site's time zone. Days compare
// as strings.
type Day string

// ParseDay reads "2026-06-30". A day that does not exist is Invalid.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1900 {
		return "", InvalidField("date", fmt.Sprintf("%q is not a day", clip(s)), "write a calendar day as 2026-06-30")
	}
	return Day(s), nil
}

// DayOf is the day of t in loc.
func DayOf(t time.Time, loc *time.Location) Day { return Day(t.In(loc).Format(time.DateOnly)) }

// Time is midnight UTC of d; zero where d is empty or malformed.
func (d Day) Time() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}

// Add is the day n days later.
func (d Day) Add(n int) Day { return Day(d.Time().AddDate(0, 0, n).Format(time.DateOnly)) }

// Week is the ISO 8601 week that holds d.
func (d Day) Week() Week {
	y, w := d.Time().ISOWeek()
	return Week(fmt.Sprintf("%04d-W%02d", y, w))
}

// Month is the month that holds d.
func (d Day) Month() Month {
	if len(d) < 7 {
		return ""
	}
	return Month(d[:7])
}

// Week is an ISO 8601 week, "2026-W27", Monday to Sunday.
type Week string

// ParseWeek reads "2026-W27". Week 53 is Invalid in a year that has 52.
func ParseWeek(s string) (Week, error) {
	bad := InvalidField("week", fmt.Sprintf("%q is not a week", clip(s)), "write an ISO week as 2026-W27; a year has 52 or 53")
	if len(s) != 8 || s[4:6] != "-W" {
		return "", bad
	}
	y, err1 := strconv.ParseUint(s[:4], 10, 16)
	w, err2 := strconv.ParseUint(s[6:], 10, 8)
	if err1 != nil || err2 != nil || y < 1900 || w < 1 || w > 53 {
		return "", bad
	}
	if iy, iw := Week(s).First().Time().ISOWeek(); iy != int(y) || iw != int(w) {
		return "", bad
	}
	return Week(s), nil
}

// First is the week's Monday. w must be a parsed week.
func (w Week) First() Day {
	y, _ := strconv.Atoi(string(w[:4]))
	n, _ := strconv.Atoi(string(w[6:]))
	jan4 := time.Date(y, 1, 4, 0, 0, 0, 0, time.UTC) // always in week 1
	monday := jan4.AddDate(0, 0, -(int(jan4.Weekday())+6)%7)
	return Day(monday.AddDate(0, 0, 7*(n-1)).Format(time.DateOnly))
}

// Last is the week's Sunday.
func (w Week) Last() Day { return w.First().Add(6) }

// Month is a calendar month, "2026-06".
type Month string

// ParseMonth reads "2026-06".
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil || t.Year() < 1900 {
		return "", InvalidField("month", fmt.Sprintf("%q is not a month", clip(s)), "write a month as 2026-06")
	}
	return Month(s), nil
}

// First is the month's first day.
func (m Month) First() Day { return Day(m + "-01") }

// Last is the month's last day.
func (m Month) Last() Day { return Day(m.First().Time().AddDate(0, 1, -1).Format(time.DateOnly)) }

// clip shortens what a person typed for an error text.
func clip(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most]) + "…"
}
