// Package mail_test lets the real program send mail through a real mail server:
// Debian's postfix on loopback, with settings and queue of the test's own. What
// arrives is judged by other people's programs: signatures by dkimpy, the look
// of a mail by SpamAssassin, what comes back is what postfix itself sends back.
//
// Where postfix, dkimpy or SpamAssassin is not installed, or the tests do not
// run as root, what needs them is skipped and says so.
package mail_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// TestThroughPostfix is the life of a subscription: asked for, confirmed, one
// edition, unsubscribed by one click, and silence. And of an address that does
// not exist: one edition, one bounce, and silence.
func TestThroughPostfix(t *testing.T) {
	bounces := freeAddress(t)
	mta := startPostfix(t, bounces)
	s := newSite(t, mta.address, bounces)

	s.post(t, "/subscribe", url.Values{"address": {"reader@readers.example"}, "topic": {"hot"}, "rhythm": {"daily"}, "hour": {"0"}, "zone": {"UTC"}}, http.StatusOK, http.StatusSeeOther)
	question := mta.arrived(t, 1, "Subject:")
	confirm := link(t, question, s.base+"/subscriptions/", "/confirm")
	s.get(t, confirm)
	if state := s.subscription(t, "reader@readers.example").State; state != broadsheet.SubscriptionPending {
		t.Fatalf("looking at the page of %s confirmed: %s", confirm, state)
	}
	s.post(t, confirm, nil, http.StatusOK, http.StatusSeeOther)
	if state := s.subscription(t, "reader@readers.example").State; state != broadsheet.SubscriptionActive {
		t.Fatalf("after confirming the subscription is %s", state)
	}

	s.add(t, "nobody@readers.example")
	s.plan(t)
	edition := mta.arrived(t, 2, "List-Unsubscribe-Post: List-Unsubscribe=One-Click")
	m, err := mail.ReadMessage(bytes.NewReader(edition))
	if err != nil {
		t.Fatal(err)
	}

	t.Run("dkimpy", func(t *testing.T) { judge(t, edition, s.records(t)) })
	t.Run("SpamAssassin", func(t *testing.T) {
		for name, text := range map[string][]byte{"the edition": edition, "the question": question} {
			score, report := spamScore(t, text)
			t.Logf("%s: %.1f", name, score)
			if score > 0.5 {
				t.Errorf("SpamAssassin gives %s %.1f points, want at most 0.5:\n%s", name, score, report)
			}
		}
	})

	t.Run("bounce", func(t *testing.T) {
		key := broadsheet.AddressKey("nobody@readers.example")
		for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(50 * time.Millisecond) { // polls other processes
			x, ok, err := s.store.Suppression(t.Context(), broadsheet.ChannelMail, key)
			if err != nil {
				t.Fatal(err)
			}
			if ok {
				if x.Reason != broadsheet.SuppressedBounce {
					t.Errorf("suppressed as %s (%s)", x.Reason, x.Detail)
				}
				t.Logf("suppressed: %s", x.Detail)
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("the address is not suppressed; postfix says:\n%s", mta.log())
			}
		}
		d := s.deliveries(t, "nobody@readers.example")
		if len(d) != 1 || d[0].State != broadsheet.DeliveryFailed {
			t.Errorf("the ledger says %+v, want one that failed", d)
		}
	})

	// One click: no cookie, no form of ours, no page looked at before.
	fields := strings.Split(m.Header.Get("List-Unsubscribe"), ",")
	click := strings.Trim(strings.TrimSpace(fields[0]), "<>")
	if !strings.HasPrefix(click, s.base+"/subscriptions/") {
		t.Fatalf("List-Unsubscribe leads to %s first, want a page of %s", click, s.base)
	}
	s.post(t, click, url.Values{"List-Unsubscribe": {"One-Click"}}, http.StatusOK)
	if x := s.subscription(t, "reader@readers.example"); x.State != broadsheet.SubscriptionEnded {
		t.Fatalf("after one click the subscription is %s", x.State)
	}
	s.add(t, "other@readers.example") // who gets mail is proof that the planner ran
	s.news(t, 50)
	s.plan(t)
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(50 * time.Millisecond) { // polls another process
		if d := s.deliveries(t, "other@readers.example"); len(d) == 1 && !d[0].EndedAt.IsZero() {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("no other edition was sent within a minute")
		}
	}
	if d := s.deliveries(t, "reader@readers.example"); len(d) != 1 {
		t.Errorf("%d deliveries to who unsubscribed, want the one from before: %+v", len(d), d)
	}
	if d := s.deliveries(t, "nobody@readers.example"); len(d) != 2 || d[0].State != broadsheet.DeliverySuppressed || d[0].Attempt != 0 {
		t.Errorf("to who does not exist: %+v, want the one from before and one that was never tried", d)
	}
	if n := len(mta.mails(t)); n != 2 {
		t.Errorf("%d mails arrived, want the question and one edition", n)
	}
}

