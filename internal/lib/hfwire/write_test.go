package hfwire_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"broadsheet"
	"broadsheet/internal/lib/hfwire"
)

// featured is a paper with that recording.
func featured(wire string) (*broadsheet.Paper, *broadsheet.Feature) {
	p := &broadsheet.Paper{ID: "2503.02130", IDs: []broadsheet.SourceID{{Scheme: "arxiv", Value: "2503.02130"}}, Title: "Known here",
		Features: []broadsheet.Feature{{Day: "2025-03-05", FeaturedAt: time.Date(2025, 3, 5, 1, 2, 3, 4e6, time.UTC), Wire: json.RawMessage(wire)}}}
	return p, &p.Features[0]
}

// TestAppendEntry holds single members of entries, by their path.
func TestAppendEntry(t *testing.T) {
	const gone = "(missing)"
	for _, tc := range []struct {
		name, wire string
		votes      int // given here
		want       map[string]string
	}{
		{"recorded", entry, 0, map[string]string{
			"title": `"Another title"`, "paper.title": `"A Title\n of\u202e Ours"`, "paper.later": `{"a":null,"b":1.50}`,
			"upvotes": "7", "paper.upvotes": "7", "numComments": "3", "paper.numComments": "3", "source": `"arxiv"`, "paper.source": `"arxiv"`,
			"ai_summary": `"Short."`, "ai_keywords": `["","one","two","one"]`, "githubRepo": `"https://github.com/ada/x"`, "githubStars": "12",
			"projectPage": gone, "paper.projectPage": `" https://ada.example/x"`, // what cannot be followed is not repeated
			"organization.avatarUrl": `"https://cdn.example/lab.png"`, "paper.organization.avatarUrl": `"https://cdn.example/lab.png"`,
			"submittedBy.user": `"bob"`, "submittedBy.avatarUrl": `"/avatars/b.svg"`, "paper.submittedOnDailyBy.user": `"bob"`,
			"publishedAt": `"2025-03-05T01:02:03.004Z"`, "paper.publishedAt": `"2025-03-03T18:59:59.000Z"`,
			"paper.submittedOnDailyAt": `"2025-03-05T01:02:03.004Z"`, "summary": `""`, "mediaUrl": `"https://cdn.example/2.png"`,
			"isAuthorParticipating": "false", "numAuthors": gone,
		}},
		{"votes given here are added", entry, 5, map[string]string{"upvotes": "12", "paper.upvotes": "12"}},
		{"a bare one of old", `{"paper":{"id":"2503.02130","authors":[],"title":"x","summary":"s","upvotes":0},"title":"x","publishedAt":"2025-03-04T00:00:00.000Z"}`, 0,
			map[string]string{"upvotes": "0", "paper.upvotes": "0", "numComments": "0", "thumbnail": "null", "mediaUrls": "[]", "summary": `"s"`,
				"isAuthorParticipating": "false", "submittedBy": gone, "organization": gone, "ai_summary": gone}},
		{"only beside the paper", `{"paper":{"id":"2503.02130","title":"x","upvotes":1},"ai_summary":"s","organization":{"name":"lab","fullname":"Lab","avatarUrl":null}}`, 0,
			map[string]string{"paper.ai_summary": `"s"`, "paper.organization.name": `"lab"`, "organization.avatar": "null"}},
		{"null members stay", `{"paper":{"id":"2503.02130","organization":null,"projectPage":null,"upvotes":"many"},"organization":null,"submittedBy":null}`, 1,
			map[string]string{"paper.organization": "null", "organization": "null", "submittedBy": "null", "paper.projectPage": "null", "projectPage": gone, "upvotes": "1"}},
		{"what was recorded twice", `{"upvotes":9,"source":"x","paper":{"id":"2503.02130","upvotes":2,"numComments":8,"source":"x"},"numComments":3}`, 0,
			map[string]string{"upvotes": "2", "paper.numComments": "3", "source": `"arxiv"`}},
		{"no object", `[1]`, 0, map[string]string{"title": `"Known here"`, "paper.id": `"2503.02130"`}},
		{"no paper", `{"paper":5}`, 0, map[string]string{"title": `"Known here"`, "paper.publishedAt": "null"}},
	} {
		p, f := featured(tc.wire)
		p.Votes = tc.votes
		out := hfwire.AppendEntry(nil, p, f, hfwire.Writing{})
		for path, want := range tc.want {
			if got := at(t, out, path); got != want {
				t.Errorf("%s: %s is %s, want %s", tc.name, path, got, want)
			}
		}
	}
}

