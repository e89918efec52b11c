package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"
)

// adminPage shows who gets what and what became of it, to who has a link that
// the site's own machine printed.
type adminPage struct {
	Frame       frame
	Nav         []navItem // of an administrator; a link has none
	At          time.Time
	Seal        string
	Action      string // path to which its forms post
	Done        string
	State       *app.DeliveryState
	Late, Lag   time.Duration
	Channels    []adminChannel
	Suppressed  int
	Find        string // what was looked for among addresses
	Subscribers []adminSubscriber
	MoreAfter   string // path of the next subscribers, "" for none
	Editions    []adminEdition
	Filter      string // what the deliveries shown are
	Choices     []choice
	Deliveries  []adminDelivery
	MoreBefore  string
	Domains     []adminDomain
	All         string // path of the page without any filter
}

type adminChannel struct {
	Name                           broadsheet.Channel
	Active, Paused, Pending, Ended int
	Open                           int
}

type adminSubscriber struct {
	ID                       int64
	Address, Topic, Terms    string
	State                    broadsheet.SubscriptionState
	Next                     time.Time
	Why                      string
	CanPause, CanGoOn, Ended bool
}

type adminEdition struct {
	app.EditionLine
	Sent, Open, Failed, Other, Again int
	Path                             string // of its deliveries here
}

type adminDelivery struct {
	app.DeliveryLine
	To, State string
	When      time.Time
	Again     bool
}

type adminDomain struct {
	app.DomainCount
	Bounced, Complained string
	Bad                 bool // more complaints than big mailboxes take
}

// How much the page shows.
const (
	adminRows   = 25
	adminPeriod = 30 * 24 * time.Hour
	// maxComplaints is the part of complaints from which on big mailboxes stop
	// taking mail, in thousandths.
	maxComplaints = 3
)

func (w *Web) adminRoutes() []httpkit.Route {
	return []httpkit.Route{
		{Method: http.MethodGet, Pattern: app.AdminPath, Kind: httpkit.Private, Handle: w.admin, Right: string(app.RightOpen), Error: w.Error},
		{Method: http.MethodPost, Pattern: app.AdminPath, Kind: httpkit.Action, Handle: w.administer, Right: string(app.RightOpen), MaxBody: maxForm, Error: w.Error},
	}
}

var administered = map[string]string{"paused": "Planning and sending are paused.", "resumed": "Planning and sending go on.", "changed": "The subscription is changed.",
	"same": "Nothing was to be changed.", "again": "They are planned again."}

func (w *Web) admin(rw http.ResponseWriter, r *http.Request) error {
	o, err := w.operator(r)
	if err != nil {
		return w.shut(rw, err)
	}
	q := r.URL.Query()
	ctx := r.Context()
	state, err := o.State(ctx)
	if err != nil {
		return err
	}
	now := w.app.Now()
	p := adminPage{Frame: w.aside("Who gets what"), At: now, Seal: sealOf(r), All: withSeal(app.AdminPath, sealOf(r)), State: state, Late: state.Late(now), Lag: state.PlannerLag(now),
		Done: administered[q.Get("done")], Find: clip(q.Get("find"), 200)}
	p.Action = p.All
	if p.Seal == "" {
		b := w.adminBase(r, "", app.AdminPath, nil)
		p.Nav, p.Frame.Sheet = b.Nav, b.Frame.Sheet
	}
	p.channels()
	if err := w.adminSubscribers(r, o, &p); err != nil {
		return err
	}
	editions, err := o.Editions(ctx, 0, adminRows)
	if err != nil {
		return err
	}
	for _, e := range editions {
		n := e.Deliveries
		x := adminEdition{EditionLine: e, Sent: n[broadsheet.DeliverySent], Failed: n[broadsheet.DeliveryFailed], Other: n[broadsheet.DeliverySuppressed] + n[broadsheet.DeliveryExpired] + n[broadsheet.DeliveryUnknown],
			Open: n[broadsheet.DeliveryPlanned] + n[broadsheet.DeliveryClaimed] + n[broadsheet.DeliverySending], Path: p.with("edition", strconv.FormatInt(e.ID, 10))}
		for _, s := range app.Resendable {
			x.Again += n[s]
		}
		p.Editions = append(p.Editions, x)
	}
	if err := w.adminDeliveries(r, o, &p); err != nil {
		return err
	}
	domains, err := o.DomainCounts(ctx, adminPeriod)
	if err != nil {
		return err
	}
	for _, d := range domains[:min(len(domains), adminRows)] {
		p.Domains = append(p.Domains, adminDomain{d, percent(d.Failed, d.Taken()), percent(d.Complaints, d.Taken()), d.Complaints*1000 >= maxComplaints*d.Taken() && d.Complaints > 1})
	}
	return w.render(rw, "admin.html", p)
}

