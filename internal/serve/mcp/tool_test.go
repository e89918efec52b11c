package mcp_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/internal/serve/mcp"

	"github.com/google/go-cmp/cmp"
)

// TestAnswers holds what tools say against a golden file each.
func TestAnswers(t *testing.T) {
	s := newSite(t)
	for _, tt := range []struct{ name, tool, arguments string }{
		{"latest day", "list", `{}`},
		{"day with abstracts", "list", `{"kind":"day","key":"2026-6-30","abstracts":true,"limit":2}`},
		{"month", "list", `{"kind":"month","limit":"1"}`},
		{"author by name", "list", `{"kind":"author","key":"Cy Dunk"}`},
		{"organisation", "list", `{"kind":"organization","key":"tea-lab"}`},
		{"category of a day", "list", `{"category":"cs"}`},
		{"an empty day", "list", `{"key":"2020-01-01"}`},
		{"hot", "hot", `{"has_code":true}`},
		{"search", "search", `{"query":"tea"}`},
		{"search that names a list", "search", `{"query":"math.CO"}`},
		{"search with notes", "search", `{"query":"biscuits nosuchword date:nonsense"}`},
		{"similar", "similar", `{"ids":["2606.00001","2999.99999"]}`},
		{"paper", "paper", `{"id":"https://arxiv.org/abs/2606.00001v2","authors":2}`},
		{"old id", "paper", `{"id":"math/0309136"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := s.call(t, tt.tool, tt.arguments)
			if a.Error != nil || a.Result.IsError {
				t.Fatalf("%s %s: error %v: %v", tt.tool, tt.arguments, a.Error, a.Result.Content)
			}
			golden(t, strings.ReplaceAll(tt.name, " ", "-")+".txt", a.Result.Content[0].Text)
			if structured := a.Result.StructuredContent != nil; structured != (tt.tool == "paper") {
				t.Errorf("%s: structured content: %v", tt.tool, structured)
			}
		})
	}
}

func golden(t *testing.T, name, got string) {
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
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// TestErrors sees that a wrong call names the argument and what is allowed.
func TestErrors(t *testing.T) {
	s := newSite(t)
	for _, tt := range []struct{ tool, arguments, want string }{
		{"search", `{}`, "query: it is missing (What to look for, in the query language above.)"},
		{"search", `{"query":" "}`, "query: it is empty (What to look for, in the query language above.)"},
		{"search", `{"query":"x","limit":51}`, "limit: 51 cannot be (use a whole number from 1 to 50)"},
		{"search", `{"query":"x","limit":1.5}`, "limit: 1.5 cannot be (use a whole number from 1 to 50)"},
		{"search", `{"query":"x","sort":"best"}`, `sort: "best" cannot be (use relevance, date)`},
		{"search", `{"query":"x","cursor":"zzz"}`, "cursor: "},
		{"search", `{"query":5}`, "query: 5 cannot be (use a text)"},
		{"search", `{"query":"x","offset":5}`, "offset: this tool has no such argument (use query, sort, mode, limit, abstracts, cursor)"},
		{"search", `{"query":"2026"}`, "query: a year alone is not a search (write date:2026 beside words)"},
		{"search", `[]`, "arguments: they are no JSON object (write them as {\"name\": value})"},
		{"list", `{"kind":"author"}`, "key: it is missing (say which author)"},
		{"list", `{"kind":"author","key":"Nobody"}`, "there is no author"},
		{"list", `{"key":"2026-02-30"}`, `key: "2026-02-30" is not a day (write a calendar day as 2026-06-30)`},
		{"list", `{"kind":"week","key":"27"}`, `key: "27" is not a week (write an ISO week as 2026-W27; a year has 52 or 53)`},
		{"list", `{"category":"%"}`, `category: "%" is not a category (write a category as cs.LG, or an archive as cs)`},
		{"list", `{"cursor":"nonsense"}`, "cursor: no answer of this tool has given that (take the one of the last line, or leave it out to begin anew)"},
		{"list", `{"cursor":"2026-06-30~1"}`, "cursor: no answer of this tool has given that (take the one of the last line, or leave it out to begin anew)"},
		{"list", `{"cursor":"2026-06-30~99"}`, "cursor: the list has no page 99 (the last is 1)"},
		{"list", `{"abstracts":"perhaps"}`, `abstracts: "perhaps" cannot be (use true or false)`},
		{"similar", `{"ids":[]}`, "ids: [] cannot be (use 1 to 10, each of at most 500 characters)"},
		{"similar", `{"ids":["2606.12345"]}`, "ids: none of these papers is here"},
		{"paper", `{"id":"2606.12345"}`, "there is no paper 2606.12345 here"},
		{"paper", `{"id":"tea"}`, `id: "tea" is not a paper id (write an arXiv id as 2503.02130 or math/0309136, a DOI, or the address of the paper's page)`},
	} {
		a := s.call(t, tt.tool, tt.arguments)
		if a.Error != nil || !a.Result.IsError || !strings.HasPrefix(a.Result.Content[0].Text, tt.want) {
			t.Errorf("%s %s: got %v, error %v, want %q as a tool error", tt.tool, tt.arguments, a.Result.Content, a.Error, tt.want)
		}
	}
	if a := s.call(t, "nonsense", `{}`); a.Error == nil {
		t.Errorf("an unknown tool: got %v, want a protocol error", a.Result)
	}
}

// TestCursors walks a list and a search in pages and wants every paper once.
func TestCursors(t *testing.T) {
	s := newSite(t)
	cursor := regexp.MustCompile(`\nmore: cursor=(\S+)\n$`)
	line := regexp.MustCompile(`(?m)^(\d{4}\.\d{5}|math/\d+) `)
	for _, tt := range []struct {
		tool, arguments string
		want            int
	}{{"list", `"limit":1`, 3}, {"hot", `"limit":2`, 3}, {"search", `"query":"tea biscuits crumbs","limit":1`, 3}} {
		seen, after := map[string]int{}, ""
		for pages := 0; pages < 10; pages++ {
			text := s.call(t, tt.tool, "{"+tt.arguments+after+"}").Result.Content[0].Text
			for _, m := range line.FindAllStringSubmatch(text, -1) {
				seen[m[1]]++
			}
			m := cursor.FindStringSubmatch(text)
			if m == nil {
				break
			}
			after = `,"cursor":"` + m[1] + `"`
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%s: %s comes %d times", tt.tool, id, n)
			}
		}
		if len(seen) < tt.want {
			t.Errorf("%s %s: %d papers in pages, want %d", tt.tool, tt.arguments, len(seen), tt.want)
		}
	}
}

// TestTextStaysText: what strangers wrote begins no line of a list and holds
// nothing that is not seen.
func TestTextStaysText(t *testing.T) {
	p := mcp.Paper{ID: "2606.00009", Title: hostile, Abstract: hostile, TLDR: hostile, Authors: []string{hostile}, AuthorCount: 1, Note: hostile, Code: []string{hostile}}
	m := mcp.New(mcp.Options{Source: one{p}})
	s := &site{serve(m), m}
	for _, call := range [][2]string{{"list", `{"abstracts":true}`}, {"search", `{"query":"tea"}`}, {"similar", `{"ids":["2606.00009"]}`}, {"paper", `{"id":"2606.00009"}`}} {
		a := s.call(t, call[0], call[1])
		text := a.Result.Content[0].Text
		if strings.ContainsAny(text, "\x1b\u202e\u200b") || regexp.MustCompile(`(?m)^2606\.66666`).MatchString(text) {
			t.Errorf("%s: got %q", call[0], text)
		}
		if a.Result.StructuredContent != nil && strings.ContainsAny(a.Result.StructuredContent["title"].(string), "\x1b\u202e\u200b\n") {
			t.Errorf("%s: structured %q", call[0], a.Result.StructuredContent["title"])
		}
	}
}

// one is a source that always gives one paper.
type one struct{ paper mcp.Paper }

func (o one) list() (*mcp.List, error) {
	return &mcp.List{Title: hostile, Papers: []mcp.Paper{o.paper}, Total: 1, Notes: []string{hostile}}, nil
}
func (o one) List(context.Context, mcp.ListQuery) (*mcp.List, error)     { return o.list() }
func (o one) Search(context.Context, mcp.SearchQuery) (*mcp.List, error) { return o.list() }
func (o one) Similar(context.Context, []string, int) (*mcp.List, error)  { return o.list() }
func (o one) Paper(context.Context, string) (*mcp.Paper, error)          { p := o.paper; return &p, nil }

// broken is a source that fails in every way.
type broken struct{ one }

func (broken) List(context.Context, mcp.ListQuery) (*mcp.List, error) { panic("a bug") }
func (broken) Search(context.Context, mcp.SearchQuery) (*mcp.List, error) {
	return nil, os.ErrInvalid
}
func (broken) Similar(context.Context, []string, int) (*mcp.List, error) {
	return nil, &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "the search is not ready", Fix: "try again in a minute", Err: os.ErrClosed}
}

