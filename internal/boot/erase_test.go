package boot

import (
	"bytes"
	"io"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// mailbox is a mail server that keeps the bodies it is given, or repeats the
// address to who sends and takes nothing.
type mailbox struct {
	address string
	refuse  atomic.Bool
	bodies  chan string
	refused chan struct{}
}

func newMailbox(t *testing.T) *mailbox {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	m := &mailbox{address: l.Addr().String(), bodies: make(chan string, 10), refused: make(chan struct{}, 10)}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go m.serve(textproto.NewConn(c))
		}
	}()
	return m
}

func (m *mailbox) serve(c *textproto.Conn) {
	defer c.Close()
	say := func(text string) { _ = c.PrintfLine("%s", text) } // who hung up hears nothing
	say("220 mailbox.example")
	for {
		line, err := c.ReadLine()
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(line[:min(4, len(line))]); {
		case verb == "RCPT" && m.refuse.Load():
			say("450 4.2.1 " + strings.TrimPrefix(line, "RCPT TO:") + ": mailbox busy")
			m.refused <- struct{}{}
		case verb == "DATA":
			say("354 go on")
			body, err := c.ReadDotBytes()
			if err != nil {
				return
			}
			if plain, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body))); err == nil {
				body = plain
			}
			m.bodies <- string(body)
			say("250 taken")
		default:
			say("250 yes")
		}
	}
}

// link waits for the next mail and gives its first link with a part.
func (m *mailbox) link(t *testing.T, part string) string {
	t.Helper()
	select {
	case body := <-m.bodies:
		found := regexp.MustCompile(`https://papers\.example\.org([^\s"<>]*` + regexp.QuoteMeta(part) + `[^\s"<>]*)`).FindStringSubmatch(body)
		if found == nil {
			t.Fatalf("no link with %s in:\n%s", part, body)
		}
		return found[1]
	case <-time.After(20 * time.Second):
		t.Fatalf("no mail with %s came", part)
	}
	return ""
}

// TestErasureLeavesNoTrace lets everything happen to an address that is kept
// somewhere: relays repeat it in their answers, bounces in their reports, stray
// mails in their text. Then it is erased, and neither the files of the database
// nor the log hold it any more; only the hash of a suppression is left.
func TestErasureLeavesNoTrace(t *testing.T) {
	const who = "ada.lovelace+papers@readers.example"
	relay := newMailbox(t)
	c := load(t, map[string]string{"site-url": "https://papers.example.org", "mail-from": "Papers <papers@example.org>", "mail-relays": "smtp://" + relay.address, "mail-hello": "mx.example.org",
		"mail-bounce-listen": "127.0.0.1:0"})
	tokens := mailed(t, c)
	site := start(t, c)
	post := func(path string, form url.Values) {
		t.Helper()
		res, err := http.PostForm(site.base+path, form)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Fatalf("POST %s: %d", path, res.StatusCode)
		}
	}
	post("/subscribe", url.Values{"address": {who}})
	post(relay.link(t, "/confirm"), nil)
	post("/preferences", url.Values{"address": {who}})
	preferences := relay.link(t, "/preferences/")
	relay.refuse.Store(true)
	post("/preferences", url.Values{"address": {who}})
	<-relay.refused

	s, err := OpenStore(t.Context(), c.Database, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r, err := s.RecipientByKey(t.Context(), broadsheet.ChannelMail, broadsheet.AddressKey(who))
	if err != nil {
		t.Fatal(err)
	}
	token := sent(t, s, r.ID)
	said := regexp.MustCompile(`taking mail that comes back" address=(\S+)`).FindStringSubmatch(site.log.text())
	if said == nil {
		t.Fatal("the log does not say where mail is taken")
	}
	report := strings.Replace(bounceText, "Status: 5.1.1\r\n", "Final-Recipient: rfc822; "+who+"\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 <"+who+">: no such mailbox\r\n", 1)
	for _, x := range []struct{ token, text string }{{token, "Subject: away\r\n\r\nI am away, " + who + "\r\n"}, {tokens[0], "Subject: what?\r\n\r\nIs " + strings.ToUpper(who) + " among you?\r\n"}, {token, report}} {
		give(t, said[1], "bounce+"+x.token+"@example.org", x.text)
	}
	x, ok, err := s.Suppression(t.Context(), r.Channel, r.Key)
	if err != nil || !ok || !strings.Contains(x.Detail, "no such mailbox") || strings.Contains(x.Detail, "@") {
		t.Errorf("suppressed for %q (%v, %v), want the relay's words without the address", x.Detail, ok, err)
	}
	if strays, err := s.Strays(t.Context(), 10, true); err != nil || len(strays) != 2 {
		t.Errorf("%d strays (%v), want two to begin with", len(strays), err)
	}
	for _, name := range []string{who, "lovelace"} {
		if files, _ := traces(t, c.DataDir, name); files == 0 {
			t.Errorf("before erasure no file holds %s: this test finds nothing", name)
		}
	}
	post(strings.Replace(preferences, "?", "/erase?", 1), nil)
	x, ok, err = s.Suppression(t.Context(), r.Channel, r.Key)
	if err != nil || !ok || x.Detail != "" || x.Reason != broadsheet.SuppressedBounce {
		t.Errorf("after erasure the suppression is %+v (%v, %v), want its hash and reason alone", x, ok, err)
	}
	for _, name := range []string{who, "lovelace"} {
		if _, where := traces(t, c.DataDir, name); len(where) > 0 {
			t.Errorf("after erasure %s is in %q", name, where)
		}
		if n := strings.Count(strings.ToLower(site.log.text()), name); n > 0 {
			t.Errorf("the log holds %s %d times:\n%s", name, n, site.log.text())
		}
	}
	site.stop()
	if err := <-site.done; err != nil {
		t.Errorf("the end: %v", err)
	}
}

