package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
)

// TestOrder holds what the form takes against what is subscribed.
func TestOrder(t *testing.T) {
	o := office(t)
	zone := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	hot := broadsheet.Topic{Kind: broadsheet.TopicHot}
	for _, c := range []struct {
		form url.Values
		want broadsheet.Wish
	}{
		{values("address", "a@example.org"), broadsheet.Wish{Topic: hot, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: 8, Zone: time.UTC}, MaxPapers: 10}},
		{values("address", "b@example.org", "zone", "", "website", ""), broadsheet.Wish{Topic: hot, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: 8, Zone: time.UTC}, MaxPapers: 10}},
		{values("address", "c@example.org", "rhythm", "workdays", "hour", "0", "zone", "Asia/Kolkata", "topic", "categories:cs.LG"),
			broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicCategories, Key: "cs.LG"}, Rhythm: broadsheet.Rhythm{Days: broadsheet.Workdays, Zone: zone("Asia/Kolkata")}, MaxPapers: 10}},
		{values("address", "d@example.org", "rhythm", "weekly", "weekday", "6", "hour", "23", "zone", "Antarctica/Troll", "max", "50", "minimum", "5", "empty", "1", "topic", "search: tea  cat:cs.LG "),
			broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicSearch, Key: "tea cat:cs.LG"}, Rhythm: broadsheet.Rhythm{Days: 64, Hour: 23, Zone: zone("Antarctica/Troll")}, MaxPapers: 50, MinScore: 5, SendEmpty: true}},
		{values("address", "e@example.org", "rhythm", "days", "day", "0", "day", "6", "day", "99", "day", "x", "topic", "list:keyword:heat & flow"),
			broadsheet.Wish{Topic: broadsheet.Topic{Kind: broadsheet.TopicList, Key: "keyword:heat & flow"}, Rhythm: broadsheet.Rhythm{Days: 65, Hour: 8, Zone: time.UTC}, MaxPapers: 10}},
		{values("address", "f@example.org", "rhythm", "comes"), broadsheet.Wish{Topic: hot, Rhythm: broadsheet.Rhythm{Days: broadsheet.EveryDay, Hour: 8, Zone: time.UTC, AsItComes: true}, MaxPapers: 10}},
	} {
		got := o.of(t, o.order(t, c.form))
		if diff := cmp.Diff(c.want, got.Wish, cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })); diff != "" || got.State != broadsheet.SubscriptionPending {
			t.Errorf("%v: state %s, wish (-want +got):\n%s", c.form, got.State, diff)
		}
	}
}

