package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/harvest/lookup"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// desk is a site that takes submissions, with a place that knows papers.
type desk struct {
	*app.App
	t     *testing.T
	store *store.Store
	now   time.Time
	knows map[string]broadsheet.Paper
	fails error
	hang  bool
	asked []string
	later []string // token and time
	stuck error    // of what is to be done later
	ada   app.Actor
	carl  app.Actor // a curator
	root  app.Actor
}

// wednesday is a working day.
var wednesday = time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, store: storetest.Open(t), now: wednesday, knows: map[string]broadsheet.Paper{}}
	d.ada, d.carl, d.root = apptest.Account(t, d.store, "ada", broadsheet.RoleMember), apptest.Account(t, d.store, "carl", broadsheet.RoleCurator), apptest.Account(t, d.store, "root", broadsheet.RoleAdmin)
	d.open()
	return d
}

// open makes the use cases anew, with a search of what is stored now.
func (d *desk) open() {
	d.t.Helper()
	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		d.t.Fatal(err)
	}
	d.App, err = app.New(app.Options{Store: d.store, Zone: zone, Now: func() time.Time { return d.now }, Finder: apptest.Engine(d.t, d.store, d.now),
		Desk: &app.Desk{Patience: 50 * time.Millisecond,
			Later: func(_ context.Context, token string, after time.Duration) error {
				d.later = append(d.later, after.String())
				return d.stuck
			},
			Find: func(ctx context.Context, t lookup.Target) (lookup.Found, error) {
				d.asked = append(d.asked, t.ID)
				if d.hang {
					<-ctx.Done()
					return lookup.Found{}, ctx.Err()
				}
				p, ok := d.knows[t.ID]
				if d.fails != nil || !ok {
					return lookup.Found{}, cmpOr(d.fails, broadsheet.Errorf(broadsheet.NotFound, "nobody has it"))
				}
				return lookup.Found{Paper: p}, nil
			}}})
	if err != nil {
		d.t.Fatal(err)
	}
}

func cmpOr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// knew tells the place of a paper.
func (d *desk) knew(p broadsheet.Paper) {
	p.IDs = append(p.IDs, broadsheet.SplitID(p.ID))
	if p.PublishedAt.IsZero() {
		p.PublishedAt = wednesday.AddDate(0, 0, -1)
	}
	if p.Title == "" {
		p.Title = "Paper " + p.ID
	}
	p.Origin = broadsheet.OriginCatalog
	d.knows[p.ID] = p
}

func (d *desk) rules(change func(*broadsheet.Rules)) {
	d.t.Helper()
	if err := d.SetRules(d.t.Context(), d.root, "", func(r *broadsheet.Rules) error { change(r); return nil }); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) submit(by app.Actor, text string) broadsheet.Submission {
	d.t.Helper()
	x, err := d.Submit(d.t.Context(), by, text)
	if err != nil {
		d.t.Fatalf("Submit(%q): %v", text, err)
	}
	return x
}

func (d *desk) send(by app.Actor, x broadsheet.Submission, comment string) broadsheet.Submission {
	d.t.Helper()
	y, err := d.SendSubmission(d.t.Context(), by, x.Token, comment, "")
	if err != nil {
		d.t.Fatalf("send %s: %v", x.Typed, err)
	}
	return y
}

