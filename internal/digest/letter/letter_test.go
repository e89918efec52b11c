package letter_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/digest/letter"
	"broadsheet/internal/lib/dkim"
	"broadsheet/internal/store"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

var planned = time.Date(2026, 11, 26, 6, 0, 0, 0, time.UTC)

// shelf is a store of made-up papers.
type shelf struct {
	edition broadsheet.Edition
	papers  []broadsheet.Paper
	reads   int
}

func (s *shelf) EditionByID(context.Context, int64) (broadsheet.Edition, error) {
	if s.edition.ID == 0 {
		return s.edition, broadsheet.Errorf(broadsheet.NotFound, "there is no such edition")
	}
	return s.edition, nil
}

func (s *shelf) Papers(_ context.Context, ids []string) (out []broadsheet.Paper, err error) {
	s.reads++
	for _, id := range ids {
		for _, p := range s.papers {
			if p.ID == id {
				out = append(out, p)
			}
		}
	}
	return out, nil
}

func made() []broadsheet.Paper {
	lab := []broadsheet.Organization{{Key: "gull.lab", Name: "Gull Lab"}}
	return []broadsheet.Paper{
		{ID: "2611.00001", Title: "Counting Gulls by Ear: A Benchmark of 40 Harbours", TLDR: "Microphones on 40 harbour walls count gulls as well as people do, for a tenth of the work, and a model of two megabytes is enough.",
			Abstract: "Unused.", Authors: []broadsheet.Author{{Name: "Ada Person"}, {Name: "Björn Ásgeirsson"}, {Name: "山田 花子"}, {Name: "D. Four"}, {Name: "E. Five"}}, Categories: []string{"cs.SD"},
			Organizations: lab, Links: []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://code.example.org/gulls?tab=readme&x=1", Stars: 1234}}, ImportedComments: 3},
		{ID: "2611.00002", Title: `A Bound of $O(\sqrt{n}\log n)$ for Sorting Shells on $\mathbb{R}^d$`,
			Abstract: `We show that shells on $\mathbb{R}^d$ can be sorted in $O(\sqrt{n}\log n)$ steps. The proof is short. It rests on an old lemma about tides, e.g. those of the North Sea, and on nothing else. We then ask what happens where the tide is not known, and answer that for harbours with one mouth; those with two remain open, and we give a reason why they may remain so for long.`,
			Authors:  []broadsheet.Author{{Name: "Solo Author"}}, Categories: []string{"math.CO", "cs.DS"}},
		{ID: "2611.00003", Title: "<script>alert('x')</script> & Other Titles\r\nBcc: everybody@example.net", Abstract: "Short & <b>bold</b>.\u202eevil", Authors: []broadsheet.Author{{Name: "A"}, {Name: "B"}},
			Links: []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "javascript:alert(1)"}}},
		{ID: "2611.00004", Title: "Withdrawn Since", Withdrawn: true},
	}
}

func edition(papers []broadsheet.Paper) broadsheet.Edition {
	x := broadsheet.Edition{ID: 7, Token: "editiontoken", Topic: broadsheet.Topic{Kind: broadsheet.TopicHot}, Title: "Hot papers", Total: 40}
	for i, p := range papers {
		x.Picks = append(x.Picks, broadsheet.Pick{PaperID: p.ID, Score: 12 - 6*i})
	}
	x.Picks[1].Why = "cs.DS"
	return x
}

func options(s letter.Store) letter.Options {
	return letter.Options{Store: s, Base: "https://papers.example.org", Title: "Daily papers", From: "Daily papers <papers@example.org>", Returns: "bounces.example.org",
		Now: func() time.Time { return planned },
		Subject: func(c string) string {
			return map[string]string{"cs.SD": "Sound", "math.CO": "Combinatorics"}[c]
		},
		Links: letter.Links{
			Paper:   func(id string) string { return "/papers/" + id },
			Edition: func(token string) string { return "/editions/" + token },
			Unsubscribe: func(x *broadsheet.Subscription) string {
				return "/subscriptions/" + x.Token + "/unsubscribe?seal=0.abcdefghijklmnopqrstuvwxyz"
			},
			Preferences: func(r *broadsheet.Recipient, at time.Time) string {
				return "/preferences/" + r.Key + "?seal=" + at.Format("20060102") + ".abcdefghijklmnopqrstuvwxyz"
			},
		}}
}

func claim(papers ...string) *store.Claim {
	return &store.Claim{
		Delivery:     broadsheet.Delivery{ID: 1, EditionID: 7, Slot: "2026-11-26", Token: "k3j5n7p2q4r6s8t2u4v6w8x2y4", Papers: papers, PlannedAt: planned},
		Recipient:    broadsheet.Recipient{Address: "reader@example.net", Key: "keyofreader"},
		Subscription: broadsheet.Subscription{Token: "subscriptiontoken"},
	}
}

func newWriter(t testing.TB, o letter.Options) *letter.Writer {
	t.Helper()
	w, err := letter.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func all(papers []broadsheet.Paper) (ids []string) {
	for _, p := range papers {
		ids = append(ids, p.ID)
	}
	return ids
}

// golden compares with a file of testdata, or writes it.
func golden(t *testing.T, name string, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); -update writes it anew:\n%s", path, diff)
	}
}

