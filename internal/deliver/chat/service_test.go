package chat_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"broadsheet/internal/lib/fetch"

	"golang.org/x/net/html"
)

// service is a chat on this machine that refuses what the real one would: each
// check is written from the service's own documentation, and knows nothing of
// the package under test.
type service struct {
	*httptest.Server
	answer func(w http.ResponseWriter, n int) bool // before the checks; true: it answered
	clock  func() time.Time                        // nil is now

	mu     sync.Mutex
	bodies [][]byte
	ids    map[string]int // of what can be known again
}

// now is when everything happens.
var now = time.Date(2026, 6, 30, 7, 0, 5, 0, time.UTC)

const (
	feishuKey   = "feishu-key-0123456789"
	dingtalkKey = "SEC0123456789abcdef"
	webhookKey  = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=" // 32 bytes
	botToken    = "123456789:AAabcdefghijklmnopqrstuvwxyz0123456"
	accessToken = "syt_cm9ib3Q_secretsecretsecret"
	ntfyToken   = "tk_0123456789abcdefghij"
)

// addresses are where each channel is on a service.
func addresses(base string) map[string]string {
	host := strings.TrimPrefix(base, "http://")
	return map[string]string{
		"slack":      base + "/services/T0000000/B0000000/slacksecretslacksecret00",
		"discord":    base + "/api/webhooks/123456789012345678/discordsecretdiscordsecret",
		"telegram":   base + "/bot" + botToken + "/sendMessage?chat_id=-1001234567890&message_thread_id=7",
		"mattermost": base + "/hooks/mattermostsecret0000000000",
		"matrix":     "http://" + host + "/!room:example.org#token=" + accessToken,
		"feishu":     base + "/open-apis/bot/v2/hook/feishu-hook-secret#secret=" + feishuKey,
		"dingtalk":   base + "/robot/send?access_token=dingtalktokendingtalktoken#secret=" + dingtalkKey,
		"teams":      base + "/workflows/abc/triggers/manual/paths/invoke?api-version=2016-06-01&sig=teamssecretteamssecret",
		"ntfy":       base + "/papers-topic#token=" + ntfyToken,
		"webhook":    base + "/receive/here#secret=" + webhookKey,
	}
}

func newService(t testing.TB) *service {
	s := &service{ids: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

// Send asks the service without a network between, for many messages in a short
// time.
func (s *service) Send(_ context.Context, method string, r fetch.Request) (*fetch.Answer, error) {
	req, w := httptest.NewRequest(method, r.URL, bytes.NewReader(r.Body)), httptest.NewRecorder()
	req.Header = r.Header.Clone()
	req.Header.Set("Content-Type", r.BodyType)
	s.serve(w, req)
	return &fetch.Answer{Status: w.Code, Header: w.Header(), Body: w.Body.Bytes()}, nil
}

func (s *service) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bodies = append(s.bodies, body)
	if s.answer != nil && s.answer(w, len(s.bodies)) {
		return
	}
	check := map[string]func(*http.Request, []byte) (answer string, err error){
		"/services/": slackTakes, "/api/webhooks/": discordTakes, "/bot" + botToken + "/sendMessage": telegramTakes, "/hooks/": mattermostTakes,
		"/_matrix/": s.matrixTakes, "/open-apis/": feishuTakes, "/robot/send": dingtalkTakes, "/workflows/": teamsTakes, "/receive/here": s.webhookTakes,
	}
	for prefix, takes := range check {
		if strings.HasPrefix(r.URL.Path, prefix) {
			s.reply(w, r, body, takes)
			return
		}
	}
	if r.URL.Path == "/" {
		s.reply(w, r, body, ntfyTakes)
		return
	}
	http.NotFound(w, r)
}

// asked is how many requests came.
func (s *service) asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.bodies)
}

