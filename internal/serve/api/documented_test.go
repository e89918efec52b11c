package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"broadsheet/internal/serve/httpkit"
)

// requests are sent for each operation of the document. CURSOR stands for the
// cursor of the same request without it.
var requests = map[string][]string{
	"papers":         {"/papers", "/papers?limit=2", "/papers?limit=2&cursor=CURSOR", "/papers?fields=title,votes&authors=1"},
	"paper":          {"/papers/2606.00001", "/papers/2606.00001v2?authors=1", "/papers/math%2F0309136?fields=title,authors", "/papers/10.1234%2Ftea%2F2"},
	"similarToPaper": {"/papers/2606.00001/similar", "/papers/math%2F0309136/similar?limit=2&fields=title&authors=1"},
	"similar":        {"/similar?id=2606.00001&id=2606.00002&id=2601.99999", "/similar?id=2606.00001&limit=1&fields=title&authors=1"},
	"latestList": {"/lists/day", "/lists/week", "/lists/month", "/lists/hot", "/lists/hot?sort=top&cat=cs&code=1&limit=1&fields=title&authors=1",
		"/lists/day?limit=1", "/lists/day?limit=1&cursor=CURSOR"},
	"list": {"/lists/day/2026-06-30", "/lists/day/2026-06-29", "/lists/day/2031-01-01", "/lists/announced/2026-06-30", "/lists/week/2026-W27", "/lists/month/2026-06", "/lists/author/cy-dunk",
		"/lists/organization/tea-lab", "/lists/category/cs.LG", "/lists/category/cs", "/lists/submitter/ada", "/lists/keyword/heat%20&%20flow",
		"/lists/day/2026-06-30?sort=new&cat=cs.LG&code=1&limit=1&fields=title&authors=1", "/lists/author/cy-dunk?limit=1&cursor=CURSOR"},
	"archive": {"/archive", "/archive?year=2026"},
	"search": {"/search?q=tea", "/search?q=tea+cools&explain=1", "/search?q=tea&facets=1&explain=1&plain=1&exact=1&sort=date&mode=lexical", "/search?q=tea&limit=1&cursor=CURSOR",
		"/search?q=2606.00001", "/search?q=2026-06-30&limit=1&cursor=CURSOR", "/search?q=2026", "/search?q=bisciuts+zzzzz&fields=title&authors=1", "/search?q=Bo+Crumb", "/search?q=tea+before:never"},
	"suggest":       {"/suggest?q=tea", "/suggest?q=zzzz"},
	"author":        {"/authors/cy-dunk"},
	"organizations": {"/organizations"},
	"organization":  {"/organizations/tea-lab"},
	"categories":    {"/categories"},
	"voters":        {"/papers/2606.00001/votes", "/papers/2606.00002v1/votes"},
	"comments":      {"/papers/2606.00001/comments", "/papers/2606.00001/comments?sort=newest", "/papers/math%2F0309136/comments?sort=oldest"},
	"log":           {"/log", "/log?cursor=CURSOR", "/log?act=hide", "/log?actor=mod&kind=comment&id=665f1c0000000000000000aa", "/log?paper=2606.00001"},
	"sources":       {"/sources"},
	"status":        {"/status"},
}

