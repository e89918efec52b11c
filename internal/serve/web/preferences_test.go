package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/store/storetest"
)

func under(path, tail string) string { return strings.Replace(path, "?", tail+"?", 1) }

// TestPreferences walks through everything that the page does.
func TestPreferences(t *testing.T) {
	o := office(t)
	l := o.subscribe(t, values("address", "ada@example.org"))
	token := o.of(t, l).Token
	do := func(want string, pairs ...string) {
		t.Helper()
		w := o.post(t, l.preferences, values(append(pairs, "subscription", token)...))
		if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != l.preferences+"&done="+want {
			t.Fatalf("POST %v: %d to %q, want 303 to done=%s\n%s", pairs, w.Code, got, want, w.Body)
		}
		if page := o.get(t, w.Header().Get("Location")).Body.String(); !strings.Contains(page, `role="status"`) {
			t.Errorf("after %v the page does not say that it is done", pairs)
		}
	}
	do("changed", "do", "change", "rhythm", "weekly", "weekday", "4", "hour", "17", "zone", "Asia/Tokyo", "max", "25", "minimum", "4", "empty", "1")
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	want := broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Rhythm: broadsheet.Rhythm{Days: 16, Hour: 17, Zone: tokyo}, MaxPapers: 25, MinScore: 4, SendEmpty: true}
	s := o.of(t, l)
	if diff := cmp.Diff(want, s.Wish, locations); diff != "" || !s.DueAt.Equal(time.Date(2026, 7, 3, 8, 0, 0, 0, time.UTC)) {
		t.Errorf("changed (-want +got), due at %v:\n%s", s.DueAt, diff)
	}
	do("changed", "do", "change") // what is not sent stays, but for the box that is not ticked
	want.SendEmpty = false
	if diff := cmp.Diff(want, o.of(t, l).Wish, locations); diff != "" {
		t.Errorf("changed by an empty form (-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		do, done string
		want     broadsheet.SubscriptionState
	}{{"pause", "paused", broadsheet.SubscriptionPaused}, {"resume", "resumed", broadsheet.SubscriptionActive}, {"end", "ended", broadsheet.SubscriptionEnded}} {
		do(c.done, "do", c.do, "max", "nonsense that these buttons do not look at")
		if got := o.of(t, l); got.State != c.want || got.MaxPapers != 25 {
			t.Errorf("after %s: %s with at most %d, want %s with 25", c.do, got.State, got.MaxPapers, c.want)
		}
	}
	suppress(t, o, "ada@example.org", broadsheet.SuppressedBounce)
	if page := o.get(t, l.preferences).Body.String(); !strings.Contains(page, "came back") || !strings.Contains(page, `value="lift"`) {
		t.Error("the page does not tell of mail that came back, or offers no way out")
	}
	do("lifted", "do", "lift")
	if page := o.get(t, l.preferences).Body.String(); strings.Contains(page, "came back") {
		t.Error("the address is suppressed still")
	}
	w := o.get(t, under(l.preferences, "/data"))
	var data struct{ Address string }
	if err := json.Unmarshal(w.Body.Bytes(), &data); err != nil || data.Address != "ada@example.org" || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("data: %v, %q of %q", err, w.Header().Get("Content-Disposition"), data.Address)
	}
	if w := o.post(t, l.preferences, values("do", "links")); w.Code != http.StatusOK || o.get(t, l.preferences).Code != http.StatusForbidden {
		t.Errorf("making links void: status %d, and the old one answers %d; want 200 and 403", w.Code, o.get(t, l.preferences).Code)
	}
	l = o.subscribe(t, values("address", "ada@example.org"))
	if w := o.post(t, under(l.preferences, "/erase"), nil); w.Code != http.StatusOK {
		t.Errorf("erase: status %d, want 200", w.Code)
	}
	if _, err := o.store.RecipientByKey(t.Context(), broadsheet.ChannelMail, broadsheet.AddressKey("ada@example.org")); broadsheet.KindOf(err) != broadsheet.NotFound {
		t.Errorf("the address is here after it was erased (%v)", err)
	}
	if got := o.get(t, l.preferences).Code; got != http.StatusForbidden {
		t.Errorf("the link of an erased address: status %d, want 403, as of an unknown one", got)
	}
}