// with is the page's path with a parameter more.
func (p *adminPage) with(name, value string) string {
	return p.All + "&" + url.Values{name: {value}}.Encode()
}

func (p *adminPage) channels() {
	for _, c := range broadsheet.Channels {
		n, open := p.State.Subscribers[c], 0
		for _, k := range p.State.Open[c] {
			open += k
		}
		if len(n) > 0 || open > 0 {
			p.Channels = append(p.Channels, adminChannel{c, n[broadsheet.SubscriptionActive], n[broadsheet.SubscriptionPaused], n[broadsheet.SubscriptionPending], n[broadsheet.SubscriptionEnded], open})
		}
	}
	for _, n := range p.State.Suppressed[broadsheet.ChannelMail] {
		p.Suppressed += n
	}
}

func (w *Web) adminSubscribers(r *http.Request, o *app.Operator, p *adminPage) error {
	list, err := o.Subscribers(r.Context(), app.SubscriberQuery{Text: strings.TrimSpace(p.Find), After: numberOf(r, "after"), Limit: adminRows})
	if err != nil {
		return err
	}
	for i := range list {
		s := &list[i]
		p.Subscribers = append(p.Subscribers, adminSubscriber{ID: s.ID, Address: shownTarget(s.Recipient), Topic: s.Topic.String(), Terms: rhythmWords(s.Rhythm), State: s.State, Next: s.DueAt, Why: s.Reason,
			CanPause: s.State == broadsheet.SubscriptionActive, CanGoOn: s.State == broadsheet.SubscriptionPaused, Ended: s.State == broadsheet.SubscriptionEnded})
	}
	if len(list) == adminRows {
		p.MoreAfter = p.with("after", strconv.FormatInt(list[adminRows-1].ID, 10))
		if p.Find != "" {
			p.MoreAfter += "&" + url.Values{"find": {p.Find}}.Encode()
		}
	}
	return nil
}

func (w *Web) adminDeliveries(r *http.Request, o *app.Operator, p *adminPage) error {
	q := app.DeliveryQuery{Edition: numberOf(r, "edition"), Before: numberOf(r, "before"), Limit: adminRows}
	for _, s := range []broadsheet.DeliveryState{broadsheet.DeliveryFailed, broadsheet.DeliveryUnknown, broadsheet.DeliveryExpired, broadsheet.DeliverySuppressed, broadsheet.DeliveryPlanned, broadsheet.DeliverySent} {
		p.Choices = append(p.Choices, choice{Name: string(s), Path: p.with("state", string(s)) + "#deliveries", Here: r.URL.Query().Get("state") == string(s)})
		if r.URL.Query().Get("state") == string(s) {
			q.State, p.Filter = s, string(s)
		}
	}
	if q.Edition > 0 {
		p.Filter = strings.TrimSpace(fmt.Sprintf("%s of edition %d", p.Filter, q.Edition))
	}
	list, err := o.Deliveries(r.Context(), q)
	if err != nil {
		return err
	}
	for i := range list {
		d := adminDelivery{DeliveryLine: list[i], To: shownTarget(list[i].Recipient), State: string(list[i].Delivery.State), When: list[i].EndedAt}
		if d.When.IsZero() {
			d.When = d.NextAt
		}
		for _, s := range app.Resendable {
			d.Again = d.Again || d.DeliveryLine.State == s
		}
		p.Deliveries = append(p.Deliveries, d)
	}
	if len(list) == adminRows {
		p.MoreBefore = p.with("before", strconv.FormatInt(list[adminRows-1].ID, 10))
		if q.Edition > 0 {
			p.MoreBefore += "&edition=" + strconv.FormatInt(q.Edition, 10)
		}
		if q.State != "" {
			p.MoreBefore += "&state=" + string(q.State)
		}
	}
	return nil
}