// at is the member at a path, in canonical form.
func at(t *testing.T, data []byte, path string) string {
	t.Helper()
	for name := range strings.SplitSeq(path, ".") {
		var o map[string]json.RawMessage
		if err := json.Unmarshal(data, &o); err != nil {
			t.Fatalf("%s: %v in %s", path, err, data)
		}
		var ok bool
		if data, ok = o[name]; !ok {
			return "(missing)"
		}
	}
	if strings.HasPrefix(string(data), "{") || strings.HasPrefix(string(data), "[") {
		return canonical(t, data)
	}
	return string(data)
}

// TestAppendMade holds the entry of a paper that was never recorded to the
// members that the service always sends.
func TestAppendMade(t *testing.T) {
	p := &broadsheet.Paper{
		ID: "2503.02130", Title: "Tea, \"cold\"", Abstract: "Über tea.\nIt cools.", TLDR: "It cools.", ImportedVotes: 3, Votes: 2, Comments: 1,
		Authors: []broadsheet.Author{{Name: "Ada Example"}, {Name: "Bo Ünique"}}, Keywords: []string{"tea"},
		Organizations: []broadsheet.Organization{{Key: "lab", Name: "The Lab", AvatarURL: "javascript:alert(1)"}},
		Links: []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://code.example/tea", Stars: 4, AddedBy: "user"}, {Kind: broadsheet.LinkMedia, URL: "https://m.example/1.mp4"},
			{Kind: broadsheet.LinkProject, URL: "https://tea.example/"}, {Kind: broadsheet.LinkThumbnail, URL: "https://p.example/t.png"}},
		PublishedAt: time.Date(2025, 3, 3, 0, 0, 0, 5e5, time.FixedZone("", 3600)),
		Features:    []broadsheet.Feature{{Day: "2025-03-05", Title: "Why tea cools", Submitter: &broadsheet.Person{Key: "bob"}}},
	}
	got := canonical(t, hfwire.AppendEntry(nil, p, &p.Features[0], hfwire.Writing{}))
	author := func(i int, name string) string {
		return `{"_id":"` + hfwire.ObjectID("author", p.ID+"\x00"+strconv.Itoa(i)+"\x00"+name) + `","hidden":false,"name":"` + name + `"}`
	}
	org := `{"_id":"` + hfwire.ObjectID("organization", "lab") + `","avatar":null,"avatarUrl":null,"fullname":"The Lab","name":"lab"}`
	user := `{"_id":"` + hfwire.ObjectID("user", "bob") + `","avatarUrl":null,"fullname":"bob","name":"bob","type":"user","user":"bob"}`
	shared := `"ai_keywords":["tea"],"ai_summary":"It cools.","githubRepo":"https://code.example/tea","githubStars":4,"mediaUrls":["https://m.example/1.mp4"],
	  "numComments":1,"organization":` + org + `,"projectPage":"https://tea.example/","source":"arxiv","summary":"Über tea.\nIt cools.","upvotes":5,`
	want := canonical(t, []byte(`{`+shared+`"isAuthorParticipating":false,"publishedAt":"2025-03-05T00:00:00.000Z","submittedBy":`+user+`,
	  "thumbnail":"https://p.example/t.png","title":"Why tea cools","paper":{`+shared+`"authors":[`+author(0, "Ada Example")+`,`+author(1, "Bo Ünique")+`],
	  "discussionId":"`+hfwire.ObjectID("discussion", p.ID)+`","githubRepoAddedBy":"user","id":"2503.02130","publishedAt":"2025-03-02T23:00:00.000Z",
	  "submittedOnDailyAt":"2025-03-05T00:00:00.000Z","submittedOnDailyBy":`+user+`,"title":"Tea, \"cold\""}}`))
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("entry (-want +got):\n%s", d)
	}
	if _, err := hfwire.Parse([]byte(got)); err != nil {
		t.Errorf("cannot be read again: %v", err)
	}
}

