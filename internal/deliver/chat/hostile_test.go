package chat_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"broadsheet"
	"broadsheet/internal/deliver/chat"
)

// found is what programs find in any text by themselves: addresses, host names,
// mentions, tags, commands.
var found = regexp.MustCompile(`(?i)\w+:/|//\w|\b[a-z0-9-]+\.[a-z]{2,}\b|[@#$]\w|(^|\s)/\w|\b(mailto|tel|javascript):\w`)

const site = "https://papers.example.org/"

var (
	linkEnd   = regexp.MustCompile(`^(\]\(|: <)` + regexp.QuoteMeta(site) + `[A-Za-z0-9./]+[)>]`)
	wholeLink = regexp.MustCompile(`^\[(.*)\]\((.*)\)$`)
)

// own takes the addresses of the site's pages out.
var own = regexp.MustCompile(`https://papers\.example\.org/(papers|editions)/[A-Za-z0-9.]+`)

// TestHostileShown puts the corpus in every field and reads what each channel is
// sent as the service would: the only links are the site's, nothing mentions and
// nothing is formatted that this program did not format.
func TestHostileShown(t *testing.T) {
	for _, evil := range hostile {
		p := paper(1, evil, evil)
		p.Authors = []broadsheet.Author{{Name: evil}, {Name: "Bo"}}
		p.Links = []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: `https://evil.example/"><script>`}}
		s := newShelf(p)
		s.edition.Title = evil
		s.edition.Picks[0].Why = evil
		for channel, address := range addresses("http://127.0.0.1") {
			body, err := carrier(t, channel, s).Body(t.Context(), s.claim(channel, address))
			if err != nil {
				t.Fatal(err)
			}
			looksHarmless(t, channel, body)
		}
	}
}

func looksHarmless(t *testing.T, channel string, body []byte) {
	t.Helper()
	var message any
	if err := json.Unmarshal(body, &message); err != nil {
		t.Fatalf("%s: %v in %s", channel, err, body)
	}
	if channel == "webhook" {
		return // data for a program: as sources wrote it
	}
	if text, _ := message.(map[string]any)["text"].(string); channel == "slack" && (strings.ContainsAny(text, "<>") || text == "") {
		t.Errorf("slack: the notification %q has marks", text) // all else is text by its form
	}
	walk(message, "", func(key, text string) {
		if key == "url" || key == "click" {
			if !strings.HasPrefix(text, site) {
				t.Errorf("%s: a link to %q", channel, text)
			}
			return
		}
		if key == "$schema" || key == "contentType" || key == "type" || key == "msgtype" || key == "format" {
			return
		}
		plain := text
		switch {
		case key == "formatted_body" || channel == "telegram" && key == "text":
			plain = readHTML(t, channel, text)
		case channel == "discord" && (key == "title" || key == "description" || key == "content"), channel == "mattermost", channel == "dingtalk" && key == "text":
			plain = readMarkdown(t, channel, text)
		case channel == "feishu" && key == "content":
			if m := wholeLink.FindStringSubmatch(text); m != nil && strings.HasPrefix(m[2], site) {
				if strings.ContainsAny(strings.ReplaceAll(m[1], "&#", ""), "[]()<>*_`~@:&") {
					t.Errorf("feishu: %q has marks", m[1])
				}
				plain = html.UnescapeString(m[1])
			}
		}
		if got := found.FindString(own.ReplaceAllString(plain, "")); got != "" {
			t.Errorf("%s, %s: %q is found in %q", channel, key, got, plain)
		}
	})
}

func walk(v any, key string, do func(key, text string)) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			walk(x, k, do)
		}
	case []any:
		for _, x := range v {
			walk(x, key, do)
		}
	case string:
		do(key, v)
	}
}

