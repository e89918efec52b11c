package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"broadsheet/client"

	"github.com/google/go-cmp/cmp"
)

// TestClient reads a site with the client: nothing is lost on the way into its
// types, iterators give what pages hold, and errors name the parameter.
func TestClient(t *testing.T) {
	s := edition(t)
	server := httptest.NewServer(s)
	defer server.Close()
	c, err := client.New(server.URL, client.Options{HTTP: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	same := func(path string, got any, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
		raw, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]any
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(s.get(t, path), back); d != "" {
			t.Errorf("%s (-answer +client):\n%s", path, d)
		}
	}
	p, err := c.Paper(ctx, "2606.00001", client.Select{})
	same("/papers/2606.00001", p, err)
	p, err = c.Paper(ctx, "math/0309136", client.Select{})
	same("/papers/math%2F0309136", p, err)
	l, err := c.List(ctx, client.ListKeyword, "heat & flow", client.View{Limit: 1})
	same("/lists/keyword/heat%20&%20flow?limit=1", l, err)
	l, err = c.List(ctx, client.ListDay, "", client.View{})
	same("/lists/day", l, err)
	f, err := c.Search(ctx, client.Search{Text: "tea", Explain: true, Facets: true})
	same("/search?q=tea&explain=1&facets=1", f, err)
	f, err = c.Search(ctx, client.Search{Text: "2026-06-30"})
	same("/search?q=2026-06-30", f, err)
	si, err := c.Similar(ctx, []string{"2606.00001", "nonsense"}, 2, client.Select{})
	same("/similar?id=2606.00001&id=nonsense&limit=2", si, err)
	su, err := c.Suggest(ctx, "tea")
	same("/suggest?q=tea", su, err)
	pr, err := c.Author(ctx, "cy-dunk")
	same("/authors/cy-dunk", pr, err)
	pr, err = c.Organization(ctx, "tea-lab")
	same("/organizations/tea-lab", pr, err)
	ps, err := c.Organizations(ctx)
	same("/organizations", ps, err)
	cs, err := c.Categories(ctx)
	same("/categories", cs, err)
	so, err := c.Sources(ctx)
	same("/sources", so, err)
	ar, err := c.Archive(ctx, 2026)
	same("/archive?year=2026", ar, err)
	st, err := c.Status(ctx)
	same("/status", st, err)

	var got []string
	for p, err := range c.AllPapers(ctx, client.All{Limit: 2, Select: client.Select{Fields: []string{"title"}}}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, p.ID)
	}
	if d := cmp.Diff(ids(s.get(t, "/papers")), got); d != "" {
		t.Errorf("all papers (-one page +iterator):\n%s", d)
	}
	got = nil
	for p, err := range c.ListPapers(ctx, client.ListDay, "", client.View{Limit: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, p.ID)
	}
	if d := cmp.Diff(ids(s.get(t, "/lists/day")), got); d != "" {
		t.Errorf("the latest day (-one page +iterator):\n%s", d)
	}
	got = nil
	for h, err := range c.Hits(ctx, client.Search{Text: "tea", Limit: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, h.ID)
	}
	if d := cmp.Diff(ids(s.get(t, "/search?q=tea")), got); d != "" {
		t.Errorf("hits (-one page +iterator):\n%s", d)
	}

	var no *client.Error
	if _, err := c.List(ctx, client.ListWeek, "2025-W53", client.View{}); !errors.As(err, &no) || no.Status != http.StatusBadRequest || no.Field != "key" || no.Fix == "" {
		t.Errorf("a week that is not: %v, want 400 for key with a fix", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := c.Status(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
}
