package letter_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"broadsheet"
	"broadsheet/internal/digest/letter"
	"broadsheet/internal/lib/dkim"
	"broadsheet/internal/store"

	judge "github.com/emersion/go-msgauth/dkim"
)

func key(t testing.TB, selector, kind string) *dkim.Key {
	t.Helper()
	var private any
	var err error
	if kind == "rsa" {
		private, err = rsa.GenerateKey(rand.Reader, 2048)
	} else {
		_, private, err = ed25519.GenerateKey(rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	k, err := dkim.ParseKey(selector, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// read parses a mail as another program would, and holds it against what every
// mail owes the wire.
func read(t *testing.T, raw []byte) (h mail.Header, text, html string) {
	t.Helper()
	for i, l := range strings.Split(strings.TrimSuffix(string(raw), "\r\n"), "\r\n") {
		if len(l) > 998 || strings.ContainsAny(l, "\r\n\x00") {
			t.Fatalf("line %d is too long or holds a line end: %d bytes %.200q", i+1, len(l), l)
		}
		for _, c := range []byte(l) {
			if c > '~' || c < ' ' {
				t.Fatalf("line %d is not ASCII: %.200q", i+1, l)
			}
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, raw)
	}
	for name, values := range m.Header {
		if name != "Dkim-Signature" && len(values) != 1 {
			t.Fatalf("%s stands %d times", name, len(values))
		}
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type: got %s (%v), want multipart/alternative", kind, err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	var bodies []string
	for {
		p, err := r.NextPart() // which undoes quoted-printable
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, strings.ReplaceAll(string(body), "\r\n", "\n"))
	}
	if len(bodies) != 2 {
		t.Fatalf("the mail has %d parts, want 2", len(bodies))
	}
	return m.Header, bodies[0], bodies[1]
}

// TestWireIsWhatWasWritten undoes the encoding, and looks at the header.
func TestWireIsWhatWasWritten(t *testing.T) {
	s := &shelf{papers: made()}
	s.edition = edition(s.papers)
	s.edition.Title = "Search: grüße \"quoted\" =?utf-8?q?x?= \r\nBcc: everybody@example.net " + strings.Repeat("long ", 60)
	o := options(s)
	o.Title = "Tägliche Papiere, Ltd. <evil@example.net>\r\nBcc: everybody@example.net"
	o.From = `"Jürgen \"Gull\" Möwe, of a harbour with a name that is far longer than a line of a header may be, and then some" <papers@example.org>`
	o.ReplyTo = "Éditeurs <editors@example.org>"
	w := newWriter(t, o)
	c := claim(all(s.papers)...)
	raw, err := w.Write(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	h, text, html := read(t, raw)
	p, err := w.Parts(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if text != p.Text || html != p.HTML {
		t.Error("the bodies on the wire are not those that were written")
	}
	subject, err := (&mime.WordDecoder{}).DecodeHeader(h.Get("Subject"))
	if err != nil || subject != p.Subject && !strings.HasPrefix(subject, `Search: grüße "quoted" =`) {
		t.Errorf("subject: got %q (%v), want %q", subject, err, p.Subject)
	}
	from, err := h.AddressList("From")
	if err != nil || len(from) != 1 || from[0].Address != "papers@example.org" || !strings.HasPrefix(from[0].Name, `Jürgen "Gull" Möwe, of a harbour`) {
		t.Errorf("From: got %v (%v)", from, err)
	}
	for name, want := range map[string]string{
		"To": "reader@example.net", "Date": "Thu, 26 Nov 2026 06:00:00 +0000", "Message-Id": "<k3j5n7p2q4r6s8t2u4v6w8x2y4@example.org>",
		"List-Unsubscribe":      "<https://papers.example.org/subscriptions/subscriptiontoken/unsubscribe?seal=0.abcdefghijklmnopqrstuvwxyz>, <mailto:unsubscribe+k3j5n7p2q4r6s8t2u4v6w8x2y4@bounces.example.org?subject=unsubscribe>",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Cfbl-Address": "complaint+k3j5n7p2q4r6s8t2u4v6w8x2y4@bounces.example.org; report=arf",
		"Feedback-Id": "20261126:hot:edition:exampleorg", "Bcc": "", "Precedence": "", "Auto-Submitted": "",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := h.Get("List-Id"); !strings.HasSuffix(got, " <hot.papers.example.org>") {
		t.Errorf("List-Id: got %q", got)
	}
	for _, bad := range []string{"<script", "javascript:", "<b>", "\u202e", "<form", "<img"} {
		if strings.Contains(html, bad) {
			t.Errorf("the HTML holds %q", bad)
		}
	}
}

// TestSignedMailVerifies: both signatures hold, and cover what they must.
func TestSignedMailVerifies(t *testing.T) {
	s := &shelf{papers: made()}
	s.edition = edition(s.papers)
	o := options(s)
	o.Keys = []*dkim.Key{key(t, "s2026", "rsa"), key(t, "s2027", "ed25519")}
	w := newWriter(t, o)
	edition, err := w.Write(t.Context(), claim(all(s.papers)...))
	if err != nil {
		t.Fatal(err)
	}
	notice, err := w.Notice(letter.Notice{Kind: letter.NoticeConfirm, To: "reader@example.net", Path: "/x", Token: "n", At: planned})
	if err != nil {
		t.Fatal(err)
	}
	records := map[string]string{}
	for _, k := range o.Keys {
		records[k.Name("example.org")] = k.Record()
	}
	for name, raw := range map[string][]byte{"edition": edition, "notice": notice} {
		found, err := judge.VerifyWithOptions(bytes.NewReader(raw), &judge.VerifyOptions{LookupTXT: func(name string) ([]string, error) { return []string{records[name]}, nil }})
		if err != nil || len(found) != 2 {
			t.Fatalf("%s: %d signatures (%v), want 2", name, len(found), err)
		}
		for _, v := range found {
			covers := strings.ToLower(":" + strings.Join(v.HeaderKeys, ":") + ":")
			if v.Err != nil || v.Domain != "example.org" {
				t.Errorf("%s: %v of %s", name, v.Err, v.Domain)
			}
			for _, field := range []string{":from:from:", ":to:", ":subject:", ":date:", ":message-id:", ":list-unsubscribe:list-unsubscribe:", ":list-unsubscribe-post:list-unsubscribe-post:", ":list-id:", ":cfbl-address:"} {
				if name == "edition" && !strings.Contains(covers, field) {
					t.Errorf("%s: h=%s does not hold %s", name, covers, field)
				}
			}
		}
	}
}

// TestSpamAssassinLikesIt scores the mails without asking the network.
func TestSpamAssassinLikesIt(t *testing.T) {
	program, err := exec.LookPath("spamassassin")
	if err != nil {
		t.Skip("spamassassin is not installed (Debian: apt-get install spamassassin)")
	}
	for _, name := range []string{"edition", "empty", "confirm", "preferences"} {
		raw, err := os.ReadFile(filepath.Join("testdata", name+".eml"))
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), program, "-L", "-t")
		cmd.Stdin = bytes.NewReader(raw)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		_, rest, ok := strings.Cut(string(out), "Content analysis details:   (")
		points, _, _ := strings.Cut(rest, " ")
		score, err := strconv.ParseFloat(points, 64)
		if !ok || err != nil || score > 0.5 {
			t.Errorf("%s scores %s, want at most 0.5:\n%s", name, points, out[len(out)-min(len(out), 1500):])
		}
	}
}

// FuzzMail: whatever stands in names, titles and addresses, the mail has one of
// every field, lines that servers carry, and two parts.
func FuzzMail(f *testing.F) {
	f.Add("Hot papers", "Daily papers", "Counting Gulls", "token", "2026-11-26")
	f.Add("a\r\nBcc: x@example.net", "b\nc", "\x00\u202e\ufeff", "../..\r\n", "T")
	f.Add("=?utf-8?q?x?=", "\"\\", strings.Repeat("長", 400), "", "2026-11-26T14:15")
	f.Add(strings.Repeat("x", 3000), strings.Repeat("ü ", 900), "$\\frac{1}{2", "=_", "9999-99-99")
	f.Add("https://example.invalid/", "{{.}}", "From here\n.\n..\n--=_k3j5", "k", "")
	f.Fuzz(func(t *testing.T, topic, site, title, token, slot string) {
		s := &shelf{papers: made()}
		s.papers[0].Title, s.papers[0].TLDR, s.papers[0].Authors[0].Name = title, title+topic, site
		s.edition = edition(s.papers)
		s.edition.Title, s.edition.Topic, s.edition.Picks[0].Why = topic, broadsheet.Topic{Kind: broadsheet.TopicSearch, Key: topic}, title
		o := options(s)
		o.Title = site
		w := newWriter(t, o)
		c := claim(all(s.papers)...)
		c.Token, c.Slot = token, slot
		raw, err := w.Write(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		h, text, html := read(t, raw)
		if h.Get("Bcc") != "" || !utf8.ValidString(text) || !utf8.ValidString(html) || strings.Contains(html, "<script") {
			t.Errorf("%v\n%s\n%s", h, text, html)
		}
		if _, err := h.Date(); err != nil {
			t.Error(err)
		}
		if _, err := h.AddressList("From"); err != nil {
			t.Errorf("From %q: %v", h.Get("From"), err)
		}
	})
}

// TestAddressesThatWouldEndTheirLine are refused.
func TestAddressesThatWouldEndTheirLine(t *testing.T) {
	s := &shelf{papers: made()}
	s.edition = edition(s.papers)
	w := newWriter(t, options(s))
	for _, to := range []string{"", "a@example.net\r\nBcc: b@example.net", "a@example.net, b@example.net", "ä@example.net", "a b@example.net", strings.Repeat("a", 300) + "@example.net"} {
		c := claim("2611.00001")
		c.Recipient.Address = to
		if _, err := w.Write(t.Context(), c); broadsheet.KindOf(err) != broadsheet.Invalid {
			t.Errorf("to %q: got %v, want Invalid", to, err)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	s := &shelf{}
	for i := range 10 {
		p := made()[i%2]
		p.ID = fmt.Sprint("2611.1000", i)
		s.papers = append(s.papers, p)
	}
	s.edition = edition(s.papers)
	for name, keys := range map[string][]*dkim.Key{"unsigned": nil, "ed25519": {key(b, "e", "ed25519")}, "rsa": {key(b, "r", "rsa")}, "both": {key(b, "e", "ed25519"), key(b, "r", "rsa")}} {
		o := options(s)
		o.Keys = keys
		w := newWriter(b, o)
		claims := []*store.Claim{claim(all(s.papers)...)}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				raw, err := w.Write(b.Context(), claims[0])
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(raw)))
			}
		})
	}
}
