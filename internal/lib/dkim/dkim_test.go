package dkim_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"broadsheet/internal/lib/dkim"

	judge "github.com/emersion/go-msgauth/dkim"
)

// pemOf writes a private key as openssl does.
func pemOf(t testing.TB, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// newKeys are an RSA key of the selector s2026 and an Ed25519 key of s2027.
func newKeys(t testing.TB) []*dkim.Key {
	t.Helper()
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, e, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var keys []*dkim.Key
	for selector, text := range map[string][]byte{"s2026": pemOf(t, r), "s2027": pemOf(t, e)} {
		k, err := dkim.ParseKey(selector, text)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k)
	}
	return keys
}

const domain = "papers.example.org"

var at = time.Date(2026, 11, 26, 7, 0, 0, 0, time.UTC)

var mails = map[string]string{
	"plain":       "From: a@papers.example.org\r\nTo: b@example.net\r\nSubject: one\r\n\r\nbody\r\n",
	"folded":      "From: \"A  B\"\r\n <a@papers.example.org>\r\nSubject:   many \t blanks \r\n\tand lines  \r\n\r\nbody \r\n\r\n\r\n",
	"no end":      "From: a@papers.example.org\r\n\r\nbody",
	"empty":       "From: a@papers.example.org\r\nSubject:\r\n\r\n",
	"blank lines": "From: a@papers.example.org\r\n\r\n\r\n\r\n",
	"twice":       "From: a@papers.example.org\r\nTo: one@example.net\r\nTo: two@example.net\r\nX-Other: y\r\n\r\n.\r\n..\r\n",
	"eight bits":  "From: a@papers.example.org\r\nSubject: gr\u00fc\u00dfe\u00a0 \u0085x\r\n\r\n\u00e4\r\n",
}

func sign(t testing.TB, keys []*dkim.Key, mail string) []byte {
	t.Helper()
	s := &dkim.Signer{Domain: domain, Keys: keys, Names: []string{"From", "To", "Subject", "List-Unsubscribe"}}
	header, body, _ := strings.Cut(mail, "\r\n\r\n")
	got, err := s.Sign([]byte(header+"\r\n"), []byte(body), at)
	if err != nil {
		t.Fatal(err)
	}
	return append(got, mail...)
}

// TestAnotherLibraryVerifies holds signatures against a verifier of other
// people's making, and sees that it refuses what was changed.
func TestAnotherLibraryVerifies(t *testing.T) {
	keys := newKeys(t)
	records := map[string]string{}
	for _, k := range keys {
		records[k.Name(domain)] = k.Record()
	}
	verify := func(mail []byte) (valid int) {
		t.Helper()
		found, err := judge.VerifyWithOptions(bytes.NewReader(mail), &judge.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
			if r, ok := records[name]; ok {
				return []string{r}, nil
			}
			return nil, fmt.Errorf("no record %s", name)
		}})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range found {
			if v.Err == nil && v.Domain == domain {
				valid++
			}
		}
		return valid
	}
	for name, mail := range mails {
		signed := sign(t, keys, mail)
		if got := verify(signed); got != 2 {
			t.Errorf("%s: %d signatures are valid, want 2:\n%s", name, got, signed)
		}
		if again := sign(t, keys, mail); !bytes.Equal(again, signed) {
			t.Errorf("%s: a second signature has other bytes", name)
		}
		header, body, _ := bytes.Cut(signed, []byte("\r\n\r\n"))
		for change, text := range map[string]string{
			"another From":               "From: evil@example.net\r\n" + string(signed),
			"a field that was not there": strings.Replace(string(signed), "\r\nFrom:", "\r\nList-Unsubscribe: <https://evil.example>\r\nFrom:", 1),
			"another body":               string(header) + "\r\n\r\nx" + string(body),
		} {
			if got := verify([]byte(text)); got != 0 {
				t.Errorf("%s with %s: %d signatures are valid, want none", name, change, got)
			}
		}
	}
}

// TestDkimpyVerifies asks Debian's python3-dkim, the second opinion.
func TestDkimpyVerifies(t *testing.T) {
	python := "/usr/bin/python3" // which sees Debian's packages
	if exec.Command(python, "-c", "import dkim, nacl").Run() != nil {
		t.Skip("python3-dkim and python3-nacl are not installed (Debian: apt-get install python3-dkim)")
	}
	keys := newKeys(t)
	dir := t.TempDir()
	script := `
import sys, dkim
records = {}
for line in open(sys.argv[1]):
    name, value = line.rstrip("\n").split("\t")
    records[name.encode()] = value.encode()
for path in sys.argv[2:]:
    d = dkim.DKIM(open(path, "rb").read(), minkey=1024)
    for i in range(2):
        if not d.verify(idx=i, dnsfunc=lambda name, timeout=5: records.get(name.rstrip(b"."))):
            print(path, i)
`
	var records strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&records, "%s\t%s\n", k.Name(domain), k.Record())
	}
	write := func(name string, body []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	args := []string{"-c", script, write("records", []byte(records.String()))}
	for name, mail := range mails {
		args = append(args, write(strings.ReplaceAll(name, " ", "-")+".eml", sign(t, keys, mail)))
	}
	out, err := exec.Command(python, args...).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("dkimpy does not verify (mail, signature): %v\n%s", err, out)
	}
}

func TestKeysThatAreRefused(t *testing.T) {
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	_, e, _ := ed25519.GenerateKey(rand.Reader)
	good := pemOf(t, e)
	for _, c := range []struct {
		name, selector string
		text           []byte
		want           string
	}{
		{"nothing", "s", nil, "no key in PEM form"},
		{"a public key", "s", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY"}), "is no private key"},
		{"rubbish", "s", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("secret")}), "cannot be read"},
		{"too short", "s", pemOf(t, short), "has 1024 bits"},
		{"no selector", "", good, "is no selector"},
		{"a selector with a line end", "s\r\nx", good, "is no selector"},
	} {
		_, err := dkim.ParseKey(c.selector, c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
		}
	}
}

func TestLoadKey(t *testing.T) {
	_, e, _ := ed25519.GenerateKey(rand.Reader)
	path := filepath.Join(t.TempDir(), "dkim.pem")
	if err := os.WriteFile(path, pemOf(t, e), 0o600); err != nil {
		t.Fatal(err)
	}
	if k, err := dkim.LoadKey("papers2026=" + path); err != nil || k.Selector != "papers2026" {
		t.Errorf("a good key: got %v (%v)", k, err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, setting := range []string{"papers2026=" + path, "papers2026", "=" + path, "papers2026=" + path + ".none"} {
		if _, err := dkim.LoadKey(setting); err == nil {
			t.Errorf("%s: got a key, want an error", setting)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	mail := "From: a@papers.example.org\r\nTo: b@example.net\r\nSubject: one\r\n\r\n" + strings.Repeat(strings.Repeat("x", 70)+"\r\n", 500)
	keys := newKeys(b)
	for _, k := range keys {
		b.Run(k.Selector, func(b *testing.B) {
			for b.Loop() {
				sign(b, []*dkim.Key{k}, mail)
			}
		})
	}
}
