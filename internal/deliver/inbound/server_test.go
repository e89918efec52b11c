package inbound_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"net/textproto"
	"os/exec"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver/inbound"
	"broadsheet/internal/lib/dsn"
	"broadsheet/internal/store"
)

// serve starts a mail server on loopback, and gives its address.
func serve(t *testing.T, d *inbound.Desk, limits inbound.Limits) string {
	t.Helper()
	return serveTLS(t, d, limits, nil)
}

// serveTLS is serve with a certificate, unless it is nil.
func serveTLS(t *testing.T, d *inbound.Desk, limits inbound.Limits, c *inbound.Certificate) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := inbound.NewServer(d, "mx.example.org", limits)
	if c != nil {
		s.OfferTLS(c)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return l.Addr().String()
}

// talk says lines to a server, and gives the codes of its answers.
func talk(t *testing.T, address, text string) (codes []string) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	go func() { fmt.Fprint(c, text) }() // at once, whatever the server says
	answers := bufio.NewScanner(c)
	for answers.Scan() {
		if line := answers.Text(); len(line) > 3 && line[3] == ' ' {
			codes = append(codes, line[:3])
		}
	}
	return codes
}

// TestServer speaks to the server as mail programs do.
func TestServer(t *testing.T) {
	w := open(t)
	token := w.sent(t, 0)
	address := serve(t, w.desk, inbound.Limits{})
	to := "bounce+" + token + "@" + domain
	for _, c := range []struct {
		what, to, mail string
		code           int // of the refusal, 0: taken
		want           string
	}{
		{"somebody", "ada@example.org", hard, 550, "sent"},
		{"no token", "bounce@" + domain, hard, 550, "sent"},
		{"a wrong token", "bounce+k3j5n7p2q4r6s8t2u4v6w8x2y9@" + domain, hard, 550, "sent"},
		{"another domain", "bounce+" + token + "@example.org", hard, 550, "sent"},
		{"too large", to, hard + strings.Repeat("0123456789abcde\r\n", dsn.MaxMail/16), 552, "sent"},
		{"a line that never ends", to, strings.Repeat("x", 100_000), 554, "sent"},
		{"a soft bounce", to, report("delayed", reader, "4.4.1", "451 later"), 0, "sent"},
		{"a hard bounce", to, hard, 0, "failed+bounce"},
		{"the same again", to, hard, 0, "failed+bounce"},
		{"a person's mail", to, "Subject: hello\r\n\r\n.\r\nhello\r\n", 0, "failed+bounce+1 strays"},
	} {
		err := smtp.SendMail(address, nil, "", []string{c.to}, []byte(c.mail))
		var said *textproto.Error
		switch {
		case c.code == 0 && err != nil:
			t.Errorf("%s: got %v, want it taken", c.what, err)
		case c.code != 0 && err == nil:
			t.Errorf("%s: was taken, want %d", c.what, c.code)
		case c.code != 0 && errors.As(err, &said) && said.Code != c.code:
			t.Errorf("%s: got %v, want %d", c.what, err, c.code)
		}
		if got := w.state(t, token); got != c.want {
			t.Errorf("%s: got %s, want %s", c.what, got, c.want)
		}
	}
	strays, err := w.store.Strays(t.Context(), 10, true)
	if err != nil || len(strays) != 1 || !bytes.Contains(strays[0].Body, []byte("\r\n.\r\nhello")) {
		t.Errorf("got %v (%v), want the mail that was not understood as it came", strays, err)
	}
}

// TestSwaks lets Debian's swaks speak, pipelined.
func TestSwaks(t *testing.T) {
	if _, err := exec.LookPath("swaks"); err != nil {
		t.Skip("left out: no swaks here")
	}
	w := open(t)
	token := w.sent(t, 0)
	address := serve(t, w.desk, inbound.Limits{})
	run := func(to, data string) error {
		c := exec.Command("swaks", "--server", address, "--from", "<>", "--to", to, "--pipeline", "--data", "-", "--hide-all")
		c.Stdin = strings.NewReader(strings.ReplaceAll(data, "\r\n", "\n"))
		out, err := c.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
		return err
	}
	if err := run("bounce+"+token[1:]+"k@"+domain, hard); err == nil || w.state(t, token) != "sent" {
		t.Errorf("a wrong token: got %v and %s, want a refusal", err, w.state(t, token))
	}
	if err := run("bounce+"+token+"@"+domain, hard); err != nil || w.state(t, token) != "failed+bounce" {
		t.Errorf("a bounce: got %v and %s", err, w.state(t, token))
	}
}