// TestOrderRefused: what cannot be is said beside its field, nothing of what was
// typed is lost, and nothing is sent. Some of it means harm.
func TestOrderRefused(t *testing.T) {
	o := office(t)
	for _, c := range []struct {
		name, value string
		want        string // of the field that is described as wrong; "" where a page says so
	}{
		{"address", "", `id="address"`}, {"address", "ada", `id="address"`}, {"address", "ada@localhost", `id="address"`}, {"address", "ada@[127.0.0.1]", `id="address"`},
		{"address", "a@b.example\r\nBcc: c@d.example", `id="address"`}, {"address", "a@b.example,c@d.example", `id="address"`}, {"address", `"a b"@c.example`, `id="address"`},
		{"address", "Ada <a@b.example>", `id="address"`}, {"address", "a\x00@b.example", `id="address"`}, {"address", "ä@b.example", `id="address"`}, {"address", "a@b\u202e.example", `id="address"`},
		{"address", strings.Repeat("a", 300) + "@b.example", `id="address"`}, {"address", "\xff\xfe@b.example", `id="address"`}, {"address", `"><script>boom()</script>@b.example`, `id="address"`},
		{"address", "ada@throwaway.example", `id="address"`}, {"address", "ada@ThrowAway.Example", `id="address"`}, {"address", "a@b@c.example", `id="address"`}, {"address", "a@b.example.", `id="address"`},
		// Look-alikes: of a in Cyrillic, of full width, with a joiner that nobody sees, with dots of another script.
		{"address", "\u0430da@b.example", `id="address"`}, {"address", "ada@ex\u0430mple.org", `id="address"`}, {"address", "\uff41da@b.example", `id="address"`}, {"address", "a\u200dda@b.example", `id="address"`},
		{"address", "ada@b\u3002example", `id="address"`}, {"address", "ada\uff20b.example", `id="address"`}, {"address", "a%40b.example", `id="address"`}, {"address", "a@b.example?cc=c@d.example", `id="address"`},
		{"zone", "Europe/Berlin2", `id="zone"`}, {"zone", "UTC+25", `id="zone"`}, {"zone", "CET-1CEST", `id="zone"`},
		{"zone", "Mars/Olympus", `id="zone"`}, {"zone", "Local", `id="zone"`}, {"zone", "../../../etc/passwd", `id="zone"`}, {"zone", "/etc/localtime", `id="zone"`}, {"zone", `"><img src=x onerror=boom()>`, `id="zone"`},
		{"hour", "24", `id="hour"`}, {"hour", "-1", `id="hour"`}, {"hour", "eight", `id="hour"`},
		{"max", "0", `id="max"`}, {"max", "51", `id="max"`}, {"max", "99999999999999999999", `id="max"`}, {"max", `" autofocus onfocus=boom() x="`, `id="max"`},
		{"minimum", "-1", `id="minimum"`}, {"minimum", "1e3", `id="minimum"`},
		{"rhythm", "days", "<fieldset"}, {"rhythm", "sometimes", "<fieldset"},
		{"topic", "everything", ""}, {"topic", "list:day:2026-06-30", ""}, {"topic", "list:author:nobody", ""}, {"topic", "categories:xx.YY", ""}, {"topic", "search:", ""},
		{"topic", "search:a\x00b", ""}, {"topic", "search:" + strings.Repeat("a", 1001), ""}, {"topic", "search:\xff", ""},
	} {
		form := values("address", "kept@example.org", "hour", "9", "zone", "Asia/Tokyo", "max", "17", "minimum", "3", "empty", "1")
		form.Set(c.name, c.value)
		w := o.post(t, "/subscribe", form)
		page := w.Body.String()
		if w.Code != http.StatusBadRequest || len(o.out) != 0 {
			t.Errorf("%s %q: status %d, %d mails; want 400 and none", c.name, c.value, w.Code, len(o.out))
			continue
		}
		for _, problem := range dangers(page) {
			t.Errorf("%s %q: %s", c.name, c.value, problem)
		}
		if c.want == "" {
			if !strings.Contains(page, "<b>topic</b>") {
				t.Errorf("%s %q: the page does not name the field topic", c.name, c.value)
			}
			continue
		}
		_, tag, ok := strings.Cut(page, c.want)
		id := "e-" + c.name
		if tag, _, _ = strings.Cut(tag, ">"); !ok || !strings.Contains(tag, `aria-describedby="`+id+`"`) || strings.Count(page, `id="`+id+`"`) != 1 || strings.Count(page, `id="e-`) != 1 {
			t.Errorf("%s %q: the field is <… %s%s>, want it described by one element %s, and no other field", c.name, c.value, c.want, tag, id)
		}
		for name, kept := range map[string]string{"address": `value="kept@example.org"`, "hour": `<option value="9" selected>`, "zone": `<option value="Asia/Tokyo" selected>`, "max": `value="17"`, "minimum": `value="3"`} {
			if name != c.name && !strings.Contains(page, kept) {
				t.Errorf("%s %q: the form lost %s", c.name, c.value, name)
			}
		}
	}
}

