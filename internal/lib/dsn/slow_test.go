package dsn_test

import (
	"strings"
	"testing"
	"time"

	"broadsheet/internal/lib/dsn"
)

// TestHostileMailIsBounded: mails made to be slow are read in a time that no
// server minds.
func TestHostileMailIsBounded(t *testing.T) {
	const head = "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered Mail\r\n"
	block := "Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; " + strings.Repeat("user recipient address domain account ", 60) + "\r\n\r\n"
	for what, mail := range map[string]string{
		"prose":            head + "\r\n" + strings.Repeat("the user address recipient could not be ", 25_000),
		"tags":             head + "Content-Type: text/html\r\n\r\n" + strings.Repeat("<style <a", 100_000),
		"addresses":        head + "\r\n" + strings.Repeat("a.a.a.a.a.a", 90_000),
		"blocks":           head + "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n" + strings.Repeat(block, 400) + "\r\n--b--\r\n",
		"parts":            head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", 90_000),
		"nested":           head + strings.Repeat("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", 20_000),
		"lines of headers": strings.Repeat("A: b\r\n", 170_000) + "\r\n",
		"one long header":  head + "X: " + strings.Repeat("x", 1<<20) + "\r\n\r\n",
		"a folded header":  head + "X: x\r\n" + strings.Repeat(" x\r\n", 250_000) + "\r\n",
	} {
		begin := time.Now()
		_, err := dsn.Parse(strings.NewReader(mail))
		took := time.Since(begin)
		t.Logf("%s: %v (%v)", what, took.Round(time.Millisecond), err)
		if took > 10*time.Second {
			t.Errorf("%s: took %v", what, took)
		}
	}
}
