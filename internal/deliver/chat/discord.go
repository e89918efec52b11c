package chat

import (
	"encoding/json"
	"strings"
	"time"

	"broadsheet/internal/deliver"
	"broadsheet/internal/lib/fetch"
)

// discord is Discord's webhooks: an embed for each paper. allowed_mentions
// allows none, and every sign of Markdown is escaped.
//
// https://docs.discord.com/developers/resources/webhook#execute-webhook
var discord = &kind{
	title: "Discord", form: "copy the webhook's URL, https://discord.com/api/webhooks/…/…",
	parse: parseDiscord, write: writeDiscord, judge: judgeDiscord,
	every: 2 * time.Second, // 30 a minute and hook
}

// Bounds of Discord, in characters.
const (
	discordContent = 2000
	discordEmbeds  = 10
	discordTitle   = 256
	discordText    = 4096
	discordAll     = 6000 // titles, texts and footers of all embeds
)

func parseDiscord(t *Target, _ bool) error {
	path := strings.Trim(t.url.Path, "/")
	path = strings.TrimPrefix(path, "api/")
	if version, rest, ok := strings.Cut(path, "/"); ok && len(version) > 1 && version[0] == 'v' {
		path = rest
	}
	parts := strings.Split(path, "/")
	if len(parts) != 3 || parts[0] != "webhooks" || parts[1] == "" || strings.Trim(parts[1], "0123456789") != "" || parts[2] == "" {
		return wrong("is not a webhook of Discord", "")
	}
	q := t.url.Query()
	for name := range q {
		if name != "thread_id" && name != "wait" {
			return wrong("has something after ? that is not thread_id", "")
		}
	}
	q.Set("wait", "true") // the answer then says that the message is there
	t.url.RawQuery = q.Encode()
	return nil
}

type discordMessage struct {
	Content  string          `json:"content"`
	Embeds   []discordEmbed  `json:"embeds,omitempty"`
	Mentions discordMentions `json:"allowed_mentions"`
}

type discordEmbed struct {
	Title       string         `json:"title"`
	URL         string         `json:"url"`
	Description string         `json:"description,omitempty"`
	Footer      *discordFooter `json:"footer,omitempty"`
}

type discordFooter struct {
	Text string `json:"text"` // not read as Markdown
}

type discordMentions struct {
	Parse []string `json:"parse"`
}

func writeDiscord(_ *Target, n *news) request {
	return request{body: fit(n, func(n *news) ([]byte, bool) {
		m := discordMessage{Mentions: discordMentions{Parse: []string{}}}
		// The brackets < > keep Discord from fetching a preview of the page.
		m.Content = "**" + clipWith(n.title, 300, marked) + "**"
		if n.empty() {
			m.Content += "\n" + marked(nothing)
		}
		m.Content += "\n" + n.ending() + ": <" + href(n.web) + ">"
		ok := units(m.Content) <= discordContent && len(n.items) <= discordEmbeds
		all := 0
		for i := range n.items {
			x := &n.items[i]
			e := discordEmbed{Title: clipWith(x.title, discordTitle, marked), URL: x.url, Description: marked(x.text)}
			all += units(e.Title) + units(e.Description)
			if about := loose(x.about()); about != "" {
				e.Footer = &discordFooter{about}
				all += units(about)
			}
			ok = ok && units(e.Description) <= discordText
			m.Embeds = append(m.Embeds, e)
		}
		return encode(m), ok && all <= discordAll
	})}
}

// judgeDiscord reads how long to wait in fractions of a second.
func judgeDiscord(a *fetch.Answer) (deliver.Outcome, bool) {
	if a.Status != 429 {
		return deliver.Outcome{}, false
	}
	var x struct {
		RetryAfter float64 `json:"retry_after"`
	}
	o := later(a)
	if json.Unmarshal(a.Body, &x) == nil && x.RetryAfter > 0 {
		o.After = wait(time.Duration(min(x.RetryAfter, mostWait.Seconds()) * float64(time.Second)))
	}
	return o, true
}
