package app

import (
	"context"
	"fmt"
	"time"

	"broadsheet"
)

// Archive is a year of days.
type Archive struct {
	Year        int
	First, Last int // years with papers
	Months      []ArchiveMonth
	Papers      int // in the year, chosen where a day has chosen papers, else announced
	Days        int // with papers
	Most        int // papers of the fullest day
}

// ArchiveMonth is a month as a calendar shows it.
type ArchiveMonth struct {
	Month  broadsheet.Month
	Papers int
	Weeks  []ArchiveWeek
}

// ArchiveWeek is the part of a week that lies in a month, Monday first. Days
// outside the month have no Day.
type ArchiveWeek struct {
	Week broadsheet.Week
	Days [7]ArchiveDay
}

// ArchiveDay is a day and how many papers its list has.
type ArchiveDay struct {
	Day    broadsheet.Day
	Papers int
	Chosen bool // by people; false: announced
}

// Archive is the calendar of a year; 0 is the newest year with papers. A year
// outside those with papers is NotFound.
func (a *App) Archive(ctx context.Context, year int) (*Archive, error) {
	first, err := a.store.FirstDay(ctx)
	if err != nil {
		return nil, err
	}
	last, err := a.store.LatestDay(ctx, a.Today())
	if err != nil {
		return nil, err
	}
	if first == "" || last == "" || first > last {
		first, last = a.Today(), a.Today()
	}
	ar := &Archive{Year: year, First: first.Time().Year(), Last: last.Time().Year()}
	if year == 0 {
		ar.Year = ar.Last
	}
	if ar.Year < ar.First || ar.Year > ar.Last {
		return nil, &broadsheet.Error{Kind: broadsheet.NotFound, Field: "year", Text: fmt.Sprintf("there is nothing from %d here", ar.Year),
			Fix: fmt.Sprintf("the archive goes from %d to %d", ar.First, ar.Last)}
	}
	days, err := a.store.Days(ctx, broadsheet.Day(fmt.Sprintf("%04d-01-01", ar.Year)), broadsheet.Day(fmt.Sprintf("%04d-12-31", ar.Year)))
	if err != nil {
		return nil, err
	}
	counts := map[broadsheet.Day]ArchiveDay{}
	for _, d := range days {
		c := ArchiveDay{Day: d.Day, Papers: d.Featured, Chosen: d.Featured > 0}
		if !c.Chosen {
			c.Papers = d.Announced
		}
		counts[d.Day] = c
		ar.Papers, ar.Most, ar.Days = ar.Papers+c.Papers, max(ar.Most, c.Papers), ar.Days+1
	}
	for m := time.January; m <= time.December; m++ {
		ar.Months = append(ar.Months, archiveMonth(broadsheet.Month(fmt.Sprintf("%04d-%02d", ar.Year, m)), counts))
	}
	return ar, nil
}

func archiveMonth(m broadsheet.Month, counts map[broadsheet.Day]ArchiveDay) ArchiveMonth {
	out := ArchiveMonth{Month: m}
	for day := m.First(); day <= m.Last(); day = day.Add(1) {
		column := (int(day.Time().Weekday()) + 6) % 7
		if column == 0 || len(out.Weeks) == 0 {
			out.Weeks = append(out.Weeks, ArchiveWeek{Week: day.Week()})
		}
		c := counts[day]
		c.Day = day
		out.Weeks[len(out.Weeks)-1].Days[column] = c
		out.Papers += c.Papers
	}
	return out
}
