package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"
)

// newLink is where a link is asked for that opens somebody's subscriptions.
var newLink = choice{Name: "Ask for a new link", Path: preferencesPath}

// askPage asks by which address somebody is subscribed.
type askPage struct {
	Frame   frame
	Address string
	Wish    wishForm // for what is wrong
}

// preferencesPage is everything that an address has here.
type preferencesPage struct {
	Frame         frame
	Address       string
	Done          string // what was just done
	Action        string // path to which its forms post
	Data, Erase   string // paths
	Suppressed    string // why nothing is sent to it, "" where it is
	Lift          bool   // its owner may change that
	Subscriptions []subscribed
}

// subscribed is one subscription with its form.
type subscribed struct {
	Token   string
	Name    string // of the topic
	Terms   string
	State   string
	Pending bool
	Paused  bool
	Wish    wishForm
	topic   broadsheet.Topic
}

func (w *Web) asking(rw http.ResponseWriter, r *http.Request) error {
	return w.render(rw, "ask.html", askPage{Frame: w.aside("Your subscriptions")})
}

// askLink sends a link to an address that has anything here, and shows the same
// page whether it has.
func (w *Web) askLink(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	text := r.PostForm.Get("address")
	var err error
	if r.PostForm.Get("website") == "" {
		err = w.app.PreferencesLink(r.Context(), text, httpkit.Client(r))
	}
	if err == nil {
		return httpkit.Redirect(rw, r, linkSentPath, http.StatusSeeOther)
	}
	p := askPage{Frame: w.aside("Error: Your subscriptions"), Address: clip(strings.TrimSpace(text), 2*broadsheet.MaxAddress)}
	if !p.Wish.fail(err) {
		return err
	}
	refused(rw, err)
	return w.render(rw, "ask.html", p)
}

func (w *Web) linkSent(rw http.ResponseWriter, _ *http.Request) error {
	return w.notice(rw, noticePage{Kind: "By mail", Heading: "Look into your mailbox",
		Lines: []string{"If anything is subscribed for this address, a mail with a link to it is on its way.", "The link holds for thirty days. It comes at most three times a day."},
		Links: []choice{{Name: "Back to the papers", Path: "/papers"}}})
}

// done are the words for what was just done, by the parameter that names it.
var done = map[string]string{"changed": "The change is saved.", "paused": "The subscription is paused.", "resumed": "The subscription goes on.",
	"ended": "The subscription has ended.", "lifted": "Mail is sent to this address again."}

func (w *Web) preferences(rw http.ResponseWriter, r *http.Request) error {
	p, err := w.everything(r)
	if err != nil {
		return w.lapsed(rw, err, newLink)
	}
	p.Done = done[r.URL.Query().Get("done")]
	return w.render(rw, "preferences.html", p)
}

// everything reads the page of a link.
func (w *Web) everything(r *http.Request) (*preferencesPage, error) {
	key := r.PathValue("key")
	have, err := w.app.Preferences(r.Context(), key, sealOf(r))
	if err != nil {
		return nil, err
	}
	path := preferencesPath + "/" + url.PathEscape(key)
	p := &preferencesPage{Frame: w.aside("Your subscriptions"), Address: have.Recipient.Address, Action: withSeal(path, sealOf(r)),
		Data: withSeal(path+"/data", sealOf(r)), Erase: withSeal(path+"/erase", sealOf(r)), Lift: app.Unsuppressible(have.Suppressed)}
	if have.Suppressed != nil {
		p.Suppressed = suppressedWords(have.Suppressed.Reason)
	}
	for i := range have.Subscriptions {
		s := &have.Subscriptions[i]
		name, err := w.app.TopicWords(r.Context(), s.Topic)
		if err != nil {
			return nil, err
		}
		line := subscribed{Token: s.Token, Name: name, topic: s.Topic, Terms: sentence(rhythmWords(s.Rhythm)), Wish: formOf(&s.Wish),
			Pending: s.State == broadsheet.SubscriptionPending, Paused: s.State == broadsheet.SubscriptionPaused}
		line.Wish.ID = s.Token + "-"
		line.State = stateWords(s)
		p.Subscriptions = append(p.Subscriptions, line)
	}
	return p, nil
}

func stateWords(s *broadsheet.Subscription) string {
	switch {
	case s.State == broadsheet.SubscriptionPending:
		return "Waits until you follow the link in the mail of " + s.CreatedAt.In(s.Rhythm.Zone).Format("2 January") + "."
	case s.State == broadsheet.SubscriptionPaused:
		return "Paused."
	case s.Rhythm.AsItComes:
		return ""
	}
	return "Next on " + s.DueAt.In(s.Rhythm.Zone).Format("Monday, 2 January") + "."
}

func suppressedWords(why broadsheet.SuppressionReason) string {
	switch why {
	case broadsheet.SuppressedBounce:
		return "Nothing is sent to this address, because a mail to it came back."
	case broadsheet.SuppressedComplaint:
		return "Nothing is sent to this address, because a mail to it was reported as spam."
	}
	return "Nothing is sent to this address."
}

