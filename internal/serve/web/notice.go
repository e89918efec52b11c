package web

import (
	"errors"
	"net/http"

	"broadsheet"
	"broadsheet/internal/serve/httpkit"
)

// noticePage says one thing, and may have a button that does one.
type noticePage struct {
	Frame   frame
	Kind    string
	Heading string
	Lines   []string // the first stands large
	Action  string   // path to which the button posts, "" for no button
	Button  string
	Links   []choice
}

// aside is the frame of a page that is for one reader, or of no use to anybody
// who searches: without an address of its own, and not to be found.
func (w *Web) aside(title string) frame {
	f := w.frame(title, "", "")
	f.NoIndex, f.Canonical = true, ""
	return f
}

func (w *Web) notice(rw http.ResponseWriter, p noticePage) error {
	if p.Frame.Title == "" {
		p.Frame = w.aside(p.Heading)
	}
	return w.render(rw, "notice.html", p)
}

// lapsed shows a link that does not hold any more, and where another is to be
// had. Other errors are given back.
func (w *Web) lapsed(rw http.ResponseWriter, err error, again choice) error {
	var e *broadsheet.Error
	if !errors.As(err, &e) || e.Kind != broadsheet.Denied && e.Kind != broadsheet.NotFound {
		return err
	}
	p := noticePage{Kind: "By mail", Heading: "This link does not work", Lines: []string{sentence(e.Text)}, Links: []choice{again}}
	if e.Fix != "" {
		p.Lines = append(p.Lines, sentence(e.Fix))
	}
	rw.WriteHeader(httpkit.Status(err))
	return w.notice(rw, p)
}

// byMail keeps the pages of subscriptions from a site that sends no mail.
func (w *Web) byMail(handle httpkit.HandlerFunc) httpkit.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) error {
		if !w.app.Subscribes() {
			return &broadsheet.Error{Kind: broadsheet.NotFound, Text: "this site sends no mail", Fix: "read its feeds"}
		}
		return handle(rw, r)
	}
}
