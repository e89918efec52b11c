package hook_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver/hook"
)

// mailgunText is a post about a mail, signed with a key.
func mailgunText(key, nonce string, at time.Time, data string) string {
	stamp := fmt.Sprint(at.Unix())
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(stamp + nonce))
	return fmt.Sprintf(`{"signature":{"timestamp":%q,"token":%q,"signature":%q},"event-data":%s}`, stamp, nonce, hex.EncodeToString(mac.Sum(nil)), data)
}

func mailgunEvent(sender, id, event string) string {
	return fmt.Sprintf(`{%s,"recipient":"ada@example.org","envelope":{"sender":%q,"targets":"ada@example.org"},"message":{"headers":{"message-id":%q,"to":"ada@example.org"},"size":20},"user-variables":[]}`, event, sender, id)
}

func TestMailgun(t *testing.T) {
	ours := func(event string) string { return mailgunEvent("bounce+"+token+"@bounces.example.org", "x@y", event) }
	right := func(event string) string { return mailgunText("key", "nonce", noon, ours(event)) }
	const permanent = `"event":"failed","severity":"permanent","reason":"bounce","delivery-status":{"code":550,"enhanced-code":"5.1.1","message":"` + gone + `","description":""}`
	try(t, "mailgun", hook.Options{MailgunKey: "key"}, []post{
		{"a hard bounce", nil, right(permanent), "failed hard " + reader, 0},
		{"a hard bounce by its Message-ID", nil, mailgunText("key", "n", noon, mailgunEvent("ada@example.org", token+"@example.org", permanent)), "failed hard " + reader, 0},
		{"refused spam", nil, right(`"event":"failed","severity":"permanent","reason":"bounce","delivery-status":{"code":550,"enhanced-code":"5.7.1","message":"550 5.7.1 blocked as spam"}`), "failed " + reader, 0},
		{"an earlier bounce", nil, right(`"event":"failed","severity":"permanent","reason":"suppress-bounce","delivery-status":{"code":605,"message":"","description":"Not delivering to previously bounced address"}`), "failed hard " + reader, 0},
		{"an earlier complaint", nil, right(`"event":"failed","severity":"permanent","reason":"suppress-complaint"`), "complaint abuse " + reader, 0},
		{"a delay", nil, right(`"event":"failed","severity":"temporary","reason":"generic"`), "delayed", 0},
		{"a complaint", nil, right(`"event":"complained"`), "complaint abuse " + reader, 0},
		{"a wish", nil, right(`"event":"unsubscribed"`), "complaint opt-out " + reader, 0},
		{"an opening", nil, right(`"event":"opened"`), "", 0},
		{"another mail", nil, mailgunText("key", "n", noon, mailgunEvent("bounce+"+token+"@example.net", "x@y", permanent)), "", 0},
		{"another key", nil, mailgunText("kex", "n", noon, ours(permanent)), "", broadsheet.Denied},
		{"no nonce", nil, mailgunText("key", "", noon, ours(permanent)), "", broadsheet.Denied},
		{"no signature", nil, `{"event-data":` + ours(permanent) + `}`, "", broadsheet.Denied},
		{"eight hours old", nil, mailgunText("key", "n", noon.Add(-8*time.Hour), ours(permanent)), "failed hard " + reader, 0},
		{"ten hours old", nil, mailgunText("key", "n", noon.Add(-10*time.Hour), ours(permanent)), "", broadsheet.Denied},
		{"an hour ahead", nil, mailgunText("key", "n", noon.Add(time.Hour), ours(permanent)), "", broadsheet.Denied},
		{"no JSON", nil, "hello", "", broadsheet.Invalid},
	})
}

