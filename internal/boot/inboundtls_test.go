package boot

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/textproto"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"broadsheet"
)

// TestMailComesBackOverTLS: with a certificate in its settings a running site
// offers STARTTLS; one that cannot be used keeps it from starting.
func TestMailComesBackOverTLS(t *testing.T) {
	dir := t.TempDir()
	cert, secret := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"mx.example.org"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, secret: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	settings := map[string]string{"site-url": "https://papers.example.org", "mail-from": "Papers <papers@example.org>", "mail-relays": "smtp://localhost:1", "mail-hello": "mx.example.org",
		"mail-bounce-listen": "127.0.0.1:0", "mail-bounce-tls-cert": cert, "mail-bounce-tls-key": secret}
	s := start(t, load(t, settings))
	s.log.await(t, "taking mail that comes back", 1)
	s.log.mu.Lock()
	said := regexp.MustCompile(`taking mail that comes back" address=(\S+)`).FindStringSubmatch(s.log.buf.String())
	s.log.mu.Unlock()
	conn, err := net.Dial("tcp", said[1])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c := textproto.NewConn(conn)
	for _, x := range []struct {
		line string
		code int
	}{{"", 220}, {"EHLO x", 250}, {"STARTTLS", 220}} {
		if x.line != "" {
			if err := c.PrintfLine("%s", x.line); err != nil {
				t.Fatal(err)
			}
		}
		if _, text, err := c.ReadResponse(x.code); err != nil {
			t.Fatalf("%s: got %v %s, want %d", x.line, err, text, x.code)
		}
	}
	pool := x509.NewCertPool()
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool.AddCert(leaf)
	if err := tls.Client(conn, &tls.Config{ServerName: "mx.example.org", RootCAs: pool}).Handshake(); err != nil {
		t.Errorf("STARTTLS: %v", err)
	}

	settings["mail-bounce-tls-key"] = cert
	_, err = newInbound(nil, load(t, settings), Options{}, nil)
	if broadsheet.KindOf(err) != broadsheet.Invalid || !strings.Contains(err.Error(), "mail.bounce_tls_cert") {
		t.Errorf("a key that is none: got %v, want the setting named", err)
	}
}
