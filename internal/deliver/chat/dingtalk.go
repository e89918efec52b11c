package chat

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"broadsheet/internal/deliver"
	"broadsheet/internal/lib/fetch"
)

// dingtalk is DingTalk's custom robots, in its Markdown, signed where the robot
// has a key. Only the message's field "at" mentions, and it names nobody.
//
// https://open.dingtalk.com/document/robots/custom-robot-access
var dingtalk = &kind{
	title: "DingTalk", form: "copy the custom robot's URL, https://oapi.dingtalk.com/robot/send?access_token=…, and where it signs add #secret=SEC…",
	fragment: []string{"secret"},
	parse: func(t *Target, _ bool) error {
		q := t.url.Query()
		if t.url.Path != "/robot/send" || q.Get("access_token") == "" {
			return wrong("is not a custom robot of DingTalk", "copy its URL, https://oapi.dingtalk.com/robot/send?access_token=…")
		}
		t.url.RawQuery = url.Values{"access_token": {q.Get("access_token")}}.Encode()
		return nil
	},
	write: writeDingTalk, judge: judgeDingTalk,
	every: 3 * time.Second, // 20 a minute and robot; more silence it for ten
}

// dingtalkBody is the largest request, in bytes.
const dingtalkBody = 20_000

type dingtalkMessage struct {
	Type     string `json:"msgtype"`
	Markdown struct {
		Title string `json:"title"`
		Text  string `json:"text"`
	} `json:"markdown"`
	At struct {
		All bool `json:"isAtAll"`
	} `json:"at"`
}

func writeDingTalk(t *Target, n *news) request {
	u := *t.url
	if t.secret != "" {
		q := u.Query()
		at := strconv.FormatInt(n.now.UnixMilli(), 10)
		q.Set("timestamp", at)
		q.Set("sign", dingtalkSign(t.secret, at))
		u.RawQuery = q.Encode()
	}
	return request{url: u.String(), body: fit(n, func(n *news) ([]byte, bool) {
		m := dingtalkMessage{Type: "markdown"}
		m.Markdown.Title, m.Markdown.Text = loose(n.title), markdown(n, lightlyMarked)
		body := encode(m)
		return body, len(body) <= dingtalkBody
	})}
}

// dingtalkSign signs the time and the key with the key.
func dingtalkSign(key, timestamp string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(timestamp + "\n" + key))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// judgeDingTalk reads the code: the status is always 200.
func judgeDingTalk(a *fetch.Answer) (deliver.Outcome, bool) {
	var x struct {
		Code *int `json:"errcode"`
	}
	if json.Unmarshal(a.Body, &x) != nil || x.Code == nil {
		return deliver.Outcome{}, false
	}
	switch *x.Code {
	case 0:
		return deliver.Outcome{}, false
	case -1, 130101, 410100: // busy; too many
		o := later(a)
		o.After = max(o.After, 10*time.Minute)
		return o, true
	case 300001, 300005, 400101, 400102, 400106: // no such token, robot disabled or gone
		return refused(a), true
	}
	return deliver.Failed(said(a)), true // 310000: signature, keyword or address of this machine
}
