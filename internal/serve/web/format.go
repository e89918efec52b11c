package web

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"broadsheet"
)

// functions are what templates may call beside fields and methods.
var functions = template.FuncMap{
	"number": number,
	"big":    func(n int64) string { return number(int(n)) },
	"bytes":  bytesText,
	"clip":   clip,
	"plural": plural,
	"stamp":  stamp,
	"iso":    func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"date":   date,
	"ago":    ago,
	"zone":   zoneName,
	"inc":    func(n int) int { return n + 1 },
}

// number writes 1204 as 1,204.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// short writes 1234 as 1.2k, for figures that need not be exact.
func short(n int) string {
	switch {
	case n < 1000:
		return strconv.Itoa(n)
	case n < 9950:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/1000), ".0") + "k"
	case n < 999500:
		return fmt.Sprintf("%.0fk", float64(n)/1000)
	}
	return fmt.Sprintf("%.1fM", float64(n)/1e6)
}

// bytesText writes a size: "1.5 GiB".
func bytesText(n int64) string {
	const unit = 1024
	if n < unit {
		return plural(int(n), "byte")
	}
	f, i := float64(n)/unit, 0
	for ; f >= unit && i < len("KMGT")-1; i++ {
		f /= unit
	}
	return fmt.Sprintf("%.1f %ciB", f, "KMGT"[i])
}

// plural writes a count with its noun: "1 paper", "1,204 papers".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return number(n) + " " + noun + "s"
}

// date writes a day of the calendar: "24 Oct 2025"; "" for the zero time.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 Jan 2006")
}

// stampLayout is a time to the minute with its zone: no time stands on a page without.
const stampLayout = "2 Jan 2006, 15:04 MST"

// stamp writes a time to the minute, in UTC.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(stampLayout)
}

// ago writes a span of time in its largest unit: "3 hours".
func ago(d time.Duration) string {
	d = d.Abs()
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < 2*time.Hour:
		return plural(int(d/time.Minute), "minute")
	case d < 48*time.Hour:
		return plural(int(d/time.Hour), "hour")
	}
	return plural(int(d/(24*time.Hour)), "day")
}

func longDay(d broadsheet.Day) string   { return d.Time().Format("Monday, 2 January 2006") }
func mediumDay(d broadsheet.Day) string { return d.Time().Format("2 January 2006") }

// spanName writes days as "22–28 June 2026", naming what differs.
func spanName(from, to broadsheet.Day) string {
	a, b := from.Time(), to.Time()
	switch {
	case from == to:
		return a.Format("2 January 2006")
	case a.Year() != b.Year():
		return a.Format("2 January 2006") + " – " + b.Format("2 January 2006")
	case a.Month() != b.Month():
		return a.Format("2 January") + " – " + b.Format("2 January 2006")
	}
	return a.Format("2") + "–" + b.Format("2 January 2006")
}
