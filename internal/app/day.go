package app

import (
	"context"
	"slices"

	"broadsheet"
	"broadsheet/internal/store"
)

// DayCount is how many papers a day has, chosen here and announced at their
// sources.
type DayCount = store.DayCount

// Front is the newest day with papers that is not in the future; today, empty,
// on a site without papers.
func (a *App) Front(ctx context.Context, v View) (*Listing, error) {
	today := a.Today()
	day, err := a.store.LatestDay(ctx, today)
	if err != nil {
		return nil, err
	}
	if day == "" {
		day = today
	}
	return a.Day(ctx, day, v)
}

// Day is the papers of a day: those chosen that day or, where none were, those
// announced. A day without papers, also one to come, is an empty list.
func (a *App) Day(ctx context.Context, day broadsheet.Day, v View) (*Listing, error) {
	return a.oneDay(ctx, broadsheet.ListDay, day, v)
}

// Announced is all papers that their sources announced on a day.
func (a *App) Announced(ctx context.Context, day broadsheet.Day, v View) (*Listing, error) {
	return a.oneDay(ctx, broadsheet.ListAnnounced, day, v)
}

const (
	fewChosen = 10 // chosen papers up to which a day's page goes on with the announced
	alsoShown = 30 // announced papers it goes on with
)

// AlsoAnnounced is what a day's list goes on with while few of its papers are
// chosen: those announced and not chosen, at most 30, as the list is ordered and
// narrowed. Without them the first paper that a curator chooses would take the
// rest of the day off the front page. To the newest day, for which nothing may
// be announced yet, belong those of the day before it; From says of which day
// they are. nil where the list is long enough or there are none.
func (a *App) AlsoAnnounced(ctx context.Context, day *Listing) (*Listing, error) {
	if n := day.Counts.Featured; day.List.Kind != broadsheet.ListDay || n == 0 || n > fewChosen || day.View.Page > 1 || day.More {
		return nil, nil
	}
	counts := day.Counts
	if counts.Announced == 0 && day.Latest && day.Prev != "" {
		days, err := a.store.Days(ctx, broadsheet.Day(day.Prev), broadsheet.Day(day.Prev))
		if err != nil {
			return nil, err
		}
		if len(days) > 0 {
			counts = days[0]
		}
	}
	if counts.Announced == 0 {
		return nil, nil
	}
	v := day.View
	v.Limit = alsoShown + fewChosen
	l, err := a.list(ctx, broadsheet.ListAnnounced, string(counts.Day), v)
	if err != nil {
		return nil, err
	}
	l.Papers = slices.DeleteFunc(l.Papers, func(p broadsheet.Paper) bool {
		return slices.ContainsFunc(day.Papers, func(chosen broadsheet.Paper) bool { return chosen.ID == p.ID })
	})
	if len(l.Papers) == 0 {
		return nil, nil
	}
	l.Papers = l.Papers[:min(alsoShown, len(l.Papers))]
	l.From, l.To, l.Counts = counts.Day, counts.Day, counts
	return l, nil
}

func (a *App) oneDay(ctx context.Context, kind broadsheet.ListKind, day broadsheet.Day, v View) (*Listing, error) {
	if _, err := broadsheet.ParseDay(string(day)); err != nil {
		return nil, err
	}
	l, err := a.span(ctx, kind, string(day), day, day, v)
	if err != nil {
		return nil, err
	}
	l.Counts = DayCount{Day: day}
	days, err := a.store.Days(ctx, day, day)
	if len(days) > 0 {
		l.Counts = days[0]
	}
	return l, err
}

// Week is the papers of an ISO week, as Day.
func (a *App) Week(ctx context.Context, w broadsheet.Week, v View) (*Listing, error) {
	if _, err := broadsheet.ParseWeek(string(w)); err != nil {
		return nil, err
	}
	return a.span(ctx, broadsheet.ListWeek, string(w), w.First(), w.Last(), v)
}

// Month is the papers of a calendar month, as Day.
func (a *App) Month(ctx context.Context, m broadsheet.Month, v View) (*Listing, error) {
	if _, err := broadsheet.ParseMonth(string(m)); err != nil {
		return nil, err
	}
	return a.span(ctx, broadsheet.ListMonth, string(m), m.First(), m.Last(), v)
}

// span is a list by time with its neighbours: the nearest days with papers
// outside it say which lists these are.
func (a *App) span(ctx context.Context, kind broadsheet.ListKind, key string, from, to broadsheet.Day, v View) (*Listing, error) {
	l, err := a.list(ctx, kind, key, v)
	if err != nil {
		return nil, err
	}
	l.From, l.To = from, to
	l.Sample = l.Featured && len(l.Papers) > 0 && !slices.ContainsFunc(l.Papers, func(p broadsheet.Paper) bool { return p.Origin != broadsheet.OriginSample })
	before, err := a.store.LatestDay(ctx, from.Add(-1))
	if err != nil {
		return nil, err
	}
	after, err := a.store.NextDay(ctx, to)
	if err != nil {
		return nil, err
	}
	if after > a.Today() {
		after = ""
	}
	l.Prev, l.Next, l.Latest = keyOf(kind, before), keyOf(kind, after), after == ""
	return l, a.rank(ctx, l)
}

// keyOf is the key of the list of that kind that holds day.
func keyOf(kind broadsheet.ListKind, day broadsheet.Day) string {
	switch {
	case day == "":
		return ""
	case kind == broadsheet.ListWeek:
		return string(day.Week())
	case kind == broadsheet.ListMonth:
		return string(day.Month())
	}
	return string(day)
}
