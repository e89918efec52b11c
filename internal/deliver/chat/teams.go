package chat

import (
	"strings"
	"time"

	"broadsheet/internal/deliver"
	"broadsheet/internal/lib/fetch"
)

// teams is Microsoft Teams by a workflow that posts cards ("When a Teams webhook
// request is received"). The card's text is in runs, which know no Markdown and no
// mentions.
//
// https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
var teams = &kind{
	title: "Microsoft Teams", form: "copy the workflow's URL, which ends with sig=…",
	parse: func(t *Target, _ bool) error {
		if t.url.Query().Get("sig") == "" && !strings.Contains(t.url.Path, "/IncomingWebhook/") {
			return wrong("is not a workflow's webhook of Teams", "copy the workflow's URL, which ends with sig=…")
		}
		return nil
	},
	write: writeTeams, judge: judgeTeams, every: time.Second, // four a second and hook
}

// teamsBody is the largest message: 28 KB, with what the workflow adds.
const teamsBody = 26_000

type teamsMessage struct {
	Type        string            `json:"type"`
	Attachments []teamsAttachment `json:"attachments"`
}

type teamsAttachment struct {
	Type    string    `json:"contentType"`
	URL     *string   `json:"contentUrl"`
	Content teamsCard `json:"content"`
}

type teamsCard struct {
	Schema  string            `json:"$schema"`
	Type    string            `json:"type"`
	Version string            `json:"version"`
	Teams   map[string]string `json:"msteams"`
	Body    []teamsBlock      `json:"body"`
}

type teamsBlock struct {
	Type      string     `json:"type"`
	Separator bool       `json:"separator,omitempty"`
	Spacing   string     `json:"spacing,omitempty"`
	Inlines   []teamsRun `json:"inlines"`
}

type teamsRun struct {
	Type   string       `json:"type"`
	Text   string       `json:"text"`
	Size   string       `json:"size,omitempty"`
	Weight string       `json:"weight,omitempty"`
	Subtle bool         `json:"isSubtle,omitempty"`
	Action *teamsAction `json:"selectAction,omitempty"`
}

type teamsAction struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

func writeTeams(_ *Target, n *news) request {
	return request{body: fit(n, func(n *news) ([]byte, bool) {
		open := func(to string) *teamsAction { return &teamsAction{"Action.OpenUrl", to} }
		run := func(s string) teamsRun { return teamsRun{Type: "TextRun", Text: loose(s)} }
		var body []teamsBlock
		add := func(b teamsBlock, r teamsRun) {
			b.Type, b.Inlines = "RichTextBlock", []teamsRun{r}
			body = append(body, b)
		}
		head := run(n.title)
		head.Size, head.Weight = "Large", "Bolder"
		add(teamsBlock{}, head)
		for i := range n.items {
			x := &n.items[i]
			r := run(x.title)
			r.Weight, r.Action = "Bolder", open(x.url)
			add(teamsBlock{Separator: true, Spacing: "Medium"}, r)
			if about := x.about(); about != "" {
				r = run(about)
				r.Subtle = true
				add(teamsBlock{Spacing: "None"}, r)
			}
			if x.text != "" {
				add(teamsBlock{Spacing: "Small"}, run(x.text))
			}
		}
		if n.empty() {
			add(teamsBlock{}, run(nothing))
		}
		r := run(n.ending())
		r.Action = open(n.web)
		add(teamsBlock{Separator: true, Spacing: "Medium"}, r)
		m := encode(teamsMessage{Type: "message", Attachments: []teamsAttachment{{Type: "application/vnd.microsoft.card.adaptive", Content: teamsCard{
			Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4", Teams: map[string]string{"width": "Full"}, Body: body}}}})
		return m, len(m) <= teamsBody
	})}
}

// judgeTeams knows the connectors of before, which put another's refusal into an answer
// of status 200.
func judgeTeams(a *fetch.Answer) (deliver.Outcome, bool) {
	text := string(a.Body)
	switch {
	case a.Status/100 != 2 || !strings.Contains(text, "HTTP error "):
		return deliver.Outcome{}, false
	case strings.Contains(text, "HTTP error 429"):
		return later(a), true
	case strings.Contains(text, "HTTP error 403"), strings.Contains(text, "HTTP error 404"):
		return refused(a), true
	case strings.Contains(text, "HTTP error 410"):
		o := refused(a)
		o.NoSuchAddress, o.Mailbox = true, false
		return o, true
	}
	return deliver.Failed(said(a)), true
}
