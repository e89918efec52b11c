package hook_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver/hook"
)

const (
	topic   = "arn:aws:sns:eu-west-1:123456789012:bounces"
	certAt  = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
	confirm = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=" + topic + "&Token=t"
)

// amazon signs as SNS does, and answers for its addresses.
type amazon struct {
	key   *rsa.PrivateKey
	cert  []byte
	asked []string
}

func newAmazon(t testing.TB, bits int, until time.Time) *amazon {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sns.amazonaws.com"}, NotBefore: noon.Add(-time.Hour), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &amazon{key: key, cert: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
}

func (a *amazon) get(_ context.Context, url string) ([]byte, error) {
	a.asked = append(a.asked, url)
	if strings.HasSuffix(url, ".pem") {
		return a.cert, nil
	}
	if url == confirm {
		return []byte("<ConfirmSubscriptionResponse/>"), nil
	}
	return nil, errors.New("no such address")
}

// message is a signed message with these fields changed before it is signed.
func (a *amazon) message(t testing.TB, change map[string]string) map[string]string {
	t.Helper()
	m := map[string]string{"Type": "Notification", "MessageId": "m", "TopicArn": topic, "Message": "{}", "Timestamp": "2026-06-30T11:59:00.000Z", "SignatureVersion": "2", "SigningCertURL": certAt}
	for k, v := range change {
		m[k] = v
	}
	names := []string{"Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"}
	if m["Type"] != "Notification" {
		names = []string{"Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"}
	}
	text := ""
	for _, name := range names {
		if v, ok := m[name]; ok {
			text += name + "\n" + v + "\n"
		}
	}
	hash, sum := crypto.SHA256, sha256.Sum256([]byte(text))
	digest := sum[:]
	if m["SignatureVersion"] == "1" {
		old := sha1.Sum([]byte(text)) // #nosec G401 -- as SNS does
		hash, digest = crypto.SHA1, old[:]
	}
	signature, err := rsa.SignPKCS1v15(rand.Reader, a.key, hash, digest)
	if err != nil {
		t.Fatal(err)
	}
	m["Signature"] = base64.StdEncoding.EncodeToString(signature)
	return m
}

