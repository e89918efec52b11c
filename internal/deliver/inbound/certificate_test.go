package inbound_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/smtp"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"broadsheet/internal/deliver/inbound"
)

// writeCertificate writes a certificate with a number, and its key, into a
// folder.
func writeCertificate(t *testing.T, dir string, number int64) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(number), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"mx.example.org"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// TestStartTLS: a bounce comes over TLS from who asks for it, in the open from
// who does not; and what is said before the handshake counts for nothing after it.
func TestStartTLS(t *testing.T) {
	cert, key := writeCertificate(t, t.TempDir(), 1)
	certificate, err := inbound.LoadCertificate(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	w := open(t)
	private, plain := w.sent(t, 0), w.sent(t, 1)
	address := serveTLS(t, w.desk, inbound.Limits{Silence: time.Second}, certificate)
	to := func(token string) string { return "bounce+" + token + "@" + domain }

	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	c, err := smtp.NewClient(conn, "mx.example.org")
	if err != nil {
		t.Fatal(err)
	}
	if ok, _ := c.Extension("STARTTLS"); !ok {
		t.Fatal("STARTTLS is not offered")
	}
	if err := c.StartTLS(&tls.Config{InsecureSkipVerify: true}); err != nil {
		t.Fatal(err)
	}
	if err := say(c, to(private), hard); err != nil {
		t.Errorf("a bounce over TLS: %v", err)
	}
	if got := w.state(t, private); got != "failed+bounce" {
		t.Errorf("a bounce over TLS: got %s, want failed+bounce", got)
	}
	if err := smtp.SendMail(address, noTLS{}, "", []string{to(plain)}, []byte(hard)); err == nil {
		t.Error("a server without AUTH took a password")
	}
	if got := talk(t, address, "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<"+to(plain)+">\r\nDATA\r\n"+hard+".\r\nQUIT\r\n"); w.state(t, plain) != "failed+bounce" {
		t.Errorf("in the open: got %q and %s, want it taken", got, w.state(t, plain))
	}

	// What comes with STARTTLS and before the handshake is not a command (CVE-2011-0411).
	raw, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	fmt.Fprint(raw, "EHLO x\r\nSTARTTLS\r\nMAIL FROM:<evil@example.org>\r\n")
	text := textproto.NewConn(raw)
	for _, code := range []int{220, 250, 220} {
		if _, _, err := text.ReadResponse(code); err != nil {
			t.Fatal(err)
		}
	}
	over := tls.Client(raw, &tls.Config{InsecureSkipVerify: true})
	if err := over.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := over.Handshake(); err != nil {
		return // dropped altogether is good too
	}
	fmt.Fprint(over, "RCPT TO:<"+to(plain)+">\r\n")
	if _, _, err := textproto.NewConn(over).ReadResponse(502); err != nil {
		t.Errorf("a sender from before the handshake: got %v, want it forgotten", err)
	}
}

// noTLS is a way to sign in, which makes SendMail ask whether there is any.
type noTLS struct{ smtp.Auth }

func say(c *smtp.Client, to, text string) error {
	if err := c.Mail(""); err != nil {
		return err
	}
	if err := c.Rcpt(to); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte(text)); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return c.Quit()
}

// TestSwaksTLS lets Debian's swaks insist on TLS.
func TestSwaksTLS(t *testing.T) {
	if _, err := exec.LookPath("swaks"); err != nil {
		t.Skip("left out: no swaks here")
	}
	cert, key := writeCertificate(t, t.TempDir(), 1)
	certificate, err := inbound.LoadCertificate(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	w := open(t)
	token := w.sent(t, 0)
	c := exec.Command("swaks", "--server", serveTLS(t, w.desk, inbound.Limits{}, certificate), "--from", "<>", "--to", "bounce+"+token+"@"+domain, "--tls", "--data", "-")
	c.Stdin = strings.NewReader(strings.ReplaceAll(hard, "\r\n", "\n"))
	out, err := c.CombinedOutput()
	if bytes.Contains(out, []byte("Net::SSLeay")) {
		t.Skip("left out: swaks has no TLS here")
	}
	if err != nil || w.state(t, token) != "failed+bounce" {
		t.Errorf("got %v and %s, want it taken\n%s", err, w.state(t, token), out)
	}
}

// TestCertificateRenewed: a new certificate is shown within a minute; while its
// files do not fit each other, the one before is.
func TestCertificateRenewed(t *testing.T) {
	dir := t.TempDir()
	cert, key := writeCertificate(t, dir, 1)
	clock := time.Now()
	c, err := inbound.LoadCertificateAt(cert, key, func() time.Time { return clock })
	if err != nil {
		t.Fatal(err)
	}
	shows := func(what string, want int64) {
		t.Helper()
		got, err := c.Get(nil)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		leaf, err := x509.ParseCertificate(got.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		if leaf.SerialNumber.Int64() != want {
			t.Errorf("%s: got certificate %v, want %d", what, leaf.SerialNumber, want)
		}
	}
	shows("at first", 1)
	writeCertificate(t, dir, 2)
	if err := os.Chtimes(cert, clock, clock.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	shows("in the same minute", 1)
	clock = clock.Add(2 * time.Minute)
	shows("renewed", 2)
	if err := os.WriteFile(cert, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(2 * time.Minute)
	shows("half written", 2)
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(2 * time.Minute)
	shows("gone", 2)
	writeCertificate(t, dir, 3)
	clock = clock.Add(2 * time.Minute)
	shows("whole again", 3)
}

// TestBadCertificate: what cannot be used is said at the start.
func TestBadCertificate(t *testing.T) {
	cert, key := writeCertificate(t, t.TempDir(), 1)
	_, other := writeCertificate(t, t.TempDir(), 2)
	open := filepath.Join(t.TempDir(), "open.pem")
	text, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(open, text, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ cert, key, want string }{
		{cert, "/nonexistent", "no such file"},
		{cert, other, "hold no certificate with its key"},
		{key, key, "hold no certificate with its key"},
		{cert, open, "can be read by others"},
	} {
		if _, err := inbound.LoadCertificate(c.cert, c.key); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, %s: got %v, want %q", c.cert, c.key, err, c.want)
		}
	}
}