// TestPipelinedNonsense: whatever is said at once, the server answers, ends the
// line, and does nothing.
func TestPipelinedNonsense(t *testing.T) {
	w := open(t)
	token := w.sent(t, 0)
	address := serve(t, w.desk, inbound.Limits{Silence: 500 * time.Millisecond})
	rcpt := "RCPT TO:<bounce+" + token + "@" + domain + ">\r\n"
	for _, c := range []struct{ what, text string }{
		{"a web request", "GET / HTTP/1.1\r\nHost: x\r\n\r\n\r\n\r\n\r\n"},
		{"bytes", strings.Repeat("\x00\xff\r\n", 100)},
		{"no end of line", strings.Repeat("A", 1<<20)},
		{"DATA without a recipient", "EHLO x\r\nMAIL FROM:<>\r\nDATA\r\n" + hard + ".\r\nQUIT\r\n"},
		{"DATA for nobody", "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<ada@example.org>\r\nDATA\r\n" + hard + ".\r\nQUIT\r\n"},
		{"a recipient before the sender", "EHLO x\r\n" + rcpt + "DATA\r\nQUIT\r\n"},
		{"a reset before DATA", "EHLO x\r\nMAIL FROM:<>\r\n" + rcpt + "RSET\r\nDATA\r\nQUIT\r\n"},
		{"the end before the dot", "EHLO x\r\nMAIL FROM:<>\r\n" + rcpt + "DATA\r\n" + hard},
		{"chunks without an end", "EHLO x\r\nMAIL FROM:<>\r\n" + rcpt + "BDAT 99999999 LAST\r\n" + hard},
		{"a chunk and a reset", "EHLO x\r\nMAIL FROM:<>\r\n" + rcpt + "BDAT 5\r\nhelloRSET\r\nQUIT\r\n"},
		{"a bare line feed as end", "EHLO x\r\nMAIL FROM:<>\r\n" + rcpt + "DATA\r\n" + hard + "\n.\nQUIT\r\n"},
		{"a thousand addresses", "EHLO x\r\nMAIL FROM:<>\r\n" + strings.Repeat("RCPT TO:<bounce+a@"+domain+">\r\n", 1000) + "QUIT\r\n"},
	} {
		if got := talk(t, address, c.text); len(got) == 0 || got[0] != "220" {
			t.Errorf("%s: got %q, want a greeting and answers", c.what, got)
		}
		if got := w.state(t, token); got != "sent" {
			t.Errorf("%s: got %s, want sent", c.what, got)
		}
	}
	// One that is whole, in chunks, is taken.
	text := fmt.Sprintf("EHLO x\r\nMAIL FROM:<>\r\n%sBDAT 20\r\n%sBDAT %d LAST\r\n%sQUIT\r\n", rcpt, hard[:20], len(hard)-20, hard[20:])
	if got := talk(t, address, text); strings.Join(got, " ") != "220 250 250 250 250 250 221" || w.state(t, token) != "failed+bounce" {
		t.Errorf("a mail in chunks: got %q and %s", got, w.state(t, token))
	}
}

// TestManyAddresses: after 20 addresses that are not here no more are looked up.
func TestManyAddresses(t *testing.T) {
	w := open(t)
	counted := &countingStore{Store: w.store}
	address := serve(t, inbound.New(inbound.Options{Store: counted, Domain: domain}), inbound.Limits{})
	talk(t, address, "EHLO x\r\nMAIL FROM:<>\r\n"+strings.Repeat("RCPT TO:<bounce+k3j5n7p2q4r6s8t2u4v6w8x2y9@"+domain+">\r\n", 200)+"QUIT\r\n")
	if counted.finds != 20 {
		t.Errorf("200 addresses that are not here: %d were looked up, want 20", counted.finds)
	}
}

