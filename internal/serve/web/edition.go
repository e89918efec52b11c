package web

import (
	"net/http"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
)

// editionPage is an edition of a subscription as a page.
type editionPage struct {
	Frame   frame
	Heading string
	When    string
	Stamp   string // the same for programs
	Count   string
	Cards   []card
	List    *choice // the list or search that it was made from
}

// edition shows what was sent to those who subscribe to a topic. It names none
// of them: everybody's edition has the same address.
func (w *Web) edition(rw http.ResponseWriter, r *http.Request) error {
	e, err := w.app.Edition(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	at := e.ComposedAt.In(w.app.Now().Location())
	p := editionPage{Frame: w.aside(e.Title), Heading: e.Title, When: at.Format("Monday, 2 January 2006, 15:04 MST"), Stamp: at.Format("2006-01-02T15:04:05Z07:00"),
		Count: plural(len(e.Papers), "paper"), List: topicPage(e.Topic)}
	p.Frame.Mail = w.mailPath(e.Topic.Kind, e.Topic.Key)
	p.Cards = w.cards(&app.Listing{Page: broadsheet.Page{Papers: e.Papers}, Pictures: e.Pictures}, w.app.Now())
	return w.render(rw, "edition.html", p)
}

// topicPage is the page of all that a topic is about, nil where there is none.
func topicPage(t broadsheet.Topic) *choice {
	switch t.Kind {
	case broadsheet.TopicHot:
		return &choice{Name: "Hot papers now", Path: address.Hot}
	case broadsheet.TopicSearch:
		return &choice{Name: "Search now", Path: searchLink{text: t.Key}.path("")}
	case broadsheet.TopicList:
		kind, key, _ := strings.Cut(t.Key, ":")
		return &choice{Name: "The whole list", Path: address.List(broadsheet.ListKind(kind), key)}
	case broadsheet.TopicCategories:
		if broadsheet.IsCategory(t.Key) { // one alone
			return &choice{Name: "The whole list", Path: address.List(broadsheet.ListCategory, t.Key)}
		}
	}
	return nil
}
