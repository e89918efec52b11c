package web

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
)

// archivePage is a year as a calendar.
type archivePage struct {
	Frame    frame
	Year     int
	Years    []choice
	Summary  string
	Months   []archiveMonth
	Weekdays []weekday
}

type weekday struct{ Short, Name string }

var weekdays = []weekday{{"M", "Monday"}, {"T", "Tuesday"}, {"W", "Wednesday"}, {"T", "Thursday"}, {"F", "Friday"}, {"S", "Saturday"}, {"S", "Sunday"}}

type archiveMonth struct {
	Name, Path string
	Papers     int
	Weeks      []archiveWeek
}

type archiveWeek struct {
	Label, Path string
	Days        []archiveDay
}

// archiveDay is a cell of the calendar; empty where it is of another month.
type archiveDay struct {
	Number int
	Path   string
	Papers int
	Shade  int    // 0 to 5
	Label  string // "Tuesday, 30 June 2026: 51 papers"
}

func (w *Web) archive(rw http.ResponseWriter, r *http.Request) error {
	year := 0
	if text := r.PathValue("year"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || len(text) != 4 || n < 1900 {
			return broadsheet.InvalidField("year", fmt.Sprintf("%.40q is not a year", text), "write four digits, as 2026")
		}
		year = n
	}
	a, err := w.app.Archive(r.Context(), year)
	if err != nil {
		return err
	}
	summary := fmt.Sprintf("%s on %s", plural(a.Papers, "paper"), plural(a.Days, "day"))
	f := w.frame(fmt.Sprintf("Archive %d", a.Year), fmt.Sprintf("The calendar of %d on %s: %s.", a.Year, w.name, summary), address.Year(a.Year))
	f.Here = "archive"
	if a.Year > a.First {
		f.Prev = address.Year(a.Year - 1)
	}
	if a.Year < a.Last {
		f.Next = address.Year(a.Year + 1)
	}
	page := archivePage{Frame: f, Year: a.Year, Summary: summary, Weekdays: weekdays}
	for y := a.Last; y >= a.First; y-- {
		page.Years = append(page.Years, choice{Name: strconv.Itoa(y), Path: address.Year(y), Here: y == a.Year})
	}
	for _, m := range a.Months {
		page.Months = append(page.Months, calendar(m, a.Most))
	}
	return w.render(rw, "archive.html", page)
}

func calendar(m app.ArchiveMonth, most int) archiveMonth {
	out := archiveMonth{Name: m.Month.First().Time().Format("January"), Papers: m.Papers}
	if m.Papers > 0 {
		out.Path = address.List(broadsheet.ListMonth, string(m.Month))
	}
	for _, week := range m.Weeks {
		row := archiveWeek{Label: strings.TrimPrefix(string(week.Week[6:]), "0")}
		for _, d := range week.Days {
			cell := archiveDay{}
			if d.Day != "" {
				cell.Number = d.Day.Time().Day()
			}
			if d.Papers > 0 {
				cell.Path, cell.Papers, cell.Shade = address.List(broadsheet.ListDay, string(d.Day)), d.Papers, shade(d.Papers, most)
				cell.Label = longDay(d.Day) + ": " + plural(d.Papers, "paper")
				row.Path = address.List(broadsheet.ListWeek, string(week.Week))
			}
			row.Days = append(row.Days, cell)
		}
		out.Weeks = append(out.Weeks, row)
	}
	return out
}

// shade is how dark a day is, 1 to 5. The root keeps an ordinary day apart from
// a quiet one where a single day is far fuller than the rest.
func shade(n, most int) int {
	if n <= 0 || most <= 0 {
		return 0
	}
	return 1 + int(math.Min(4, 5*math.Sqrt(float64(n)/float64(most))-1e-9))
}

// categoriesPage is all categories with papers, by archive.
type categoriesPage struct {
	Frame    frame
	Archives []archiveGroup
}

type archiveGroup struct {
	Code, Name, Path string
	Papers           int
	Categories       []categoryCount
}

type categoryCount struct {
	Code, Name, Path string
	Papers           int
}

func (w *Web) categories(rw http.ResponseWriter, r *http.Request) error {
	counts, err := w.app.Categories(r.Context())
	if err != nil {
		return err
	}
	f := w.frame("Categories", "All categories with papers on "+w.name+", by archive.", "/categories")
	f.Here = "categories"
	return w.render(rw, "categories.html", categoriesPage{Frame: f, Archives: byArchive(counts)})
}

// byArchive groups counts of categories and archives; both come most first.
func byArchive(counts []broadsheet.Count) []archiveGroup {
	var groups []archiveGroup
	at := map[string]int{}
	for _, c := range counts {
		archive := app.CategoryArchive(c.Name)
		i, ok := at[archive]
		if !ok {
			i = len(groups)
			at[archive] = i
			groups = append(groups, archiveGroup{Code: archive, Name: app.CategoryName(archive), Path: address.List(broadsheet.ListCategory, archive)})
		}
		if c.Name == archive {
			groups[i].Papers = c.Count
			continue
		}
		groups[i].Categories = append(groups[i].Categories, categoryCount{Code: c.Name, Name: app.CategoryName(c.Name), Path: address.List(broadsheet.ListCategory, c.Name), Papers: c.Count})
	}
	return groups
}

// orgsPage is the organisations with the most papers.
type orgsPage struct {
	Frame frame
	Orgs  []categoryCount
	New   string // path of the form that adds one, "" for who may not
}

func (w *Web) organizations(rw http.ResponseWriter, r *http.Request) error {
	counts, err := w.app.Organizations(r.Context())
	if err != nil {
		return err
	}
	f := w.frame("Organisations", "The labs, companies and groups with the most papers on "+w.name+".", "/orgs")
	f.Here = "orgs"
	page := orgsPage{Frame: f}
	if app.Allowed(app.ActorOf(r.Context()), app.RightCurate) == nil {
		page.New = newOrgPath
	}
	for _, c := range counts {
		page.Orgs = append(page.Orgs, categoryCount{Code: c.Name, Name: c.Label, Path: address.List(broadsheet.ListOrganization, c.Name), Papers: c.Count})
	}
	return w.render(rw, "orgs.html", page)
}

// aboutPage says what the site is and how it ranks.
type aboutPage struct {
	Frame         frame
	HalfDay       string // the age that a factor of ten in votes outweighs
	SpanSeconds   int
	CommentWeight int
}

// about reads the constants of the ranking off the formula itself, so that the
// page cannot say anything else.
func (w *Web) about(rw http.ResponseWriter, r *http.Request) error {
	f := w.frame("About", "What "+w.name+" is, where its papers come from and how they are ranked.", "/about")
	f.Here = "about"
	span := math.Round(1 / (broadsheet.Hot(0, 0, time.Unix(2, 0)) - broadsheet.Hot(0, 0, time.Unix(1, 0))))
	return w.render(rw, "about.html", aboutPage{Frame: f, SpanSeconds: int(span), HalfDay: fmt.Sprintf("%.1f hours", span/3600),
		CommentWeight: int(math.Round(math.Pow(10, broadsheet.Hot(0, 1, time.Time{}))))})
}