// TestSubmit walks from an id to the front page: looked up, previewed, confirmed,
// accepted, with the submitter's name, vote and words.
func TestSubmit(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	d.knew(broadsheet.Paper{ID: "2606.00001"})
	x := d.submit(d.ada, "https://arxiv.org/abs/2606.00001v2")
	if x.State != broadsheet.SubmissionDraft || x.Found == nil || !cmp.Equal(d.asked, []string{"2606.00001"}) {
		t.Fatalf("asked %q, got %+v", d.asked, x)
	}
	if again := d.submit(d.ada, "arXiv:2606.00001"); again.Token != x.Token || len(d.asked) != 1 {
		t.Errorf("asking again: %s, asked %q; want %s and no other question", again.Token, d.asked, x.Token)
	}
	v, err := d.Submission(ctx, d.ada, x.Token)
	if err != nil || v.Card == nil || v.Here || v.Refusal != nil || !v.Own {
		t.Errorf("preview: %+v, %v", v, err)
	}
	if _, err := d.Submission(ctx, d.carl, x.Token); broadsheet.KindOf(err) != broadsheet.NotFound {
		t.Errorf("a curator sees a draft: %v, want NotFound", err)
	}
	if y := d.send(d.ada, x, "Read **this**."); y.State != broadsheet.SubmissionQueued {
		t.Fatalf("sent: %+v", y)
	}
	list, more, err := d.Queue(ctx, d.carl)
	if err != nil || more || len(list) != 1 || list[0].Card == nil {
		t.Fatalf("queue: %+v, %v", list, err)
	}
	d.now = d.now.Add(4 * time.Hour) // tomorrow in Tokyo
	y, err := d.Decide(ctx, d.carl, x.Token, true, "")
	if err != nil || y.State != broadsheet.SubmissionAccepted {
		t.Fatalf("accepted: %+v, %v", y, err)
	}
	p, err := d.store.Paper(ctx, "2606.00001")
	if err != nil {
		t.Fatal(err)
	}
	want := []broadsheet.Feature{{Day: "2026-06-04", FeaturedAt: d.now, Submitter: &broadsheet.Person{Key: "ada"}}}
	if diff := cmp.Diff(want, p.Features); diff != "" || p.Votes != 1 || p.Comments != 1 {
		t.Errorf("%d votes, %d comments, features (-want +got):\n%s", p.Votes, p.Comments, diff)
	}
	if _, err := d.Decide(ctx, d.carl, x.Token, false, "no"); broadsheet.KindOf(err) != broadsheet.Conflict || !strings.Contains(err.Error(), "accepted by carl") {
		t.Errorf("decided twice: %v, want a Conflict that names who did", err)
	}
	z := d.submit(d.carl, "2606.00001")
	if v, err := d.Submission(ctx, d.carl, z.Token); err != nil || v.Featured != "2026-06-04" || !v.Here || len(d.asked) != 1 || v.Refusal == nil || !strings.Contains(v.Refusal.Error(), "Thursday, 4 June 2026") {
		t.Errorf("submitted after it was featured: %+v, %v", v, err)
	}
	if _, err := d.SendSubmission(ctx, d.carl, z.Token, "", ""); broadsheet.KindOf(err) != broadsheet.Conflict {
		t.Errorf("sent after it was featured: %v, want Conflict", err)
	}
}

// TestFeatureWhatWaits: a curator who features by hand what somebody submitted
// accepts it: it came by them, with their words, and the queue is empty.
func TestFeatureWhatWaits(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	if _, err := d.store.Put(ctx, store.Batch{Papers: []broadsheet.Paper{{ID: "2606.00001", Title: "One", Origin: broadsheet.OriginCatalog, PublishedAt: wednesday}}}); err != nil {
		t.Fatal(err)
	}
	x := d.send(d.ada, d.submit(d.ada, "2606.00001"), "Read **this**.")
	if x.State != broadsheet.SubmissionQueued {
		t.Fatalf("sent: %+v", x)
	}
	if err := d.Feature(ctx, d.carl, "2606.00001"); err != nil {
		t.Fatal(err)
	}
	p, err := d.store.Paper(ctx, "2606.00001")
	if err != nil || len(p.Features) != 1 || p.Features[0].Submitter.Key != "ada" || p.Votes != 1 || p.Comments != 1 {
		t.Errorf("featured with %d votes and %d comments: %+v (%v), want it as ada's", p.Votes, p.Comments, p.Features, err)
	}
	if y, err := d.store.Submission(ctx, x.Token); err != nil || y.State != broadsheet.SubmissionAccepted || y.Decider != "carl" {
		t.Errorf("the submission is %s by %q (%v), want it accepted by carl", y.State, y.Decider, err)
	}
}

