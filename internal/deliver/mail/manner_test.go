package mail_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver"
	"broadsheet/internal/deliver/mail"
	"broadsheet/internal/store"
)

// certificate is one for 127.0.0.1 that nobody signed but itself, and what to
// believe to believe it.
func certificate(t *testing.T) (*tls.Certificate, *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}, &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	believed := x509.NewCertPool()
	believed.AddCert(leaf)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, &tls.Config{RootCAs: believed, MinVersion: tls.VersionTLS12}
}

// TestHangingUp: that a relay ends every connection after a mail puts nothing
// off.
func TestHangingUp(t *testing.T) {
	for _, pipeline := range []bool{true, false} {
		relay := newRelay(t, pipeline, manners{closes: true})
		c := mail.New(mail.Options{Relays: []*mail.Relay{parse(t, "smtp://"+relay.address)}, Writer: plain{}, BounceDomain: "bounces.example", Hello: "test.example"})
		for i, o := range talk(t, c, 20) {
			if o != nil {
				t.Errorf("pipelining %v: mail %d: %+v, want it taken on a new connection", pipeline, i, o)
			}
		}
	}
}

// talk hands mails over in one conversation, each to another address. It gives
// what became of each, nil where it was sent.
func talk(t *testing.T, c *mail.Carrier, mails int) (out []*deliver.Outcome) {
	t.Helper()
	line := c.Converse()
	defer line.Close()
	for i := range mails {
		claim := &store.Claim{Delivery: broadsheet.Delivery{Token: fmt.Sprint("t", i)}, Recipient: broadsheet.Recipient{Address: fmt.Sprintf("ok.%d@example.org", i)}}
		letter := &mail.Letter{Body: []byte("Subject: x\r\n\r\nx\r\n")}
		outcome := line.Offer(t.Context(), claim, letter)
		if outcome == nil {
			o, err := line.Hand(t.Context(), claim, letter)
			if err != nil {
				t.Fatalf("mail %d: %v", i, err)
			}
			if o.State != broadsheet.DeliverySent {
				outcome = &o
			}
		}
		out = append(out, outcome)
	}
	return out
}

// TestManners: whatever a relay's manners are, all is sent, once, at the first
// attempt; or, where they must not be borne, nothing is.
func TestManners(t *testing.T) {
	cert, believed := certificate(t)
	const address = "smtp://papers:secret@HOST"
	for name, c := range map[string]struct {
		manners
		relay    string // HOST is its address; "" is smtp://HOST
		host     string // as which it is known, "": its address
		believed *tls.Config
		refused  string // what the log says where nothing is to be sent
		private  bool
	}{
		"slow":                  {manners: manners{lag: 20 * time.Millisecond}},
		"slow to greet":         {manners: manners{greets: 300 * time.Millisecond}},
		"byte by byte":          {manners: manners{bytewise: true}},
		"hangs up":              {manners: manners{closes: true}},
		"TLS on demand":         {manners: manners{starttls: true, cert: cert}, relay: "smtp://HOST?tls=required", believed: believed, private: true},
		"TLS nobody can check":  {manners: manners{starttls: true, cert: cert}, relay: "smtp://HOST?tls=required", refused: "certificate"},
		"TLS wanted, unknown":   {manners: manners{starttls: true, cert: cert}, relay: "smtp://HOST?tls=wanted", host: "relay.example", private: true},
		"TLS wanted, none":      {relay: "smtp://HOST?tls=wanted", host: "relay.example"},
		"no TLS":                {relay: "smtp://HOST?tls=required", refused: "offers no STARTTLS"},
		"TLS at once":           {manners: manners{implicit: true, cert: cert}, relay: "smtps://HOST", believed: believed, private: true},
		"TLS at once, unknown":  {manners: manners{implicit: true, cert: cert}, relay: "smtps://HOST", refused: "certificate"},
		"TLS at once, bytewise": {manners: manners{implicit: true, cert: cert, bytewise: true, closes: true}, relay: "smtps://HOST", believed: believed, private: true},
		"plain":                 {manners: manners{password: "secret", ways: "PLAIN LOGIN"}, relay: address},
		"login alone":           {manners: manners{password: "secret", ways: "LOGIN XOAUTH2"}, relay: address},
		"over TLS":              {manners: manners{starttls: true, cert: cert, password: "secret", ways: "LOGIN"}, relay: address + "?tls=required", believed: believed, private: true},
		"another password":      {manners: manners{password: "Secret", ways: "PLAIN"}, relay: address, refused: "sign in as papers: 535"},
		"another way":           {manners: manners{password: "secret", ways: "XOAUTH2"}, relay: address, refused: "sign in as papers: 535"},
	} {
		for _, pipeline := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, pipelining %v", name, pipeline), func(t *testing.T) {
				t.Parallel()
				relay := newRelay(t, pipeline, c.manners)
				where := "smtp://HOST"
				if c.relay != "" {
					where = c.relay
				}
				to := parse(t, strings.Replace(where, "HOST", relay.address, 1))
				if c.host != "" {
					to.Host = c.host
				}
				var log bytes.Buffer
				carrier := mail.New(mail.Options{Relays: []*mail.Relay{to}, Writer: plain{}, BounceDomain: "bounces.example", Hello: "test.example",
					TLS: c.believed, Log: slog.New(slog.NewTextHandler(&log, nil))})
				const mails = 5
				got := talk(t, carrier, mails)
				accepted, private := relay.took()
				if c.refused != "" && (accepted > 0 || got[0] == nil || !got[0].NotTried) || c.refused == "" && accepted != mails {
					t.Errorf("%d mails accepted of %d: %+v", accepted, mails, got)
				}
				for _, o := range got {
					if o != nil && (c.refused == "" || o.State != broadsheet.DeliveryPlanned || strings.Contains(o.Reply, "secret")) {
						t.Errorf("the outcome is %+v, want to try later what was refused, without the password", o)
					}
				}
				if !strings.Contains(log.String(), c.refused) || strings.Contains(log.String(), "secret") {
					t.Errorf("the log is to say %q and no password: %.500s", c.refused, log.String())
				}
				if c.private != (private == mails) {
					t.Errorf("%d mails came over TLS", private)
				}
			})
		}
	}
}