// TestComplaintStays: who reported a mail as spam by mistake has to ask.
func TestComplaintStays(t *testing.T) {
	o := office(t)
	l := o.subscribe(t, values("address", "ada@example.org"))
	suppress(t, o, "ada@example.org", broadsheet.SuppressedComplaint)
	if page := o.get(t, l.preferences).Body.String(); !strings.Contains(page, "reported as spam") || strings.Contains(page, `value="lift"`) {
		t.Error("the page does not tell of the complaint, or offers to lift it")
	}
	if w := o.post(t, l.preferences, values("do", "lift")); w.Code != http.StatusForbidden {
		t.Errorf("lifting it: status %d, want 403", w.Code)
	}
}

// TestPreferencesRefused: a change that cannot be shows its form again, open.
func TestPreferencesRefused(t *testing.T) {
	o := office(t)
	l := o.subscribe(t, values("address", "ada@example.org"))
	other := o.subscribe(t, values("address", "ada@example.org", "topic", "search:tea"))
	token := o.of(t, l).Token
	for _, c := range []struct{ name, value, want string }{
		{"zone", "Mars/Olympus", token + "-zone"}, {"hour", "99", token + "-hour"}, {"max", `"><script>boom()</script>`, token + "-max"}, {"minimum", "-4", token + "-minimum"},
	} {
		form := values("do", "change", "subscription", token, "hour", "11")
		form.Set(c.name, c.value)
		w := o.post(t, l.preferences, form)
		page := w.Body.String()
		_, tag, ok := strings.Cut(page, `id="`+c.want+`"`)
		tag, _, _ = strings.Cut(tag, ">")
		if w.Code != http.StatusBadRequest || !ok || !strings.Contains(tag, `aria-describedby="`+strings.Replace(c.want, token, token+"-e", 1)+`"`) || strings.Count(page, "<details open>") != 1 {
			t.Errorf("%s %q: status %d, the field is <… %s>; want 400, and it described in the one open form", c.name, c.value, w.Code, tag)
		}
		for _, problem := range dangers(page) {
			t.Errorf("%s %q: %s", c.name, c.value, problem)
		}
	}
	for _, c := range []struct {
		form url.Values
		want int
	}{
		{values("do", "everything"), 400}, {nil, 400}, {values("do", "end"), 404}, {values("do", "end", "subscription", "x\x00y"), 404},
		{values("do", "end", "subscription", "aaaaaaaaaaaaaaaaaaaaaaaaaa"), 404}, {values("do", "change", "max", strings.Repeat("9", 20_000)), 413},
	} {
		if w := o.post(t, l.preferences, c.form); w.Code != c.want {
			t.Errorf("POST %.60q: status %d, want %d", c.form.Encode(), w.Code, c.want)
		}
	}
	if a, b := o.of(t, l), o.of(t, other); a.State != broadsheet.SubscriptionActive || b.State != broadsheet.SubscriptionActive || a.Rhythm.Hour != 8 {
		t.Errorf("after what was refused: %+v and %+v, want both active and unchanged", a, b)
	}
}

