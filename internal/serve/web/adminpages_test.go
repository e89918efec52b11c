package web_test

import (
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/lib/seal"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/serve/web"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// bench is a site with an administrator in a browser.
func bench(t *testing.T) (*site, *browser, app.Actor) {
	t.Helper()
	s := storetest.Open(t)
	a, err := app.New(app.Options{Store: s, Now: apptest.Clock(&now), Key: &seal.Key{1}})
	if err != nil {
		t.Fatal(err)
	}
	w, err := web.New(web.Options{App: a, BaseURL: "https://papers.example"})
	if err != nil {
		t.Fatal(err)
	}
	clock := now // each look is a second later: what is kept in memory is fresh for less
	x := &site{httpkit.New(w.Routes(), httpkit.Options{Error: w.Error, BaseURL: "https://papers.example", Now: func() time.Time { clock = clock.Add(time.Second); return clock }, Identify: httpkit.CookiesOf("https://papers.example").Identifier(a.Identify),
		Generation: func() string { return fmt.Sprint(s.Generation()) }}), s}
	boss := apptest.Account(t, s, "boss", broadsheet.RoleAdmin)
	g := &gate{t: t, site: x}
	return x, g.in(boss), boss
}

var adminPaths = []string{"/admin", "/admin/rules", "/admin/accounts", "/admin/accounts/boss", "/admin/accounts/ada", "/admin/sources", "/admin/sources/kept", "/admin/jobs", "/admin/storage",
	"/admin/audit", "/admin/audit?as=csv", "/admin/audit?as=jsonl", "/admin/delivery"}

// TestAdminPages: an administrator sees them, stored by nobody, others do not.
func TestAdminPages(t *testing.T) {
	x, boss, _ := bench(t)
	g := &gate{t: t, site: x}
	ada := apptest.Account(t, x.store, "ada", broadsheet.RoleMember)
	moderator := apptest.Account(t, x.store, "mo", broadsheet.RoleModerator)
	for _, path := range adminPaths {
		got := boss.get(path)
		if got.Code != http.StatusOK || got.Header().Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s: %d, Cache-Control %q, want 200 and private, no-store", path, got.Code, got.Header().Get("Cache-Control"))
		}
		for _, who := range []*browser{g.in(ada), g.in(moderator)} {
			if got := who.get(path); got.Code != http.StatusForbidden || strings.Contains(got.Body.String(), "boss@") {
				t.Errorf("%s for others: %d, want 403", path, got.Code)
			}
		}
		stranger := g.browser(t).get(path)
		shut := path == "/admin/delivery" && stranger.Code == http.StatusForbidden // a link opens it too
		if !shut && !strings.HasPrefix(stranger.Header().Get("Location"), "/sign-in?") {
			t.Errorf("%s for a stranger: %d to %q, want to sign in", path, stranger.Code, stranger.Header().Get("Location"))
		}
	}
}

var fields = regexp.MustCompile(`<input type="hidden" name="(was-[a-zA-Z]+)" value="([^"]*)">`)

// typed is the form of rules as a browser would send it, with some values.
func typedRules(t *testing.T, b *browser, change ...string) url.Values {
	t.Helper()
	v := url.Values{"registration": {"open"}, "submitRole": {"member"}, "submitPerDay": {"2"}, "submitMaxAge": {"14"}, "submitMinAge": {"0"}, "submitWeekends": {"1"}, "submitReview": {"1"},
		"claimByAddress": {"1"}, "commentsPerHour": {"60"}, "votesPerHour": {"600"}, "newAccountDays": {"3"}, "newPerHour": {"10"}}
	for _, m := range fields.FindAllStringSubmatch(b.get("/admin/rules").Body.String(), -1) {
		v.Set(m[1], html.UnescapeString(m[2]))
	}
	for i := 0; i+1 < len(change); i += 2 {
		v.Set(change[i], change[i+1])
	}
	return v
}