// TestBanIsOver: whose ban has ended is as anybody else when others act: what they
// submitted comes with their vote and words, and they may be banned again.
func TestBanIsOver(t *testing.T) {
	for _, c := range []struct {
		name  string
		until time.Time
		want  int // votes and comments
	}{{"over", wednesday.Add(time.Hour), 1}, {"not over", wednesday.Add(3 * time.Hour), 0}, {"without end", time.Time{}, 0}} {
		d, ctx := newDesk(t), t.Context()
		d.knew(broadsheet.Paper{ID: "2606.00001"})
		x := d.send(d.ada, d.submit(d.ada, "2606.00001"), "Read **this**.")
		if err := d.store.SetBan(ctx, d.ada.Account.ID, true, c.until, broadsheet.Action{At: wednesday, Actor: "root", Act: broadsheet.ActBan, Kind: broadsheet.ObjectAccount, Object: "ada"}); err != nil {
			t.Fatal(err)
		}
		d.now = wednesday.Add(2 * time.Hour)
		if _, err := d.Decide(ctx, d.carl, x.Token, true, ""); err != nil {
			t.Fatal(err)
		}
		if p, err := d.store.Paper(ctx, "2606.00001"); err != nil || p.Votes != c.want || p.Comments != c.want {
			t.Errorf("ban %s: %d votes and %d comments (%v), want %d of each", c.name, p.Votes, p.Comments, err, c.want)
		}
		err := d.Moderate(ctx, d.root, app.Moderation{Act: broadsheet.ActBan, Kind: broadsheet.ObjectAccount, Object: "ada", Reason: "again"})
		if (err == nil) != (c.want == 1) {
			t.Errorf("ban %s: banned again: %v", c.name, err)
		}
	}
}

// TestSubmitRules: each rule refuses, by its name, and says when it will not.
func TestSubmitRules(t *testing.T) {
	saturday := time.Date(2026, 6, 5, 16, 0, 0, 0, time.UTC) // in Tokyo; Friday in UTC
	for _, c := range []struct {
		rule, when string
		now        time.Time
		set        func(*broadsheet.Rules)
		paper      broadsheet.Paper
		comment    string
	}{
		{rule: "submitRole", when: "ask one", set: func(r *broadsheet.Rules) { r.SubmitRole = broadsheet.RoleCurator }},
		{rule: "submitMinAge", when: "Monday, 29 June 2026", set: func(r *broadsheet.Rules) { r.SubmitMinAge = 179 }},
		{rule: "submitWeekends", when: "Monday, 8 June 2026", now: saturday, set: func(r *broadsheet.Rules) { r.SubmitWeekends = false }},
		{rule: "submitWeekends", when: "tomorrow, Monday, 8 June 2026", now: saturday.AddDate(0, 0, 1), set: func(r *broadsheet.Rules) { r.SubmitWeekends = false }},
		{rule: "submitMaxAge", when: "a curator can choose", set: func(*broadsheet.Rules) {}, paper: broadsheet.Paper{PublishedAt: wednesday.AddDate(0, 0, -15)}},
		{rule: "comment", when: "say why", set: func(r *broadsheet.Rules) { r.SubmitComment = true }},
		{rule: "comment", when: "fewer words", set: func(*broadsheet.Rules) {}, comment: strings.Repeat("a", 1<<20)},
		{rule: "authorsOnly", when: "ORCID", set: func(r *broadsheet.Rules) { r.AuthorsOnly = true }},
		{rule: "blockedDomains", when: "another", set: func(r *broadsheet.Rules) { r.BlockedDomains = []string{"spam.example"} },
			paper: broadsheet.Paper{Links: []broadsheet.Link{{Kind: broadsheet.LinkPDF, URL: "https://www.spam.example/x.pdf"}}}},
		{rule: "url", when: "another", set: func(*broadsheet.Rules) {}, paper: broadsheet.Paper{Withdrawn: true}},
	} {
		d := newDesk(t)
		if !c.now.IsZero() {
			d.now = c.now
		}
		d.rules(c.set)
		c.paper.ID = "2606.00001"
		d.knew(c.paper)
		x, err := d.Submit(t.Context(), d.ada, "2606.00001")
		if err == nil && x.State == broadsheet.SubmissionFailed {
			if c.rule != "url" || !strings.Contains(x.Problem, "withdrawn") {
				t.Errorf("%s: not found: %s", c.rule, x.Problem)
			}
			continue
		}
		if err == nil {
			_, err = d.SendSubmission(t.Context(), d.ada, x.Token, c.comment, "")
		}
		e, _ := err.(*broadsheet.Error)
		if e == nil || e.Field != c.rule || !strings.Contains(e.Error(), c.when) {
			t.Errorf("%s: got %v; want an error of that rule that says %q", c.rule, err, c.when)
		}
	}
}