func (s *service) reply(w http.ResponseWriter, r *http.Request, body []byte, takes func(*http.Request, []byte) (string, error)) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") || !json.Valid(body) || !utf8.Valid(body) {
		http.Error(w, "not JSON", http.StatusBadRequest)
		return
	}
	answer, err := takes(r, body)
	if err != nil {
		http.Error(w, "refused: "+err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprint(w, answer)
}

func utf16Len(s string) int { return len(utf16.Encode([]rune(s))) }

func read[T any](body []byte) T {
	var x T
	if err := json.Unmarshal(body, &x); err != nil {
		panic(err)
	}
	return x
}

// Block Kit: 50 blocks; 3,000 characters in a block's text, 150 in a header's.
func slackTakes(_ *http.Request, body []byte) (string, error) {
	m := read[struct {
		Text   string `json:"text"`
		Blocks []struct {
			Type     string                       `json:"type"`
			Text     *struct{ Type, Text string } `json:"text"`
			Elements []struct {
				Type     string
				Elements []struct{ Type, Text, URL string }
			} `json:"elements"`
		} `json:"blocks"`
	}](body)
	if m.Text == "" || len(m.Blocks) == 0 || len(m.Blocks) > 50 {
		return "", fmt.Errorf("invalid_blocks: %d", len(m.Blocks))
	}
	for _, b := range m.Blocks {
		switch b.Type {
		case "header":
			if b.Text == nil || b.Text.Type != "plain_text" || utf16Len(b.Text.Text) > 150 || b.Text.Text == "" {
				return "", fmt.Errorf("invalid_blocks: header")
			}
		case "rich_text":
			n := 0
			for _, section := range b.Elements {
				for _, e := range section.Elements {
					if e.Type != "text" && e.Type != "link" || e.Text == "" || (e.Type == "link") != (e.URL != "") {
						return "", fmt.Errorf("invalid_blocks: element %+v", e)
					}
					n += utf16Len(e.Text)
				}
			}
			if n > 3000 || n == 0 {
				return "", fmt.Errorf("invalid_blocks: %d characters", n)
			}
		default:
			return "", fmt.Errorf("invalid_blocks: type %q", b.Type)
		}
	}
	if len(body) > 13_000 {
		return "", fmt.Errorf("msg_blocks_too_long: %d", len(body))
	}
	return "ok", nil
}

// 2,000 characters of content; 10 embeds, each with a title of 256, a
// description of 4,096 and a footer of 2,048; 6,000 over all of them.
func discordTakes(r *http.Request, body []byte) (string, error) {
	m := read[struct {
		Content string `json:"content"`
		Embeds  []struct {
			Title, URL, Description string
			Footer                  struct{ Text string }
		} `json:"embeds"`
		Mentions *struct{ Parse []string } `json:"allowed_mentions"`
	}](body)
	if m.Mentions == nil || m.Mentions.Parse == nil || len(m.Mentions.Parse) != 0 {
		return "", fmt.Errorf("somebody would be mentioned")
	}
	if r.URL.Query().Get("wait") != "true" || utf16Len(m.Content) > 2000 || len(m.Embeds) > 10 || m.Content == "" {
		return "", fmt.Errorf("BASE_TYPE_MAX_LENGTH: content %d, embeds %d", utf16Len(m.Content), len(m.Embeds))
	}
	all := 0
	for _, e := range m.Embeds {
		if utf16Len(e.Title) > 256 || e.Title == "" || utf16Len(e.Description) > 4096 || utf16Len(e.Footer.Text) > 2048 || !strings.HasPrefix(e.URL, "http") {
			return "", fmt.Errorf("BASE_TYPE_MAX_LENGTH: %+v", e)
		}
		all += utf16Len(e.Title) + utf16Len(e.Description) + utf16Len(e.Footer.Text)
	}
	if all > 6000 {
		return "", fmt.Errorf("MAX_EMBED_SIZE_EXCEEDED: %d", all)
	}
	return `{"id":"1"}`, nil
}

// 1 to 4,096 characters after entities were parsed; in HTML a few tags, closed,
// and no other < or &; 100 entities.
func telegramTakes(r *http.Request, body []byte) (string, error) {
	m := read[struct {
		Chat    string `json:"chat_id"`
		Thread  int    `json:"message_thread_id"`
		Text    string `json:"text"`
		Mode    string `json:"parse_mode"`
		Preview struct {
			Off bool `json:"is_disabled"`
		} `json:"link_preview_options"`
	}](body)
	if m.Chat != "-1001234567890" || m.Thread != 7 || m.Mode != "HTML" || !m.Preview.Off || r.URL.RawQuery != "" {
		return "", fmt.Errorf("chat not found: %+v", m)
	}
	seen, open, entities := "", []string{}, 0
	z := html.NewTokenizer(strings.NewReader(m.Text))
	for z.Next() != html.ErrorToken {
		switch t := z.Token(); t.Type {
		case html.TextToken:
			seen += t.Data
		case html.StartTagToken:
			if t.Data != "a" && t.Data != "b" {
				return "", fmt.Errorf("can't parse entities: <%s>", t.Data)
			}
			open = append(open, t.Data)
			entities++
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != t.Data {
				return "", fmt.Errorf("can't parse entities: </%s>", t.Data)
			}
			open = open[:len(open)-1]
		default:
			return "", fmt.Errorf("can't parse entities: %v", t)
		}
	}
	if n := utf16Len(seen); n == 0 || n > 4096 || len(open) > 0 || entities > 100 {
		return "", fmt.Errorf("message is too long: %d, %d entities, open %v", n, entities, open)
	}
	return `{"ok":true,"result":{"message_id":1}}`, nil
}

// 16,383 characters.
func mattermostTakes(_ *http.Request, body []byte) (string, error) {
	m := read[struct{ Text string }](body)
	if n := utf8.RuneCountInString(m.Text); n == 0 || n > 16383 {
		return "", fmt.Errorf("text of %d", n)
	}
	return "ok", nil
}

// 65,536 bytes an event with what the server adds; a transaction's id is known
// again.
func (s *service) matrixTakes(r *http.Request, body []byte) (string, error) {
	part := strings.Split(r.URL.EscapedPath(), "/")
	if r.Method != "PUT" || r.Header.Get("Authorization") != "Bearer "+accessToken || len(part) != 9 || part[5] != url.PathEscape("!room:example.org") && part[5] != "%21room:example.org" || part[7] != "m.room.message" {
		return "", fmt.Errorf("M_UNRECOGNIZED: %s %s", r.Method, r.URL.EscapedPath())
	}
	m := read[map[string]any](body)
	if m["m.mentions"] == nil || m["format"] != "org.matrix.custom.html" || m["body"] == "" || len(body) > 64_000 {
		return "", fmt.Errorf("M_TOO_LARGE: %d", len(body))
	}
	s.ids[part[8]]++
	return `{"event_id":"$x"}`, nil
}

// 20 KB; the signature is over nothing, with the time and the key as key.
func feishuTakes(_ *http.Request, body []byte) (string, error) {
	m := read[struct {
		Timestamp, Sign string
		Type            string `json:"msg_type"`
		Card            struct {
			Header   struct{ Title struct{ Tag, Content string } }
			Elements []struct {
				Tag, Content string
				Text         struct{ Tag, Content string }
			}
		}
	}](body)
	h := hmac.New(sha256.New, []byte(m.Timestamp+"\n"+feishuKey))
	if m.Timestamp != strconv.FormatInt(now.Unix(), 10) || m.Sign != base64.StdEncoding.EncodeToString(h.Sum(nil)) {
		return `{"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time"}`, nil
	}
	if m.Type != "interactive" || len(body) > 20<<10 || len(m.Card.Elements) == 0 {
		return `{"code":9499,"msg":"Bad Request"}`, nil
	}
	for _, e := range m.Card.Elements {
		if e.Tag != "markdown" && (e.Tag != "div" || e.Text.Tag != "plain_text") {
			return `{"code":9499,"msg":"element"}`, nil
		}
	}
	return `{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}`, nil
}

// 20,000 bytes; the signature is over the time in milliseconds and the key.
func dingtalkTakes(r *http.Request, body []byte) (string, error) {
	q := r.URL.Query()
	h := hmac.New(sha256.New, []byte(dingtalkKey))
	io.WriteString(h, q.Get("timestamp")+"\n"+dingtalkKey)
	m := read[struct {
		Type     string `json:"msgtype"`
		Markdown struct{ Title, Text string }
		At       struct{ IsAtAll bool }
	}](body)
	if q.Get("access_token") != "dingtalktokendingtalktoken" || q.Get("timestamp") != strconv.FormatInt(now.UnixMilli(), 10) || q.Get("sign") != base64.StdEncoding.EncodeToString(h.Sum(nil)) {
		return `{"errcode":310000,"errmsg":"sign not match"}`, nil
	}
	if m.Type != "markdown" || m.Markdown.Title == "" || m.Markdown.Text == "" || m.At.IsAtAll || len(body) > 20000 {
		return `{"errcode":460101,"errmsg":"message too long"}`, nil
	}
	return `{"errcode":0,"errmsg":"ok"}`, nil
}

// 28 KB with what the workflow adds; elements that cards have.
func teamsTakes(r *http.Request, body []byte) (string, error) {
	m := read[struct {
		Type        string
		Attachments []struct {
			ContentType string
			Content     struct {
				Type, Version string
				Body          []struct {
					Type    string
					Inlines []struct {
						Type, Text   string
						SelectAction *struct{ Type, URL string }
					}
				}
			}
		}
	}](body)
	if r.URL.Query().Get("sig") != "teamssecretteamssecret" {
		return "", fmt.Errorf("no signature")
	}
	if m.Type != "message" || len(m.Attachments) != 1 || m.Attachments[0].ContentType != "application/vnd.microsoft.card.adaptive" || len(body) > 27<<10 {
		return "", fmt.Errorf("%d bytes", len(body))
	}
	card := m.Attachments[0].Content
	if card.Type != "AdaptiveCard" || card.Version > "1.5" {
		return "", fmt.Errorf("card %+v", card)
	}
	for _, b := range card.Body {
		if b.Type != "RichTextBlock" || len(b.Inlines) == 0 || b.Inlines[0].Type != "TextRun" || b.Inlines[0].Text == "" {
			return "", fmt.Errorf("block %+v", b)
		}
	}
	return "", nil
}

var topic = regexp.MustCompile(`^[-_A-Za-z0-9]{1,64}$`)

// 4,096 bytes of message, a longer one becomes a file; 8,192 of JSON; since 2.28
// 1 KB of title and 512 bytes of tags.
func ntfyTakes(r *http.Request, body []byte) (string, error) {
	m := read[struct {
		Topic, Title, Message, Click string
		Tags                         []string
		Sequence                     string `json:"sequence_id"`
	}](body)
	if r.Header.Get("Authorization") != "Bearer "+ntfyToken || m.Topic != "papers-topic" {
		return "", fmt.Errorf("topic %q", m.Topic)
	}
	if len(body) > 8192 || len(strings.Join(m.Tags, ",")) > 512 {
		return "", fmt.Errorf("40024: %d bytes of JSON", len(body))
	}
	if len(m.Message) > 4096 || m.Message == "" || len(m.Title) > 250 || !topic.MatchString(m.Sequence) {
		return "", fmt.Errorf("message of %d, title of %d, sequence %q", len(m.Message), len(m.Title), m.Sequence)
	}
	return `{"id":"abc"}`, nil
}

// Standard Webhooks, as a receiver verifies it.
func (s *service) webhookTakes(r *http.Request, body []byte) (string, error) {
	id, at := r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp")
	sec, err := strconv.ParseInt(at, 10, 64)
	clock := now
	if s.clock != nil {
		clock = s.clock()
	}
	if age := clock.Sub(time.Unix(sec, 0)); err != nil || age > 5*time.Minute || age < -5*time.Minute {
		return "", fmt.Errorf("timestamp %q", at)
	}
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(webhookKey, "whsec_"))
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "%s.%s.%s", id, at, body)
	if r.Header.Get("webhook-signature") != "v1,"+base64.StdEncoding.EncodeToString(h.Sum(nil)) {
		return "", fmt.Errorf("signature")
	}
	s.ids[id]++
	return "", nil
}