// countingStore counts, and fails where it is told to.
type countingStore struct {
	*store.Store
	finds   int
	refuses bool
	before  func()
}

func (s *countingStore) DeliveryByToken(ctx context.Context, token string) (broadsheet.Delivery, error) {
	s.finds++
	return s.Store.DeliveryByToken(ctx, token)
}

func (s *countingStore) PutSteps(ctx context.Context, steps []store.Step) ([]bool, error) {
	if s.before != nil {
		s.before()
	}
	if s.refuses {
		return nil, errors.New("disk full")
	}
	return s.Store.PutSteps(ctx, steps)
}

// TestStoredBeforeAnswer: what cannot be stored is not acknowledged, and comes
// again; while it is being stored nothing is said.
func TestStoredBeforeAnswer(t *testing.T) {
	w := open(t)
	token := w.sent(t, 0)
	s := &countingStore{Store: w.store, refuses: true}
	address := serve(t, inbound.New(inbound.Options{Store: s, Domain: domain}), inbound.Limits{})
	to := []string{"bounce+" + token + "@" + domain}
	var said *textproto.Error
	if err := smtp.SendMail(address, nil, "", to, []byte(hard)); !errors.As(err, &said) || said.Code != 451 {
		t.Errorf("with a full disk: got %v, want 451", err)
	}
	s.refuses = false
	answered := make(chan error, 1)
	s.before = func() {
		select {
		case err := <-answered:
			t.Errorf("answered %v before it was stored", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
	go func() { answered <- smtp.SendMail(address, nil, "", to, []byte(hard)) }()
	if err := <-answered; err != nil || w.state(t, token) != "failed+bounce" {
		t.Errorf("the second time: got %v and %s", err, w.state(t, token))
	}
}

// Security line 10, for mail.
// TestSlowMail: who says nothing, or a byte at a time, is cut off.
func TestSlowMail(t *testing.T) {
	w := open(t)
	token := w.sent(t, 0)
	address := serve(t, w.desk, inbound.Limits{Silence: 300 * time.Millisecond, Life: 900 * time.Millisecond})
	for _, c := range []struct {
		what, first, then string
	}{
		{"silence", "", ""},
		{"a byte of a command at a time", "", "E"},
		{"a byte of a mail at a time", "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<bounce+" + token + "@" + domain + ">\r\nDATA\r\n", "x"},
		{"a command at a time", "EHLO x\r\n", "NOOP\r\n"},
	} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		fmt.Fprint(conn, c.first)
		go func() {
			for {
				if _, err := fmt.Fprint(conn, c.then); err != nil || c.then == "" {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
		}()
		if err := conn.SetReadDeadline(begin.Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		var all bytes.Buffer
		_, err = all.ReadFrom(conn)
		var timeout net.Error
		if took := time.Since(begin); errors.As(err, &timeout) && timeout.Timeout() || took > 5*time.Second {
			t.Errorf("%s: still open after %v: %q", c.what, took, all.String())
		}
		conn.Close()
	}
	if got := w.state(t, token); got != "sent" {
		t.Errorf("got %s, want sent", got)
	}
}

// TestManyConnections: those beyond the bound are told to come again, and room
// is made when one leaves.
func TestManyConnections(t *testing.T) {
	w := open(t)
	address := serve(t, w.desk, inbound.Limits{Connections: 3})
	dial := func() (*textproto.Conn, int) {
		c, err := textproto.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		code, _, _ := c.ReadCodeLine(0)
		return c, code
	}
	var open []*textproto.Conn
	for i := range 6 {
		c, code := dial()
		want := 220
		if i >= 3 {
			want = 421
		}
		if code != want {
			t.Errorf("connection %d: got %d, want %d", i+1, code, want)
		}
		open = append(open, c)
	}
	for _, c := range open {
		c.Close()
	}
	for deadline := time.Now().Add(5 * time.Second); ; {
		c, code := dial()
		c.Close()
		if code == 220 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("after all have left: got %d, want 220", code)
		}
	}
}