// readHTML is the text of HTML that has only the marks of this program and only
// links to the site.
func readHTML(t *testing.T, channel, s string) (text string) {
	z := html.NewTokenizer(strings.NewReader(s))
	for z.Next() != html.ErrorToken {
		k := z.Token()
		switch {
		case k.Type == html.TextToken:
			text += k.Data
		case k.Type != html.StartTagToken && k.Type != html.EndTagToken, !strings.Contains(" a b h4 p strong br ", " "+k.Data+" "):
			t.Errorf("%s: mark %v in %q", channel, k, s)
		case len(k.Attr) > 0 && (len(k.Attr) != 1 || k.Attr[0].Key != "href" || !strings.HasPrefix(k.Attr[0].Val, site)):
			t.Errorf("%s: attributes %v", channel, k.Attr)
		default:
			text += "\n"
		}
	}
	return text
}

// readMarkdown is the text of Markdown in which links lead to the site and every other
// sign that could format is escaped. It knows what this program writes: headings,
// bold, links in bold, and a link in brackets.
func readMarkdown(t *testing.T, channel, s string) string {
	s = strings.TrimPrefix(s, "#### ")
	marks := `*_[]()<>` + "`~|!#&"
	if channel != "dingtalk" {
		marks += ":-+=.@$"
	}
	var b strings.Builder
	for s != "" {
		for _, mark := range []string{"**[", "**", "[", ")**"} {
			s = strings.TrimPrefix(s, mark)
		}
		if m := linkEnd.FindString(s); m != "" {
			s = s[len(m):]
			b.WriteByte(' ')
			continue
		}
		if s == "" {
			break
		}
		if s[0] == '\\' && len(s) > 1 {
			b.WriteByte(s[1])
			s = s[2:]
			continue
		}
		if strings.IndexByte(marks, s[0]) >= 0 {
			t.Errorf("%s: %q means something before %.60q", channel, s[0], s)
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
	return b.String()
}

// FuzzMessages writes any text into every field of every channel.
func FuzzMessages(f *testing.F) {
	for i, s := range hostile {
		f.Add(s, hostile[(i+1)%len(hostile)])
	}
	f.Add("\xff\xfe@all", "a.b\x00")
	f.Add(strings.Repeat("*", 300), strings.Repeat("😀.a@", 60))
	f.Fuzz(func(t *testing.T, title, text string) {
		p := paper(1, title, text)
		p.Authors[0].Name = text
		s := newShelf(p, p)
		s.papers[1].ID = "2606.00002"
		s.edition.Title, s.edition.Picks[0].Why = title, text
		s.edition.Picks[0].PaperID, s.edition.Picks[1].PaperID = p.ID, "2606.00002"
		svc := &service{ids: map[string]int{}}
		for channel, address := range addresses("http://127.0.0.1") {
			o, err := carrierBy(svc, channel, s).Try(t.Context(), s.claim(channel, address))
			if err != nil || o.State != broadsheet.DeliverySent {
				t.Errorf("%s: title %q, text %q: got %+v, %v; want sent", channel, title, text, o, err)
				continue
			}
			if channel != "discord" && channel != "mattermost" && channel != "dingtalk" { // whose reader here is a rough one
				looksHarmless(t, channel, svc.bodies[len(svc.bodies)-1])
			}
		}
	})
}

// FuzzParse reads any address: an error or a target that is read again as the
// same.
func FuzzParse(f *testing.F) {
	for channel, a := range addresses("http://127.0.0.1") {
		f.Add(channel, a)
	}
	f.Add("telegram", "telegram://"+botToken+"@telegram/@channel?message_thread_id=3")
	f.Add("matrix", "matrix://"+accessToken+"@matrix.example.org/!a:b")
	f.Add("webhook", "https://example.org/x?a=b#secret="+webhookKey)
	f.Fuzz(func(t *testing.T, channel, address string) {
		a, err := chat.Parse(broadsheet.Channel(channel), address)
		if err != nil {
			if broadsheet.KindOf(err) != broadsheet.Invalid {
				t.Errorf("%q: %v is not Invalid", address, err)
			}
			return
		}
		b, err := chat.Parse(broadsheet.Channel(channel), a.Address())
		if err != nil || b.Key() != a.Key() || b.Address() != a.Address() {
			t.Errorf("%q: written as %q, which is read as %v, %v", address, a.Address(), b, err)
		}
	})
}