// TestEveryOperation sends every documented operation with every documented
// parameter, and holds each answer to the schema that the document gives.
func TestEveryOperation(t *testing.T) {
	s := edition(t)
	c, err := newChecker(document)
	if err != nil {
		t.Fatal(err)
	}
	paths, _ := c.doc["paths"].(map[string]any)
	newWalk(t, s, c).all()
	for _, o := range readings {
		described, _ := paths[Root+o.path].(map[string]any)["get"].(map[string]any)
		schema := described["responses"].(map[string]any)["200"].(map[string]any)["content"].(map[string]any)["application/json"].(map[string]any)["schema"].(map[string]any)
		pattern := regexp.MustCompile("^" + regexp.MustCompile(`\{\w+\}`).ReplaceAllString(o.path, "[^/?]+") + `(\?.*)?$`)
		used := map[string]bool{}
		if len(requests[o.id]) == 0 {
			t.Errorf("no request for operation %s", o.id)
		}
		for _, target := range requests[o.id] {
			if !pattern.MatchString(target) {
				t.Errorf("%s is no request of operation %s", target, o.id)
			}
			if first, ok := cutCursor(target); ok {
				next, _ := s.get(t, first)["next"].(string)
				if next == "" {
					t.Errorf("GET %s: no next", first)
				}
				target = strings.Replace(target, "CURSOR", next, 1)
			}
			for _, fault := range c.faults(schema, s.get(t, target), "answer") {
				t.Errorf("GET %s: %s", target, fault)
			}
			_, query, _ := strings.Cut(target, "?")
			have, _ := url.ParseQuery(query)
			for name := range have {
				used[name] = true
			}
		}
		for _, p := range o.params {
			if long := p.name == "cursor" && (o.id == "voters" || o.id == "comments"); !p.inPath && !used[p.name] && !long { // TestLongLists
				t.Errorf("no request of operation %s has parameter %s", o.id, p.name)
			}
		}
	}
	c.reportUnseen(t)
}

// cutCursor is a request for the page before.
func cutCursor(target string) (first string, ok bool) {
	first, ok = strings.CutSuffix(target, "cursor=CURSOR")
	return strings.TrimRight(first, "?&"), ok
}

// rare are properties that no answer of the edition has.
var rare = []string{"Me.fullName", "Member.deleted", "Member.fullName", "Submission.same", "Submission.refusal", "Queue.more", "Comment.author", "Case.hidden", "Case.locked", "Claim.hints", "Rules.appeal", "Rules.domains", "Rules.text",
	"Author.affiliation", "Author.orcid", "Harvested.note", "Found.atLeast", "Found.corrected", "Found.suggested", "Found.incomplete", "Found.byMeaning", "Found.nearest",
	"Facet.sampled", "Hit.sameAs", "Index.model", "Problem.type", "Problem.title", "Problem.status", "Problem.detail", "Problem.field", "Problem.fix", "Explanation.note"}

// reportUnseen tells of documented properties that no answer had, so that a
// property that is never written does not stay in the document unnoticed.
func (c *checker) reportUnseen(t *testing.T) {
	var unseen []string
	schemas := c.find("#/components/schemas")
	for name, schema := range schemas {
		parts := append([]any{schema}, list(schema.(map[string]any)["allOf"])...)
		for _, part := range parts {
			properties, _ := part.(map[string]any)["properties"].(map[string]any)
			for property := range properties {
				if full := name + "." + property; !c.seen[full] && !slices.Contains(rare, full) {
					unseen = append(unseen, full)
				}
			}
		}
	}
	sort.Strings(unseen)
	if len(unseen) > 0 {
		t.Errorf("no answer had %s", strings.Join(unseen, ", "))
	}
}

