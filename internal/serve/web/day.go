package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

// front shows the newest day, or leads to the day, week or month that the
// parameters of the service that this one stands in for name.
func (w *Web) front(rw http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	for _, name := range []string{"date", "week", "month"} {
		if text := q.Get(name); text != "" {
			return w.elsewhere(rw, r, name, text)
		}
	}
	return w.showDay(rw, r, true, w.app.Front)
}

// elsewhere redirects /papers?date=2026-6-3 to the page of the day.
func (w *Web) elsewhere(rw http.ResponseWriter, r *http.Request, name, text string) error {
	var path string
	switch name {
	case "date":
		if text == "today" {
			text = string(w.app.Today())
		}
		day, ok, err := address.Day(text)
		if !ok {
			day, err = broadsheet.ParseDay(text)
		}
		if err != nil {
			return err
		}
		path = address.List(broadsheet.ListDay, string(day))
	case "week":
		week, err := broadsheet.ParseWeek(text)
		if err != nil {
			return err
		}
		path = address.List(broadsheet.ListWeek, string(week))
	case "month":
		month, err := broadsheet.ParseMonth(text)
		if err != nil {
			return err
		}
		path = address.List(broadsheet.ListMonth, string(month))
	}
	keep := r.URL.Query()
	keep.Del(name)
	if len(keep) > 0 {
		path += "?" + keep.Encode()
	}
	return httpkit.Redirect(rw, r, path, http.StatusFound)
}

// paperOrDay shows what stands after /papers/: a day or a paper's id.
func (w *Web) paperOrDay(rw http.ResponseWriter, r *http.Request) error {
	text := r.PathValue("id")
	day, ok, err := address.Day(text)
	if t, dated := w.app.Dated(text); !ok && dated && t.Kind != app.TargetYear { // four digits begin an id
		return w.spelt(rw, r, t)
	}
	if !ok {
		return w.paper(rw, r)
	}
	if err != nil {
		return err
	}
	if string(day) != text {
		return httpkit.Redirect(rw, r, address.List(broadsheet.ListDay, string(day)), http.StatusPermanentRedirect)
	}
	return w.showDay(rw, r, false, func(ctx context.Context, v app.View) (*app.Listing, error) { return w.app.Day(ctx, day, v) })
}

// spelt leads from an address that somebody guessed (/papers/2026-04, /papers/today)
// to the page that is meant.
func (w *Web) spelt(rw http.ResponseWriter, r *http.Request, t app.Target) error {
	code := http.StatusPermanentRedirect
	switch r.PathValue("id") {
	case "today", "yesterday":
		code = http.StatusFound
	}
	path := address.Target(t)
	if r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	return httpkit.Redirect(rw, r, path, code)
}

func (w *Web) showDay(rw http.ResponseWriter, r *http.Request, front bool, read func(context.Context, app.View) (*app.Listing, error)) error {
	v, err := address.View(r.URL.Query())
	if err != nil {
		return err
	}
	which, err := one(r, "list", "announced")
	if err != nil {
		return err
	}
	props, err := one(r, "props", "1")
	if err != nil {
		return err
	}
	l, err := read(r.Context(), v)
	if err != nil {
		return err
	}
	link := viewLink{path: address.List(broadsheet.ListDay, string(l.From)), def: app.DefaultSort(broadsheet.ListDay)}
	if front {
		link.feed = address.Front
	}
	if which != "" {
		if l, err = w.app.Announced(r.Context(), l.From, v); err != nil {
			return err
		}
		link.announced, link.def = true, app.DefaultSort(broadsheet.ListAnnounced)
	}
	day := l.From
	p := w.span(l, longDay(day), link)
	p.Frame.Here, p.Frame.Front, p.Frame.Card = "day", true, w.canonical(address.DayCard(day))
	p.Frame.Week, p.Frame.Month = address.List(broadsheet.ListWeek, string(day.Week())), address.List(broadsheet.ListMonth, string(day.Month()))
	if front {
		p.Frame.Title, p.Frame.Banner = "Daily papers", p.Frame.Letters
	}
	p.Other = otherList(l)
	p.Empty = w.emptyDay(l, p.Empty)
	also, err := w.app.AlsoAnnounced(r.Context(), l)
	if err != nil {
		return err
	}
	if also != nil {
		p.Briefs, p.BriefsOf = w.cards(also, w.app.Now()), "Also announced this day"
		if also.From != l.From {
			p.BriefsOf = "Announced on " + longDay(also.From)
			p.Other = &choice{Name: fmt.Sprintf("All %s announced on %s", number(also.Counts.Announced), spanLabel(broadsheet.ListDay, string(also.From))), Path: announcedPath(also.From)}
		}
	}
	if props != "" {
		if p.Props, err = w.props(r.Context(), l); err != nil {
			return err
		}
	}
	return w.render(rw, "list.html", p)
}

// otherList leads from what people chose on a day to all that was announced, and back.
func otherList(l *app.Listing) *choice {
	c := l.Counts
	switch {
	case c.Featured == 0 || c.Announced == 0:
		return nil
	case l.List.Kind == broadsheet.ListAnnounced:
		return &choice{Name: fmt.Sprintf("Only the %s chosen by readers", number(c.Featured)), Path: address.List(broadsheet.ListDay, string(l.From))}
	}
	return &choice{Name: fmt.Sprintf("All %s announced this day", number(c.Announced)), Path: announcedPath(l.From)}
}

func announcedPath(day broadsheet.Day) string {
	return address.List(broadsheet.ListDay, string(day)) + "?list=announced"
}

