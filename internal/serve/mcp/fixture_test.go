package mcp_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/serve/mcp"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

var update = flag.Bool("update", false, "write golden files anew")

// now is the tests' clock: a Tuesday, some hours into the day.
var now = time.Date(2026, 6, 30, 9, 30, 0, 0, time.UTC)

const base = "https://papers.example"

// hostile is text that tries to be more than text.
const hostile = "Tea\n2606.66666 A line of its own\x1b[31m\u202egnitator\u200b"

func people(names ...string) (out []broadsheet.Author) {
	for _, n := range names {
		out = append(out, broadsheet.Author{Name: n, Key: broadsheet.AuthorKey(n)})
	}
	return out
}

func papers() []broadsheet.Paper {
	at := func(day broadsheet.Day, hour int) time.Time { return day.Time().Add(time.Duration(hour) * time.Hour) }
	lab := broadsheet.Organization{Key: "tea-lab", Name: "The Tea Laboratory"}
	out := []broadsheet.Paper{
		{ID: "2606.00001", Origin: broadsheet.OriginCatalog, Title: "Cooling of tea.", Abstract: "Tea cools. We say how fast.", TLDR: "Tea cools with time.",
			Authors: people("Ada Example", "Bo Crumb", "Cy Dunk", "Di Even", "Eve Tongs"), AuthorCount: 5, Categories: []string{"physics.flu-dyn", "cs.LG"},
			Keywords: []string{"tea"}, Organizations: []broadsheet.Organization{lab}, Versions: []broadsheet.Version{{Number: 1}, {Number: 2}},
			Links:    []broadsheet.Link{{Kind: broadsheet.LinkCode, URL: "https://code.example/tea"}},
			Features: []broadsheet.Feature{{Day: "2026-06-30", Position: 1, Votes: 40, Comments: 3}}, Note: "20 pages, 3 cups", DOI: "10.1234/tea.1",
			PublishedAt: at("2026-06-28", 12), AnnouncedOn: "2026-06-30", SeenAt: at("2026-06-30", 7), ImportedVotes: 40, ImportedComments: 3},
		{ID: "2606.00002", Origin: broadsheet.OriginCurated, Title: "Biscuits as a service", Abstract: "We serve biscuits.", Authors: people("Bo Crumb", "Cy Dunk"), AuthorCount: 2,
			Features: []broadsheet.Feature{{Day: "2026-06-30", Position: 2, Votes: 1}}, PublishedAt: at("2026-06-27", 12), SeenAt: at("2026-06-29", 1), ImportedVotes: 1},
		{ID: "2606.00003", Origin: broadsheet.OriginCurated, Title: "A kettle that sings", AuthorCount: 4,
			Features: []broadsheet.Feature{{Day: "2026-06-30", Position: 3}}, PublishedAt: at("2026-06-26", 12), SeenAt: at("2026-06-28", 0)},
		{ID: "math/0309136", Origin: broadsheet.OriginCatalog, Title: "On the number of crumbs", Abstract: "Crumbs are counted.", Authors: people("Cy Dunk"), AuthorCount: 1,
			Categories: []string{"math.CO"}, PublishedAt: at("2003-09-08", 0), AnnouncedOn: "2026-06-26", SeenAt: at("2026-06-26", 0), Withdrawn: true},
	}
	for i := range out {
		if id, _, ok := broadsheet.ParseArxivID(out[i].ID); ok {
			out[i].IDs = []broadsheet.SourceID{{Scheme: "arxiv", Value: id}}
		}
	}
	return out
}

// site is a server over HTTP, and what it stands on.
type site struct {
	*httpkit.Handler
	mcp *mcp.MCP
}

func newSite(t testing.TB, more ...broadsheet.Paper) *site {
	t.Helper()
	s := storetest.Open(t)
	if _, err := s.Put(t.Context(), store.Batch{Papers: append(papers(), more...)}); err != nil {
		t.Fatal(err)
	}
	m := mcp.New(mcp.Options{Source: mcp.Site(apptest.New(t, s, now), base+"/"), Name: "Tea Daily", BaseURL: base, Version: "v1.2.3"})
	return &site{serve(m), m}
}

func serve(m *mcp.MCP) *httpkit.Handler {
	return httpkit.New(m.Routes(), httpkit.Options{BaseURL: base, Limits: map[string]httpkit.Limit{"api": {Requests: 200, Window: time.Minute}}})
}

func unlimited(m *mcp.MCP) *httpkit.Handler {
	return httpkit.New(m.Routes(), httpkit.Options{BaseURL: base})
}

// post sends a body as clients do; header overrides theirs.
func (s *site) post(t testing.TB, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, base+"/mcp", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// answered is the answer to a request.
type answered struct {
	Result struct {
		Content []struct{ Type, Text string }
		IsError bool
		// StructuredContent is the record of a paper.
		StructuredContent map[string]any
	}
	Error *struct {
		Code    int
		Message string
	}
}

// call calls a tool with arguments in JSON.
func (s *site) call(t testing.TB, tool, arguments string) answered {
	t.Helper()
	w := s.post(t, fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":%q,"arguments":%s}}`, tool, arguments))
	var a answered
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%s %s: status %d, %v: %s", tool, arguments, w.Code, err, w.Body)
	}
	if a.Error == nil && (len(a.Result.Content) != 1 || a.Result.Content[0].Type != "text") {
		t.Fatalf("%s %s: content %v, want one text", tool, arguments, a.Result.Content)
	}
	return a
}