// judge holds a mail's signatures against dkimpy.
func judge(t *testing.T, text []byte, records map[string]string) {
	t.Helper()
	if exec.Command("/usr/bin/python3", "-c", "import dkim, nacl").Run() != nil {
		t.Skip("dkimpy is not installed (Debian: apt-get install python3-dkim python3-nacl)")
	}
	arg, err := json.Marshal(records)
	if err != nil {
		t.Fatal(err)
	}
	verdict := func(text []byte) (out []struct {
		Valid                            bool
		Why, Selector, Domain, Algorithm string
		Names                            []string
	}) {
		cmd := exec.Command("/usr/bin/python3", "testdata/judge.py", string(arg))
		cmd.Stdin = bytes.NewReader(text)
		b, err := cmd.Output()
		if err == nil {
			err = json.Unmarshal(b, &out)
		}
		if err != nil {
			t.Fatalf("judge the signatures: %v: %s", err, b)
		}
		return out
	}
	text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")) // a Maildir has the system's line ends
	got := verdict(text)
	var algorithms []string
	for _, x := range got {
		algorithms = append(algorithms, x.Algorithm)
		if !x.Valid || x.Domain != "papers.example" {
			t.Errorf("signature of %s by %s (%s): valid: %v %s", x.Domain, x.Selector, x.Algorithm, x.Valid, x.Why)
		}
		for _, name := range []string{"from", "to", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post", "cfbl-address"} {
			if !slices.Contains(x.Names, name) {
				t.Errorf("the signature by %s does not cover %s, only %v", x.Selector, name, x.Names)
			}
		}
	}
	slices.Sort(algorithms)
	if !slices.Equal(algorithms, []string{"ed25519-sha256", "rsa-sha256"}) {
		t.Errorf("signed by %v, want both keys", algorithms)
	}
	for _, x := range verdict(bytes.Replace(text, []byte("List-Unsubscribe-Post: List"), []byte("List-Unsubscribe-Post: Lost"), 1)) {
		if x.Valid {
			t.Errorf("the signature by %s holds for another List-Unsubscribe-Post", x.Selector)
		}
	}
}

var spamStatus = regexp.MustCompile(`(?m)^X-Spam-Status: \w+, score=(-?[0-9.]+)`)

// spamScore asks SpamAssassin, without the network.
func spamScore(t *testing.T, text []byte) (float64, string) {
	t.Helper()
	path, err := exec.LookPath("spamassassin")
	if err != nil {
		t.Skip("SpamAssassin is not installed (Debian: apt-get install spamassassin)")
	}
	cmd := exec.Command(path, "-L", "-t", "--cf=score ALL_TRUSTED 0") // a point off for having come from this machine is no merit
	cmd.Stdin = bytes.NewReader(text)
	cmd.Env = append(cmd.Environ(), "HOME="+t.TempDir())
	b, err := cmd.Output()
	if err != nil {
		t.Fatalf("spamassassin: %v: %.500s", err, b)
	}
	found := spamStatus.FindSubmatch(b)
	if found == nil {
		t.Fatalf("SpamAssassin gives no score: %.2000s", b)
	}
	score, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	report := string(b)
	if i := strings.Index(report, "Content analysis details"); i >= 0 {
		report = report[i:]
	}
	return score, report[:min(len(report), 3000)]
}

// link finds an address in the text of a mail.
func link(t *testing.T, text []byte, begin, middle string) string {
	t.Helper()
	_, body, _ := strings.Cut(string(text), "\n\n")
	b, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(body)))
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile(regexp.QuoteMeta(begin)+`[^\s"<>]*`).FindAllString(string(b), -1) {
		if strings.Contains(found, middle) {
			return found
		}
	}
	t.Fatalf("the mail holds no link to %s…%s:\n%s", begin, middle, b)
	return ""
}

// deliveries are the lines of the ledger for an address.
func (s *site) deliveries(t *testing.T, address string) []broadsheet.Delivery {
	t.Helper()
	r, err := s.store.RecipientByKey(t.Context(), broadsheet.ChannelMail, broadsheet.AddressKey(address))
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.store.Deliveries(t.Context(), store.DeliveryQuery{Recipient: r.ID, Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	return d
}
