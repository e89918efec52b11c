package chat

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"time"

	"broadsheet/internal/deliver"
	"broadsheet/internal/lib/fetch"
)

// telegram is the Bot API's sendMessage in its HTML form: MarkdownV2 has eighteen
// signs to escape, HTML four.
//
// https://core.telegram.org/bots/api#sendmessage
var telegram = &kind{
	title: "Telegram", form: "write telegram://TOKEN@telegram/CHAT with the token that @BotFather gave and the chat's number or @name",
	parse: parseTelegram, write: writeTelegram, judge: judgeTelegram,
	every: 3 * time.Second, // 20 a minute in a group, one a second in a chat
}

// telegramText is how long a message may be, in UTF-16 code units without its
// marks; telegramLinks is how many links one may have: what has more loses the rest.
const (
	telegramText  = 4096
	telegramLinks = 100
)

var (
	telegramToken = regexp.MustCompile(`^[0-9]{3,20}:[A-Za-z0-9_-]{20,100}$`)
	telegramChat  = regexp.MustCompile(`^(-?[0-9]{1,20}|@[A-Za-z][A-Za-z0-9_]{3,31})$`)
)

func parseTelegram(t *Target, own bool) error {
	q := t.url.Query()
	token, scheme, host := "", t.url.Scheme, t.url.Host
	if own {
		secret, _ := t.url.User.Password()
		token, t.room = t.url.User.Username()+":"+secret, strings.Trim(t.url.Path, "/")
		if host != "telegram" {
			return wrong("has another host than telegram after the @", "")
		}
		scheme, host = "https", "api.telegram.org"
	} else {
		path, ok := strings.CutSuffix(t.url.Path, "/sendMessage")
		if !ok || !strings.HasPrefix(path, "/bot") {
			return wrong("is not sendMessage of the Bot API", "")
		}
		token, t.room = strings.TrimPrefix(path, "/bot"), q.Get("chat_id")
	}
	t.thread = q.Get("message_thread_id")
	switch {
	case !telegramToken.MatchString(token):
		return wrong("has no token of a bot", "")
	case !telegramChat.MatchString(t.room):
		return wrong("names no chat", "")
	case t.thread != "" && strings.Trim(t.thread, "0123456789") != "":
		return wrong("has a message_thread_id that is not a number", "")
	}
	q = url.Values{"chat_id": {t.room}}
	if t.thread != "" {
		q.Set("message_thread_id", t.thread)
	}
	t.url = &url.URL{Scheme: scheme, Host: host, Path: "/bot" + token + "/sendMessage", RawQuery: q.Encode()}
	return nil
}

type telegramMessage struct {
	Chat      string          `json:"chat_id"`
	Thread    json.Number     `json:"message_thread_id,omitempty"`
	Text      string          `json:"text"`
	ParseMode string          `json:"parse_mode"`
	Preview   telegramPreview `json:"link_preview_options"`
}

type telegramPreview struct {
	Disabled bool `json:"is_disabled"`
}

// telegramWriter writes HTML and counts what of it is seen.
type telegramWriter struct {
	strings.Builder
	seen, links int
}

func (w *telegramWriter) text(s string) {
	w.WriteString(inHTML(s))
	w.seen += units(loose(s))
}

func (w *telegramWriter) link(s, to string) {
	w.WriteString(`<a href="` + href(strings.ReplaceAll(to, "&", "&amp;")) + `">`)
	w.text(s)
	w.WriteString("</a>")
	w.links++
}

func writeTelegram(t *Target, n *news) request {
	u := *t.url
	u.RawQuery = ""
	return request{url: u.String(), body: fit(n, func(n *news) ([]byte, bool) {
		var w telegramWriter
		w.WriteString("<b>")
		w.text(n.title)
		w.WriteString("</b>")
		for i := range n.items {
			x := &n.items[i]
			w.text("\n\n")
			w.link(x.title, x.url)
			for _, s := range []string{x.about(), x.text} {
				if s != "" {
					w.text("\n" + s)
				}
			}
		}
		if n.empty() {
			w.text("\n\n" + nothing)
		}
		w.text("\n\n")
		w.link(n.ending(), n.web)
		m := telegramMessage{Chat: t.room, Thread: json.Number(t.thread), Text: w.String(), ParseMode: "HTML", Preview: telegramPreview{true}}
		return encode(m), w.seen <= telegramText && w.links+1 <= telegramLinks
	})}
}

// judgeTelegram reads the answer's own words: how long to wait, and whether the
// chat can be written to at all.
func judgeTelegram(a *fetch.Answer) (deliver.Outcome, bool) {
	var x struct {
		Description string `json:"description"`
		Parameters  struct {
			RetryAfter int64       `json:"retry_after"`
			Migrated   json.Number `json:"migrate_to_chat_id"`
		} `json:"parameters"`
	}
	if json.Unmarshal(a.Body, &x) != nil {
		return deliver.Outcome{}, false
	}
	switch {
	case a.Status == 429:
		o := later(a)
		if x.Parameters.RetryAfter > 0 {
			o.After = wait(time.Duration(min(x.Parameters.RetryAfter, int64(mostWait/time.Second))) * time.Second)
		}
		return o, true
	case a.Status == 400 && x.Parameters.Migrated != "":
		o := deliver.Failed("")
		o.NoSuchAddress = true // for good
		o.Reply = "400 the group has another number now: add it as " + x.Parameters.Migrated.String()
		return o, true
	case a.Status == 400 && strings.Contains(x.Description, "chat not found"):
		return refused(a), true
	}
	return deliver.Outcome{}, false
}
