package hfwire_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/lib/hfwire"
	"broadsheet/internal/testkit"
)

// entry is an invented entry with the members that matter to the mapping.
const entry = `{
 "paper": {"id": "2503.02130v2", "authors": [
   {"_id": "0123456789abcdef01234567", "name": " Ada  Example", "hidden": false,
    "user": {"avatarUrl": "/avatars/a.svg", "isPro": false, "user": "ada", "type": "user", "unheard": [1]}},
   {"name": "Hidden Person", "hidden": true}],
  "publishedAt": "2025-03-03T18:59:59.000Z", "submittedOnDailyAt": "2025-03-05T01:02:03.004Z",
  "title": "A Title\n of\u202e Ours", "summary": "First line\nsecond line.", "upvotes": 7,
  "ai_summary": "Short.", "ai_keywords": ["", "one", "two", "one"],
  "githubRepo": "https://github.com/ada/x", "githubStars": 12, "githubRepoAddedBy": "auto",
  "projectPage": " https://ada.example/x", "mediaUrls": ["https://cdn.example/1.mp4"], "later": {"b": 1.50, "a": null},
  "organization": {"_id": "0123456789abcdef01234568", "name": "lab", "fullname": "The Lab", "avatar": "https://cdn.example/lab.png"}},
 "publishedAt": "2025-03-03T13:59:59.000Z", "title": "Another title", "thumbnail": "https://cdn.example/t.png",
 "mediaUrls": ["https://cdn.example/1.mp4", "javascript:alert(1)"], "mediaUrl": "https://cdn.example/2.png", "summary": "",
 "numComments": 3, "submittedBy": {"_id": "0123456789abcdef01234569", "avatarUrl": "/avatars/b.svg", "fullname": "Bob", "name": "bob", "isMod": false},
 "isAuthorParticipating": false}`

