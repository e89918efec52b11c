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
	// Problems are all that is wrong with what was typed, from the top of the form
	// downwards.
	Problems []problem
}

// problem is what is wrong with a field; Field is "" where it is none in particular.
type problem struct{ Field, Label, Text string }

// Wrong says what is wrong with a field, "" where nothing is.
func (f wishForm) Wrong(field string) string {
	for _, p := range f.Problems {
		if p.Field == field {
			return p.Text
		}
	}
	return ""
}

// fail notes what is wrong, all of it: nobody wants to be told of one mistake after
// the other. It is false where an error is not about what was typed.
func (f *wishForm) fail(errs ...error) bool {
	for _, err := range errs {
		var e *broadsheet.Error
		if !errors.As(err, &e) || e.Kind != broadsheet.Invalid && e.Kind != broadsheet.Limited || e.Kind == broadsheet.Invalid && e.Field == "" {
			return false
		}
		p := problem{Field: e.Field, Text: sentence(e.Text)}
		if p.Field == "days" || p.Field == "weekday" {
			p.Field = "rhythm" // whose choice they are part of
		}
		p.Label = fieldLabels[p.Field]
		if p.Field == "address" && (strings.HasPrefix(e.Text, "is ") || strings.HasPrefix(e.Text, "holds ")) {
			p.Text = "The address " + e.Text + "."
		}
		if e.Fix != "" {
			p.Text += " " + sentence(e.Fix)
		}
		f.Problems = append(f.Problems, p)
	}
	return true
}

// fieldLabels name fields as the form does.
var fieldLabels = map[string]string{"address": "Address", "rhythm": "How often", "hour": "Hour", "zone": "Time zone", "max": "Papers at most", "minimum": "Votes at least", "topic": "What"}

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

// rhythm chooses the rhythm that a link suggests, where it does.
func (f *wishForm) rhythm(suggested string) {
	switch suggested {
	case rhythmDaily, rhythmWorkdays, rhythmWeekly, rhythmComes:
		f.Rhythm = suggested
	}
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

// wish is what the form asks for, of a topic, and all that cannot be.
func (f wishForm) wish(t broadsheet.Topic) (x broadsheet.Wish, errs []error) {
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
		if x.Rhythm.Days == 0 {
			errs = append(errs, broadsheet.InvalidField("rhythm", "no day of the week is chosen", "choose at least one"))
		}
	default:
		errs = append(errs, broadsheet.InvalidField("rhythm", fmt.Sprintf("%.40q is not a rhythm", f.Rhythm), "choose one"))
	}
	number := func(field, text string, to *int, alone func(n int) broadsheet.Wish) {
		n, err := strconv.Atoi(text)
		if err != nil {
			err = broadsheet.InvalidField(field, fmt.Sprintf("%.40q is not a number", text), "write a whole number")
		} else { // in a wish where all else can be
			probe := alone(n)
			err = probe.Check()
		}
		if err != nil {
			errs = append(errs, err)
		}
		*to = n
	}
	good := broadsheet.Wish{Topic: t, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Zone: time.UTC}, MaxPapers: broadsheet.DefaultEdition}
	number("hour", f.Hour, &x.Rhythm.Hour, func(n int) broadsheet.Wish { w := good; w.Rhythm.Hour = n; return w })
	zone, err := parseZone(f.Zone)
	if x.Rhythm.Zone = zone; err != nil {
		errs = append(errs, err)
	}
	number("max", f.Max, &x.MaxPapers, func(n int) broadsheet.Wish { w := good; w.MaxPapers = n; return w })
	number("minimum", f.Minimum, &x.MinScore, func(n int) broadsheet.Wish { w := good; w.MinScore = n; return w })
	return x, errs
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
