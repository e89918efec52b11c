package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"broadsheet"
)

// Values of the field rhythm.
const (
	rhythmDaily    = "daily"
	rhythmWorkdays = "workdays"
	rhythmWeekly   = "weekly" // on the day of the field weekday
	rhythmDays     = "days"   // on the days of the fields day
	rhythmComes    = "comes"
)

const defaultHour = 8

// wishForm is what a form about a subscription shows: what was typed, also
// where it cannot be.
type wishForm struct {
	ID      string // before the ids of its elements, where a page has several
	Rhythm  string
	Days    [7]bool // chosen one by one, Monday first
	Weekday int     // of a weekly edition, Monday is 0
	Hour    string
	Zone    string
	Max     string
	Minimum string
	Empty   bool
	Fresh   bool // the script may set the reader's time zone
	Field   string
	Problem string
}

// Wrong says what is wrong with a field, "" where nothing is.
func (f wishForm) Wrong(field string) string {
	if f.Field != field {
		return ""
	}
	return f.Problem
}

// fail notes what is wrong; false where err is not about what was typed.
func (f *wishForm) fail(err error) bool {
	var e *broadsheet.Error
	if !errors.As(err, &e) || e.Kind != broadsheet.Invalid && e.Kind != broadsheet.Limited || e.Kind == broadsheet.Invalid && e.Field == "" {
		return false
	}
	f.Field, f.Problem = e.Field, sentence(e.Text)
	if f.Field == "address" && strings.HasPrefix(e.Text, "is ") || f.Field == "address" && strings.HasPrefix(e.Text, "holds ") {
		f.Problem = "The address " + e.Text + "."
	}
	if e.Fix != "" {
		f.Problem += " " + sentence(e.Fix)
	}
	return true
}

// Label names the field that is wrong, as the form does.
func (f wishForm) Label() string {
	names := map[string]string{"address": "Address", "days": "How often", "rhythm": "How often", "weekday": "How often", "hour": "Hour", "zone": "Time zone",
		"max": "Papers at most", "minimum": "Votes at least", "topic": "What"}
	return names[f.Field]
}

// Weekdays, Hours and Groups are what the form's choices hold.
func (wishForm) Weekdays() []string {
	return []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
}

func (wishForm) Hours() []string {
	out := make([]string, 24)
	for i := range out {
		out[i] = strconv.Itoa(i)
	}
	return out
}

func (wishForm) Groups() []zoneGroup { return zoneGroups }

// Listed tells whether the zone is one of the Groups.
func (f wishForm) Listed() bool {
	for _, g := range zoneGroups {
		for _, z := range g.Zones {
			if z == f.Zone {
				return true
			}
		}
	}
	return false
}

// newWish is the form of a subscription that is not there yet.
func (w *Web) newWish() wishForm {
	return wishForm{Rhythm: rhythmDaily, Hour: strconv.Itoa(defaultHour), Zone: w.zone(), Max: strconv.Itoa(broadsheet.DefaultEdition), Minimum: "0", Fresh: true}
}

// zone is the site's time zone, of readers who name none.
func (w *Web) zone() string {
	if name := w.app.Now().Location().String(); name != "" && name != "Local" {
		return name
	}
	return "UTC"
}

// formOf shows a wish.
func formOf(x *broadsheet.Wish) wishForm {
	f := wishForm{Rhythm: rhythmDays, Hour: strconv.Itoa(x.Rhythm.Hour), Zone: x.Rhythm.Zone.String(), Max: strconv.Itoa(x.MaxPapers), Minimum: strconv.Itoa(x.MinScore), Empty: x.SendEmpty}
	days := 0
	for i := range f.Days {
		if f.Days[i] = x.Rhythm.Days>>i&1 == 1; f.Days[i] {
			days, f.Weekday = days+1, i
		}
	}
	switch {
	case x.Rhythm.AsItComes:
		f.Rhythm = rhythmComes
	case x.Rhythm.Days == broadsheet.EveryDay:
		f.Rhythm = rhythmDaily
	case x.Rhythm.Days == broadsheet.Workdays:
		f.Rhythm = rhythmWorkdays
	case days == 1:
		f.Rhythm = rhythmWeekly
	}
	if f.Rhythm != rhythmWeekly {
		f.Weekday = 0
	}
	if f.Rhythm != rhythmDays {
		f.Days = [7]bool{}
	}
	return f
}