func TestPaper(t *testing.T) {
	e, err := hfwire.Parse([]byte(entry))
	if err != nil {
		t.Fatal(err)
	}
	got, err := e.Paper("2025-03-05", 4)
	if err != nil {
		t.Fatal(err)
	}
	var wire bytes.Buffer
	if err := json.Compact(&wire, []byte(entry)); err != nil {
		t.Fatal(err)
	}
	want := broadsheet.Paper{
		ID: "2503.02130", IDs: []broadsheet.SourceID{{Scheme: "arxiv", Value: "2503.02130"}}, Origin: broadsheet.OriginCurated,
		Title: "A Title of Ours", Abstract: "First line second line.", TLDR: "Short.",
		Authors: []broadsheet.Author{{Name: "Ada Example", Key: "ada-example"}}, AuthorCount: 1, Keywords: []string{"one", "two"},
		Organizations: []broadsheet.Organization{{Key: "lab", Name: "The Lab", AvatarURL: "https://cdn.example/lab.png", SourceID: "0123456789abcdef01234568"}},
		Links: []broadsheet.Link{
			{Kind: broadsheet.LinkCode, URL: "https://github.com/ada/x", Stars: 12, AddedBy: "auto"},
			{Kind: broadsheet.LinkMedia, URL: "https://cdn.example/1.mp4"},
			{Kind: broadsheet.LinkMedia, URL: "https://cdn.example/2.png"},
			{Kind: broadsheet.LinkProject, URL: "https://ada.example/x"},
			{Kind: broadsheet.LinkThumbnail, URL: "https://cdn.example/t.png"},
		},
		PublishedAt: time.Date(2025, 3, 3, 18, 59, 59, 0, time.UTC), ImportedVotes: 7, ImportedComments: 3,
		Features: []broadsheet.Feature{{Day: "2025-03-05", Position: 4, FeaturedAt: time.Date(2025, 3, 5, 1, 2, 3, 4e6, time.UTC),
			Submitter: &broadsheet.Person{Key: "bob", Name: "Bob", AvatarURL: "https://huggingface.co/avatars/b.svg", SourceID: "0123456789abcdef01234569"},
			Title:     "Another title", Votes: 7, Comments: 3, Wire: wire.Bytes()}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("Paper (-want +got):\n%s", d)
	}
}

func TestEncodeKeepsEverything(t *testing.T) {
	for _, in := range []string{
		entry,
		`{"paper":{"id":"2503.02130","authors":[],"publishedAt":"","title":"x","summary":"","upvotes":0,"githubStars":0,"projectPage":null,"githubRepo":""},
		  "publishedAt":"","title":"x","numComments":0,"submittedBy":null,"mediaUrls":[],"upvotes":0,"zz":null,"":1}`,
	} {
		e, err := hfwire.Parse([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		out, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(canonical(t, []byte(in)), canonical(t, out)); d != "" {
			t.Errorf("re-encoded (-in +out):\n%s", d)
		}
	}
}

func TestBadEntriesNameTheField(t *testing.T) {
	ok := func(member string) string {
		return `{"paper":{"id":"2503.02130","title":"x",` + member + `},"title":"x"}`
	}
	for _, c := range []struct{ in, want string }{
		{`{"paper":{"id":2503.02130,"title":"x"}}`, "paper.id: a value of type number where text is wanted"},
		{`{"paper":{"id":"12345","title":"x"}}`, `paper.id: "12345" is not an arXiv id`},
		{`{"paper":{"title":"x"}}`, `paper.id: "" is not an arXiv id`},
		{`{"paper":null}`, "paper: null where an object is wanted"},
		{`{"paper":{"id":"2503.02130","title":" \u200b"}}`, "paper.title: empty"},
		{ok(`"publishedAt":"yesterday"`), `paper.publishedAt: "yesterday" is not a time`},
		{ok(`"upvotes":"many"`), "paper.upvotes: a value of type string where a whole number is wanted"},
		{ok(`"authors":[{"name":5}]`), "paper.authors.name: a value of type number where text is wanted"},
		{ok(`"authors":"Ada"`), "paper.authors: a value of type string where a list is wanted"},
		{`[]`, ": a value of type array where an object is wanted"},
		{`{`, "entry is not JSON"},
	} {
		e, err := hfwire.Parse([]byte(c.in))
		if err == nil {
			_, err = e.Paper("2025-03-05", 1)
		}
		if err == nil || !strings.Contains(": "+err.Error(), c.want) || broadsheet.KindOf(err) != broadsheet.Invalid {
			t.Errorf("%s: got error %v of kind %v, want Invalid with %q", c.in, err, broadsheet.KindOf(err), c.want)
		}
	}
}

func TestFeaturedAtOfOldRecordings(t *testing.T) {
	for _, c := range []struct {
		outer string
		want  bool
	}{{"2024-11-28T23:00:30.168Z", true}, {"2024-11-29T12:00:00.000Z", true}, {"2024-11-20T00:00:00.000Z", false}, {"", false}} {
		e, err := hfwire.Parse([]byte(`{"paper":{"id":"2411.00001","title":"x"},"publishedAt":"` + c.outer + `"}`))
		if err != nil {
			t.Fatal(err)
		}
		p, err := e.Paper("2024-11-29", 1)
		if err != nil {
			t.Fatal(err)
		}
		if got := !p.Features[0].FeaturedAt.IsZero(); got != c.want {
			t.Errorf("outer publishedAt %q: featured time known %v, want %v", c.outer, got, c.want)
		}
	}
}

// TestRecordedDays decodes, re-encodes and maps every recorded entry.
func TestRecordedDays(t *testing.T) {
	dir := testkit.WholeData(t)
	answers := map[string][]byte{}
	z, err := zip.OpenReader(filepath.Join(dir, "daily-papers-days.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if answers[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "protocol", "huggingface", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded answers: %v", err)
	}
	for _, f := range files {
		if answers[f], err = os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}
	entries, unknown := 0, map[string]int{}
	for name, answer := range answers {
		list, err := hfwire.Split(answer)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i, raw := range list {
			entries++
			e, err := hfwire.Parse(raw)
			if err != nil {
				t.Errorf("%s[%d]: %v", name, i, err)
				continue
			}
			for k := range e.Extra {
				unknown[k]++
			}
			for k := range e.Item.Extra {
				unknown["paper."+k]++
			}
			out, err := json.Marshal(e)
			if err != nil {
				t.Fatalf("%s[%d]: %v", name, i, err)
			}
			if d := cmp.Diff(canonical(t, raw), canonical(t, out)); d != "" {
				t.Errorf("%s[%d] (-recorded +encoded):\n%s", name, i, d)
			}
			p, err := e.Paper("2025-01-01", i+1)
			if err != nil {
				t.Errorf("%s[%d]: %v", name, i, err)
				continue
			}
			if d := cmp.Diff(canonical(t, raw), canonical(t, p.Features[0].Wire)); d != "" {
				t.Errorf("%s[%d] wire (-recorded +kept):\n%s", name, i, d)
			}
		}
	}
	t.Logf("%d answers, %d entries, members without a field: %v", len(answers), entries, unknown)
	if len(answers) < 501 || entries < 7000 {
		t.Errorf("only %d answers with %d entries compared", len(answers), entries)
	}
}

// canonical gives JSON with sorted members and numbers as written.
func canonical(t *testing.T, data []byte) string {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(entry))
	f.Add([]byte(`{"paper":{"id":"2503.02130","title":"x","authors":[{"name":"\ud800"}]},"title":"y"}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		e, err := hfwire.Parse(in)
		if err != nil {
			return
		}
		out, err := json.Marshal(e)
		if err != nil {
			t.Fatalf("encode %q: %v", in, err)
		}
		again, err := hfwire.Parse(out)
		if err != nil {
			t.Fatalf("decode again %q: %v", out, err)
		}
		twice, err := json.Marshal(again)
		if err != nil || !bytes.Equal(out, twice) {
			t.Fatalf("encoded twice: %q then %q (%v)", out, twice, err)
		}
		if p, err := e.Paper("2025-03-05", 1); err == nil && (p.Title == "" || !json.Valid(p.Features[0].Wire)) {
			t.Fatalf("%q: stored title %q and wire %q", in, p.Title, p.Features[0].Wire)
		}
	})
}