func (w *Web) emptyDay(l *app.Listing, text string) string {
	switch today := w.app.Today(); {
	case text == "" || l.View.Category != "" || l.View.HasCode:
		return text
	case l.From > today:
		return "This day has not come yet."
	case l.From == today:
		return "Today’s papers are not here yet."
	}
	return "Nothing is stored for this day."
}

// span shows a list by time.
func (w *Web) span(l *app.Listing, heading string, link viewLink) listPage {
	f := w.frame(heading, "", link.path)
	if link.announced {
		f.Canonical = w.canonical(link.path + "?list=announced")
	}
	p := w.listed(l, f, link)
	if l.List.Kind != broadsheet.ListHot {
		p.Frame.Feeds.beside(link.feed != "")
	}
	p.Heading = heading
	p.How = "announced at their sources"
	switch {
	case l.Total == 0:
		p.How = ""
	case l.Sample:
		p.How = "in the sample edition, shown until papers come in"
	case l.Featured:
		p.How = "chosen by readers"
	}
	p.Frame.Description = heading + ": " + strings.TrimSpace(p.Count+" "+p.How) + "."
	w.split(&p, l)
	if p.Lead != nil {
		p.Frame.Description = clip(fmt.Sprintf("%s: %s, first “%s”.", heading, p.Count, plain(l.Papers[0].Title)), 300)
	}
	kind := l.List.Kind
	if kind == broadsheet.ListAnnounced {
		kind = broadsheet.ListDay // of the neighbouring day too the chosen papers come first
	}
	if l.Prev != "" {
		p.Frame.Prev, p.PrevName = address.List(kind, l.Prev), spanLabel(l.List.Kind, l.Prev)
	}
	if l.Next != "" {
		p.Frame.Next, p.NextName = address.List(kind, l.Next), spanLabel(l.List.Kind, l.Next)
	}
	return p
}

// spanLabel names a neighbouring day, week or month in few letters.
func spanLabel(kind broadsheet.ListKind, key string) string {
	switch kind {
	case broadsheet.ListWeek:
		return "Week " + strings.TrimPrefix(key[len(key)-2:], "0")
	case broadsheet.ListMonth:
		return broadsheet.Month(key).First().Time().Format("January 2006")
	}
	return broadsheet.Day(key).Time().Format("Mon 2 Jan")
}

func (w *Web) week(rw http.ResponseWriter, r *http.Request) error {
	text := r.PathValue("week")
	week, err := broadsheet.ParseWeek(text)
	if t, ok := w.app.Dated(text); err != nil && ok && t.Kind == app.TargetWeek {
		return w.spelt(rw, r, t)
	}
	if err != nil {
		return err
	}
	v, err := address.View(r.URL.Query())
	if err != nil {
		return err
	}
	l, err := w.app.Week(r.Context(), week, v)
	if err != nil {
		return err
	}
	p := w.span(l, spanLabel(broadsheet.ListWeek, string(week))+", "+spanName(week.First(), week.Last()), viewLink{path: address.List(broadsheet.ListWeek, string(week)), def: app.DefaultSort(broadsheet.ListWeek)})
	p.Frame.Here, p.Frame.Front = "week", true
	p.Frame.Week, p.Frame.Month = address.List(broadsheet.ListWeek, string(week)), address.List(broadsheet.ListMonth, string(week.First().Month()))
	return w.render(rw, "list.html", p)
}

func (w *Web) month(rw http.ResponseWriter, r *http.Request) error {
	text := r.PathValue("month")
	month, err := broadsheet.ParseMonth(text)
	if t, ok := w.app.Dated(text); err != nil && ok && t.Kind == app.TargetMonth {
		return w.spelt(rw, r, t)
	}
	if err != nil {
		return err
	}
	v, err := address.View(r.URL.Query())
	if err != nil {
		return err
	}
	l, err := w.app.Month(r.Context(), month, v)
	if err != nil {
		return err
	}
	p := w.span(l, month.First().Time().Format("January 2006"), viewLink{path: address.List(broadsheet.ListMonth, string(month)), def: app.DefaultSort(broadsheet.ListMonth)})
	p.Frame.Here, p.Frame.Front = "month", true
	p.Frame.Month = address.List(broadsheet.ListMonth, string(month))
	return w.render(rw, "list.html", p)
}

// hot shows what readers look at now.
func (w *Web) hot(rw http.ResponseWriter, r *http.Request) error {
	v, err := address.View(r.URL.Query())
	if err != nil {
		return err
	}
	l, err := w.app.Hot(r.Context(), v)
	if err != nil {
		return err
	}
	p := w.span(l, "Hot papers", viewLink{path: address.Hot, def: app.DefaultSort(broadsheet.ListHot)})
	p.Sub = "of " + spanName(l.From, l.To)
	p.Frame.Here = "hot"
	return w.render(rw, "list.html", p)
}

// latestWeek and latestMonth lead to those of the newest day with papers.
func (w *Web) latestWeek(rw http.ResponseWriter, r *http.Request) error {
	l, err := w.app.Front(r.Context(), app.View{Limit: 1})
	if err != nil {
		return err
	}
	return httpkit.Redirect(rw, r, address.List(broadsheet.ListWeek, string(l.From.Week())), http.StatusFound)
}

func (w *Web) latestMonth(rw http.ResponseWriter, r *http.Request) error {
	l, err := w.app.Front(r.Context(), app.View{Limit: 1})
	if err != nil {
		return err
	}
	return httpkit.Redirect(rw, r, address.List(broadsheet.ListMonth, string(l.From.Month())), http.StatusFound)
}
