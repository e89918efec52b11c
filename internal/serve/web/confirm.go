package web

import (
	"context"
	"net/http"
	"net/url"

	"broadsheet"
	"broadsheet/internal/serve/httpkit"
)

// subscribeAgain is where a link leads that cannot be followed any more.
var subscribeAgain = choice{Name: "Subscribe", Path: subscribePath}

// withSeal is a path with the seal that opens it.
func withSeal(path, seal string) string { return path + "?" + url.Values{"seal": {seal}}.Encode() }

func sealOf(r *http.Request) string { return r.URL.Query().Get("seal") }

// here is the path of a request with its seal and nothing else.
func here(r *http.Request) string { return withSeal(r.URL.EscapedPath(), sealOf(r)) }

// terms says what a subscription is for and when it comes.
func (w *Web) terms(ctx context.Context, s *broadsheet.Subscription) ([]string, error) {
	name, err := w.app.TopicWords(ctx, s.Topic)
	return []string{name + ", " + rhythmWords(s.Rhythm) + "."}, err
}

// topicForm is the path of the form for a topic.
func topicForm(t broadsheet.Topic) string {
	if t.Kind == broadsheet.TopicHot {
		return subscribePath
	}
	return subscribePath + "?" + url.Values{"topic": {t.String()}}.Encode()
}

// confirm shows what a link would start. Programs that look at the links of mails
// come here too: nothing happens until the button is pressed.
func (w *Web) confirm(rw http.ResponseWriter, r *http.Request) error {
	s, err := w.app.ToConfirm(r.Context(), r.PathValue("token"), sealOf(r))
	if err != nil {
		return w.lapsed(rw, err, subscribeAgain)
	}
	lines, err := w.terms(r.Context(), s)
	if err != nil {
		return err
	}
	p := noticePage{Kind: "By mail", Lines: lines}
	switch s.State {
	case broadsheet.SubscriptionPending:
		p.Heading, p.Action, p.Button = "Start this subscription?", here(r), "Start it"
		p.Lines = append(p.Lines, "Every mail has a link that ends it.")
	case broadsheet.SubscriptionActive:
		p.Heading = "You are subscribed"
		p.Lines = append(p.Lines, firstEdition(s), "Every mail has links that change and end it.")
		p.Links = []choice{{Name: "To the papers", Path: "/papers"}}
	case broadsheet.SubscriptionPaused:
		p.Heading = "This subscription is paused"
		p.Links = []choice{{Name: "Ask for a link to change it", Path: preferencesPath}}
	default:
		p.Heading = "This subscription has ended"
		p.Links = []choice{{Name: "Subscribe again", Path: topicForm(s.Topic)}}
	}
	return w.notice(rw, p)
}

func firstEdition(s *broadsheet.Subscription) string {
	if s.Rhythm.AsItComes {
		return "The first edition comes as soon as there is something new."
	}
	return "The next edition comes on " + s.DueAt.In(s.Rhythm.Zone).Format("Monday, 2 January, at 15:04") + "."
}

func (w *Web) start(rw http.ResponseWriter, r *http.Request) error {
	if _, err := w.app.Confirm(r.Context(), r.PathValue("token"), sealOf(r)); err != nil {
		return w.lapsed(rw, err, subscribeAgain)
	}
	return httpkit.Redirect(rw, r, here(r), http.StatusSeeOther)
}

// unsubscribe shows what a link would end.
func (w *Web) unsubscribe(rw http.ResponseWriter, r *http.Request) error {
	s, err := w.app.ToUnsubscribe(r.Context(), r.PathValue("token"), sealOf(r))
	if err != nil {
		return w.unsubscribed(rw, s, err)
	}
	if s.State == broadsheet.SubscriptionEnded {
		return w.unsubscribed(rw, s, nil)
	}
	lines, err := w.terms(r.Context(), s)
	if err != nil {
		return err
	}
	return w.notice(rw, noticePage{Kind: "By mail", Heading: "End this subscription?", Lines: lines, Action: here(r), Button: "End it",
		Links: []choice{{Name: "Change it instead", Path: preferencesPath}}})
}

// end ends a subscription, for the button and for the one click of RFC 8058,
// which a mailbox's program sends: without a cookie, possibly from a page of its
// own, and following no redirect. The link proves that it may, so the body,
// List-Unsubscribe=One-Click, need not be looked at.
func (w *Web) end(rw http.ResponseWriter, r *http.Request) error {
	s, err := w.app.Unsubscribe(r.Context(), r.PathValue("token"), sealOf(r))
	return w.unsubscribed(rw, s, err)
}

// unsubscribed says that a subscription is over, also where it is gone with all
// else of its address: a link that holds is never told that nothing is there.
func (w *Web) unsubscribed(rw http.ResponseWriter, s *broadsheet.Subscription, err error) error {
	if err != nil && broadsheet.KindOf(err) != broadsheet.NotFound {
		return w.lapsed(rw, err, choice{Name: "Ask for a link to your subscriptions", Path: preferencesPath})
	}
	p := noticePage{Kind: "By mail", Heading: "This subscription has ended", Lines: []string{"You get no more mail from it."}}
	if err == nil {
		p.Links = append(p.Links, choice{Name: "Subscribe again", Path: topicForm(s.Topic)})
	}
	p.Links = append(p.Links, choice{Name: "To the papers", Path: "/papers"})
	return w.notice(rw, p)
}