// TestOrderTellsAllAtOnce: everything that is wrong is said in one answer, each
// beside its field and once in the list at the top, which leads to it.
func TestOrderTellsAllAtOnce(t *testing.T) {
	o := office(t)
	form := values("address", "ada", "rhythm", "days", "hour", "25", "zone", "Mars/Olympus", "max", "0", "minimum", "many")
	l := o.subscribe(t, values("address", "ada@example.org"))
	change := values("do", "change", "subscription", o.of(t, l).Token)
	for name := range form {
		change.Set(name, form.Get(name))
	}
	before := len(o.out)
	for _, c := range []struct {
		path, id string
		form     url.Values
		fields   []string
	}{
		{"/subscribe", "", form, []string{"address", "rhythm", "hour", "zone", "max", "minimum"}},
		{l.preferences, o.of(t, l).Token + "-", change, []string{"rhythm", "hour", "zone", "max", "minimum"}},
	} {
		w := o.post(t, c.path, c.form)
		if w.Code != http.StatusBadRequest {
			t.Fatalf("POST %s: status %d, want 400", c.path, w.Code)
		}
		described, said, leads := map[string]string{}, map[string]string{}, map[string]bool{}
		for n := range parse(t, w.Body.String()).Descendants() {
			at := map[string]string{}
			for _, a := range n.Attr {
				at[a.Key] = a.Val
			}
			if by := at["aria-describedby"]; by != "" {
				described[at["id"]] = by
			}
			if strings.HasPrefix(at["id"], c.id+"e-") && n.FirstChild != nil {
				said[at["id"]] = n.FirstChild.Data
			}
			if to, ok := strings.CutPrefix(at["href"], "#"+c.id); ok && n.Data == "a" {
				leads[to] = true
			}
		}
		for _, field := range c.fields {
			if by := described[c.id+field]; by != c.id+"e-"+field || said[by] == "" || !leads[field] {
				t.Errorf("POST %s: %s is described by %q, which says %q; a link leads to it: %v", c.path, field, by, said[by], leads[field])
			}
		}
		for _, kept := range []string{`value="0"`, `value="many"`, "Mars/Olympus"} {
			if !strings.Contains(w.Body.String(), kept) {
				t.Errorf("POST %s: the form lost %s", c.path, kept)
			}
		}
		if len(said) != len(c.fields) || len(o.out) != before {
			t.Errorf("POST %s: %d fields are named wrong and %d mails sent, want %d and none", c.path, len(said), len(o.out)-before, len(c.fields))
		}
	}
}

// TestOneSpelling: the same address in another case is the same reader; another
// mark after a plus is another address of the same mailbox.
func TestOneSpelling(t *testing.T) {
	o := office(t)
	for _, address := range []string{"ada@example.org", "ADA@Example.ORG", " ada@EXAMPLE.org\t"} {
		o.order(t, values("address", address, "topic", "search:"+strings.ToLower(strings.TrimSpace(address))+strings.Repeat("x", len(o.out))))
	}
	o.order(t, values("address", "ada+papers@example.org"))
	o.order(t, values("address", "ada@xn--exmple-cua.org")) // is not example.org, however it is shown
	all, err := o.store.Subscribers(t.Context(), "", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]int{}
	for _, x := range all {
		have[x.Recipient.Address]++
	}
	if diff := cmp.Diff(map[string]int{"ada@example.org": 3, "ada+papers@example.org": 1, "ada@xn--exmple-cua.org": 1}, have); diff != "" {
		t.Errorf("subscriptions by address (-want +got):\n%s", diff)
	}
}

// TestWeeklyFromWeeks: who reads weeks or months and wants them by mail is offered
// one mail a week first; any other suggestion of a link is looked at, or left.
func TestWeeklyFromWeeks(t *testing.T) {
	o := office(t)
	for path, want := range map[string]string{"/papers/week/2026-W27": "/subscribe?rhythm=weekly", "/papers/month/2026-06": "/subscribe?rhythm=weekly", "/papers/2026-06-30": "/subscribe",
		"/papers/week/2026-W27?cat=cs.LG": "/subscribe?topic=categories%3Acs.LG&amp;rhythm=weekly"} {
		if page := o.get(t, path).Body.String(); !strings.Contains(page, `href="`+want+`"`) {
			t.Errorf("GET %s: no link to %s", path, want)
		}
	}
	for suggested, want := range map[string]string{"weekly": "weekly", "comes": "comes", "workdays": "workdays", "": "daily", "days": "daily", `"><script>`: "daily"} {
		page := o.get(t, "/subscribe?rhythm="+url.QueryEscape(suggested)).Body.String()
		_, after, _ := strings.Cut(page, `value="`+want+`"`)
		if tag, _, _ := strings.Cut(after, ">"); !strings.Contains(tag, "checked") {
			t.Errorf("rhythm=%s: %s is not chosen", suggested, want)
		}
	}
}

