package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

// Paths of submissions.
const (
	submitPath      = "/submit"
	submissionsPath = "/submissions"
)

// submitRoutes are the pages by which papers are submitted and chosen.
func (w *Web) submitRoutes() []httpkit.Route {
	get := func(pattern string, right app.Right, handle httpkit.HandlerFunc) httpkit.Route {
		return httpkit.Route{Method: http.MethodGet, Pattern: pattern, Kind: httpkit.Private, Handle: w.withDesk(handle), Right: string(right), Error: w.Error}
	}
	post := func(pattern string, right app.Right, handle httpkit.HandlerFunc) httpkit.Route {
		return httpkit.Route{Method: http.MethodPost, Pattern: pattern, Kind: httpkit.Action, Handle: w.withDesk(handle), Right: string(right), MaxBody: maxSubmitForm, Error: w.Error}
	}
	routes := []httpkit.Route{
		get(submitPath, app.RightSubmit, w.submit), post(submitPath, app.RightSubmit, w.lookUp),
		get(submissionsPath, app.RightRead, w.submissions),
		get(submissionsPath+"/{token}", app.RightRead, w.submission),
		post(submissionsPath+"/{token}", app.RightSubmit, w.sendSubmission),
		post(submissionsPath+"/{token}/withdraw", app.RightSubmit, w.takeBack),
		get(queuePath, app.RightCurate, w.queue), post(queuePath, app.RightCurate, w.decide),
	}
	feature := post(featuresPath, app.RightCurate, w.feature)
	feature.Handle = w.feature // also where nothing is submitted
	return append(routes, feature)
}

// maxSubmitForm is the most bytes of a form: a comment of 8,000 bytes takes three
// times that, percent-encoded.
const maxSubmitForm = 48 << 10

// withDesk keeps the pages from a site that takes no submissions.
func (w *Web) withDesk(handle httpkit.HandlerFunc) httpkit.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) error {
		if !w.app.Submits() {
			return &broadsheet.Error{Kind: broadsheet.NotFound, Text: "this site takes no submissions"}
		}
		return handle(rw, r)
	}
}

// submitPage asks for a paper.
type submitPage struct {
	Frame    frame
	Typed    string
	Most     int
	Problem  string
	Refusal  string   // nothing can be submitted now, and why
	Rules    []string // as sentences
	Bookmark string   // address for a bookmark
}

func (w *Web) submitPage(r *http.Request, typed string) (submitPage, error) {
	rules, err := w.app.SubmitRules(r.Context(), app.ActorOf(r.Context()))
	p := submitPage{Frame: w.aside("Submit a paper"), Typed: clip(strings.TrimSpace(typed), app.MaxSubmitText), Most: app.MaxSubmitText, Rules: ruleLines(&rules, app.ActorOf(r.Context())),
		Bookmark: "javascript:location.href='" + w.address + submitPath + "?url='+encodeURIComponent(location.href)"}
	if err != nil && rules.SubmitRole != "" { // a rule, not a lack of rights
		p.Refusal, err = problemText(err), nil
	}
	return p, err
}

// problemText is an error that names a rule, as sentences.
func problemText(err error) string {
	return problemOf(withoutField(err))
}

// withoutField drops the name of the field, which forms show by its place.
func withoutField(err error) error {
	if e, ok := err.(*broadsheet.Error); ok {
		shown := *e
		shown.Field = ""
		return &shown
	}
	return err
}

// ruleLines says what the rules of the site ask of a submission.
func ruleLines(rules *broadsheet.Rules, by app.Actor) []string {
	if rules.SubmitRole == "" {
		return nil
	}
	if by.Is(broadsheet.RoleCurator) {
		return []string{"You are a curator: what you submit is on the front page at once."}
	}
	var out []string
	if rules.SubmitReview {
		out = append(out, "A curator looks at every paper before it is on the front page.")
	} else {
		out = append(out, "What you submit is on today’s front page at once.")
	}
	if n := rules.SubmitPerDay; n > 0 {
		out = append(out, "At most "+plural(n, "paper")+" a day.")
	}
	if n := rules.SubmitMaxAge; n > 0 {
		out = append(out, "Published within the last "+plural(n, "day")+".")
	}
	if !rules.SubmitWeekends {
		out = append(out, "Not on Saturdays and Sundays.")
	}
	if rules.AuthorsOnly {
		out = append(out, "By its authors only.")
	}
	return out
}

