package hook_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver/hook"
	"broadsheet/internal/deliver/inbound"
	"broadsheet/internal/lib/dsn"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)

const (
	token  = "k3j5n7p2q4r6s8t2u4v6w8x2y4"
	reader = "ada@example.org"
	gone   = "550 5.1.1 user unknown"
)

// desk is a real desk as to tokens, and writes down what it is told.
type desk struct {
	*inbound.Desk
	told []string
	err  error
}

func newDesk() *desk {
	return &desk{Desk: inbound.New(inbound.Options{Domain: "bounces.example.org"})}
}

func (d *desk) Delivery(_ context.Context, s string) (broadsheet.Delivery, error) {
	if d.err != nil {
		return broadsheet.Delivery{}, d.err
	}
	if s != token {
		return broadsheet.Delivery{}, inbound.ErrNotHere
	}
	return broadsheet.Delivery{Token: s}, nil
}

// Report writes down "failed hard ada@example.org" or "complaint opt-out ada@…".
func (d *desk) Report(_ context.Context, _ *broadsheet.Delivery, r *dsn.Report) error {
	s := string(r.Kind)
	if r.Hard() {
		s += " hard"
	}
	if r.Feedback != "" {
		s += " " + r.Feedback
	}
	for _, x := range r.Recipients {
		s += " " + x.Address
	}
	d.told = append(d.told, s)
	return nil
}

// post is what a service posts.
type post struct {
	what   string
	header http.Header
	body   string
	want   string // what the desk is told
	kind   broadsheet.Kind
}

// try posts to hooks of these options, and holds the outcome against what is
// wanted.
func try(t *testing.T, service string, o hook.Options, posts []post) {
	t.Helper()
	for _, p := range posts {
		d := newDesk()
		o.Desk, o.Now = d, func() time.Time { return noon }
		h, err := hook.New(o)
		if err != nil {
			t.Fatal(err)
		}
		err = h.Take(t.Context(), service, p.header, []byte(p.body))
		if p.kind != 0 && (err == nil || broadsheet.KindOf(err) != p.kind) || p.kind == 0 && err != nil {
			t.Errorf("%s, %s: got %v, want %s\n%s", service, p.what, err, p.kind, p.body)
		}
		if diff := cmp.Diff(p.want, strings.Join(d.told, "; ")); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s%s", service, p.what, diff, p.body)
		}
	}
}

// TestUnknownService: only services that are set up are there.
func TestUnknownService(t *testing.T) {
	h, err := hook.New(hook.Options{Desk: newDesk(), PostmarkSecret: "x"})
	if err != nil || !h.Any() {
		t.Fatal(h.Any(), err)
	}
	for _, service := range []string{"", "mailgun", "sendgrid", "ses", "POSTMARK", "../postmark"} {
		if err := h.Take(t.Context(), service, http.Header{}, []byte("{}")); broadsheet.KindOf(err) != broadsheet.NotFound {
			t.Errorf("%q: got %v, want not found", service, err)
		}
	}
	var none *hook.Hooks
	if err := none.Take(t.Context(), "ses", nil, nil); none.Any() || broadsheet.KindOf(err) != broadsheet.NotFound {
		t.Errorf("no hooks: got %v, want not found", err)
	}
}

// TestStoreAway: what cannot be taken in now is asked for again.
func TestStoreAway(t *testing.T) {
	d := newDesk()
	d.err = broadsheet.Errorf(broadsheet.Unavailable, "the database is away")
	h, err := hook.New(hook.Options{Desk: d, PostmarkSecret: "x"})
	if err != nil {
		t.Fatal(err)
	}
	err = h.Take(t.Context(), "postmark", basic("x"), []byte(postmarkText("Bounce", "HardBounce")))
	if broadsheet.KindOf(err) != broadsheet.Unavailable {
		t.Errorf("got %v, want unavailable", err)
	}
}

func TestPostmark(t *testing.T) {
	right := basic("hunter22")
	try(t, "postmark", hook.Options{PostmarkSecret: "hunter22"}, []post{
		{"a hard bounce", right, postmarkText("Bounce", "HardBounce"), "failed hard " + reader, 0},
		{"a bad address", right, postmarkText("Bounce", "BadEmailAddress"), "failed hard " + reader, 0},
		{"a soft bounce", right, postmarkText("Bounce", "SoftBounce"), "failed " + reader, 0},
		{"a block", right, postmarkText("Bounce", "Blocked"), "failed " + reader, 0},
		{"an absence", right, postmarkText("Bounce", "AutoResponder"), "reply", 0},
		{"a wish", right, postmarkText("Bounce", "Unsubscribe"), "complaint opt-out " + reader, 0},
		{"a complaint", right, postmarkText("SpamComplaint", "SpamComplaint"), "complaint abuse " + reader, 0},
		{"a change by its reader", right, `{"RecordType":"SubscriptionChange","Recipient":"ada@example.org","SuppressSending":true,"SuppressionReason":"ManualSuppression","Metadata":{"delivery":"` + token + `"}}`, "complaint opt-out " + reader, 0},
		{"a change after a bounce", right, `{"RecordType":"SubscriptionChange","SuppressSending":true,"SuppressionReason":"HardBounce","Metadata":{"delivery":"` + token + `"}}`, "", 0},
		{"an arrival", right, `{"RecordType":"Delivery","Metadata":{"delivery":"` + token + `"}}`, "", 0},
		{"another mail", right, strings.ReplaceAll(postmarkText("Bounce", "HardBounce"), token, "other"), "", 0},
		{"no metadata", right, `{"RecordType":"Bounce","Type":"HardBounce","Email":"ada@example.org"}`, "", 0},
		{"no JSON", right, "hello", "", broadsheet.Invalid},
		{"no password", http.Header{}, postmarkText("Bounce", "HardBounce"), "", broadsheet.Denied},
		{"a wrong password", basic("hunter23"), postmarkText("Bounce", "HardBounce"), "", broadsheet.Denied},
		{"an empty password", basic(""), postmarkText("Bounce", "HardBounce"), "", broadsheet.Denied},
		{"another scheme", http.Header{"Authorization": {"Bearer hunter22"}}, postmarkText("Bounce", "HardBounce"), "", broadsheet.Denied},
		{"no code", http.Header{"Authorization": {"Basic hunter22"}}, postmarkText("Bounce", "HardBounce"), "", broadsheet.Denied},
	})
}

func basic(password string) http.Header {
	r := &http.Request{Header: http.Header{}}
	r.SetBasicAuth("broadsheet", password)
	return r.Header
}

func postmarkText(record, kind string) string {
	return fmt.Sprintf(`{"RecordType":%q,"Type":%q,"ID":42,"MessageID":"0","Email":"ada@example.org","Description":"The server was unable to deliver your message","Details":"smtp;550 5.1.1","Metadata":{"delivery":%q}}`, record, kind, token)
}