// TestOrderBodies: bodies that are no such form.
func TestOrderBodies(t *testing.T) {
	o := office(t)
	for _, c := range []struct {
		name string
		form url.Values
		head []string
		want int
	}{
		{"too long", values("address", strings.Repeat("a", 20_000)), nil, http.StatusRequestEntityTooLarge},
		{"JSON", values("address", "a@example.org"), []string{"Content-Type", "application/json"}, http.StatusBadRequest},
		{"no type", values("address", "a@example.org"), []string{"Content-Type", "a b c"}, http.StatusBadRequest},
	} {
		if w := o.post(t, "/subscribe", c.form, c.head...); w.Code != c.want || len(o.out) != 0 {
			t.Errorf("%s: status %d, %d mails, want %d and none", c.name, w.Code, len(o.out), c.want)
		}
	}
	if w := o.post(t, "/subscribe?address=a@example.org&topic=hot", nil); w.Code != http.StatusBadRequest || len(o.out) != 0 {
		t.Errorf("fields in the address: status %d, %d mails, want 400 and none", w.Code, len(o.out))
	}
}

// TestSameAnswer: who asks learns nothing of an address. Line 20 of
// doc/security.md.
func TestSameAnswer(t *testing.T) {
	o := office(t)
	o.subscribe(t, values("address", "known@example.org"))
	o.subscribe(t, values("address", "gone@example.org"))
	suppress(t, o, "gone@example.org", broadsheet.SuppressedComplaint)
	for _, path := range []string{"/subscribe", "/preferences"} {
		var first string
		for _, c := range []struct {
			form  url.Values
			mails int // of /subscribe, of /preferences
		}{
			{values("address", "known@example.org"), 1}, {values("address", "KNOWN@example.org"), 1}, {values("address", "gone@example.org"), 0},
			{values("address", "new@example.org"), 1}, {values("address", "bot@example.org", "website", "https://spam.example"), 0},
		} {
			before := len(o.out)
			w := o.post(t, path, c.form)
			w.Header().Del("Date")
			got := http.StatusText(w.Code) + w.Body.String() + cmp.Diff(http.Header{}, w.Header())
			if first == "" {
				first = got
			}
			if diff := cmp.Diff(first, got); w.Code != http.StatusSeeOther || diff != "" {
				t.Errorf("POST %s %v: %d, and the answer differs (-first +this):\n%s", path, c.form, w.Code, diff)
			}
			if path == "/preferences" && c.form.Get("address") == "new@example.org" {
				c.mails = 1 // it has asked for something since
			}
			if n := len(o.out) - before; n != c.mails {
				t.Errorf("POST %s %v: %d mails, want %d", path, c.form, n, c.mails)
			}
		}
	}
	before := len(o.out)
	if w := o.post(t, "/preferences", values("address", "nobody@example.org")); w.Code != http.StatusSeeOther || len(o.out) != before {
		t.Errorf("a link for nobody: status %d, %d mails, want 303 and none", w.Code, len(o.out)-before)
	}
}

// TestOrderLimit: a client that asks too often is told so, keeps what it typed,
// and holds up nobody else. Line 21 of doc/security.md.
func TestOrderLimit(t *testing.T) {
	o := office(t)
	ask := func(from string) int {
		r := newPost("/subscribe", values("address", "ada@example.org", "max", "17"))
		r.RemoteAddr = from
		w := serve(o, r)
		if w.Code == http.StatusTooManyRequests && (w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), `value="17"`) || !strings.Contains(w.Body.String(), `value="ada@example.org"`)) {
			t.Errorf("the answer to one too many has no Retry-After, or lost what was typed:\n%s", w.Body)
		}
		return w.Code
	}
	for i := range 10 {
		if got := ask("198.51.100.1:1000"); got != http.StatusSeeOther {
			t.Fatalf("ask %d: status %d, want 303", i+1, got)
		}
	}
	if got := ask("198.51.100.1:2000"); got != http.StatusTooManyRequests {
		t.Errorf("the eleventh of an hour: status %d, want 429", got)
	}
	if got := ask("198.51.100.2:1000"); got != http.StatusSeeOther {
		t.Errorf("another client: status %d, want 303", got)
	}
	r := newPost("/subscribe", values("address", "ada@example.org"))
	r.RemoteAddr = "198.51.100.1:3000"
	r.Header.Set("X-Forwarded-For", "203.0.113.9")
	if w := serve(o, r); w.Code != http.StatusTooManyRequests {
		t.Errorf("the same client with a header that nobody vouches for: status %d, want 429", w.Code)
	}
}

