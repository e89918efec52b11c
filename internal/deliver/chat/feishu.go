package chat

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"broadsheet/internal/deliver"
	"broadsheet/internal/lib/fetch"
)

// feishu is the custom bots of Feishu and Lark: a card, signed where the bot has
// a signature key. Titles are Markdown with every sign as an entity; all else is plain
// text, in which <at id=all> is text.
//
// https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
var feishu = &kind{
	title: "Feishu", form: "copy the custom bot's URL, https://open.feishu.cn/open-apis/bot/v2/hook/…, and where it has a signature key add #secret=KEY",
	fragment: []string{"secret"},
	parse: func(t *Target, _ bool) error {
		if id, ok := strings.CutPrefix(t.url.Path, "/open-apis/bot/v2/hook/"); !ok || id == "" || strings.Contains(id, "/") {
			return wrong("is not a custom bot of Feishu or Lark", "copy its URL, https://open.feishu.cn/open-apis/bot/v2/hook/…")
		}
		return nil
	},
	write: writeFeishu, judge: judgeFeishu,
	every: time.Second, // 100 a minute and bot
}

// feishuBody is the largest request, in bytes.
const feishuBody = 20_000

type feishuMessage struct {
	Timestamp string     `json:"timestamp,omitempty"`
	Sign      string     `json:"sign,omitempty"`
	Type      string     `json:"msg_type"`
	Card      feishuCard `json:"card"`
}

type feishuCard struct {
	Config   map[string]bool   `json:"config"`
	Header   feishuHeader      `json:"header"`
	Elements []json.RawMessage `json:"elements"`
}

type feishuHeader struct {
	Title    feishuText `json:"title"`
	Template string     `json:"template"`
}

type feishuText struct {
	Tag     string `json:"tag"`
	Content string `json:"content"`
}

type feishuDiv struct {
	Tag  string     `json:"tag"`
	Text feishuText `json:"text"`
}

func writeFeishu(t *Target, n *news) request {
	return request{body: fit(n, func(n *news) ([]byte, bool) {
		m := feishuMessage{Type: "interactive", Card: feishuCard{
			Config: map[string]bool{"wide_screen_mode": true},
			Header: feishuHeader{Title: feishuText{"plain_text", loose(n.title)}, Template: "blue"},
		}}
		if t.secret != "" {
			m.Timestamp = strconv.FormatInt(n.now.Unix(), 10)
			m.Sign = feishuSign(t.secret, m.Timestamp)
		}
		add := func(v any) { m.Card.Elements = append(m.Card.Elements, encode(v)) }
		link := func(s, to string) { add(feishuText{"markdown", "[" + entities(s) + "](" + href(to) + ")"}) }
		for i := range n.items {
			x := &n.items[i]
			link(x.title, x.url)
			text := x.about()
			if x.text != "" {
				text = strings.TrimSpace(text + "\n" + x.text)
			}
			if text != "" {
				add(feishuDiv{"div", feishuText{"plain_text", loose(text)}})
			}
		}
		if n.empty() {
			add(feishuDiv{"div", feishuText{"plain_text", nothing}})
		}
		link(n.ending(), n.web)
		body := encode(m)
		return body, len(body) <= feishuBody
	})}
}

// feishuSign signs nothing with the time and the key together as the key.
func feishuSign(key, timestamp string) string {
	return base64.StdEncoding.EncodeToString(hmac.New(sha256.New, []byte(timestamp+"\n"+key)).Sum(nil))
}

// judgeFeishu reads the code, which stands in answers of status 200 too.
func judgeFeishu(a *fetch.Answer) (deliver.Outcome, bool) {
	var x struct {
		Code    *int   `json:"code"`
		Message string `json:"msg"`
	}
	if json.Unmarshal(a.Body, &x) != nil || x.Code == nil {
		return deliver.Outcome{}, false
	}
	switch *x.Code {
	case 0:
		return deliver.Outcome{}, false
	case 11232, 99991400: // too many
		return later(a), true
	case 19001: // of a bot that is not there
		return refused(a), true
	}
	return deliver.Failed(said(a)), true // 19021 signature, 19022 address of this machine, 19024 keyword: the bot's own settings
}