// TestSubmitMedia: what stands beside a paper on the front page can be opened by
// everybody, and is at no domain that the site refuses.
func TestSubmitMedia(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	d.rules(func(r *broadsheet.Rules) { r.BlockedDomains = []string{"spam.example"} })
	d.knew(broadsheet.Paper{ID: "2606.00001"})
	x := d.submit(d.ada, "2606.00001")
	for media, want := range map[string]broadsheet.Kind{
		"javascript:alert(1)": broadsheet.Invalid, "http://pictures.example/x.png": broadsheet.Invalid, "https://192.168.0.1/x.png": broadsheet.Invalid, "https://[::1]/x.png": broadsheet.Invalid,
		"https://printer.local/x.png": broadsheet.Invalid, "https://router/x.png": broadsheet.Invalid, "https://0x7f000001/x.png": broadsheet.Invalid, "https://www.spam.example/x.png": broadsheet.Denied,
	} {
		if _, err := d.SendSubmission(ctx, d.ada, x.Token, "", media); err == nil || broadsheet.KindOf(err) != want {
			t.Errorf("%s beside a paper: %v, want it %v", media, err, want)
		}
	}
	if _, err := d.SendSubmission(ctx, d.ada, x.Token, "", "https://pictures.example/x.png"); err != nil {
		t.Errorf("a public picture: %v", err)
	}
}

func TestSubmitPerDay(t *testing.T) {
	d := newDesk(t)
	for _, id := range []string{"2606.00001", "2606.00002", "2606.00003"} {
		d.knew(broadsheet.Paper{ID: id})
	}
	third := d.submit(d.ada, "2606.00003")
	d.send(d.ada, d.submit(d.ada, "2606.00001"), "")
	second := d.submit(d.ada, "2606.00002")
	d.send(d.ada, second, "")
	if x := d.send(d.ada, second, ""); x.State != broadsheet.SubmissionQueued {
		t.Errorf("the last one of a day, sent again: %+v, want it as it was", x)
	}
	for name, do := range map[string]func() error{
		"asked": func() error { _, err := d.Submit(t.Context(), d.ada, "2606.00004"); return err },
		"sent":  func() error { _, err := d.SendSubmission(t.Context(), d.ada, third.Token, "", ""); return err },
	} {
		if err := do(); broadsheet.KindOf(err) != broadsheet.Limited || !strings.Contains(err.Error(), "Thursday, 4 June 2026") {
			t.Errorf("a third one of a day, %s: %v; want Limited until Thursday", name, err)
		}
	}
	d.now = d.now.Add(3 * time.Hour) // midnight in Tokyo
	d.send(d.ada, third, "")
}

// TestSubmitAtOnce: without review, and by curators, papers are featured at once.
func TestSubmitAtOnce(t *testing.T) {
	d := newDesk(t)
	d.knew(broadsheet.Paper{ID: "2606.00001", PublishedAt: wednesday.AddDate(-3, 0, 0)})
	d.knew(broadsheet.Paper{ID: "2606.00002"})
	if x := d.send(d.carl, d.submit(d.carl, "2606.00001"), ""); x.State != broadsheet.SubmissionAccepted || x.Decider != "carl" {
		t.Errorf("a curator's own, old as it is: %+v", x)
	}
	lines, _, err := d.Log(t.Context(), app.Actor{}, app.LogQuery{Act: broadsheet.ActFeature})
	if err != nil || len(lines) != 1 || lines[0].Paper != "2606.00001" {
		t.Errorf("log: %+v, %v", lines, err)
	}
	d.rules(func(r *broadsheet.Rules) { r.SubmitReview = false })
	if x := d.send(d.ada, d.submit(d.ada, "2606.00002"), ""); x.State != broadsheet.SubmissionAccepted || x.Decider != "" {
		t.Errorf("without review: %+v", x)
	}
	nodate := broadsheet.Paper{ID: "2606.00003", Title: "t", Origin: broadsheet.OriginCatalog}
	d.knows["2606.00003"] = nodate
	if x := d.send(d.ada, d.submit(d.ada, "2606.00003"), ""); x.State != broadsheet.SubmissionQueued {
		t.Errorf("of unknown age, without review: %+v; want it to wait", x)
	}
}

