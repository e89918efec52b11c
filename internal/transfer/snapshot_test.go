package transfer

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"broadsheet"

	"github.com/google/go-cmp/cmp"
)

func at(s string) time.Time {
	t, err := time.Parse(time.DateTime, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestSnapshotPaper(t *testing.T) {
	got, err := snapshotPaper([]byte(`{"id":"math.GT/0309136","submitter":"Erd\\H{o}s","authors":"ignored","title":"On\n  $x<y$ & <b>bold</b>\u0000","comments":"20 pages,\n 3 figures",
	  "journal-ref":"J. One 2 (2004)","doi":"10.1000/ABC 10.48550/arXiv.math/0309136","report-no":"R-1","categories":"math.GT q-unknown.XX math.GT","license":null,
	  "abstract":"  Two\n  lines.\n","versions":[{"version":"v1","created":"Mon, 8 Sep 2003 19:18:42 GMT"},{"version":"v2","created":"Tue, 9 Sep 2003 10:00:00 GMT"}],
	  "update_date":"2007-05-23","authors_parsed":[["Dupont","Jean","Jr.","Lyon"],["The Big Collaboration","",""]]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := broadsheet.Paper{
		ID: "math/0309136", IDs: []broadsheet.SourceID{{Scheme: "arxiv", Value: "math/0309136"}, {Scheme: "doi", Value: "10.1000/abc"}},
		Origin: broadsheet.OriginCatalog, Title: "On $x<y$ & <b>bold</b>", Abstract: "Two lines.",
		Authors:     []broadsheet.Author{{Name: "Jean Dupont Jr.", Key: "jean-dupont-jr"}, {Name: "The Big Collaboration", Key: "the-big-collaboration"}},
		AuthorCount: 2, Categories: []string{"math.GT", "q-unknown.XX"}, Note: "20 pages, 3 figures", JournalRef: "J. One 2 (2004)",
		DOI: "10.1000/ABC 10.48550/arXiv.math/0309136", ReportNo: "R-1", Submitter: "Erdős",
		Versions:    []broadsheet.Version{{Number: 1, CreatedAt: at("2003-09-08 19:18:42")}, {Number: 2, CreatedAt: at("2003-09-09 10:00:00")}},
		PublishedAt: at("2003-09-08 19:18:42"), UpdatedAt: at("2007-05-23 00:00:00"),
		AnnouncedOn: "2003-09-10", SeenAt: at("2003-09-10 00:00:00"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("paper differs (-want +got):\n%s", diff)
	}
}

func TestSnapshotPaperTakesWhatIsSparse(t *testing.T) {
	got, err := snapshotPaper([]byte(`{"id":"2406.09246","title":"Bare","authors":"A. One (1), B. Two and C. Three ((1) Somewhere, else)","comments":null,"versions":[],"update_date":"","authors_parsed":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range got.Authors {
		names = append(names, a.Name)
	}
	if diff := cmp.Diff([]string{"A. One", "B. Two", "C. Three"}, names); diff != "" {
		t.Errorf("authors (-want +got):\n%s", diff)
	}
	if !got.PublishedAt.IsZero() || !got.SeenAt.IsZero() || got.AnnouncedOn != "" {
		t.Errorf("dates out of nothing: %v %v %q", got.PublishedAt, got.SeenAt, got.AnnouncedOn)
	}
}

func TestSnapshotPaperKnowsAMidnightAsADate(t *testing.T) {
	got, err := snapshotPaper([]byte(`{"id":"2506.17290","title":"T","versions":[{"version":"v1","created":"Tue, 24 Jun 2025 00:00:00 GMT"}]}`))
	if err != nil || got.AnnouncedOn != "2025-06-25" {
		t.Errorf("announced on %q (%v), want 2025-06-25: by noon of a Tuesday is announced that evening", got.AnnouncedOn, err)
	}
}

func TestSnapshotPaperTakesThreeThousandAuthors(t *testing.T) {
	var parsed []string
	for i := range 3000 {
		parsed = append(parsed, fmt.Sprintf(`["Author%d","Ann",""]`, i))
	}
	got, err := snapshotPaper([]byte(`{"id":"2406.09246","title":"T","authors_parsed":[` + strings.Join(parsed, ",") + `]}`))
	if err != nil || len(got.Authors) != 3000 || got.AuthorCount != 3000 {
		t.Errorf("got %d authors, %v", len(got.Authors), err)
	}
}

func TestSnapshotPaperRefuses(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{"id":2503.02130,"title":"T"}`, "id: a JSON number does not belong here"},
		{`{"id":"2503.0213","title":"T"}`, `id: "2503.0213" is not an arXiv id`},
		{`{"title":"T"}`, `id: "" is not an arXiv id`},
		{`{"id":"2503.02130"}`, "title: empty"},
		{`{"id":"2503.02130","title":" \n\u0007 "}`, "title: empty"},
		{`{"id":"2503.02130","title":7}`, "title: a JSON number does not belong here"},
		{`{"id":"2503.02130","title":"T","versions":[{"version":"v1","created":"Mon, 31 Feb 2025 10:00:00 GMT"}]}`, `versions: "Mon, 31 Feb 2025 10:00:00 GMT" is not a time`},
		{`{"id":"2503.02130","title":"T","versions":[{"version":"v1","created":"Mon, 3 Mar 0000 10:00:00 GMT"}]}`, `versions: "Mon, 3 Mar 0000 10:00:00 GMT" is not a time`},
		{`{"id":"2503.02130","title":"T","versions":[{"version":"one","created":"Mon, 3 Mar 2025 10:00:00 GMT"}]}`, `versions: "one" is not a version`},
		{`{"id":"2503.02130","title":"T","update_date":"2025-02-30"}`, `update_date: "2025-02-30" is not a day`},
		{`<html>503</html>`, "not a JSON object"},
		{`["2503.02130"]`, "not a JSON object"},
		{`{"id":"2503.02130","title":"T"`, "not JSON: unexpected end of JSON input"},
		{``, "not a JSON object"},
	} {
		if _, err := snapshotPaper([]byte(c.in)); err == nil || err.Error() != c.want {
			t.Errorf("snapshotPaper(%s) = %v, want %s", c.in, err, c.want)
		}
	}
}

func TestSnapshotPaperIsWithdrawn(t *testing.T) {
	for note, want := range map[string]bool{"This version has been withdrawn": true, "Theorem 2 has been withdrawn": false} {
		p, err := snapshotPaper([]byte(`{"id":"2503.02130","title":"T","comments":"` + note + `"}`))
		if err != nil || p.Withdrawn != want {
			t.Errorf("%q: withdrawn %v, %v; want %v", note, p.Withdrawn, err, want)
		}
	}
}

func FuzzSnapshotPaper(f *testing.F) {
	f.Add([]byte(`{"id":"2503.02130","title":"T","doi":"10.1000/x","comments":"withdrawn","versions":[{"version":"v1","created":"Mon, 3 Mar 2025 10:00:00 GMT"}],"authors_parsed":[["A","B"],[],["C"]]}`))
	f.Add([]byte("{\"id\":\"hep-th/9901001\",\"title\":\"\xff\xfe\\u0000\\ud800\",\"authors\":\"a, and b (c) ) and\"}"))
	f.Add([]byte(`{"id":1}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		p, err := snapshotPaper(line)
		if err != nil {
			return
		}
		if id, _, ok := broadsheet.ParseArxivID(p.ID); !ok || id != p.ID {
			t.Errorf("id %q is not canonical", p.ID)
		}
		for _, s := range append([]string{p.Title, p.Abstract, p.Note, p.DOI, p.Submitter, p.JournalRef}, p.Categories...) {
			if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\n\r") {
				t.Errorf("%q holds what must not be stored", s)
			}
		}
		if p.Title == "" {
			t.Error("no title")
		}
		if err := checkPaper(&p); err != nil {
			t.Errorf("an export of it would be refused: %v", err)
		}
	})
}

func TestRecognise(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Layout
	}{
		{`{"id":"1","submitter":null,"authors":"","title":"t","abst`, ArxivSnapshot},
		{"garbage\n{}\n" + `{"title":"t","id":"1","categories":"","versions":[]}`, ArxivSnapshot},
		{` [{"paper":{"id":"1"},"title":"`, DailyPapers},
		{"[]", DailyPapers},
		{"[\n", DailyPapers},
		{`{"broadsheet":1,"kind":"header"}`, Own},
		{`{"kind":"paper","paper":{"id":"2503.02130"}}`, Own},
		{`[{"name":"x"}]`, ""},
		{`{"error":"too many requests"}`, ""},
		{"id,title\n1,x", ""},
		{"", ""},
		{"\n\n", ""},
	} {
		if got := recognise([]byte(c.in)); got != c.want {
			t.Errorf("recognise(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzRecognise(f *testing.F) {
	for _, s := range []string{"[{", `{"id":`, "[[[[", "{}\n{}", `{"kind":`, "\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		if l := recognise(head); l == ArxivSnapshot && !strings.Contains(string(head), "{") {
			t.Errorf("recognise(%q) = %q", head, l)
		}
	})
}

func BenchmarkSnapshotPaper(b *testing.B) {
	line := []byte(`{"id":"2406.00001","submitter":"S. Ubmitter","authors":"Ann Author, Bob Other","title":"A made-up title of ordinary length for measuring","comments":"20 pages",` +
		`"journal-ref":null,"doi":"10.1000/x","report-no":null,"categories":"cs.LG cs.CL","license":null,"abstract":"` + strings.Repeat("Sixty bytes of an abstract with $x^2$ and \\\\alpha in its text. ", 18) +
		`","versions":[{"version":"v1","created":"Mon, 3 Jun 2024 10:00:00 GMT"}],"update_date":"2024-06-04","authors_parsed":[["Author","Ann",""],["Other","Bob",""]]}`)
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		if _, err := snapshotPaper(line); err != nil {
			b.Fatal(err)
		}
	}
}
