package chat

import (
	"strings"
	"time"

	"broadsheet/internal/deliver"
	"broadsheet/internal/lib/fetch"
)

// mattermost is Mattermost's incoming webhooks, in Markdown. A webhook's @channel
// notifies everybody there and cannot be forbidden in the message, so that a joiner stands
// after every @.
//
// https://developers.mattermost.com/integrate/webhooks/incoming/
var mattermost = &kind{
	title: "Mattermost", form: "copy the incoming webhook's URL, https://chat.example.org/hooks/…",
	parse: func(t *Target, _ bool) error {
		at := strings.LastIndex(t.url.Path, "/hooks/")
		if at < 0 || len(t.url.Path) < at+len("/hooks/")+10 || strings.Contains(t.url.Path[at+len("/hooks/"):], "/") {
			return wrong("is not an incoming webhook of Mattermost", "")
		}
		return nil
	},
	write: writeMattermost, judge: judgeMattermost, every: time.Second,
}

// mattermostText is the longest post, in characters.
const mattermostText = 16_383

func writeMattermost(_ *Target, n *news) request {
	return request{body: fit(n, func(n *news) ([]byte, bool) {
		text := markdown(n, marked)
		return encode(struct {
			Text string `json:"text"`
		}{text}), units(text) <= mattermostText
	})}
}

// markdown is an edition in Markdown, its text made harmless by escape.
func markdown(n *news, escape func(string) string) string {
	var b strings.Builder
	b.WriteString("#### " + escape(n.title) + "\n\n")
	for i := range n.items {
		x := &n.items[i]
		b.WriteString("**[" + escape(x.title) + "](" + href(x.url) + ")**")
		for _, s := range []string{x.about(), x.text} {
			if s != "" {
				b.WriteString("  \n" + escape(s))
			}
		}
		b.WriteString("\n\n")
	}
	if n.empty() {
		b.WriteString(nothing + "\n\n")
	}
	b.WriteString("[" + n.ending() + "](" + href(n.web) + ")\n")
	return b.String()
}

// judgeMattermost knows a hook that is not there, which is answered with 400.
func judgeMattermost(a *fetch.Answer) (deliver.Outcome, bool) {
	if a.Status == 400 && strings.Contains(string(a.Body), "web.incoming_webhook.invalid") {
		return refused(a), true
	}
	return deliver.Outcome{}, false
}