// TestForeignLinks tries every page of a subscription with links that are
// somebody else's, broken, or for another purpose. Line 27 of doc/security.md.
func TestForeignLinks(t *testing.T) {
	o := office(t)
	ada := o.subscribe(t, values("address", "ada@example.org"))
	eve := o.subscribe(t, values("address", "eve@example.org"))
	swap := func(path, from string) string { // the first's path with the second's seal
		path, _, _ = strings.Cut(path, "?")
		_, seal, _ := strings.Cut(from, "?")
		return path + "?" + seal
	}
	before := []*broadsheet.Subscription{o.of(t, ada), o.of(t, eve)}
	var paths []string
	for _, p := range []string{ada.confirm, ada.unsubscribe, ada.preferences, under(ada.preferences, "/data"), under(ada.preferences, "/erase")} {
		bare, _, _ := strings.Cut(p, "?")
		paths = append(paths, bare, bare+"?seal=", bare+"?seal=0.", p+"x", p[:len(p)-1], bare+"?seal=%00", bare+"?seal=0."+strings.Repeat("a", 26), bare+"?seal=zzzzzzzzzzzzzzzzzzzz.a")
		for _, other := range []links{ada, eve} {
			for _, from := range []string{other.confirm, other.unsubscribe, other.preferences} {
				if to := swap(p, from); to != p {
					paths = append(paths, to)
				}
			}
		}
	}
	for _, path := range paths {
		bare, _, _ := strings.Cut(path, "?")
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if method == http.MethodPost && strings.HasSuffix(bare, "/data") {
				continue
			}
			r := newPost(path, values("do", "end", "subscription", before[0].Token))
			r.Method = method
			if w := serve(o, r); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "@example.org") {
				t.Errorf("%s %s: status %d, want 403 and no address", method, path, w.Code)
			}
		}
	}
	// A link that holds opens its own address's subscriptions only.
	for _, do := range []string{"end", "pause", "change"} {
		if w := o.post(t, eve.preferences, values("do", do, "subscription", before[0].Token)); w.Code != http.StatusNotFound {
			t.Errorf("%s of another's subscription: status %d, want 404", do, w.Code)
		}
	}
	if diff := cmp.Diff(before, []*broadsheet.Subscription{o.of(t, ada), o.of(t, eve)}, locations); diff != "" {
		t.Errorf("foreign links changed something (-before +after):\n%s", diff)
	}
}

// oneClicks are the routes that another site's page may send to: those that end
// mails.
var oneClicks = []string{"POST /subscriptions/{token}/unsubscribe", "POST /notifications/off/{token}"}

// TestMutatingRoutes: of all routes that change something, only one click
// takes what another site's page sent. Line 15 of doc/security.md.
func TestMutatingRoutes(t *testing.T) {
	o := office(t)
	var seen []string
	for _, rt := range o.Routes() {
		if rt.Method == http.MethodGet {
			continue
		}
		name := rt.Method + " " + rt.Pattern
		seen = append(seen, name)
		if rt.Kind != httpkit.Action || rt.CrossOrigin != slices.Contains(oneClicks, name) || rt.MaxBody == 0 {
			t.Errorf("%s: kind %s, cross-origin %t, body of at most %d", name, rt.Kind, rt.CrossOrigin, rt.MaxBody)
		}
		for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Sec-Fetch-Site", "", "Origin", "https://evil.example"}, {"Sec-Fetch-Site", "", "Origin", "null"}} {
			w := o.post(t, strings.NewReplacer("{", "", "}", "").Replace(rt.Pattern), values("address", "ada@example.org"), header...)
			refused := w.Code == http.StatusForbidden && strings.Contains(w.Body.String(), "another site")
			if refused == rt.CrossOrigin || len(o.out) > 0 {
				t.Errorf("%s with %v: status %d, refused as from another site: %t; %d mails", name, header, w.Code, refused, len(o.out))
			}
		}
	}
	for _, name := range []string{oneClicks[0], oneClicks[1], "POST /preferences", "POST /preferences/{key}", "POST /preferences/{key}/erase", "POST /subscribe", "POST /subscriptions/{token}/confirm"} {
		if !slices.Contains(seen, name) {
			t.Errorf("%s was not tried: the routes are %v", name, seen)
		}
	}
}

