package web

import (
	"net/http"
	"net/url"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"
)

// Paths of subscriptions.
const (
	subscribePath   = "/subscribe"
	sentPath        = "/subscribe/sent"
	preferencesPath = "/preferences"
	linkSentPath    = "/preferences/sent"
)

// maxForm is the most bytes of a form about subscriptions: a topic and an
// address, percent-encoded, are a fifth of it.
const maxForm = 16 << 10

// subscribePage is the form by which papers are ordered by mail.
type subscribePage struct {
	Frame   frame
	Topic   string // canonical
	Name    string // in words
	Other   bool   // the topic is not the site's own
	Address string
	Wish    wishForm
}

// mailPath leads to the form for a topic, "" where there can be no subscription.
func (w *Web) mailPath(kind broadsheet.TopicKind, key string) string {
	if !w.app.Subscribes() {
		return ""
	}
	t, err := broadsheet.ParseTopic(broadsheet.Topic{Kind: kind, Key: key}.String())
	if err != nil {
		return ""
	}
	return topicForm(t)
}

// mailOf leads to the form for a list. Of a list by time, narrowed to a category,
// it is the category.
func (w *Web) mailOf(l *app.Listing) string {
	path := w.mailOfTopic(l)
	if l.List.Kind == broadsheet.ListWeek || l.List.Kind == broadsheet.ListMonth {
		return weekly(path)
	}
	return path
}

func (w *Web) mailOfTopic(l *app.Listing) string {
	switch kind := l.List.Kind; {
	case kind == broadsheet.ListCategory:
		return w.mailPath(broadsheet.TopicCategories, l.List.Key)
	case kind == broadsheet.ListAuthor, kind == broadsheet.ListOrganization, kind == broadsheet.ListKeyword, kind == broadsheet.ListSubmitter:
		return w.mailPath(broadsheet.TopicList, string(kind)+":"+l.List.Key)
	case l.View.Category != "":
		return w.mailPath(broadsheet.TopicCategories, l.View.Category)
	}
	return w.mailPath(broadsheet.TopicHot, "")
}

// weekly is a path to the form that suggests one edition a week, as who reads a
// week or a month at a time may want it.
func weekly(path string) string {
	if path == "" {
		return ""
	}
	join := "?"
	if strings.Contains(path, "?") {
		join = "&"
	}
	return path + join + url.Values{"rhythm": {rhythmWeekly}}.Encode()
}

// subscribe shows the form.
func (w *Web) subscribe(rw http.ResponseWriter, r *http.Request) error {
	p, _, err := w.ordering(r, r.URL.Query().Get("topic"))
	if err != nil {
		return err
	}
	p.Wish = w.newWish()
	p.Wish.rhythm(r.URL.Query().Get("rhythm"))
	return w.render(rw, "subscribe.html", p)
}

// ordering is the page for a topic, "" the site's own.
func (w *Web) ordering(r *http.Request, topic string) (p subscribePage, t broadsheet.Topic, err error) {
	if topic == "" {
		topic = string(broadsheet.TopicHot)
	}
	if t, err = broadsheet.ParseTopic(topic); err != nil {
		return p, t, err
	}
	p = subscribePage{Topic: t.String(), Other: t.Kind != broadsheet.TopicHot}
	if p.Name, err = w.app.TopicName(r.Context(), t); err != nil {
		return p, t, err
	}
	p.Frame = w.frame("By mail: "+p.Name, "Papers of "+w.name+" by mail, in the rhythm that you choose.", subscribePath)
	p.Frame.Here, p.Frame.NoIndex = "mail", p.Other
	return p, t, nil
}

// order takes the form. What follows is the same page for every address that can
// be one, whatever is known of it.
func (w *Web) order(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	v := r.PostForm
	p, t, err := w.ordering(r, v.Get("topic"))
	if err != nil {
		return err
	}
	p.Address, p.Wish = clip(strings.TrimSpace(v.Get("address")), 2*broadsheet.MaxAddress), typed(v, w.newWish())
	x := app.Application{Address: v.Get("address"), Client: httpkit.Client(r), Trap: v.Get("website")}
	_, err = w.app.CheckAddress(x.Address)
	wish, wrong := p.Wish.wish(t)
	if err != nil {
		wrong = append([]error{err}, wrong...)
	}
	if x.Wish = wish; len(wrong) == 0 {
		if err = w.app.Subscribe(r.Context(), x); err == nil {
			return httpkit.Redirect(rw, r, sentPath, http.StatusSeeOther)
		}
		wrong = []error{err}
	}
	if err = wrong[0]; !p.Wish.fail(wrong...) {
		return err
	}
	p.Frame.Title, p.Frame.NoIndex = "Error: "+p.Frame.Title, true
	refused(rw, err)
	return w.render(rw, "subscribe.html", p)
}

// formError is what a body that is no form is.
func formError(err error) error {
	if status := httpkit.Status(err); status != http.StatusInternalServerError {
		return err
	}
	return &broadsheet.Error{Kind: broadsheet.Invalid, Text: "the form does not read", Fix: "open the page again and send it once more"}
}

// refused is the head of a form that is shown again.
func refused(rw http.ResponseWriter, err error) {
	code := httpkit.Status(err)
	if code == http.StatusTooManyRequests {
		rw.Header().Set("Retry-After", "3600")
	}
	rw.WriteHeader(code)
}

func (w *Web) sent(rw http.ResponseWriter, _ *http.Request) error {
	return w.notice(rw, noticePage{Kind: "By mail", Heading: "Look into your mailbox",
		Lines: []string{"If this address can be written to, a mail is on its way. Its link starts the subscription, and holds for two days.",
			"Nothing else is sent before you follow it. No mail after some minutes? Look where your mailbox keeps what it takes for spam."},
		Links: []choice{{Name: "Back to the papers", Path: "/papers"}}})
}
