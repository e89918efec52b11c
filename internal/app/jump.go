package app

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"broadsheet"
)

// Target is where a jump leads: a page of the site and its key.
type Target struct {
	Kind TargetKind
	Key  string
}

// TargetKind is a kind of page.
type TargetKind string

// Kinds of targets and what Key holds.
const (
	TargetPaper        TargetKind = "paper"        // a paper's id
	TargetDay          TargetKind = "day"          // a broadsheet.Day
	TargetWeek         TargetKind = "week"         // a broadsheet.Week
	TargetMonth        TargetKind = "month"        // a broadsheet.Month
	TargetYear         TargetKind = "year"         // of the archive
	TargetCategory     TargetKind = "category"     // "cs.LG"
	TargetAuthor       TargetKind = "author"       // an author's key
	TargetOrganization TargetKind = "organization" // an organisation's key
)

// MaxJump is the longest text that Jump reads, in bytes.
const MaxJump = 500

// Jump finds the page that a person means by an id, an address, a date, a
// category or a name. It is Invalid for an empty or overlong text and NotFound
// where nothing fits; a paper's id that is well formed but not here is NotFound
// with Field "id".
func (a *App) Jump(ctx context.Context, text string) (Target, error) {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" || len(text) > MaxJump {
		return Target{}, broadsheet.InvalidField("q", "nothing that could be looked up", "write an arXiv id, an address, a date, a category or a name")
	}
	if t, ok := a.Dated(text); ok {
		return t, nil
	}
	if t, ok := jumpCategory(text); ok {
		return t, nil
	}
	t, err := a.jumpPaper(ctx, text)
	if err == nil || !errors.Is(err, errNoID) {
		return t, err
	}
	return a.jumpName(ctx, text)
}

var dayLayouts = []string{time.DateOnly, "2006-1-2", "2006/1/2", "2 January 2006", "2 Jan 2006", "January 2, 2006", "Jan 2, 2006", "January 2 2006", "Jan 2 2006", "2.1.2006", time.RFC3339}
var monthLayouts = []string{"2006-01", "2006-1", "January 2006", "Jan 2006", "2006/01"}
var weekForm = regexp.MustCompile(`^(\d{4})[- ]?[wW](\d{1,2})$`)

// Dated is the day, week, month or year that text is, in any of the ways in which
// people write them.
func (a *App) Dated(text string) (Target, bool) {
	switch strings.ToLower(text) {
	case "today":
		return Target{TargetDay, string(a.Today())}, true
	case "yesterday":
		return Target{TargetDay, string(a.Today().Add(-1))}, true
	}
	for _, layout := range dayLayouts {
		if t, err := time.Parse(layout, text); err == nil && t.Year() >= 1900 {
			return Target{TargetDay, t.Format(time.DateOnly)}, true
		}
	}
	for _, layout := range monthLayouts {
		if t, err := time.Parse(layout, text); err == nil && t.Year() >= 1900 {
			return Target{TargetMonth, t.Format("2006-01")}, true
		}
	}
	if m := weekForm.FindStringSubmatch(text); m != nil {
		if w, err := broadsheet.ParseWeek(m[1] + "-W" + ("0" + m[2])[len(m[2])-1:]); err == nil {
			return Target{TargetWeek, string(w)}, true
		}
	}
	if t, err := time.Parse("2006", text); err == nil && t.Year() >= 1900 {
		return Target{TargetYear, text}, true
	}
	return Target{}, false
}

func jumpCategory(text string) (Target, bool) {
	if name, ok := categoryByFold(text); ok {
		return Target{TargetCategory, name}, true
	}
	return Target{}, false
}

var errNoID = errors.New("not an id")

func (a *App) jumpPaper(ctx context.Context, text string) (Target, error) {
	id, _, err := broadsheet.ParseID(text)
	if err != nil {
		return Target{}, errNoID
	}
	p, err := a.store.Paper(ctx, id)
	if broadsheet.KindOf(err) == broadsheet.NotFound {
		return Target{}, &broadsheet.Error{Kind: broadsheet.NotFound, Field: "id", Text: "the paper " + id + " is not here"}
	}
	if err != nil {
		return Target{}, err
	}
	return Target{TargetPaper, p.ID}, nil
}

func (a *App) jumpName(ctx context.Context, text string) (Target, error) {
	all, err := a.store.OrganizationsNamed(ctx, text)
	if err != nil {
		return Target{}, err
	}
	if len(all) > 0 {
		return Target{TargetOrganization, all[0].Key}, nil
	}
	nothing := &broadsheet.Error{Kind: broadsheet.NotFound, Text: "nothing here goes by that name",
		Fix: "write an arXiv id, an address, a date, a category, an author's whole name or an organisation's handle"}
	key := broadsheet.AuthorKey(text)
	if key == "" {
		return Target{}, nothing
	}
	switch _, err := a.store.AuthorName(ctx, key); broadsheet.KindOf(err) {
	case broadsheet.NotFound:
		return Target{}, nothing
	default:
		if err != nil {
			return Target{}, err
		}
	}
	return Target{TargetAuthor, key}, nil
}

// NearestDay is the day with papers nearest to day that is not in the future,
// "" on a site without papers.
func (a *App) NearestDay(ctx context.Context, day broadsheet.Day) (broadsheet.Day, error) {
	today := a.Today()
	if day > today {
		return a.store.LatestDay(ctx, today)
	}
	before, after, err := a.store.Neighbors(ctx, day)
	if after > today {
		after = ""
	}
	if before == "" || after != "" && after.Time().Sub(day.Time()) < day.Time().Sub(before.Time()) {
		return after, err
	}
	return before, err
}