func TestRulesForm(t *testing.T) {
	x, boss, _ := bench(t)
	save := func(v url.Values) (int, string) {
		w := boss.send(http.MethodPost, "/admin/rules", v)
		return w.Code, w.Body.String()
	}
	code, body := save(typedRules(t, boss, "votesPerHour", "many", "newPerHour", "-3", "domains", "ok.example\nnot a domain", "appeal", "<script>", "registration", "free", "text", "kept <b>as typed"))
	if code != http.StatusBadRequest {
		t.Fatalf("five mistakes: %d, want 400", code)
	}
	for _, want := range []string{"5 fields need another look", `id="e-votesPerHour"`, `id="e-newPerHour"`, `id="e-domains"`, `id="e-appeal"`, `id="e-registration"`, `value="many"`, "kept &lt;b&gt;as typed", `value="&lt;script&gt;"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the form does not say %q", want)
		}
	}
	if rules := x.get(t, "/rules").Body.String(); !strings.Contains(rules, "At most 600 votes an hour.") {
		t.Error("a form with mistakes changed the rules")
	}

	mine := typedRules(t, boss, "text", "**Be kind.**\n\n<script>alert(1)</script> [x](javascript:alert(1))", "appeal", "appeals@papers.example", "reason", "we agreed")
	theirs := maps.Clone(mine)
	theirs.Del("text")
	theirs.Del("appeal")
	theirs.Set("blockedWords", "casino\r\n\r\n  two   words ")
	if code, _ := save(mine); code != http.StatusSeeOther {
		t.Fatalf("save: %d, want 303", code)
	}
	if code, _ := save(theirs); code != http.StatusSeeOther {
		t.Fatalf("save of another rule by who saw the old ones: %d, want 303", code)
	}
	theirs.Set("text", "mine!")
	code, body = save(theirs)
	if code != http.StatusBadRequest || !strings.Contains(body, "Was changed meanwhile") {
		t.Errorf("two who change one rule: %d, want 400 and to be told", code)
	}
	rules := x.get(t, "/rules").Body.String()
	for _, want := range []string{"<strong>Be kind.</strong>", `href="mailto:appeals@papers.example"`, "with certain words"} {
		if !strings.Contains(rules, want) {
			t.Errorf("the rules do not say %q", want)
		}
	}
	for _, never := range []string{"<script>alert", "javascript:", "casino"} {
		if strings.Contains(rules, never) {
			t.Errorf("the rules say %q", never)
		}
	}
	got := typedRules(t, boss)
	seen := map[string]string{}
	for _, m := range fields.FindAllStringSubmatch(body, -1) {
		seen[m[1]] = m[2]
	}
	if seen["was-text"] != got.Get("was-text") {
		t.Error("after being told, a second save would be told again")
	}
	if form := boss.get("/admin/rules?done=saved").Body.String(); !strings.Contains(form, "casino\ntwo words") || !strings.Contains(form, "we agreed") || !strings.Contains(form, "They apply at once") {
		t.Error("the form lacks the list, the log or the note")
	}
}

func TestKeptAsidePage(t *testing.T) {
	x, boss, _ := bench(t)
	reject := broadsheet.Reject{Source: "arxiv-oai", Ref: "<b>ref", Layout: "arXivRaw", Reason: "<i>why\u202e", At: now, Body: []byte("<script>alert(1)</script>\x00\xff" + strings.Repeat("y", 5000))}
	if _, err := x.store.Put(t.Context(), store.Batch{Rejects: []broadsheet.Reject{reject}}); err != nil {
		t.Fatal(err)
	}
	body := boss.get("/admin/sources/kept").Body.String()
	for _, want := range []string{"&lt;script&gt;alert(1)", "&lt;b&gt;ref", "&lt;i&gt;why", "yyy …"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, never := range []string{"<script>alert", "<b>ref", "\u202e", "\x00", strings.Repeat("y", 700)} {
		if strings.Contains(body, never) {
			t.Errorf("the page says %q", never)
		}
	}
	if to := boss.post("/admin/sources/kept", "do", "drop", "id", "1", "source", "arxiv-oai"); to != "/admin/sources/kept?done=drop&source=arxiv-oai" {
		t.Errorf("delete: to %s", to)
	}
	if body := boss.get("/admin/sources/kept?done=drop").Body.String(); !strings.Contains(body, "It is deleted.") || !strings.Contains(body, "Nothing is kept aside.") {
		t.Error("it is still there, or nobody says that it is not")
	}
}

// TestAdminPerson: what the buttons of a person's page do, and that the link that
// signs in stands in no address.
func TestAdminPerson(t *testing.T) {
	x, boss, _ := bench(t)
	apptest.Account(t, x.store, "ada", broadsheet.RoleMember)
	const page = "/admin/accounts/ada"
	for _, c := range []struct {
		form []string
		want string // target, or the status
	}{
		{[]string{"do", "role", "was", "member", "role", "curator", "reason", "knows <b>gulls"}, page + "?done=role"},
		{[]string{"do", "role", "was", "member", "role", "moderator"}, "Conflict"},
		{[]string{"do", "role", "was", "curator", "role", "curator"}, page + "?done=same"},
		{[]string{"do", "role", "was", "curator", "role", "emperor"}, "Bad Request"},
		{[]string{"do", "ban"}, "Bad Request"}, // without a reason
		{[]string{"do", "ban", "reason", "spam", "for", "week"}, page + "?done=ban"},
		{[]string{"do", "ban", "reason", "spam"}, "Conflict"},
		{[]string{"do", "unban"}, page + "?done=unban"},
		{[]string{"do", "sessions"}, page + "?done=sessions"},
		{[]string{"do", "factors"}, page + "?done=factors"},
		{[]string{"do", "nothing"}, "Bad Request"},
	} {
		if to := boss.post(page, c.form...); to != c.want {
			t.Errorf("%q: to %s, want %s", c.form, to, c.want)
		}
	}
	if to := boss.post("/admin/accounts/boss", "do", "role", "was", "admin", "role", "member"); to != "Conflict" {
		t.Errorf("the last administrator steps back: %s", to)
	}
	w := boss.send(http.MethodPost, page, url.Values{"do": {"link"}})
	link := regexp.MustCompile(`https://papers\.example(/sign-in/link/[a-z2-7]+)`).FindStringSubmatch(w.Body.String())
	if w.Code != http.StatusOK || link == nil || w.Header().Get("Cache-Control") != "private, no-store" {
		t.Fatalf("a link: %d %q", w.Code, w.Header())
	}
	g := &gate{t: t, site: x}
	ada := g.browser(t)
	if to := ada.post(link[1]); to != "/papers" || ada.who() != "ada" {
		t.Errorf("the link leads to %s as %q", to, ada.who())
	}
	if body := boss.get(page).Body.String(); !strings.Contains(body, "knows &lt;b&gt;gulls") || !strings.Contains(body, "a link that signs in was made") || !strings.Contains(body, "ada@people.example") {
		t.Error("the page lacks the log's lines or the address")
	}
}

// TestDeliveryByRole: administrators come to who gets what without a link, and its
// buttons work for them.
func TestDeliveryByRole(t *testing.T) {
	_, boss, _ := bench(t)
	if to := boss.post("/admin/delivery", "do", "pause"); !strings.HasPrefix(to, "/admin/delivery?") {
		t.Fatalf("pause: to %s", to)
	}
	body := boss.get("/admin/delivery?done=paused").Body.String()
	if !strings.Contains(body, "Planning and sending are paused since") || !strings.Contains(body, `aria-label="Administration"`) {
		t.Errorf("the page does not say so, or has no way to the others")
	}
	if code := boss.get("/admin/delivery?seal=forged").Code; code != http.StatusForbidden {
		t.Errorf("a forged link of an administrator: %d, want 403", code)
	}
}

// TestFirstSteps: a new site says what to do first, each until it is done.
func TestFirstSteps(t *testing.T) {
	x, boss, by := bench(t)
	steps := func() (out []string) {
		body := boss.get("/admin").Body.String()
		for _, what := range []string{"still called Broadsheet", "may open an account", "No papers have come", "Nobody but you"} {
			if strings.Contains(body, what) {
				out = append(out, what)
			}
		}
		if strings.Contains(body, "First steps") != (len(out) > 0) {
			t.Errorf("the heading stands over %d steps", len(out))
		}
		return out
	}
	if got := len(steps()); got != 4 {
		t.Errorf("a new site has the steps %q, want all four", steps())
	}
	if err := x.store.PutSource(t.Context(), broadsheet.Source{Name: "arxiv-oai", LastAttempt: now, LastSuccess: now}); err != nil {
		t.Fatal(err)
	}
	apptest.Account(t, x.store, "cora", broadsheet.RoleCurator)
	if got := strings.Join(steps(), ", "); got != "still called Broadsheet" {
		t.Errorf("with a source, a curator and people there stays %q, want the name alone; by %s", got, by.Name())
	}
}