// TestConfirm: looking starts nothing, the button does, once. Lines 18 and 19 of
// doc/security.md.
func TestConfirm(t *testing.T) {
	o := office(t)
	l := o.order(t, values("address", "ada@example.org"))
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} {
		r := newPost(l.confirm, nil)
		r.Method = method
		if w := serve(o, r); w.Code != http.StatusOK || o.of(t, l).State != broadsheet.SubscriptionPending {
			t.Errorf("%s of the link: status %d, state %s; want 200 and pending", method, w.Code, o.of(t, l).State)
		}
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if w := o.post(t, l.confirm, nil); w.Code != http.StatusSeeOther {
				t.Errorf("POST: status %d, want 303", w.Code)
			}
		})
	}
	wait.Wait()
	first := o.of(t, l)
	if o.post(t, l.confirm, nil); first.State != broadsheet.SubscriptionActive || cmp.Diff(first, o.of(t, l), locations) != "" {
		t.Errorf("after nine presses: %+v, then %+v; want it active and the same", first, o.of(t, l))
	}
	o.post(t, l.unsubscribe, nil)
	if o.post(t, l.confirm, nil); o.of(t, l).State != broadsheet.SubscriptionEnded {
		t.Errorf("confirming what has ended made it %s", o.of(t, l).State)
	}
}

var locations = cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })

// TestOneClick is RFC 8058 as mailboxes do it.
func TestOneClick(t *testing.T) {
	o := office(t)
	for _, c := range []struct {
		name, address string
		body, kind    string
		header        []string
	}{
		{"a mailbox's server", "a@example.org", "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded", []string{"Sec-Fetch-Site", ""}},
		{"a mailbox's page", "b@example.org", "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://mail.example"}},
		{"as multipart", "c@example.org", "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n", "multipart/form-data; boundary=x", []string{"Sec-Fetch-Site", "cross-site", "Origin", "null"}},
	} {
		l := o.subscribe(t, values("address", c.address))
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			r := newPost(l.unsubscribe, nil)
			r.Method = method
			if w := serve(o, r); w.Code != http.StatusOK || o.of(t, l).State != broadsheet.SubscriptionActive {
				t.Errorf("%s: %s: status %d, state %s; want 200 and active", c.name, method, w.Code, o.of(t, l).State)
			}
		}
		for range 2 {
			r := newPost(l.unsubscribe, nil, append(c.header, "Content-Type", c.kind, "Cookie", "session=somebody")...)
			setBody(r, c.body)
			w := serve(o, r)
			if w.Code != http.StatusOK || w.Header().Get("Location") != "" || w.Header().Get("Set-Cookie") != "" || o.of(t, l).State != broadsheet.SubscriptionEnded {
				t.Errorf("%s: status %d to %q, state %s; want 200, no redirect or cookie, and ended", c.name, w.Code, w.Header().Get("Location"), o.of(t, l).State)
			}
		}
		// Erased since: the link still is not wrong.
		if w := o.post(t, strings.Replace(l.preferences, "?", "/erase?", 1), nil); w.Code != http.StatusOK {
			t.Fatalf("%s: erase: status %d", c.name, w.Code)
		}
		if w := o.post(t, l.unsubscribe, nil); w.Code != http.StatusOK {
			t.Errorf("%s: after erasure: status %d, want 200", c.name, w.Code)
		}
		if w := o.post(t, l.unsubscribe+"x", nil); w.Code != http.StatusForbidden {
			t.Errorf("%s: a forged link: status %d, want 403", c.name, w.Code)
		}
	}
}

// TestNoMail: a site that sends none offers none.
func TestNoMail(t *testing.T) {
	s := edition(t)
	for _, path := range []string{"/papers", "/categories/cs.LG", "/search?q=tea", "/about"} {
		if page := s.get(t, path).Body.String(); strings.Contains(page, "subscribe") || strings.Contains(page, "By mail") {
			t.Errorf("GET %s offers mail", path)
		}
	}
	for _, rt := range s.Routes() {
		if !strings.Contains(rt.Pattern, "subscri") && !strings.Contains(rt.Pattern, "preferences") {
			continue
		}
		r := newPost(strings.NewReplacer("{", "", "}", "").Replace(rt.Pattern), nil)
		r.Method = rt.Method
		if w := serve(s, r); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "sends no mail") {
			t.Errorf("%s %s: status %d, want 404 and why", rt.Method, rt.Pattern, w.Code)
		}
	}
}