func encode(t testing.TB, m map[string]string) string {
	t.Helper()
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func sesText(kind, rest string) string {
	return `{"` + kind + `,"mail":{"source":"bounce+` + token + `@bounces.example.org","messageId":"0100-000000","destination":["ada@example.org"],"commonHeaders":{"messageId":"<x@y>"}},` + rest + `}`
}

func bounced(kind, sub, status, words string) string {
	return sesText(`notificationType":"Bounce"`, `"bounce":{"bounceType":"`+kind+`","bounceSubType":"`+sub+`","bouncedRecipients":[{"emailAddress":"ada@example.org","action":"failed","status":"`+status+`","diagnosticCode":"smtp; `+words+`"}]}`)
}

func TestSES(t *testing.T) {
	a := newAmazon(t, 2048, noon.AddDate(1, 0, 0))
	other := newAmazon(t, 2048, noon.AddDate(1, 0, 0))
	hard := bounced("Permanent", "General", "5.1.1", gone)
	signed := func(what, message, want string) post {
		return post{what, nil, encode(t, a.message(t, map[string]string{"Message": message})), want, 0}
	}
	changed := func(what string, before, after map[string]string, kind broadsheet.Kind) post {
		m := map[string]string{"Message": hard}
		for k, v := range before {
			m[k] = v
		}
		m = a.message(t, m)
		for k, v := range after {
			m[k] = v
		}
		want := ""
		if kind == 0 {
			want = "failed hard " + reader
		}
		return post{what, nil, encode(t, m), want, kind}
	}
	type f = map[string]string
	o := hook.Options{SESTopic: topic, Get: a.get}
	try(t, "ses", o, []post{
		signed("a hard bounce", hard, "failed hard "+reader),
		signed("an event of a configuration set", strings.Replace(hard, "notificationType", "eventType", 1), "failed hard "+reader),
		signed("no such mailbox", bounced("Permanent", "NoEmail", "", ""), "failed hard "+reader),
		signed("on their list", bounced("Permanent", "OnAccountSuppressionList", "5.7.1", "suppressed"), "failed hard "+reader),
		signed("refused spam", bounced("Permanent", "General", "5.7.1", "550 5.7.1 blocked as spam"), "failed "+reader),
		signed("a full mailbox", bounced("Transient", "MailboxFull", "4.2.2", "mailbox full"), "failed "+reader),
		signed("a complaint", sesText(`notificationType":"Complaint"`, `"complaint":{"complainedRecipients":[{"emailAddress":"ada@example.org"}],"complaintFeedbackType":"abuse"}`), "complaint abuse "+reader),
		signed("a report that it is no spam", sesText(`notificationType":"Complaint"`, `"complaint":{"complaintFeedbackType":"not-spam"}`), "complaint not-spam "),
		signed("by its Message-ID", strings.NewReplacer("bounce+"+token+"@bounces.example.org", "papers@example.org", "<x@y>", "<"+token+"@example.org>").Replace(hard), "failed hard "+reader),
		signed("another mail", strings.ReplaceAll(hard, token, "other"), ""),
		signed("an arrival", sesText(`notificationType":"Delivery"`, `"delivery":{}`), ""),
		signed("words of SES", "Successfully validated SNS topic for Amazon SES event publishing.", ""),
		changed("version 1", f{"SignatureVersion": "1"}, nil, 0),
		changed("a subject", f{"Subject": "Amazon SES Email Event Notification"}, nil, 0),
		changed("no version", f{"SignatureVersion": "3"}, nil, broadsheet.Denied),
		changed("version 2 that says 1", nil, f{"SignatureVersion": "1"}, broadsheet.Denied),
		changed("another message", nil, f{"Message": strings.Replace(hard, "ada@", "bob@", 1)}, broadsheet.Denied),
		changed("another topic, signed", f{"TopicArn": topic + "2"}, nil, broadsheet.Denied),
		changed("two days old", f{"Timestamp": "2026-06-28T11:59:00.000Z"}, nil, broadsheet.Denied),
		changed("no time", f{"Timestamp": "yesterday"}, nil, broadsheet.Denied),
		changed("no signature", nil, f{"Signature": ""}, broadsheet.Denied),
		changed("another type", f{"Type": "Other"}, nil, broadsheet.Denied),
		{"signed by somebody else", nil, encode(t, other.message(t, map[string]string{"Message": hard})), "", broadsheet.Denied},
		{"no JSON", http.Header{}, "hello", "", broadsheet.Invalid},
	})
	for _, text := range []string{"bounces", "arn:aws:sqs:eu-west-1:123456789012:bounces", "arn:aws:sns:evil.example/:123456789012:x", "arn:aws:sns:eu-west-1:1:x"} {
		if _, err := hook.New(hook.Options{SESTopic: text}); broadsheet.KindOf(err) != broadsheet.Invalid {
			t.Errorf("topic %q: got %v, want that it is none", text, err)
		}
	}
}

// TestCertificateAddresses: no address but SNS's own, of the topic's region, is
// asked for a certificate.
func TestCertificateAddresses(t *testing.T) {
	a := newAmazon(t, 2048, noon.AddDate(1, 0, 0))
	for _, address := range []string{
		"", "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem", "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
		"https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0123456789abcdef.pem", "https://evil.example/SimpleNotificationService-0123456789abcdef.pem",
		"https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0123456789abcdef.pem", "https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-0123456789abcdef.pem",
		"https://sns.eu-west-1.amazonaws.com/other.pem", "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem?x=y", "https://bucket.s3.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
		"https://sns.eu-west-1.amazonaws.com/../x/SimpleNotificationService-0123456789abcdef.pem", "https://127.0.0.1/SimpleNotificationService-0123456789abcdef.pem", "file:///etc/passwd",
	} {
		a.asked = nil
		body := encode(t, a.message(t, map[string]string{"Message": bounced("Permanent", "NoEmail", "", ""), "SigningCertURL": address}))
		try(t, "ses", hook.Options{SESTopic: topic, Get: a.get}, []post{{address, nil, body, "", broadsheet.Denied}})
		if len(a.asked) > 0 {
			t.Errorf("%s was asked for", address)
		}
	}
}

// TestCertificates: one certificate is asked for once, few in a minute, and weak
// or old ones are not believed.
func TestCertificates(t *testing.T) {
	a := newAmazon(t, 2048, noon.AddDate(1, 0, 0))
	d := newDesk()
	h, err := hook.New(hook.Options{SESTopic: topic, Get: a.get, Desk: d, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	body := encode(t, a.message(t, map[string]string{"Message": bounced("Permanent", "NoEmail", "", "")}))
	for range 20 {
		if err := h.Take(t.Context(), "ses", nil, []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if len(a.asked) != 1 || len(d.told) != 20 {
		t.Errorf("20 messages: asked %d times, told %d, want 1 and 20", len(a.asked), len(d.told))
	}
	for i := range 40 {
		other := strings.Replace(certAt, "0123456789", strings.Repeat(string(rune('a'+i%26)), 5+i), 1)
		_ = h.Take(t.Context(), "ses", nil, []byte(encode(t, a.message(t, map[string]string{"SigningCertURL": other}))))
	}
	if len(a.asked) > 6 {
		t.Errorf("40 names of certificates: %d were asked for, want 6 at most in a minute", len(a.asked))
	}
	for what, bad := range map[string]*amazon{"weak": newAmazon(t, 1024, noon.AddDate(1, 0, 0)), "old": newAmazon(t, 2048, noon.Add(-time.Minute))} {
		try(t, "ses", hook.Options{SESTopic: topic, Get: bad.get}, []post{{what, nil, encode(t, bad.message(t, nil)), "", broadsheet.Denied}})
	}
	away := func(context.Context, string) ([]byte, error) { return nil, errors.New("no network") }
	try(t, "ses", hook.Options{SESTopic: topic, Get: away}, []post{{"no network", nil, body, "", broadsheet.Unavailable}})
}

// TestSubscription: the topic's own wish to post here is granted, at SNS's own
// address; nothing else is asked for.
func TestSubscription(t *testing.T) {
	a := newAmazon(t, 2048, noon.AddDate(1, 0, 0))
	for _, c := range []struct {
		what, address, topic string
		kind                 broadsheet.Kind
		asked                int
	}{
		{"the topic", confirm, topic, 0, 2},
		{"another topic", strings.ReplaceAll(confirm, topic, topic+"2"), topic + "2", broadsheet.Denied, 0},
		{"another topic's address", strings.ReplaceAll(confirm, topic, topic+"2"), topic, broadsheet.Invalid, 1},
		{"elsewhere", strings.Replace(confirm, "sns.eu-west-1.amazonaws.com", "evil.example", 1), topic, broadsheet.Invalid, 1},
		{"another action", strings.Replace(confirm, "ConfirmSubscription", "Unsubscribe", 1), topic, broadsheet.Invalid, 1},
		{"in the clear", strings.Replace(confirm, "https", "http", 1), topic, broadsheet.Invalid, 1},
	} {
		a.asked = nil
		m := a.message(t, map[string]string{"Type": "SubscriptionConfirmation", "SubscribeURL": c.address, "Token": "t", "TopicArn": c.topic, "Message": "You have chosen"})
		try(t, "ses", hook.Options{SESTopic: topic, Get: a.get}, []post{{c.what, nil, encode(t, m), "", c.kind}})
		if len(a.asked) != c.asked {
			t.Errorf("%s: asked for %q, want %d addresses", c.what, a.asked, c.asked)
		}
	}
}

func FuzzTake(f *testing.F) {
	a := newAmazon(f, 2048, noon.AddDate(1, 0, 0))
	f.Add("ses", encode(f, a.message(f, map[string]string{"Message": bounced("Permanent", "General", "5.1.1", gone)})))
	f.Add("mailgun", mailgunText("key", "n", noon, mailgunEvent("bounce+"+token+"@bounces.example.org", "", `"event":"complained"`)))
	f.Add("postmark", postmarkText("Bounce", "HardBounce"))
	f.Add("mailgun", `{"signature":null,"event-data":{"message":{"headers":{"message-id":[1]}}}}`)
	f.Add("ses", `{"Type":"Notification","TopicArn":"`+topic+`"}`)
	f.Fuzz(func(t *testing.T, service, body string) {
		d := newDesk()
		h, err := hook.New(hook.Options{Desk: d, PostmarkSecret: "x", MailgunKey: "fuzz", SESTopic: topic, Get: a.get, Now: func() time.Time { return noon.AddDate(3, 0, 0) }})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Take(t.Context(), service, http.Header{}, []byte(body)); err == nil || len(d.told) > 0 {
			t.Errorf("%s believed %q: %q", service, body, d.told)
		}
	})
}