// publicName is the form of a subscription's name.
var publicName = regexp.MustCompile(`^[0-9a-z]{10,64}$`)

// prefer does what one of the page's buttons says.
func (w *Web) prefer(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	switch do := r.PostForm.Get("do"); do {
	case "change", "pause", "resume", "end":
		return w.changed(rw, r, do)
	case "lift":
		return w.preferred(rw, r, "lifted", w.app.Lift(r.Context(), r.PathValue("key"), sealOf(r)))
	case "links":
		if err := w.app.NewLinks(r.Context(), r.PathValue("key"), sealOf(r)); err != nil {
			return w.lapsed(rw, err, newLink)
		}
		return w.notice(rw, noticePage{Kind: "By mail", Heading: "The old links are void",
			Lines: []string{"This page cannot be opened any more by a link that was sent before now.", "Links that unsubscribe still do, and your subscriptions go on."}, Links: []choice{newLink}})
	}
	return broadsheet.InvalidField("do", "there is no such button", "open the page again")
}

// changed changes one subscription, and shows its form again where what was
// typed cannot be.
func (w *Web) changed(rw http.ResponseWriter, r *http.Request, do string) error {
	key, token := r.PathValue("key"), r.PostForm.Get("subscription")
	// Read first: it checks the link, and tells the topic, which stays.
	p, err := w.everything(r)
	if err != nil {
		return w.lapsed(rw, err, newLink)
	}
	at := -1
	for i := range p.Subscriptions {
		if p.Subscriptions[i].Token == token {
			at = i
		}
	}
	if at < 0 || !publicName.MatchString(token) {
		return broadsheet.Errorf(broadsheet.NotFound, "there is no such subscription for this address")
	}
	c := app.Change{Pause: do == "pause", Resume: do == "resume", End: do == "end"}
	said := map[string]string{"change": "changed", "pause": "paused", "resume": "resumed", "end": "ended"}[do]
	if do != "change" {
		return w.preferred(rw, r, said, w.app.ChangeSubscription(r.Context(), key, sealOf(r), token, c))
	}
	form := &p.Subscriptions[at].Wish
	*form = typed(r.PostForm, *form)
	wish, wrong := form.wish(p.Subscriptions[at].topic)
	if len(wrong) == 0 {
		c.Wish = &wish
		if err = w.app.ChangeSubscription(r.Context(), key, sealOf(r), token, c); err == nil || !form.fail(err) {
			return w.preferred(rw, r, said, err)
		}
	} else if err = wrong[0]; !form.fail(wrong...) {
		return w.preferred(rw, r, said, err)
	}
	p.Frame.Title = "Error: " + p.Frame.Title
	refused(rw, err)
	return w.render(rw, "preferences.html", p)
}

// preferred leads back to the page, which says what was done.
func (w *Web) preferred(rw http.ResponseWriter, r *http.Request, said string, err error) error {
	if err != nil {
		return w.lapsed(rw, err, newLink)
	}
	return httpkit.Redirect(rw, r, here(r)+"&done="+said, http.StatusSeeOther)
}

// data is all that is kept of an address, to be saved by its owner.
func (w *Web) data(rw http.ResponseWriter, r *http.Request) error {
	d, err := w.app.ExportData(r.Context(), r.PathValue("key"), sealOf(r))
	if err != nil {
		return w.lapsed(rw, err, newLink)
	}
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.Header().Set("Content-Disposition", `attachment; filename="subscriptions-`+w.app.Now().Format(time.DateOnly)+`.json"`)
	rw.Header().Set("X-Robots-Tag", "noindex")
	out := json.NewEncoder(rw)
	out.SetIndent("", "  ")
	return out.Encode(d)
}

// erasing asks once more.
func (w *Web) erasing(rw http.ResponseWriter, r *http.Request) error {
	have, err := w.app.Preferences(r.Context(), r.PathValue("key"), sealOf(r))
	if err != nil {
		return w.lapsed(rw, err, newLink)
	}
	back := withSeal(strings.TrimSuffix(r.URL.EscapedPath(), "/erase"), sealOf(r))
	return w.notice(rw, noticePage{Kind: have.Recipient.Address, Heading: "Erase everything?",
		Lines:  []string{"This ends every subscription of this address, and removes the address and the list of what was sent to it.", "It cannot be taken back."},
		Action: here(r), Button: "Erase everything", Links: []choice{{Name: "No, go back", Path: back}}})
}

func (w *Web) erase(rw http.ResponseWriter, r *http.Request) error {
	if err := w.app.Erase(r.Context(), r.PathValue("key"), sealOf(r)); err != nil {
		return w.lapsed(rw, err, newLink)
	}
	return w.notice(rw, noticePage{Kind: "By mail", Heading: "Everything is erased",
		Lines: []string{"Nothing is kept of your address.", "Where mail to it came back or was reported as spam, a code made from it stays, so that it is not written to again."},
		Links: []choice{{Name: "To the papers", Path: "/papers"}}})
}
