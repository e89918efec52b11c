package arxivcal

import (
	"slices"
	"sync"
	"time"
)

// published holds the years whose list is known; month and day.
var published = map[int][]string{
	2019: {"01-01", "01-21", "09-02", "11-28", "12-25", "12-26", "12-30"},
	2023: {"01-16", "06-14", "06-19", "07-04", "09-04", "11-23", "12-25", "12-27"},
	2026: {"01-01", "01-19", "06-19", "07-03", "09-07", "11-26", "12-25", "12-29", "12-31"},
}

// Holiday tells whether arXiv makes no announcement on the evening of that
// date although its weekday has one. Years without a published list follow
// the rules that the lists have in common: New Year's Day, Martin Luther King
// Day (from 1998), Juneteenth (from 2021), Independence Day, Labor Day,
// Thanksgiving and Christmas, moved to Friday or Monday from a weekend; the
// further days around Christmas that a list names are not foreseen.
func Holiday(date string) bool {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return false
	}
	if list, ok := published[t.Year()]; ok {
		return slices.Contains(list, date[5:])
	}
	return slices.Contains(rules(t.Year()), date) || slices.Contains(rules(t.Year()+1), date)
}

// computed caches rules, year → []string.
var computed sync.Map

// rules gives the dates of a year's holidays. New Year's Day may fall on the
// last day of the year before.
func rules(year int) []string {
	if days, ok := computed.Load(year); ok {
		return days.([]string)
	}
	days := compute(year)
	computed.Store(year, days)
	return days
}

func compute(year int) []string {
	days := []time.Time{
		observed(year, time.January, 1),
		nth(year, time.September, time.Monday, 1),
		nth(year, time.November, time.Thursday, 4),
		observed(year, time.July, 4),
		observed(year, time.December, 25),
	}
	if year >= 1998 {
		days = append(days, nth(year, time.January, time.Monday, 3))
	}
	if year >= 2021 {
		days = append(days, observed(year, time.June, 19))
	}
	out := make([]string, len(days))
	for i, d := range days {
		out[i] = d.Format(time.DateOnly)
	}
	return out
}

// observed is the working day on which a fixed holiday is kept.
func observed(year int, month time.Month, day int) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	switch t.Weekday() {
	case time.Saturday:
		return t.AddDate(0, 0, -1)
	case time.Sunday:
		return t.AddDate(0, 0, 1)
	}
	return t
}

// nth is the n-th such weekday of the month, from 1.
func nth(year int, month time.Month, day time.Weekday, n int) time.Time {
	first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, 0, (int(day)-int(first.Weekday())+7)%7+7*(n-1))
}