// administer does what one of the page's buttons says.
func (w *Web) administer(rw http.ResponseWriter, r *http.Request) error {
	o, err := w.operator(r)
	if err != nil {
		return w.shut(rw, err)
	}
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	ctx, done := r.Context(), "changed"
	switch do := r.PostForm.Get("do"); do {
	case "pause":
		done, err = "paused", o.PauseSending(ctx, r.PostForm.Get("reason"))
	case "resume":
		done, err = "resumed", o.ResumeSending(ctx)
	case "pause-one", "resume-one", "end-one":
		id, perr := strconv.ParseInt(r.PostForm.Get("subscription"), 10, 64)
		if perr != nil {
			return broadsheet.InvalidField("subscription", "is no number", "open the page again")
		}
		var n int
		n, err = o.Act(ctx, app.Act(strings.TrimSuffix(do, "-one")), strconv.FormatInt(id, 10), "")
		if n == 0 {
			done = "same"
		}
	case "resend":
		q := app.ResendQuery{States: app.Resendable}
		q.ID, _ = strconv.ParseInt(r.PostForm.Get("delivery"), 10, 64)
		q.Edition, _ = strconv.ParseInt(r.PostForm.Get("edition"), 10, 64)
		if q.ID <= 0 && q.Edition <= 0 {
			return broadsheet.InvalidField("delivery", "nothing is named to be sent again", "open the page again")
		}
		var n int64
		n, err = o.Resend(ctx, q)
		done = "again"
		if n == 0 {
			done = "same"
		}
	default:
		return broadsheet.InvalidField("do", "there is no such button", "open the page again")
	}
	if err != nil {
		return err
	}
	return httpkit.Redirect(rw, r, withSeal(app.AdminPath, sealOf(r))+"&done="+done, http.StatusSeeOther)
}

// operator is who runs the site: who has the link that its machine printed, or an
// administrator.
func (w *Web) operator(r *http.Request) (*app.Operator, error) {
	if seal := sealOf(r); seal != "" {
		return w.app.Admin(seal)
	}
	if d, err := w.app.Administer(app.ActorOf(r.Context())); err == nil {
		return d.Operator(), nil
	}
	return w.app.Admin("")
}

// shut shows that a link opens nothing, and how to get one that does.
func (w *Web) shut(rw http.ResponseWriter, err error) error {
	var e *broadsheet.Error
	if !errors.As(err, &e) {
		return err
	}
	rw.WriteHeader(httpkit.Status(err))
	p := noticePage{Kind: "For administrators", Heading: "This page is shut", Lines: []string{sentence(e.Text)},
		Links: []choice{{Name: "Sign in as an administrator", Path: signInPath + "?" + url.Values{"next": {app.AdminPath}}.Encode()}}}
	if e.Fix != "" {
		p.Lines = append(p.Lines, sentence(e.Fix))
	}
	return w.notice(rw, p)
}

func numberOf(r *http.Request, name string) int64 {
	n, _ := strconv.ParseInt(r.URL.Query().Get(name), 10, 64)
	return max(0, n)
}

func percent(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return strconv.FormatFloat(100*float64(part)/float64(whole), 'f', 2, 64) + " %"
}

// shownTarget is an address as the page shows it: of channels other than mail,
// which may hold a secret, the channel alone.
func shownTarget(x broadsheet.Recipient) string {
	switch {
	case x.Address == "":
		return "(erased)"
	case x.Channel == broadsheet.ChannelMail:
		return x.Address
	}
	return string(x.Channel)
}
