package chat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver"
	"broadsheet/internal/deliver/chat"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/store"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// shelf is a store with one edition.
type shelf struct {
	edition broadsheet.Edition
	papers  []broadsheet.Paper
}

func (s *shelf) EditionByID(context.Context, int64) (broadsheet.Edition, error) {
	return s.edition, nil
}

func (s *shelf) Papers(_ context.Context, ids []string) (out []broadsheet.Paper, _ error) {
	for _, id := range ids {
		for _, p := range s.papers {
			if p.ID == id {
				out = append(out, p)
			}
		}
	}
	return out, nil
}

// hostile is what sources might write to reach a chat.
var hostile = []string{
	"@everyone @here @channel @all <!channel> <!here> <!everyone> <@U12345> <#C123|general> <!subteam^S1> <!date^1^x^https://evil.example|y>",
	`[click](https://evil.example) ![p](https://evil.example/p.png) <https://evil.example|paper> <a href="https://evil.example">x</a>`,
	"https://evil.example www.evil.example evil.example/x mailto:a@evil.example tel:+123456 javascript:alert(1) user@evil.example",
	"<script>alert(1)</script><img src=x onerror=alert(1)><at id=all></at><at id=\"all\">all</at><at>Ada</at> </b></a> &lt;b&gt; &amp;",
	"**bold** __under__ _it_ ~~gone~~ ||spoiler|| `code` ```block``` > quote # head - list 1. list | table | \\* :smile: <:e:1>",
	"@room @room:example.org #room:example.org !room:example.org @ada:example.org /start /kick@bot $TSLA #hashtag",
	"](https://evil.example) \" ' ) } ] , \\\" \\n {{template}} ${x} %s %00",
	"e\u0301 \U0001F4A9 中文标题 العربية \u202eabc\u202c \u200b\u2066x\u2069",
}

func paper(i int, title, text string) broadsheet.Paper {
	return broadsheet.Paper{ID: fmt.Sprintf("2606.%05d", i), Title: title, TLDR: text, Categories: []string{"cs.LG"}, PublishedAt: now.AddDate(0, 0, -1),
		Authors: []broadsheet.Author{{Name: "Ada Person"}, {Name: "Bo Writer"}, {Name: "Cy Third"}}, ImportedVotes: i}
}

func newShelf(papers ...broadsheet.Paper) *shelf {
	s := &shelf{papers: papers, edition: broadsheet.Edition{ID: 1, Token: "editiontoken", Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Title: "Hot papers"}}
	for i, p := range papers {
		s.edition.Picks = append(s.edition.Picks, broadsheet.Pick{PaperID: p.ID, Score: i + 1, Why: "cs.LG"})
	}
	return s
}

