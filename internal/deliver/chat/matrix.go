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

// matrix is Matrix's client-server API: a notice in a room. The delivery's token
// is the transaction's id, by which the server knows a repeat. m.mentions
// is there and empty, so that nothing in the text mentions.
//
// https://spec.matrix.org/latest/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid
var matrix = &kind{
	title: "Matrix", form: "write matrix://TOKEN@HOMESERVER/!ROOM with an access token of the account that posts and the room's internal ID",
	fragment: []string{"token"},
	parse:    parseMatrix, write: writeMatrix, judge: judgeMatrix, known: true,
	every: time.Second,
}

// matrixEvent is the largest event, in bytes of JSON; the server adds to what is
// sent.
const matrixEvent = 60_000

var matrixRoom = regexp.MustCompile(`^![^\s/?#]{1,254}$`)

func parseMatrix(t *Target, own bool) error {
	t.room = strings.TrimPrefix(t.url.Path, "/")
	scheme := t.url.Scheme
	if own {
		if _, twice := t.url.User.Password(); twice {
			return wrong("has a colon in its token", "")
		}
		t.secret, scheme = t.url.User.Username(), "https"
	}
	switch {
	case strings.HasPrefix(t.room, "%23") || strings.HasPrefix(t.room, "#") || t.room == "":
		return wrong("names no room, or names it by its alias", "use the internal ID, which begins with ! and stands in the room's settings under Advanced")
	case !matrixRoom.MatchString(t.room):
		return wrong("names no room", "")
	case t.secret == "":
		return wrong("has no access token", "")
	}
	t.url = &url.URL{Scheme: scheme, Host: t.url.Host}
	return nil
}

type matrixMessage struct {
	Type      string   `json:"msgtype"`
	Body      string   `json:"body"`
	Format    string   `json:"format"`
	Formatted string   `json:"formatted_body"`
	Mentions  struct{} `json:"m.mentions"`
}

func writeMatrix(t *Target, n *news) request {
	body := fit(n, func(n *news) ([]byte, bool) {
		var h strings.Builder
		link := func(s, to string) string {
			return `<a href="` + href(strings.ReplaceAll(to, "&", "&amp;")) + `">` + inHTML(s) + "</a>"
		}
		h.WriteString("<h4>" + inHTML(n.title) + "</h4>")
		for i := range n.items {
			x := &n.items[i]
			h.WriteString("<p><strong>" + link(x.title, x.url) + "</strong>")
			for _, s := range []string{x.about(), x.text} {
				if s != "" {
					h.WriteString("<br>" + inHTML(s))
				}
			}
			h.WriteString("</p>")
		}
		if n.empty() {
			h.WriteString("<p>" + nothing + "</p>")
		}
		h.WriteString("<p>" + link(n.ending(), n.web) + "</p>")
		m := encode(matrixMessage{Type: "m.notice", Body: n.plain(), Format: "org.matrix.custom.html", Formatted: h.String()})
		return m, len(m) <= matrixEvent
	})
	return request{
		method: "PUT", url: t.url.String() + "/_matrix/client/v3/rooms/" + url.PathEscape(t.room) + "/send/m.room.message/" + url.PathEscape(n.token),
		header: map[string]string{"Authorization": "Bearer " + t.secret}, body: body,
	}
}

func judgeMatrix(a *fetch.Answer) (deliver.Outcome, bool) {
	var x struct {
		Code  string `json:"errcode"`
		After int64  `json:"retry_after_ms"` // where there is no Retry-After, before Matrix 1.10
	}
	if json.Unmarshal(a.Body, &x) != nil {
		return deliver.Outcome{}, false
	}
	switch {
	case a.Status == 429:
		o := later(a)
		if a.RetryAfter == 0 && x.After > 0 {
			o.After = wait(time.Duration(min(x.After, mostWait.Milliseconds())) * time.Millisecond)
		}
		return o, true
	case a.Status == 404 && x.Code == "M_UNRECOGNIZED":
		return deliver.Failed(said(a)), true // not a homeserver's address, or behind a proxy set up wrongly
	}
	return deliver.Outcome{}, false
}