// TestMailgunReplay: a signature, which does not cover the body, is good for one
// body; the same body may come again.
func TestMailgunReplay(t *testing.T) {
	d := newDesk()
	h, err := hook.New(hook.Options{Desk: d, MailgunKey: "key", Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	event := func(name string) []byte {
		return []byte(mailgunText("key", "nonce", noon, mailgunEvent("bounce+"+token+"@bounces.example.org", "", `"event":"`+name+`"`)))
	}
	for i, c := range []struct {
		name string
		kind broadsheet.Kind
	}{{"opened", 0}, {"complained", broadsheet.Denied}, {"opened", 0}} {
		if err := h.Take(t.Context(), "mailgun", nil, event(c.name)); (err != nil) != (c.kind != 0) || err != nil && broadsheet.KindOf(err) != c.kind {
			t.Errorf("post %d, %s: got %v, want %s", i+1, c.name, err, c.kind)
		}
	}
	if len(d.told) != 0 {
		t.Errorf("a forged body was believed: %q", d.told)
	}
}

func TestSendGrid(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(k *ecdsa.PrivateKey, at time.Time, body string) http.Header {
		stamp := fmt.Sprint(at.Unix())
		sum := sha256.Sum256([]byte(stamp + body))
		signature, err := ecdsa.SignASN1(rand.Reader, k, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return http.Header{"X-Twilio-Email-Event-Webhook-Signature": {base64.StdEncoding.EncodeToString(signature)}, "X-Twilio-Email-Event-Webhook-Timestamp": {stamp}}
	}
	event := func(rest string) string {
		return `{"email":"ada@example.org","timestamp":1,"smtp-id":"<` + token + `@example.org>","sg_event_id":"x",` + rest + `}`
	}
	hard := event(`"event":"bounce","type":"bounce","status":"5.1.1","reason":"` + gone + `"`)
	right := func(what, body, want string) post { return post{what, sign(key, noon, body), body, want, 0} }
	try(t, "sendgrid", hook.Options{SendGridKey: base64.StdEncoding.EncodeToString(der)}, []post{
		right("a hard bounce", "["+hard+"]", "failed hard "+reader),
		right("a full mailbox", "["+event(`"event":"bounce","type":"bounce","status":"5.2.2","reason":"552 5.2.2 mailbox full"`)+"]", "failed "+reader),
		right("a block", "["+event(`"event":"bounce","type":"blocked","status":"5.1.1","reason":"`+gone+`"`)+"]", "failed "+reader),
		right("an earlier bounce", "["+event(`"event":"dropped","reason":"Bounced Address"`)+"]", "failed hard "+reader),
		right("dropped for another reason", "["+event(`"event":"dropped","reason":"Invalid SMTPAPI header"`)+"]", "failed "+reader),
		right("several", "["+event(`"event":"deferred"`)+","+event(`"event":"spamreport"`)+","+event(`"event":"group_unsubscribe"`)+","+event(`"event":"open"`)+"]",
			"delayed; complaint abuse "+reader+"; complaint opt-out "+reader),
		right("another mail among ours", "["+strings.ReplaceAll(hard, token, "other")+","+hard+"]", "failed hard "+reader),
		right("no list", hard, "").with(broadsheet.Invalid),
		{"another key", sign(other, noon, "["+hard+"]"), "[" + hard + "]", "", broadsheet.Denied},
		{"another body", sign(key, noon, "["+hard+" ]"), "[" + hard + "]", "", broadsheet.Denied},
		{"no signature", http.Header{}, "[" + hard + "]", "", broadsheet.Denied},
		{"a day old", sign(key, noon.Add(-24*time.Hour), "["+hard+"]"), "[" + hard + "]", "failed hard " + reader, 0},
		{"two days old", sign(key, noon.Add(-48*time.Hour), "["+hard+"]"), "[" + hard + "]", "", broadsheet.Denied},
	})
	for _, text := range []string{"hello", "aGVsbG8=", "-----BEGIN PUBLIC KEY-----"} {
		if _, err := hook.New(hook.Options{SendGridKey: text}); broadsheet.KindOf(err) != broadsheet.Invalid {
			t.Errorf("key %q: got %v, want that it is none", text, err)
		}
	}
}

func (p post) with(k broadsheet.Kind) post {
	p.kind = k
	return p
}