func (w *Web) submit(rw http.ResponseWriter, r *http.Request) error {
	p, err := w.submitPage(r, r.URL.Query().Get("url"))
	if err != nil {
		return err
	}
	return w.render(rw, "submit.html", p)
}

// lookUp takes what was typed, and leads to the page of the submission.
func (w *Web) lookUp(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	typed := r.PostForm.Get("url")
	x, err := w.app.Submit(r.Context(), app.ActorOf(r.Context()), typed)
	if err == nil {
		return httpkit.Redirect(rw, r, submissionsPath+"/"+x.Token, http.StatusSeeOther)
	}
	problem := problemText(err)
	if problem == "" {
		return err
	}
	p, perr := w.submitPage(r, typed)
	if perr != nil {
		return perr
	}
	p.Frame.Title, p.Problem = "Error: "+p.Frame.Title, problem
	refused(rw, err)
	return w.render(rw, "submit.html", p)
}

// submissionPage is one submission, whatever has come of it.
type submissionPage struct {
	Frame    frame
	X        *app.SubmissionView
	Path     string
	State    string // "looking"
	Heading  string
	Card     *card
	Missing  string // "no abstract and no date"
	Featured string // day, in words
	Day      string // its page
	Paper    string // page of the paper, "" where it is not here
	Same     []card
	SameIDs  []string
	Refusal  string
	Comment  string
	Media    string
	Wrong    map[string]string // field to problem
	Must     bool              // a comment must come with it
	Most     int               // bytes of a comment
	Typed    string
	Reason   string
	Decider  string
	Open     bool // who asks may take it back
}

var submissionHeadings = map[broadsheet.SubmissionState]string{
	broadsheet.SubmissionLooking: "Looking for it", broadsheet.SubmissionFailed: "Not found", broadsheet.SubmissionDraft: "Is this it?",
	broadsheet.SubmissionQueued: "It waits for a curator", broadsheet.SubmissionAccepted: "It is on the front page", broadsheet.SubmissionRejected: "It was not taken",
	broadsheet.SubmissionTakenBack: "Taken back",
}

func (w *Web) submissionPage(r *http.Request) (submissionPage, error) {
	v, err := w.app.Submission(r.Context(), app.ActorOf(r.Context()), r.PathValue("token"))
	if err != nil {
		return submissionPage{}, err
	}
	heading := submissionHeadings[v.State]
	p := submissionPage{Frame: w.aside(heading), X: v, Path: submissionsPath + "/" + v.Token, State: string(v.State), Heading: heading, Typed: clip(v.Typed, 300), Comment: v.Comment, Media: v.Media,
		Must: v.Rules.SubmitComment, Most: app.MaxComment, Reason: v.Reason, Open: v.Own && v.State.Open()}
	if v.State == broadsheet.SubmissionTakenBack {
		p.State = "back"
	}
	if p.Decider = v.Decider; broadsheet.IsGoneName(v.Decider) {
		p.Decider = whoLeft
	}
	if v.Card == nil {
		return p, nil
	}
	c := w.previewCard(v)
	p.Card, p.Missing = &c, missing(v.Missing)
	if v.Here {
		p.Paper = address.Paper(v.Paper)
	}
	if v.Featured != "" {
		p.Featured, p.Day = longDay(v.Featured), address.List(broadsheet.ListDay, string(v.Featured))
	}
	if v.Refusal != nil && v.Featured == "" {
		p.Refusal = problemText(v.Refusal)
	}
	p.Same, p.SameIDs = w.sames(v)
	return p, nil
}

// previewCard is the card as it will look. What it names may have no page here yet.
func (w *Web) previewCard(v *app.SubmissionView) card {
	l := &app.Listing{Page: broadsheet.Page{List: broadsheet.List{Kind: broadsheet.ListDay}}, Pictures: v.Pictures}
	c := w.card(v.Card, l, w.app.Now())
	c.New, c.Seen, c.More, c.Ballot.Shut = false, 0, false, true
	if v.State.Open() {
		c.Submitter = submitter(&v.By)
	}
	if !v.Here {
		c.Path = cmp.Or(address.SourceOf(v.Card).Page, submissionsPath+"/"+v.Token)
		for i := range c.Authors {
			c.Authors[i].Path = ""
		}
		if c.Org != nil {
			c.Org, c.Subject = nil, c.Org.Name
		}
	}
	if c.Submitter != nil && v.SentAt.IsZero() {
		c.Submitter.Path = submissionsPath
	}
	return c
}

