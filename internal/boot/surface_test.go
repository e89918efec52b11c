package boot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/store"

	"github.com/google/go-cmp/cmp"
)

// surfacePapers are two days of papers whose orders by votes, by time and by
// heat differ.
func surfacePapers() []broadsheet.Paper {
	var out []broadsheet.Paper
	for i := range 40 {
		day := broadsheet.Day("2026-06-29").Add(i % 2)
		p := broadsheet.Paper{
			ID: fmt.Sprintf("2606.%05d", 20000+i), Origin: broadsheet.OriginCatalog, Title: fmt.Sprintf("Counting gulls in part %d of the sky", i),
			Abstract: "We count them.", Categories: []string{"cs.LG", "q-bio.PE"}, Keywords: []string{"sea birds"},
			Authors:       []broadsheet.Author{{Name: "Ada Person", Key: "ada-person"}, {Name: fmt.Sprint("Bo Other", i)}},
			Organizations: []broadsheet.Organization{{Key: "gull-lab", Name: "Gull Lab"}},
			ImportedVotes: i * 7 % 23, PublishedAt: day.Time().Add(-time.Duration(i*5%37) * time.Hour), AnnouncedOn: day,
		}
		if i%3 > 0 {
			p.Features = []broadsheet.Feature{{Day: day, Position: i + 1, FeaturedAt: day.Time().Add(time.Duration(i) * time.Minute), Votes: p.ImportedVotes,
				Submitter: &broadsheet.Person{Key: "ada", Name: "Ada"}}}
		}
		out = append(out, p)
	}
	return out
}

var surfaceID = regexp.MustCompile(`2606\.2\d{4}`)

// order is the papers of an answer in the order in which each is first named.
func order(body string) (out []string) {
	seen := map[string]bool{}
	for _, id := range surfaceID.FindAllString(body, -1) {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

func (s *started) whole(t *testing.T, path string) string {
	t.Helper()
	status, body := s.get(t, path)
	if status != http.StatusOK {
		t.Fatalf("GET %s: %d %.300s", path, status, body)
	}
	return body
}

// tool calls a tool of the MCP server.
func (s *started) tool(t *testing.T, name string, arguments map[string]any) string {
	t.Helper()
	call, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": map[string]any{"name": name, "arguments": arguments}})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, s.base+"/mcp", bytes.NewReader(call))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	req.Header.Set("MCP-Protocol-Version", "2025-06-18")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("tool %s: %d %s (%v)", name, res.StatusCode, body, err)
	}
	return string(body)
}

// TestOneListInEveryForm: a list holds the same papers in the same order as a
// page, as feeds, Markdown and citations, and from the three APIs.
func TestOneListInEveryForm(t *testing.T) {
	c := load(t, nil)
	db, err := OpenStore(t.Context(), c.Database, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Put(t.Context(), store.Batch{Papers: surfacePapers()}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s := start(t, c)
	s.awaitPage(t, "/metrics", "broadsheet_search_documents_entries 40\n")
	value := map[string]string{"id": "2026-06-29", "week": "2026-W27", "month": "2026-06", "name": "cs.LG", "word": "sea birds"}
	key := map[broadsheet.ListKind]string{broadsheet.ListAuthor: "ada-person", broadsheet.ListOrganization: "gull-lab", broadsheet.ListSubmitter: "ada"}
	lists := 0
	for _, place := range address.Places {
		path := place.Pattern
		if place.Value != "" {
			v := value[place.Value]
			if place.Value == "key" {
				v = key[place.Kind]
			}
			path = path[:strings.Index(path, "{")] + url.PathEscape(v)
		}
		sorts := []string{"", "sort=top", "sort=new", "sort=hot&cat=q-bio"}
		if place.Kind == address.ListSearch {
			sorts = []string{"q=gulls+sky&sort=date", "q=gulls+sky&mode=lexical&sort=relevance"}
		}
		for _, query := range sorts {
			lists++
			with := func(suffix string) string {
				if query == "" {
					return path + suffix
				}
				return path + suffix + "?" + query
			}
			want := order(s.whole(t, with(".json")))
			if len(want) < 10 {
				t.Errorf("%s has %d papers", with(".json"), len(want))
			}
			answers := map[string]string{}
			for _, suffix := range []string{"", ".atom", ".rss", ".md", ".bib", ".ris", ".csl.json"} {
				answers[with(suffix)] = s.whole(t, with(suffix))
			}
			for name, path := range s.apis(place.Kind, path, query) {
				answers[name] = s.whole(t, path)
			}
			ordered := place.Kind == broadsheet.ListHot && (query == "sort=top" || query == "sort=new") // the tool has the list's own order only
			if place.Kind != address.ListSearch && place.Pattern != "/papers" && !ordered {
				answers["the MCP tool for "+with("")] = s.tool(t, mcpTool(place.Kind), mcpArguments(place, path, query))
			}
			for name, body := range answers {
				got := order(body)
				if len(got) > len(want) { // a page that shows 20 is held to the first 20
					got = got[:len(want)]
				}
				if diff := cmp.Diff(want[:min(len(want), max(len(got), min(20, len(want))))], got); diff != "" {
					t.Errorf("%s differs from its JSON feed (-feed +got):\n%s", name, diff)
				}
			}
		}
	}
	if lists < 40 {
		t.Errorf("only %d lists were compared", lists)
	}
}

// apis are the addresses of the same list in the JSON APIs.
func (s *started) apis(kind broadsheet.ListKind, path, query string) map[string]string {
	out := map[string]string{}
	key := path[strings.LastIndexByte(path, '/')+1:]
	own := "/api/v1/lists/" + string(kind) + "/" + key
	switch {
	case kind == address.ListSearch:
		own = "/api/v1/search"
	case kind == broadsheet.ListHot:
		own = "/api/v1/lists/hot"
	case path == "/papers":
		own = "/api/v1/lists/day"
	case kind == broadsheet.ListDay && query == "sort=hot&cat=q-bio": // everything is in q-bio
		out["HF day"] = "/api/daily_papers?sort=trending&date=" + key
	}
	if query != "" {
		own += "?" + query
	}
	out[own] = own
	return out
}

func mcpTool(kind broadsheet.ListKind) string {
	if kind == broadsheet.ListHot {
		return "hot"
	}
	return "list"
}

func mcpArguments(place address.Place, path, query string) map[string]any {
	q, _ := url.ParseQuery(query)
	args := map[string]any{"limit": 50}
	if cat := q.Get("cat"); cat != "" {
		args["category"] = cat
	}
	if place.Kind == broadsheet.ListHot {
		return args
	}
	args["kind"] = string(place.Kind)
	if key, err := url.PathUnescape(path[strings.LastIndexByte(path, '/')+1:]); err == nil && place.Value != "" {
		args["key"] = key
	}
	if sort := q.Get("sort"); sort != "" {
		args["sort"] = sort
	}
	return args
}