func TestGoldenMails(t *testing.T) {
	s := &shelf{papers: made()}
	s.edition = edition(s.papers)
	w := newWriter(t, options(s))
	for name, c := range map[string]*store.Claim{"edition": claim(all(s.papers)...), "empty": claim()} {
		mail, err := w.Write(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".eml", string(mail))
		p, err := w.Parts(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".txt", p.Text)
		golden(t, name+".html", p.HTML)
	}
	for _, kind := range []letter.NoticeKind{letter.NoticeConfirm, letter.NoticePreferences} {
		mail, err := w.Notice(letter.Notice{Kind: kind, To: "reader@example.net", Path: "/subscriptions/x/confirm?seal=t.abc&y=1", Token: "noticetoken", At: planned})
		if err != nil {
			t.Fatal(err)
		}
		golden(t, string(kind)+".eml", string(mail))
		_, _, html := read(t, mail)
		golden(t, string(kind)+".html", html)
	}
}

// TestAttemptsAreTheSameBytes writes the same mail by two writers at two times.
func TestAttemptsAreTheSameBytes(t *testing.T) {
	s := &shelf{papers: made()}
	s.edition = edition(s.papers)
	o := options(s)
	o.Keys = []*dkim.Key{key(t, "a", "rsa"), key(t, "b", "ed25519")}
	first, err := newWriter(t, o).Write(t.Context(), claim("2611.00001", "2611.00002"))
	if err != nil {
		t.Fatal(err)
	}
	s.papers[0].Votes += 5 // as readers may between two attempts
	o.Now = func() time.Time { return planned.Add(time.Hour) }
	second, err := newWriter(t, o).Write(t.Context(), claim("2611.00001", "2611.00002"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(first), string(second)); diff != "" {
		t.Errorf("the second attempt differs:\n%s", diff)
	}
}

func TestWhatIsGoneIsLeftOut(t *testing.T) {
	s := &shelf{papers: made()}
	s.edition = edition(s.papers)
	at := planned
	o := options(s)
	o.Now = func() time.Time { return at }
	w := newWriter(t, o)
	p, err := w.Parts(t.Context(), claim("2611.00004", "2611.09999", "2611.00001"))
	if err != nil || !strings.Contains(p.Subject, ": 1 paper") || strings.Contains(p.Text+p.HTML, "Withdrawn Since") {
		t.Errorf("with one paper left: got %q (%v), want 1 paper", p.Subject, err)
	}
	if _, err := w.Write(t.Context(), claim("2611.00004", "2611.09999")); broadsheet.KindOf(err) != broadsheet.NotFound {
		t.Errorf("with no paper left: got %v, want NotFound", err)
	}
	s.papers = s.papers[1:]
	at = at.Add(2 * time.Minute)
	if _, err := w.Write(t.Context(), claim("2611.00001")); broadsheet.KindOf(err) != broadsheet.NotFound {
		t.Errorf("two minutes after the paper went: got %v, want NotFound", err)
	}
	s.edition = broadsheet.Edition{}
	at = at.Add(2 * time.Minute)
	if _, err := w.Write(t.Context(), claim("2611.00002")); broadsheet.KindOf(err) != broadsheet.NotFound {
		t.Errorf("after the edition went: got %v, want NotFound", err)
	}
}

// TestCardsAreMadeOnce: a second mail of an edition reads nothing.
func TestCardsAreMadeOnce(t *testing.T) {
	s := &shelf{papers: made()}
	s.edition = edition(s.papers)
	w := newWriter(t, options(s))
	for range 3 {
		if _, err := w.Write(t.Context(), claim("2611.00001", "2611.00002")); err != nil {
			t.Fatal(err)
		}
	}
	if s.reads != 1 {
		t.Errorf("papers were read %d times for three mails, want once", s.reads)
	}
}

// TestLongEditionsAreCut: the HTML stays under what mailboxes cut, and says where
// the rest is; the text has everything.
func TestLongEditionsAreCut(t *testing.T) {
	s := &shelf{}
	for i := range broadsheet.MaxEdition {
		p := made()[1]
		p.ID = "2611.1" + strings.Repeat("0", 3) + string(rune('A'+i/26)) + string(rune('a'+i%26))
		p.Title, p.TLDR = strings.Repeat("A <long> title & ", 12), strings.Repeat("Ünïcödé words & <more> of them. ", 12)
		s.papers = append(s.papers, p)
	}
	s.edition = edition(s.papers)
	p, err := newWriter(t, options(s)).Parts(t.Context(), claim(all(s.papers)...))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.HTML) >= 80_000 || len(p.HTML) < 60_000 {
		t.Errorf("the HTML has %d bytes, want just under 80,000", len(p.HTML))
	}
	if !strings.Contains(p.HTML, " more on the page of this edition") {
		t.Error("the HTML does not say that papers were left out")
	}
	if n := strings.Count(p.Text, "https://papers.example.org/papers/2611.1"); n != len(s.papers) {
		t.Errorf("the text has %d papers, want %d", n, len(s.papers))
	}
}