// TestLookupGoesOn: what a place does not answer in time is found by the job.
func TestLookupGoesOn(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	d.knew(broadsheet.Paper{ID: "2606.00001"})
	d.hang = true
	x := d.submit(d.ada, "2606.00001")
	if x.State != broadsheet.SubmissionLooking || x.Problem == "" || !cmp.Equal(d.later, []string{"30s"}) {
		t.Fatalf("a slow place: %+v, later %q", x, d.later)
	}
	d.hang, d.fails = false, &broadsheet.Error{Kind: broadsheet.Limited, Text: "arXiv asks to be left alone", Fix: "try again in 5 minutes", Err: &fetch.StatusError{Status: 429, RetryAfter: 5 * time.Minute}}
	if err := d.LookUp(ctx, x.Token); err != nil {
		t.Fatal(err)
	}
	if x, _ = d.store.Submission(ctx, x.Token); x.State != broadsheet.SubmissionLooking || !strings.Contains(x.Problem, "in 5 minutes") || !cmp.Equal(d.later, []string{"30s", "5m0s"}) {
		t.Errorf("a busy place: %+v, later %q", x, d.later)
	}
	d.fails = nil
	for range 2 { // doing it again harms nothing
		if err := d.LookUp(ctx, x.Token); err != nil {
			t.Fatal(err)
		}
	}
	if x, _ = d.store.Submission(ctx, x.Token); x.State != broadsheet.SubmissionDraft || x.Problem != "" {
		t.Errorf("after it answered: %+v", x)
	}
	d.fails = broadsheet.Errorf(broadsheet.Unavailable, "the place is down")
	y := d.submit(d.ada, "2606.00002")
	d.now = d.now.Add(2 * time.Hour)
	if err := d.LookUp(ctx, y.Token); err != nil {
		t.Fatal(err)
	}
	if y, _ = d.store.Submission(ctx, y.Token); y.State != broadsheet.SubmissionFailed {
		t.Errorf("down for two hours: %+v, want it given up", y)
	}
	d.now = d.now.AddDate(0, 0, 8)
	if err := d.PruneSubmissions(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Submission(ctx, d.ada, x.Token); broadsheet.KindOf(err) != broadsheet.NotFound {
		t.Errorf("a draft of last week: %v, want NotFound", err)
	}
}

// TestSubmitWhatIsHere asks nobody, finds the same work under another name, and
// says no more of a hidden paper than it must.
func TestSubmitWhatIsHere(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	here := broadsheet.Paper{ID: "2606.00001", Title: "Attention to small things in large models", Origin: broadsheet.OriginCatalog, Authors: []broadsheet.Author{{Name: "Ada Example"}}, PublishedAt: wednesday.AddDate(0, 0, -2)}
	hidden := broadsheet.Paper{ID: "2606.00009", Title: "Hidden", IDs: []broadsheet.SourceID{{Scheme: "arxiv", Value: "2606.00009"}, {Scheme: "doi", Value: "10.1234/hidden"}}}
	gone := broadsheet.Paper{ID: "2606.00008", Title: "Gone", Origin: broadsheet.OriginCatalog, Withdrawn: true}
	if _, err := d.store.Put(ctx, store.Batch{Papers: []broadsheet.Paper{here, hidden, gone}}); err != nil {
		t.Fatal(err)
	}
	if err := d.store.HidePaper(ctx, "2606.00009", true, broadsheet.Action{At: wednesday, Act: broadsheet.ActHide}); err != nil {
		t.Fatal(err)
	}
	d.open()
	x := d.submit(d.ada, "2606.00001")
	if x.State != broadsheet.SubmissionDraft || len(d.asked) != 0 {
		t.Errorf("a paper that is here: %+v, asked %q", x, d.asked)
	}
	for _, text := range []string{"2606.00009", "https://doi.org/10.1234/hidden"} {
		if _, err := d.Submit(ctx, d.ada, text); broadsheet.KindOf(err) != broadsheet.Denied || err.Error() != "this paper is not taken here" {
			t.Errorf("%s, hidden: %v", text, err)
		}
	}
	if _, err := d.Submit(ctx, d.ada, "2606.00008"); broadsheet.KindOf(err) != broadsheet.Denied {
		t.Errorf("withdrawn: %v, want Denied", err)
	}
	twin := broadsheet.Paper{ID: "doi:10.5555/x", Title: "Attention to Small Things in Large Models.", Authors: []broadsheet.Author{{Name: "A. Example"}}}
	d.knew(twin)
	v, err := d.Submission(ctx, d.ada, d.submit(d.ada, "10.5555/x").Token)
	if err != nil || len(v.Same) != 1 || v.Same[0].ID != "2606.00001" {
		t.Errorf("the same work by its DOI: %+v, %v", v.Same, err)
	}
	for _, text := range []string{"javascript:alert(1)", "https://example.org/" + strings.Repeat("a", 20_000), ""} {
		if _, err := d.Submit(ctx, d.ada, text); broadsheet.KindOf(err) != broadsheet.Invalid {
			t.Errorf("%.40q: %v, want Invalid", text, err)
		}
	}
	for name, by := range map[string]app.Actor{"anybody": {}} {
		if _, err := d.Submit(ctx, by, "2606.00001"); broadsheet.KindOf(err) != broadsheet.Unauthenticated {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFeatureButton(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	if _, err := d.store.Put(ctx, store.Batch{Papers: []broadsheet.Paper{{ID: "2606.00001", Title: "One"}}}); err != nil {
		t.Fatal(err)
	}
	if err := d.Feature(ctx, d.ada, "2606.00001"); broadsheet.KindOf(err) != broadsheet.Denied {
		t.Errorf("a member features: %v, want Denied", err)
	}
	if err := d.Feature(ctx, d.carl, "arXiv:2606.00001v1"); err != nil {
		t.Fatal(err)
	}
	if p, _ := d.store.Paper(ctx, "2606.00001"); len(p.Features) != 1 || p.Features[0].Day != "2026-06-03" || p.Features[0].Submitter.Key != "carl" {
		t.Errorf("featured: %+v", p.Features)
	}
	if err := d.Feature(ctx, d.carl, "2606.00001"); broadsheet.KindOf(err) != broadsheet.Conflict {
		t.Errorf("twice: %v, want Conflict", err)
	}
	if err := d.Unfeature(ctx, d.carl, "2606.00001", "by mistake"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Decide(ctx, d.carl, broadsheet.NewObjectID(), false, ""); broadsheet.KindOf(err) != broadsheet.Invalid {
		t.Errorf("rejected without a reason: %v, want Invalid", err)
	}
}

// TestOneLookUpAtATime: while a paper of somebody's is looked for, no other is; its
// tries come ever more seldom, and end.
func TestOneLookUpAtATime(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	d.hang = true
	x := d.submit(d.ada, "2606.00001")
	if _, err := d.Submit(ctx, d.ada, "2606.00002"); broadsheet.KindOf(err) != broadsheet.Limited {
		t.Errorf("another paper meanwhile: %v, want Limited", err)
	}
	if again := d.submit(d.ada, "2606.00001"); again.Token != x.Token {
		t.Errorf("the same again is %s, want %s", again.Token, x.Token)
	}
	d.submit(d.carl, "2606.00002") // another's
	d.hang, d.fails = false, context.DeadlineExceeded
	d.fails = &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "it does not answer", Err: context.DeadlineExceeded}
	tries := 0
	for x.State == broadsheet.SubmissionLooking && tries < 100 {
		d.later = nil
		if err := d.LookUp(ctx, x.Token); err != nil {
			t.Fatal(err)
		}
		tries++
		if len(d.later) > 0 {
			after, err := time.ParseDuration(d.later[0])
			if err != nil {
				t.Fatal(err)
			}
			d.now = d.now.Add(after)
		}
		x, _ = d.store.Submission(ctx, x.Token)
	}
	if tries > 10 || x.State != broadsheet.SubmissionFailed || d.now.Sub(wednesday) != time.Hour {
		t.Errorf("after %d tries in %v it is %s, want at most 10 in an hour, and that it failed", tries, d.now.Sub(wednesday), x.State)
	}
}