// TestRefusals sends what cannot be answered: each refusal is a problem document
// as the OpenAPI document has it, and names the parameter that was wrong.
func TestRefusals(t *testing.T) {
	s := edition(t)
	c, err := newChecker(document)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		method, target string
		status         int
		field          string
	}{
		{"GET", "/papers?limit=0", 400, "limit"},
		{"GET", "/papers?limit=101", 400, "limit"},
		{"GET", "/papers?limit=ten", 400, "limit"},
		{"GET", "/papers?cursor=AAAA", 400, "cursor"},
		{"GET", "/papers?fields=id,nonsense", 400, "fields"},
		{"GET", "/papers?authors=-1", 400, "authors"},
		{"GET", "/papers?page=2", 400, "page"},
		{"GET", "/papers/2601.99999", 404, ""},
		{"GET", "/papers/nonsense", 404, "id"},
		{"GET", "/papers/2601.99999/similar", 404, "id"},
		{"GET", "/papers/2606.00001/similar?limit=1000", 400, "limit"},
		{"GET", "/similar", 400, "id"},
		{"GET", "/similar?id=nonsense", 404, "id"},
		{"GET", "/lists/day/2026-02-30", 400, "key"},
		{"GET", "/lists/day/yesterday", 400, "key"},
		{"GET", "/lists/announced", 400, "kind"},
		{"GET", "/lists/announced/2026-13-01", 400, "key"},
		{"GET", "/lists/week/2025-W53", 400, "key"},
		{"GET", "/lists/month/2025-13", 400, "key"},
		{"GET", "/lists/nonsense", 400, "kind"},
		{"GET", "/lists/nonsense/1", 400, "kind"},
		{"GET", "/lists/hot?sort=best", 400, "sort"},
		{"GET", "/lists/hot?cat=!", 400, "cat"},
		{"GET", "/lists/hot?code=yes", 400, "code"},
		{"GET", "/lists/author/nobody", 404, ""},
		{"GET", "/lists/organization/nobody", 404, ""},
		{"GET", "/lists/submitter/nobody", 404, ""},
		{"GET", "/lists/category/xx.YY", 404, ""},
		{"GET", "/lists/keyword/nothing", 404, ""},
		{"GET", "/search", 400, "q"},
		{"GET", "/search?q=tea&sort=hot", 400, "sort"},
		{"GET", "/search?q=tea&mode=psychic", 400, "mode"},
		{"GET", "/search?q=tea&explain=true", 400, "explain"},
		{"GET", "/search?q=tea&facets=all", 400, "facets"},
		{"GET", "/search?q=tea&cursor=x", 400, "cursor"},
		{"GET", "/search?q=2601.99999", 404, "q"},
		{"GET", "/search?q=tea&fulltext=1", 400, "fulltext"},
		{"GET", "/suggest", 400, "q"},
		{"GET", "/suggest?q=" + strings.Repeat("a", 600), 400, "q"},
		{"GET", "/authors/nobody", 404, ""},
		{"GET", "/organizations/nobody", 404, ""},
		{"GET", "/archive?year=12", 400, "year"},
		{"GET", "/archive?year=1999", 404, "year"},
		{"GET", "/nonsense", 404, ""},
		{"GET", "/papers/" + strings.Repeat("a", httpkit.MaxURL), 414, ""},
		{"GET", "/openapi.json?x=1", 400, "x"},
		{"POST", "/papers", 405, ""},
		{"DELETE", "/papers/2606.00001", 405, ""},
		{"PUT", "/nonsense", 404, ""},
	}
	for _, tt := range tests {
		w, answer := s.ask(t, tt.method, Root+tt.target)
		short := tt.target[:min(len(tt.target), 80)]
		if got := w.Header().Get("Content-Type"); got != "application/problem+json; charset=utf-8" {
			t.Errorf("%s %s: type %q, want a problem document", tt.method, short, got)
		}
		field, _ := answer["field"].(string)
		if w.Code != tt.status || field != tt.field {
			t.Errorf("%s %s: status %d, field %q, want %d, %q: %s", tt.method, short, w.Code, field, tt.status, tt.field, w.Body)
		}
		if got, _ := answer["status"].(float64); int(got) != w.Code {
			t.Errorf("%s %s: status %v in the body of a %d", tt.method, short, answer["status"], w.Code)
		}
		if w.Code == http.StatusBadRequest && answer["fix"] == nil {
			t.Errorf("%s %s: no fix in %s", tt.method, short, w.Body)
		}
		for _, fault := range c.faults(c.find("#/components/schemas/Problem"), any(answer), "problem") {
			t.Errorf("%s %s: %s", tt.method, short, fault)
		}
	}
	for _, target := range []string{Root, Root + "/"} {
		if w, _ := s.ask(t, "GET", target); w.Code/100 == 2 {
			t.Errorf("GET %s: %d, want no answer", target, w.Code)
		}
	}
	var doc any
	if w, _ := s.ask(t, "GET", Root+"/openapi.json"); w.Code != 200 || json.Unmarshal(w.Body.Bytes(), &doc) != nil {
		t.Errorf("openapi.json: %d", w.Code)
	}
}
