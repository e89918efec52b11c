package sample

import (
	"encoding/json"
	"io"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

type organization struct {
	Name     string `json:"name"`
	Fullname string `json:"fullname"`
}

// record is one line of the edition; nil is what the page does not give.
type record struct {
	ID           string        `json:"id"`
	Position     int           `json:"position"`
	Title        string        `json:"title"`
	Organization *organization `json:"organization"`
	AuthorCount  *int          `json:"author_count"`
	Published    *string       `json:"published"`
	Comments     *int          `json:"comments"`
	Code         *string       `json:"code"`
	TLDR         string        `json:"tldr"`
}

// records decodes the edition as an importer would, refusing unknown keys.
func records(t *testing.T) []record {
	t.Helper()
	dec := json.NewDecoder(Open())
	dec.DisallowUnknownFields()
	var rs []record
	for {
		var r record
		err := dec.Decode(&r)
		if err == io.EOF {
			return rs
		}
		if err != nil {
			t.Fatalf("record %d: %v", len(rs)+1, err)
		}
		rs = append(rs, r)
	}
}

func TestOneObjectALine(t *testing.T) {
	b, err := io.ReadAll(Open())
	if err != nil {
		t.Fatal(err)
	}
	if !utf8.Valid(b) {
		t.Error("the edition is not valid UTF-8")
	}
	text, ok := strings.CutSuffix(string(b), "\n")
	if !ok {
		t.Error("the last line does not end with a newline")
	}
	lines := strings.Split(text, "\n")
	if got, want := len(lines), 51; got != want {
		t.Errorf("lines: got %d, want %d", got, want)
	}
	for i, l := range lines {
		if !json.Valid([]byte(l)) || !strings.HasPrefix(l, "{") {
			t.Errorf("line %d is not one JSON object: %.60q", i+1, l)
		}
	}
}

func TestOpenStartsAfresh(t *testing.T) {
	first, err := io.ReadAll(Open())
	if err != nil {
		t.Fatal(err)
	}
	second, err := io.ReadAll(Open())
	if err != nil {
		t.Fatal(err)
	}
	if len(first) == 0 || string(first) != string(second) {
		t.Errorf("second reader gave %d bytes, want the first one's %d", len(second), len(first))
	}
}

var arxivID = regexp.MustCompile(`^[0-9]{2}(0[1-9]|1[0-2])\.[0-9]{5}$`)

func TestFactsAreWellFormed(t *testing.T) {
	day, err := time.Parse(time.DateOnly, Day)
	if err != nil {
		t.Fatalf("Day: %v", err)
	}
	seen := map[string]int{}
	for i, r := range records(t) {
		if r.Position != i+1 {
			t.Errorf("%s: position: got %d, want %d", r.ID, r.Position, i+1)
		}
		if !arxivID.MatchString(r.ID) {
			t.Errorf("position %d: id %q is not an arXiv id", i+1, r.ID)
		}
		if p := seen[r.ID]; p != 0 {
			t.Errorf("%s: at positions %d and %d", r.ID, p, i+1)
		}
		seen[r.ID] = i + 1
		if r.Title == "" || r.Title != strings.Join(strings.Fields(r.Title), " ") {
			t.Errorf("%s: title %q is empty or has stray white space", r.ID, r.Title)
		}
		if o := r.Organization; o != nil && (o.Name == "" || o.Fullname == "" || strings.Contains(o.Name, " ")) {
			t.Errorf("%s: organization %+v: want a handle without spaces and a display name", r.ID, *o)
		}
		if r.AuthorCount != nil && *r.AuthorCount < 1 {
			t.Errorf("%s: author_count: got %d, want at least 1", r.ID, *r.AuthorCount)
		}
		if r.Comments != nil && *r.Comments < 0 {
			t.Errorf("%s: comments: got %d, want at least 0", r.ID, *r.Comments)
		}
		if r.Published != nil {
			checkPublished(t, r.ID, *r.Published, day)
		}
		if r.Code != nil {
			u, err := url.Parse(*r.Code)
			if err != nil || u.Scheme != "https" || u.Host == "" || u.Path == "" {
				t.Errorf("%s: code %q is not an https URL", r.ID, *r.Code)
			}
		}
	}
}

// checkPublished wants a real date from the id's month on and not after the
// edition. arXiv numbers a paper when it is announced, which for one sent on
// a month's last days is the next month: hence the week of grace.
func checkPublished(t *testing.T, id, published string, day time.Time) {
	t.Helper()
	d, err := time.Parse(time.DateOnly, published)
	if err != nil {
		t.Errorf("%s: published: %v", id, err)
		return
	}
	month, err := time.Parse("0601", id[:4])
	if err != nil {
		t.Errorf("%s: month of the id: %v", id, err)
		return
	}
	if d.Before(month.AddDate(0, 0, -7)) || d.After(day) {
		t.Errorf("%s: published: got %s, want from %s to %s", id, published, month.Format(time.DateOnly), Day)
	}
}

var sentenceEnd = regexp.MustCompile(`[.!?]( |$)`)

func TestTLDR(t *testing.T) {
	seen := map[string]string{}
	for _, r := range records(t) {
		if n := utf8.RuneCountInString(r.TLDR); n < 100 || n > 260 {
			t.Errorf("%s: TL;DR has %d characters, want 100 to 260: %q", r.ID, n, r.TLDR)
		}
		if n := len(sentenceEnd.FindAllString(r.TLDR, -1)); n < 1 || n > 2 {
			t.Errorf("%s: TL;DR has %d sentences, want 1 or 2: %q", r.ID, n, r.TLDR)
		}
		if !strings.HasSuffix(r.TLDR, ".") || r.TLDR != strings.Join(strings.Fields(r.TLDR), " ") {
			t.Errorf("%s: TL;DR lacks its full stop or has stray white space: %q", r.ID, r.TLDR)
		}
		if strings.Contains(strings.ToLower(r.TLDR), "this paper") {
			t.Errorf("%s: TL;DR speaks of itself: %q", r.ID, r.TLDR)
		}
		if other := seen[r.TLDR]; other != "" {
			t.Errorf("%s and %s have the same TL;DR", other, r.ID)
		}
		seen[r.TLDR] = r.ID
	}
}