// typed is the form as it was sent; what was not sent is as in def.
func typed(v url.Values, def wishForm) wishForm {
	field := func(name, old string) string { return clip(cmp.Or(strings.TrimSpace(v.Get(name)), old), 100) }
	f := wishForm{ID: def.ID, Rhythm: field("rhythm", def.Rhythm), Hour: field("hour", def.Hour), Zone: field("zone", def.Zone),
		Max: field("max", def.Max), Minimum: field("minimum", def.Minimum), Empty: v.Get("empty") == "1", Weekday: def.Weekday}
	if !v.Has("rhythm") {
		f.Days = def.Days
	}
	for _, d := range v["day"] {
		if n, err := strconv.Atoi(d); err == nil && n >= 0 && n < len(f.Days) {
			f.Days[n] = true
		}
	}
	if n, err := strconv.Atoi(v.Get("weekday")); err == nil && n >= 0 && n < len(f.Days) {
		f.Weekday = n
	}
	return f
}

// wish is what the form asks for, of a topic.
func (f wishForm) wish(t broadsheet.Topic) (x broadsheet.Wish, err error) {
	x = broadsheet.Wish{Topic: t, SendEmpty: f.Empty}
	switch f.Rhythm {
	case rhythmDaily:
		x.Rhythm.Days = broadsheet.EveryDay
	case rhythmComes:
		x.Rhythm.Days, x.Rhythm.AsItComes = broadsheet.EveryDay, true
	case rhythmWorkdays:
		x.Rhythm.Days = broadsheet.Workdays
	case rhythmWeekly:
		x.Rhythm.Days = 1 << f.Weekday
	case rhythmDays:
		for i, on := range f.Days {
			if on {
				x.Rhythm.Days |= 1 << i
			}
		}
	default:
		return x, broadsheet.InvalidField("rhythm", fmt.Sprintf("%.40q is not a rhythm", f.Rhythm), "choose one")
	}
	if x.Rhythm.Zone, err = parseZone(f.Zone); err != nil {
		return x, err
	}
	for _, n := range []struct {
		field, text string
		to          *int
	}{{"hour", f.Hour, &x.Rhythm.Hour}, {"max", f.Max, &x.MaxPapers}, {"minimum", f.Minimum, &x.MinScore}} {
		if *n.to, err = strconv.Atoi(n.text); err != nil {
			return x, broadsheet.InvalidField(n.field, fmt.Sprintf("%.40q is not a number", n.text), "write a whole number")
		}
	}
	return x, x.Check()
}

// rhythmWords says when editions are due: "every day at 08:00, Berlin time".
func rhythmWords(r broadsheet.Rhythm) string {
	if r.AsItComes {
		return "as it comes, at most once an hour"
	}
	var days []string
	for d := time.Monday; d <= time.Saturday+1; d++ {
		if day := d % 7; r.Days.Has(day) {
			days = append(days, day.String())
		}
	}
	when := "every day"
	switch {
	case r.Days == broadsheet.Workdays:
		when = "Monday to Friday"
	case len(days) == 1:
		when = "every " + days[0]
	case len(days) < 7:
		when = strings.Join(days[:len(days)-1], ", ") + " and " + days[len(days)-1]
	}
	clock := zoneName(r.Zone.String()) + " time"
	if r.Zone.String() == "UTC" {
		clock = "UTC"
	}
	return fmt.Sprintf("%s at %02d:00, %s", when, r.Hour, clock)
}
