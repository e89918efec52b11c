package chat

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// webhook posts an edition as JSON to any program, signed by the Standard
// Webhooks form: webhook-id is the same at every attempt, so that the receiver
// knows a repeat, and webhook-signature is HMAC-SHA256 over id.timestamp.body.
//
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
var webhook = &kind{
	title: "a webhook", form: "write the program's https:// address and add #secret=whsec_…, the key that signs",
	fragment: []string{"secret"},
	parse: func(t *Target, _ bool) error {
		if _, err := webhookKey(t.secret); err != nil {
			return err
		}
		return nil
	},
	write: writeWebhook, known: true, every: time.Second,
}

// Secrets of webhooks.
const (
	webhookPrefix = "whsec_"
	webhookLeast  = 24 // bytes
	webhookMost   = 64
)

// NewSecret makes a key for a webhook.
func NewSecret() string {
	var raw [32]byte
	rand.Read(raw[:]) // never fails
	return webhookPrefix + base64.StdEncoding.EncodeToString(raw[:])
}

func webhookKey(secret string) ([]byte, error) {
	text, ok := strings.CutPrefix(secret, webhookPrefix)
	key, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(key) < webhookLeast || len(key) > webhookMost {
		return nil, wrong("has no key to sign with", "add #secret=whsec_ and 24 to 64 random bytes in base64")
	}
	return key, nil
}

// Payload is the body of a webhook's request.
type Payload struct {
	Type      string    `json:"type"` // "edition"
	Timestamp time.Time `json:"timestamp"`
	Data      Edition   `json:"data"`
}

// Edition is an edition in a Payload.
type Edition struct {
	ID           string  `json:"id"`
	Subscription string  `json:"subscription"`
	Topic        string  `json:"topic"` // "hot", "categories:cs.CL"
	Title        string  `json:"title"`
	URL          string  `json:"url"`
	Papers       []Paper `json:"papers"` // best first; may be empty
}

// Paper is a paper in a Payload. Its text is as sources wrote it: who shows it
// escapes it.
type Paper struct {
	ID         string    `json:"id"`
	Title      string    `json:"title"`
	URL        string    `json:"url"`
	Authors    []string  `json:"authors"`
	Categories []string  `json:"categories"`
	Summary    string    `json:"summary,omitempty"` // the TL;DR, or the first sentences of the abstract
	TLDR       bool      `json:"tldr,omitempty"`    // whether it is the former
	Votes      int       `json:"votes"`
	Why        string    `json:"why,omitempty"`
	Code       string    `json:"code,omitempty"`
	Published  time.Time `json:"published,omitzero"`
}

func writeWebhook(t *Target, n *news) request {
	p := Payload{Type: "edition", Timestamp: n.at, Data: Edition{ID: n.edition, Subscription: n.subscription, Topic: n.topic, Title: n.title, URL: n.web, Papers: []Paper{}}}
	for i := range n.items {
		x := &n.items[i]
		p.Data.Papers = append(p.Data.Papers, Paper{ID: x.id, Title: x.title, URL: x.url, Authors: append([]string{}, x.authors...), Categories: append([]string{}, x.categories...),
			Summary: x.text, TLDR: x.tldr, Votes: x.votes, Why: x.why, Code: x.code, Published: x.published})
	}
	body := encode(p)
	key, err := webhookKey(t.secret)
	if err != nil {
		panic("chat: a webhook without a key passed Parse")
	}
	at := strconv.FormatInt(n.now.Unix(), 10)
	h := hmac.New(sha256.New, key)
	h.Write([]byte(n.token + "." + at + "."))
	h.Write(body)
	return request{body: body, header: map[string]string{
		"Webhook-Id": n.token, "Webhook-Timestamp": at, "Webhook-Signature": "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil)),
	}}
}