func (l *lines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// traces looks for a name in every file of a folder, in any case.
func traces(t *testing.T, dir, name string) (n int, where []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			return nil // of a moment
		}
		if at := bytes.Index(bytes.ToLower(b), []byte(name)); at >= 0 {
			n++
			where = append(where, filepath.Base(path)+": "+string(b[max(0, at-60):min(len(b), at+80)]))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n, where
}

// sent writes into the ledger that a recipient was sent an edition, and gives the
// token of that mail.
func sent(t *testing.T, s *store.Store, recipient int64) string {
	t.Helper()
	all, err := s.SubscriptionsOf(t.Context(), recipient)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d subscriptions (%v), want one", len(all), err)
	}
	now, x := time.Now(), all[0]
	const token = "t0k3n5of7the9mail2345abcde"
	n, err := s.PutPlans(t.Context(), []store.Plan{{Subscription: x, Channel: broadsheet.ChannelMail, Cursor: x.Cursor, NextDue: now.AddDate(1, 0, 0), Slot: "2026-06-30",
		Delivery: &broadsheet.Delivery{EditionID: 1, Token: token, PlannedAt: now, NextAt: now.Add(time.Hour), ExpiresAt: now.Add(2 * time.Hour)}}})
	if err != nil || n != 1 {
		t.Fatalf("planned %d (%v)", n, err)
	}
	d, err := s.DeliveryByToken(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutSteps(t.Context(), []store.Step{{ID: d.ID, From: broadsheet.DeliveryPlanned, To: broadsheet.DeliverySent, At: now}}); err != nil {
		t.Fatal(err)
	}
	return token
}

// give hands a mail to the site's own mail server.
func give(t *testing.T, server, to, text string) {
	t.Helper()
	mx, err := textproto.Dial("tcp", server)
	if err != nil {
		t.Fatal(err)
	}
	defer mx.Close()
	if _, _, err := mx.ReadResponse(220); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		line string
		code int
	}{{"EHLO x", 250}, {"MAIL FROM:<>", 250}, {"RCPT TO:<" + to + ">", 250}, {"DATA", 354}, {text + ".", 250}} {
		if err := mx.PrintfLine("%s", x.line); err != nil {
			t.Fatal(err)
		}
		if _, said, err := mx.ReadResponse(x.code); err != nil {
			t.Fatalf("%.40q: got %v %s, want %d", x.line, err, said, x.code)
		}
	}
}

// TestAskingIsOneRow: what a request puts down is one row, which does not outlive
// what was asked for; and it is the same statement for every address.
func TestAskingIsOneRow(t *testing.T) {
	relay := newMailbox(t)
	c := load(t, map[string]string{"site-url": "https://papers.example.org", "mail-from": "Papers <papers@example.org>", "mail-relays": "smtp://" + relay.address, "mail-refused-domains": "throwaway.example"})
	mailed(t, c)
	site := start(t, c)
	s, err := OpenStore(t.Context(), c.Database, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, address := range []string{"fresh@example.org", "reader0@example.org"} {
		res, err := http.PostForm(site.base+"/subscribe", url.Values{"address": {address}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		<-relay.bodies
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) { // waits for the jobs' end
		asked, told := 0, 0
		all, err := s.Jobs(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range all {
			switch {
			case j.Kind == askJob:
				asked++
			case j.Kind == noticeJob && j.State == store.JobDone:
				told++
			}
			if strings.Contains(string(j.Args)+j.Key+j.Error, "@") && j.Kind == noticeJob {
				t.Errorf("the job of a notice holds an address: %s %s %s", j.Key, j.Args, j.Error)
			}
		}
		if asked == 0 && told == 2 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d requests are left and %d notices done, want 0 and 2", asked, told)
		}
	}
	// Domains that are not taken, with all below them, however they are written.
	for _, address := range []string{"a@throwaway.example", "a@ThrowAway.Example", "a@mx.throwaway.example"} {
		res, err := http.PostForm(site.base+"/subscribe", url.Values{"address": {address}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: got %d, want 400", address, res.StatusCode)
		}
	}
}
