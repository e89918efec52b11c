package chat

import (
	"net/url"
	"regexp"
	"strings"
	"time"
)

// ntfy publishes to a topic as JSON, in plain text: its apps show Markdown as it
// is written. The delivery's token is the sequence of the notification, by
// which servers from 2.16 on put a repeat in the place of the first.
//
// https://docs.ntfy.sh/publish/
var ntfy = &kind{
	title: "ntfy", form: "write https://ntfy.sh/TOPIC, and where the topic is protected add #token=tk_…",
	fragment: []string{"token"},
	parse: func(t *Target, _ bool) error {
		t.room = strings.Trim(t.url.Path, "/")
		if !ntfyTopic.MatchString(t.room) || t.url.RawQuery != "" {
			return wrong("names no topic", "write https://ntfy.sh/TOPIC with letters, digits, - and _")
		}
		t.url = &url.URL{Scheme: t.url.Scheme, Host: t.url.Host, Path: "/"}
		return nil
	},
	write: writeNtfy, known: true, every: 5 * time.Second,
}

var ntfyTopic = regexp.MustCompile(`^[-_A-Za-z0-9]{1,64}$`)

// Bounds of ntfy, in bytes: a longer message becomes a file; of the JSON twice as
// much is read, escapes included, and what is longer is refused (its
// transformBodyJSON).
const (
	ntfyText  = 4096
	ntfyBody  = 2 * ntfyText
	ntfyTitle = 250
)

type ntfyMessage struct {
	Topic    string   `json:"topic"`
	Title    string   `json:"title"`
	Message  string   `json:"message"`
	Click    string   `json:"click"`
	Tags     []string `json:"tags"`
	Sequence string   `json:"sequence_id"`
}

func writeNtfy(t *Target, n *news) request {
	r := request{body: fit(n, func(n *news) ([]byte, bool) {
		text := n.list()
		if n.left > 0 {
			text += "\n\n" + n.ending()
		}
		m := ntfyMessage{Topic: t.room, Title: clip(loose(n.title), ntfyTitle/3), Message: text, Click: n.web, Tags: []string{"newspaper"}, Sequence: n.token}
		body := encode(m)
		return body, len(text) <= ntfyText && len(body) <= ntfyBody
	})}
	if t.secret != "" {
		r.header = map[string]string{"Authorization": "Bearer " + t.secret}
	}
	return r
}
