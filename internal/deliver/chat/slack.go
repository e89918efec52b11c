package chat

import (
	"strings"
	"time"

	"broadsheet/internal/deliver"
	"broadsheet/internal/lib/fetch"
)

// slack is Slack's incoming webhooks, with Block Kit. Papers are rich text, whose
// elements are text or link and nothing in between: no title can mention
// (<!channel>), format or link.
//
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
var slack = &kind{
	title: "Slack", form: "copy the incoming webhook's URL, https://hooks.slack.com/services/T…/B…/…",
	parse: parseSlack, write: writeSlack, judge: judgeSlack,
	every: time.Second, // one message a second and hook
}

// Bounds of Slack. That of all blocks together is not documented; messages of
// more than 13,200 bytes of blocks are refused as msg_blocks_too_long (slackapi/bolt-js
// issue 2509).
const (
	slackBlocks = 50
	slackText   = 3000 // of one block
	slackHeader = 150
	slackAll    = 12_000 // bytes of JSON
)

func parseSlack(t *Target, _ bool) error {
	parts := strings.Split(strings.Trim(t.url.Path, "/"), "/")
	switch {
	case parts[0] == "workflows" || parts[0] == "triggers":
		return wrong("starts a workflow, which takes no messages", "")
	case len(parts) != 4 || parts[0] != "services":
		return wrong("is not an incoming webhook of Slack", "")
	}
	return nil
}

type slackMessage struct {
	Text        string       `json:"text"` // of the notification
	Mrkdwn      bool         `json:"mrkdwn"`
	UnfurlLinks bool         `json:"unfurl_links"`
	UnfurlMedia bool         `json:"unfurl_media"`
	Blocks      []slackBlock `json:"blocks"`
}

type slackBlock struct {
	Type     string         `json:"type"`
	Text     *slackPlain    `json:"text,omitempty"`
	Elements []slackSection `json:"elements,omitempty"`
}

type slackPlain struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	Emoji bool   `json:"emoji"`
}

type slackSection struct {
	Type     string         `json:"type"`
	Elements []slackElement `json:"elements"`
}

type slackElement struct {
	Type  string      `json:"type"`
	Text  string      `json:"text"`
	URL   string      `json:"url,omitempty"`
	Style *slackStyle `json:"style,omitempty"`
}

type slackStyle struct {
	Bold   bool `json:"bold,omitempty"`
	Italic bool `json:"italic,omitempty"`
}

func writeSlack(_ *Target, n *news) request {
	return request{body: fit(n, func(n *news) ([]byte, bool) {
		m := slackMessage{Text: clipWith(n.summary(), slackText, func(s string) string { return slackEscape.Replace(loose(s)) })}
		m.Blocks = append(m.Blocks, slackBlock{Type: "header", Text: &slackPlain{Type: "plain_text", Text: clipWith(n.title, slackHeader, loose)}})
		ok := true
		for i := range n.items {
			x := &n.items[i]
			s := []slackElement{{Type: "link", URL: x.url, Text: loose(x.title), Style: &slackStyle{Bold: true}}}
			if about := x.about(); about != "" {
				s = append(s, slackElement{Type: "text", Text: "\n" + loose(about)})
			}
			if x.text != "" {
				s = append(s, slackElement{Type: "text", Text: "\n" + loose(x.text)})
			}
			size := 0
			for _, e := range s {
				size += units(e.Text) + units(e.URL)
			}
			ok = ok && size <= slackText
			m.Blocks = append(m.Blocks, slackRich(s...))
		}
		if n.empty() {
			m.Blocks = append(m.Blocks, slackRich(slackElement{Type: "text", Text: nothing}))
		}
		m.Blocks = append(m.Blocks, slackRich(slackElement{Type: "link", URL: n.web, Text: n.ending()}))
		body := encode(m)
		return body, ok && len(m.Blocks) <= slackBlocks && len(body) <= slackAll
	})}
}

// slackEscape is all that Slack undoes.
var slackEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func slackRich(e ...slackElement) slackBlock {
	return slackBlock{Type: "rich_text", Elements: []slackSection{{Type: "rich_text_section", Elements: e}}}
}

// judgeSlack knows the words for hooks that do not work, whatever their status.
func judgeSlack(a *fetch.Answer) (deliver.Outcome, bool) {
	switch word(a.Body) {
	case "no_service", "no_service_id", "no_active_hooks", "no_team", "team_disabled", "invalid_token", "channel_not_found", "channel_is_archived", "user_not_found":
		return refused(a), true
	case "rollup_error":
		return later(a), true // Slack says that it may be sent again
	}
	return deliver.Outcome{}, false
}

// word is the first word of an answer.
func word(body []byte) string {
	w, _, _ := strings.Cut(strings.TrimSpace(string(body)), " ")
	return w
}