func (w *Web) sames(v *app.SubmissionView) (cards []card, ids []string) {
	l := &app.Listing{Page: broadsheet.Page{List: broadsheet.List{Kind: broadsheet.ListDay}}, Pictures: v.Pictures}
	for i := range v.Same {
		cards, ids = append(cards, w.card(&v.Same[i], l, w.app.Now())), append(ids, v.Same[i].ID)
	}
	return cards, ids
}

// missing says what the source does not tell.
func missing(names []string) string {
	if len(names) == 0 {
		return ""
	}
	text := "no " + names[0]
	for i, n := range names[1:] {
		if i == len(names)-2 {
			text += " and no " + n
		} else {
			text += ", no " + n
		}
	}
	return text
}

func (w *Web) submission(rw http.ResponseWriter, r *http.Request) error {
	p, err := w.submissionPage(r)
	if err != nil {
		return err
	}
	return w.render(rw, "submission.html", p)
}

// sendSubmission confirms a draft.
func (w *Web) sendSubmission(rw http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formError(err)
	}
	by, v := app.ActorOf(r.Context()), r.PostForm
	x, err := w.app.SendSubmission(r.Context(), by, r.PathValue("token"), v.Get("comment"), v.Get("media"))
	if err == nil {
		return httpkit.Redirect(rw, r, submissionsPath+"/"+x.Token, http.StatusSeeOther)
	}
	e, ok := err.(*broadsheet.Error)
	if !ok || e.Kind != broadsheet.Invalid {
		return err
	}
	p, perr := w.submissionPage(r)
	if perr != nil {
		return perr
	}
	p.Comment, p.Media = clip(v.Get("comment"), 4*app.MaxComment), clip(v.Get("media"), 2*app.MaxSubmitText)
	p.Wrong = map[string]string{e.Field: problemText(e)}
	p.Frame.Title = "Error: " + p.Frame.Title
	refused(rw, err)
	return w.render(rw, "submission.html", p)
}

func (w *Web) takeBack(rw http.ResponseWriter, r *http.Request) error {
	if err := w.app.TakeBack(r.Context(), app.ActorOf(r.Context()), r.PathValue("token")); err != nil {
		return err
	}
	return httpkit.Redirect(rw, r, submissionsPath, http.StatusSeeOther)
}

// submissionsList is what somebody submitted.
type submissionsList struct {
	Frame frame
	Rows  []submissionRow
	Older string
}

// submissionRow is a line of it.
type submissionRow struct {
	Path, Title, State, When, Reason, By string
}

var submissionStates = map[broadsheet.SubmissionState]string{
	broadsheet.SubmissionLooking: "being looked for", broadsheet.SubmissionFailed: "not found", broadsheet.SubmissionDraft: "not sent yet", broadsheet.SubmissionQueued: "waits for a curator",
	broadsheet.SubmissionAccepted: "on the front page", broadsheet.SubmissionRejected: "not taken", broadsheet.SubmissionTakenBack: "taken back",
}

func (w *Web) submissions(rw http.ResponseWriter, r *http.Request) error {
	before := int64(0)
	if text := r.URL.Query().Get("before"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 1 {
			return broadsheet.InvalidField("before", "there is no such page", "use one that is linked")
		}
		before = n
	}
	list, more, err := w.app.Submissions(r.Context(), app.ActorOf(r.Context()), before)
	if err != nil {
		return err
	}
	p := submissionsList{Frame: w.aside("Your submissions")}
	for i := range list {
		x := &list[i]
		row := submissionRow{Path: submissionsPath + "/" + x.Token, Title: clip(x.Typed, 100), State: submissionStates[x.State], When: date(x.AskedAt), Reason: x.Reason}
		if x.Found != nil {
			row.Title = plain(x.Found.Title)
		} else if x.Paper != "" {
			row.Title = x.Paper
		}
		p.Rows = append(p.Rows, row)
	}
	if more {
		p.Older = submissionsPath + "?" + url.Values{"before": {strconv.FormatInt(list[len(list)-1].ID, 10)}}.Encode()
	}
	return w.render(rw, "submissions.html", p)
}