// TestFaults: a panic ends a request and not the program, and errors of ours
// tell strangers nothing.
func TestFaults(t *testing.T) {
	m := mcp.New(mcp.Options{Source: broken{}})
	s := &site{serve(m), m}
	if a := s.call(t, "list", `{}`); a.Error == nil || a.Error.Code != -32603 || strings.Contains(a.Error.Message, "bug") {
		t.Errorf("a panic: got %v, want an internal error without its text", a.Error)
	}
	for tool, want := range map[string]string{
		"search":  "something went wrong here; it is in the log",
		"similar": "the search is not ready (try again in a minute)",
	} {
		if a := s.call(t, tool, `{"query":"x","ids":["x"]}`); a.Error == nil && !a.Result.IsError {
			t.Errorf("%s: no error", tool)
		}
		arguments := map[string]string{"search": `{"query":"x"}`, "similar": `{"ids":["x"]}`}[tool]
		if a := s.call(t, tool, arguments); !a.Result.IsError || a.Result.Content[0].Text != want {
			t.Errorf("%s: got %v, want %q", tool, a.Result.Content, want)
		}
	}
}

// TestResourceNamesSomeAuthors: a record of thousands of authors names as many as
// the tool does.
func TestResourceNamesSomeAuthors(t *testing.T) {
	many := broadsheet.Paper{ID: "2606.00009", Origin: broadsheet.OriginCurated, Title: "A cup for all", SeenAt: now, AuthorCount: 3000}
	for i := range 3000 {
		many.Authors = append(many.Authors, people(fmt.Sprintf("Ada Example %d", i))...)
	}
	got := newSite(t, many).post(t, `{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"paper://2606.00009"}}`).Body.String()
	if !strings.Contains(got, "Ada Example 19 and 2980 more") || strings.Contains(got, "Ada Example 20") {
		t.Errorf("got %.900s, want 20 authors and 2980 more", got)
	}
}