// TestLooking: no GET of a subscription's pages changes anything, is kept by
// anybody, is found by a search engine, or tells another site of its address; and
// no public page names an address. Lines 7, 16 and 29 of doc/security.md.
func TestLooking(t *testing.T) {
	o := office(t)
	pending := o.order(t, values("address", "ada@example.org", "topic", "search:tea"))
	l := o.subscribe(t, values("address", "ada@example.org"))
	suppress(t, o, "ada@example.org", broadsheet.SuppressedBounce)
	state := func() []any {
		r, err := o.store.RecipientByKey(t.Context(), broadsheet.ChannelMail, broadsheet.AddressKey("ada@example.org"))
		if err != nil {
			t.Fatal(err)
		}
		x, ok, err := o.store.Suppression(t.Context(), r.Channel, r.Key)
		if err != nil {
			t.Fatal(err)
		}
		return []any{r, o.of(t, l), o.of(t, pending), x, ok, len(o.out)}
	}
	before := state()
	private := []string{pending.confirm, l.confirm, l.unsubscribe, l.preferences, l.preferences + "&done=ended&do=end&subscription=" + o.of(t, l).Token, under(l.preferences, "/data"), under(l.preferences, "/erase")}
	for _, path := range private {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			r := newPost(path, nil)
			r.Method = method
			w := serve(o, r)
			h := w.Header()
			if w.Code != http.StatusOK || h.Get("Cache-Control") != "private, no-store" || h.Get("Referrer-Policy") != "same-origin" || h.Get("Etag") != "" || h.Get("Set-Cookie") != "" {
				t.Errorf("%s %s: status %d, headers %v", method, path, w.Code, h)
			}
			page := w.Body.String()
			if strings.HasPrefix(h.Get("Content-Type"), "text/html") && method == http.MethodGet {
				if !strings.Contains(page, `<meta name="robots" content="noindex">`) || strings.Contains(page, `rel="canonical"`) || strings.Contains(page, "og:url") {
					t.Errorf("GET %s can be found", path)
				}
				for n := range parse(t, page).Descendants() {
					for _, a := range n.Attr {
						if strings.Contains(a.Val, "seal=") && n.Data != "a" && n.Data != "form" {
							t.Errorf("GET %s: the seal stands in %s of <%s>", path, a.Key, n.Data)
						}
					}
				}
			} else if method == http.MethodGet && h.Get("X-Robots-Tag") != "noindex" {
				t.Errorf("GET %s can be found", path)
			}
		}
	}
	public := []string{"/papers", "/subscribe", "/subscribe?topic=search:tea", "/subscribe/sent", "/preferences", "/preferences/sent", "/editions/" + anEdition(t, o), "/about", "/status", "/search?q=ada@example.org"}
	for _, path := range public {
		w := o.get(t, path)
		if page := w.Body.String(); w.Code != http.StatusOK || strings.Contains(page, "seal=") || path[1:3] != "se" && strings.Contains(page, "ada@example.org") {
			t.Errorf("GET %s: status %d, or it names an address or a seal", path, w.Code)
		}
	}
	if diff := cmp.Diff(before, state(), locations); diff != "" {
		t.Errorf("looking changed something (-before +after):\n%s", diff)
	}
}

// TestMailHostile puts attacks into topics and into papers of an edition.
func TestMailHostile(t *testing.T) {
	s := storetest.Open(t)
	x := broadsheet.Edition{Token: "hostilehostilehostile23456", Topic: broadsheet.Topic{Kind: broadsheet.TopicSearch, Key: attacks[0]}, To: 1, ComposedAt: now, Title: attacks[0]}
	for i, attack := range attacks {
		p := hostile("2606.1"+string(rune('0'+i/10))+"0"+string(rune('0'+i%10))+"0", attack, evilURLs[i%len(evilURLs)])
		put(t, s, p)
		x.Picks = append(x.Picks, broadsheet.Pick{PaperID: p.ID, Why: attack})
	}
	o := newPostOffice(t, s)
	if _, err := s.PutEdition(t.Context(), x); err != nil {
		t.Fatal(err)
	}
	paths := []string{"/editions/" + x.Token, "/editions/" + url.PathEscape(attacks[0])}
	for i, attack := range attacks {
		for _, kind := range []string{"search:", "list:keyword:", "list:author:", "categories:", ""} {
			paths = append(paths, "/subscribe?topic="+url.QueryEscape(kind+attack))
		}
		paths = append(paths, "/preferences/"+url.PathEscape(attack)+"?seal="+url.QueryEscape(attack), "/subscriptions/"+url.PathEscape(attack)+"/confirm?seal="+url.QueryEscape(attack))
		if strings.ContainsAny(attack, "\x00") {
			continue
		}
		l := o.subscribe(t, values("address", "a"+string(rune('a'+i))+"@example.org", "topic", "search:"+attack))
		paths = append(paths, l.confirm, l.unsubscribe, l.preferences, l.preferences+"&done="+url.QueryEscape(attack))
	}
	for _, path := range paths {
		w := o.get(t, path)
		if w.Code >= 500 {
			t.Errorf("GET %s: status %d", path, w.Code)
		}
		for _, problem := range dangers(w.Body.String()) {
			t.Errorf("GET %s: %s", path, problem)
		}
	}
}