func (s *shelf) claim(channel, address string) *store.Claim {
	c := &store.Claim{Recipient: broadsheet.Recipient{Channel: broadsheet.Channel(channel), Address: address}, Subscription: broadsheet.Subscription{Token: "subscriptiontoken"}}
	c.EditionID, c.Token, c.Slot, c.PlannedAt = 1, "deliverytoken", "2026-06-30", now.Add(-5*time.Second)
	for _, p := range s.papers {
		c.Papers = append(c.Papers, p.ID)
	}
	return c
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

func client(t testing.TB, allow []netip.Prefix) *fetch.Client {
	f := fetch.New(fetch.Options{Allow: allow, Timeout: 5 * time.Second, Limits: []fetch.Limit{{Name: "test", Hosts: []string{"127.0.0.1"}, Burst: 10000}}})
	t.Cleanup(f.Close)
	return f
}

func carrier(t testing.TB, channel string, s *shelf) *chat.Carrier {
	return carrierBy(client(t, loopback), channel, s)
}

func carrierBy(by chat.Sender, channel string, s *shelf) *chat.Carrier {
	return chat.New(chat.Options{Channel: broadsheet.Channel(channel), Store: s, Sender: by, Base: "https://papers.example.org", Title: "Daily papers",
		Paper: func(id string) string { return "/papers/" + id }, Edition: func(token string) string { return "/editions/" + token }, Now: func() time.Time { return now }})
}

func usual() *shelf {
	s := newShelf(paper(1, "Counting gulls with \\emph{two} lenses: $x^2 < y$", "Gulls are counted. It works."), paper(2, "A short one", ""), paper(3, hostile[1], hostile[0]))
	s.papers[1].TLDR, s.papers[1].Authors = "", s.papers[1].Authors[:1]
	s.papers[1].Links = []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://code.example/x"}}
	return s
}

// TestGolden shows what each channel is sent, and that the service takes it.
func TestGolden(t *testing.T) {
	for channel := range addresses("") {
		t.Run(channel, func(t *testing.T) {
			svc, s := newService(t), usual()
			o, err := carrier(t, channel, s).Try(t.Context(), s.claim(channel, addresses(svc.URL)[channel]))
			if err != nil || o.State != broadsheet.DeliverySent {
				t.Fatalf("got %+v, %v; want sent", o, err)
			}
			var got bytes.Buffer
			if err := json.Indent(&got, svc.bodies[0], "", "  "); err != nil {
				t.Fatal(err)
			}
			got.WriteByte('\n')
			path := filepath.Join("testdata", channel+".json")
			if *update {
				if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got.String()); d != "" {
				t.Errorf("%s (-want +got), write anew with -update:\n%s", path, d)
			}
		})
	}
}

// TestEverySizeIsTaken sends editions of all sizes, of long and wide characters,
// to services that refuse what is too long.
func TestEverySizeIsTaken(t *testing.T) {
	long := strings.Repeat("A very long title about many things ", 20)
	for name, make := range map[string]func(i int) broadsheet.Paper{
		"short": func(i int) broadsheet.Paper { return paper(i, "Gulls", "One.") },
		"long":  func(i int) broadsheet.Paper { return paper(i, long, long+long) },
		"wide": func(i int) broadsheet.Paper {
			return paper(i, strings.Repeat("\U0001F4A9", 300), strings.Repeat("深", 900))
		},
		"signs": func(i int) broadsheet.Paper {
			return paper(i, strings.Repeat("*_<&\"@", 60), strings.Repeat("&<>@.a", 200))
		},
		"quoted": func(i int) broadsheet.Paper { // twice as long in JSON
			p := paper(i, strings.Repeat(`"`, 180), strings.Repeat(`\`, 240))
			p.Authors = []broadsheet.Author{{Name: strings.Repeat(`"`, 60)}, {Name: strings.Repeat(`\`, 60)}}
			return p
		},
		"hostile": func(i int) broadsheet.Paper { return paper(i, hostile[i%len(hostile)], hostile[(i+3)%len(hostile)]) },
	} {
		for _, n := range []int{0, 1, 2, 9, 10, 11, 25, 50, 100} {
			var papers []broadsheet.Paper
			for i := range n {
				papers = append(papers, make(i))
			}
			s := newShelf(papers...)
			if name == "quoted" {
				s.edition.Title = strings.Repeat(`"`, 79)
				for i := range s.edition.Picks {
					s.edition.Picks[i].Why, s.edition.Picks[i].Score = strings.Repeat(`"`, 60), 0
				}
			}
			svc := newService(t)
			for channel, address := range addresses(svc.URL) {
				o, err := carrier(t, channel, s).Try(t.Context(), s.claim(channel, address))
				if err != nil || o.State != broadsheet.DeliverySent {
					t.Errorf("%s, %d %s papers: got %+v, %v; want sent", channel, n, name, o, err)
				}
			}
			if svc.asked() != len(addresses("")) {
				t.Errorf("%d %s papers: %d requests, want one for each channel", n, name, svc.asked())
			}
		}
	}
}

// TestLeftOutIsSaid looks for the line about what does not fit.
func TestLeftOutIsSaid(t *testing.T) {
	var papers []broadsheet.Paper
	const all = 100
	for i := range all {
		papers = append(papers, paper(i, strings.Repeat("Long title ", 18), strings.Repeat("Text. ", 40)))
	}
	s := newShelf(papers...)
	for channel, address := range addresses("http://127.0.0.1") {
		body, err := carrier(t, channel, s).Body(t.Context(), s.claim(channel, address))
		if err != nil {
			t.Fatal(err)
		}
		told := strings.Count(string(body), "/papers/2606.")
		if channel == "ntfy" {
			told = strings.Count(string(body), "Ada Person")
		}
		if channel == "matrix" {
			told /= 2 // in plain text and in HTML
		}
		said := strings.Contains(string(body), fmt.Sprint(all-told, " more papers on the web"))
		if told == 0 || said != (told < all) || !strings.Contains(string(body), "https://papers.example.org/editions/editiontoken") {
			t.Errorf("%s: %d of %d papers, the rest said %v", channel, told, all, said)
		}
	}
}

// TestAnswers sees what becomes of what services say.
func TestAnswers(t *testing.T) {
	const known = "matrix ntfy webhook"
	type want struct {
		state broadsheet.DeliveryState // "" is doubt
		gone  bool
		worn  bool // ends the target where it goes on for long
		after time.Duration
	}
	sent, failed, gone, worn := want{state: "sent"}, want{state: "failed"}, want{state: "failed", gone: true}, want{state: "failed", worn: true}
	later := func(s float64) want { return want{state: "planned", after: time.Duration(s * float64(time.Second))} }
	unless := func(w want) map[bool]want { return map[bool]want{false: w, true: {state: "planned"}} } // by whether it is known again
	all := func(w want) map[bool]want { return map[bool]want{false: w, true: w} }
	for _, c := range []struct {
		only   string // "" is every channel
		status int
		header string
		body   string
		want   map[bool]want
	}{
		{"", 200, "", "", all(sent)},
		{"", 202, "", "", all(sent)},
		{"", 204, "", "", all(sent)},
		{"", 302, "", "", all(failed)},
		{"", 400, "", "no", all(failed)},
		{"", 401, "", "", all(worn)},
		{"", 403, "", "", all(worn)},
		{"", 404, "", "", all(worn)},
		{"", 410, "", "", all(gone)},
		{"", 413, "", "", all(failed)},
		{"", 408, "", "", all(later(30))},
		{"", 429, "17", "", all(later(17))},
		{"", 429, "", "", all(later(30))},
		{"", 429, "99999999", "", all(later(6 * 3600))},
		{"", 503, "", "", all(later(30))},
		{"", 500, "", "<html>oops", unless(want{})},
		{"", 502, "", "", unless(want{})},
		{"slack", 403, "", "action_prohibited", all(worn)},
		{"slack", 410, "", "channel_is_archived", all(gone)},
		{"slack", 403, "", "invalid_token", all(worn)},
		{"slack", 400, "", "channel_is_archived", all(worn)},
		{"slack", 500, "", "rollup_error", all(later(30))},
		{"discord", 404, "", `{"message":"Unknown Webhook","code":10015}`, all(worn)},
		{"discord", 429, "1", `{"message":"You are being rate limited.","retry_after":2.5,"global":false}`, all(later(2.5))},
		{"telegram", 429, "", `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5","parameters":{"retry_after":5}}`, all(later(5))},
		{"telegram", 400, "", `{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}`, all(worn)},
		{"telegram", 403, "", `{"ok":false,"error_code":403,"description":"Forbidden: bot was kicked from the group chat"}`, all(worn)},
		{"telegram", 400, "", `{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded","parameters":{"migrate_to_chat_id":-100123}}`, all(gone)},
		{"mattermost", 400, "", `{"id":"web.incoming_webhook.invalid.app_error","message":"Invalid webhook."}`, all(worn)},
		{"matrix", 429, "", `{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2000}`, all(later(2))},
		{"matrix", 403, "", `{"errcode":"M_FORBIDDEN","error":"not in room"}`, all(worn)},
		{"matrix", 404, "", `{"errcode":"M_UNRECOGNIZED"}`, all(failed)},
		{"feishu", 200, "", `{"code":19001,"msg":"param invalid: incoming webhook access token invalid"}`, all(worn)},
		{"feishu", 200, "", `{"code":19021,"msg":"sign match fail"}`, all(failed)},
		{"feishu", 400, "", `{"code":11232,"msg":"frequency limited"}`, all(later(30))},
		{"dingtalk", 200, "", `{"errcode":130101,"errmsg":"send too fast"}`, all(later(600))},
		{"dingtalk", 200, "", `{"errcode":300005,"errmsg":"token is not exist"}`, all(worn)},
		{"dingtalk", 200, "", `{"errcode":310000,"errmsg":"keywords not in content"}`, all(failed)},
		{"teams", 200, "", "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId", all(later(30))},
		{"teams", 200, "", "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 404 with ContextId", all(worn)},
		{"teams", 200, "", "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 410 with ContextId", all(gone)},
		{"teams", 200, "", "1", all(sent)},
	} {
		svc, s := newService(t), usual()
		svc.answer = func(w http.ResponseWriter, _ int) bool {
			if c.header != "" {
				w.Header().Set("Retry-After", c.header)
			}
			w.WriteHeader(c.status)
			if c.status != 204 {
				fmt.Fprint(w, c.body)
			}
			return true
		}
		for channel, address := range addresses(svc.URL) {
			if c.only != "" && c.only != channel {
				continue
			}
			o, err := carrier(t, channel, s).Try(t.Context(), s.claim(channel, address))
			got := want{o.State, o.NoSuchAddress, o.Mailbox, o.After}
			if w := c.want[strings.Contains(known, channel)]; got != w || (err != nil) != (w.state == "") {
				t.Errorf("%s, %d %q: got %+v, %v; want %+v", channel, c.status, c.body, got, err, w)
			}
		}
		if n := svc.asked(); c.only != "" && n != 1 || c.only == "" && n != len(addresses("")) {
			t.Errorf("%d: %d requests; nothing may be asked twice", c.status, n)
		}
	}
}

// TestNoAnswer sees what becomes of a message that nobody answered for.
func TestNoAnswer(t *testing.T) {
	svc, s := newService(t), usual()
	svc.answer = func(http.ResponseWriter, int) bool { panic(http.ErrAbortHandler) }
	for channel, address := range addresses(svc.URL) {
		o, err := carrier(t, channel, s).Try(t.Context(), s.claim(channel, address))
		again := channel == "matrix" || channel == "ntfy" || channel == "webhook"
		if again != (err == nil && o.State == broadsheet.DeliveryPlanned) || !again && err == nil {
			t.Errorf("%s, cut off: got %+v, %v; want doubt, or another try where it is known again", channel, o, err)
		}
	}
	gone := addresses(svc.URL)
	svc.Close()
	for channel, address := range gone {
		if o, err := carrier(t, channel, s).Try(t.Context(), s.claim(channel, address)); err != nil || o.State != broadsheet.DeliveryPlanned || o.NoSuchAddress {
			t.Errorf("%s, nobody there: got %+v, %v; want another try", channel, o, err)
		}
	}
}

// TestPrivateNetworks: no target leads into a private network, however it is
// written, unless the operator says so.
func TestPrivateNetworks(t *testing.T) {
	svc, s := newService(t), usual()
	for channel, address := range addresses(svc.URL) {
		for _, host := range []string{"127.0.0.1", "[::ffff:127.0.0.1]", "localhost", "2130706433"} {
			address := strings.Replace(address, "127.0.0.1", host, 1)
			c := chat.New(chat.Options{Channel: broadsheet.Channel(channel), Store: s, Sender: client(t, nil), Base: "https://papers.example.org",
				Paper: func(string) string { return "/" }, Edition: func(string) string { return "/" }})
			o, err := c.Try(t.Context(), s.claim(channel, address))
			if err != nil || o.State == broadsheet.DeliverySent || host == "127.0.0.1" && (o.State != broadsheet.DeliveryFailed || !strings.Contains(o.Reply, "chat.private_networks")) {
				t.Errorf("%s at %s: got %+v, %v; want it refused", channel, host, o, err)
			}
		}
	}
	if n := svc.asked(); n != 0 {
		t.Errorf("%d requests reached this machine, want none", n)
	}
}

// TestNothingSecretIsTold: services that repeat the address get no secret into
// the ledger or an error.
func TestNothingSecretIsTold(t *testing.T) {
	secrets := []string{"slacksecret", "discordsecret", botToken, botToken[10:], "mattermostsecret", accessToken, "feishu-hook-secret", feishuKey, "dingtalktoken", dingtalkKey,
		"teamssecret", ntfyToken, "papers-topic", webhookKey}
	for _, status := range []int{200, 400, 404, 429, 500} {
		svc, s := newService(t), usual()
		for channel, address := range addresses(svc.URL) {
			svc.answer = func(w http.ResponseWriter, _ int) bool {
				w.WriteHeader(status)
				fmt.Fprint(w, strings.Repeat("no ", 80), "such hook: ", address, " ", secrets)
				return true
			}
			target, err := chat.Parse(broadsheet.Channel(channel), address)
			if err != nil {
				t.Fatal(err)
			}
			o, err := carrier(t, channel, s).Try(t.Context(), s.claim(channel, address))
			text := fmt.Sprint(o.Reply, err, target)
			for _, part := range strings.FieldsFunc(address, func(r rune) bool { return strings.ContainsRune("/?&#=", r) }) {
				for _, secret := range secrets {
					if strings.Contains(part, secret) && strings.Contains(text, part) {
						t.Errorf("%s, %d: %q tells %q", channel, status, text, part)
					}
				}
			}
		}
	}
}

// TestPace: two messages to one target keep apart, and after a refusal for
// haste nothing is asked until the time is over.
func TestPace(t *testing.T) {
	svc, s := newService(t), usual()
	clock := now
	c := chat.New(chat.Options{Channel: "telegram", Store: s, Sender: client(t, loopback), Base: "https://papers.example.org",
		Paper: func(id string) string { return "/" + id }, Edition: func(string) string { return "/" }, Now: func() time.Time { return clock }})
	claim := s.claim("telegram", addresses(svc.URL)["telegram"])
	try := func(want broadsheet.DeliveryState, after time.Duration) {
		t.Helper()
		o, err := c.Try(t.Context(), claim)
		if err != nil || o.State != want || o.After != after || want == broadsheet.DeliveryPlanned && !o.NotTried {
			t.Errorf("at %s: got %+v, %v; want %s after %s", clock.Format(time.TimeOnly), o, err, want, after)
		}
	}
	try(broadsheet.DeliverySent, 0)
	try(broadsheet.DeliveryPlanned, 3*time.Second)
	clock = clock.Add(3 * time.Second)
	svc.answer = func(w http.ResponseWriter, _ int) bool {
		w.Header().Set("Retry-After", "40")
		w.WriteHeader(429)
		return true
	}
	try(broadsheet.DeliveryPlanned, 40*time.Second)
	svc.answer = nil
	clock = clock.Add(10 * time.Second)
	try(broadsheet.DeliveryPlanned, 30*time.Second)
	clock = clock.Add(30 * time.Second)
	try(broadsheet.DeliverySent, 0)
	if n := svc.asked(); n != 3 {
		t.Errorf("%d requests, want 3", n)
	}
}

var _ deliver.Carrier = (*chat.Carrier)(nil)