func TestCutAuthors(t *testing.T) {
	for _, tc := range []struct {
		most, want int
	}{{0, 0}, {1, 1}, {2, 2}, {50, 2}} {
		p, f := featured(entry)
		w := hfwire.Writing{Authors: tc.most, Cut: true}
		for _, out := range [][]byte{hfwire.AppendEntry(nil, p, f, w), hfwire.AppendPaper(nil, p, f, w)} {
			var got struct {
				NumAuthors int
				Authors    []any
				Paper      struct {
					NumAuthors int
					Authors    []any
				}
			}
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatal(err)
			}
			if n := len(got.Authors) + len(got.Paper.Authors); n != tc.want || got.NumAuthors != 2 {
				t.Errorf("at most %d authors: %d of %d, want %d of 2", tc.most, n, got.NumAuthors, tc.want)
			}
		}
	}
}

// TestAppendPaper holds the flat form to what is only there.
func TestAppendPaper(t *testing.T) {
	p, f := featured(entry)
	out := hfwire.AppendPaper(nil, p, f, hfwire.Writing{})
	for path, want := range map[string]string{
		"id": `"2503.02130v2"`, "title": `"A Title\n of\u202e Ours"`, "thumbnail": `"https://cdn.example/t.png"`, "numComments": "3", "upvotes": "7",
		"publishedAt": `"2025-03-03T18:59:59.000Z"`, "submittedOnDailyBy.name": `"bob"`, "linkedModels": "[]", "numTotalSpaces": "0", "paper": "(missing)",
	} {
		if got := at(t, out, path); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}

// TestSeveral joins entries as a list has them.
func TestSeveral(t *testing.T) {
	p, f := featured(entry)
	out := []byte{'['}
	for range 3 {
		out = hfwire.AppendEntry(out, p, f, hfwire.Writing{})
	}
	var list []hfwire.Entry
	if err := json.Unmarshal(append(out, ']'), &list); err != nil || len(list) != 3 {
		t.Errorf("%d entries, %v", len(list), err)
	}
}

// FuzzAppend holds that whatever JSON was recorded gives JSON again, and loses
// no member of the paper.
func FuzzAppend(f *testing.F) {
	f.Add([]byte(entry), 2)
	f.Add([]byte(` { "paper" : { "id" : "x\"}" , "authors" : [ [ "]" ] , 1e5 ] } , "a" : -1.5E+3 , "organization" : { } } `), 1)
	f.Add([]byte(`{"paper":{},"paper":{"authors":[{}]},"submittedBy":{"user":"a"},"":"\\"}`), 0)
	f.Fuzz(func(t *testing.T, in []byte, most int) {
		if !json.Valid(in) {
			return
		}
		p, feature := featured(string(in))
		w := hfwire.Writing{Authors: max(most, 0), Cut: most >= 0}
		out := hfwire.AppendEntry(nil, p, feature, w)
		flat := hfwire.AppendPaper(nil, p, feature, w)
		if !json.Valid(out) || !json.Valid(flat) {
			t.Fatalf("%s became %s and %s", in, out, flat)
		}
		before, ok := paperOf(in)
		if !ok || strings.Contains(string(in), `\u`) { // names that are escaped are not looked for
			return
		}
		after, _ := paperOf(out)
		for name := range before {
			if _, ok := after[name]; !ok {
				t.Fatalf("%s lost paper.%s: %s", in, name, out)
			}
		}
	})
}

func paperOf(entry []byte) (map[string]json.RawMessage, bool) {
	var outer, paper map[string]json.RawMessage
	ok := json.Unmarshal(entry, &outer) == nil && json.Unmarshal(outer["paper"], &paper) == nil && paper != nil
	return paper, ok
}
