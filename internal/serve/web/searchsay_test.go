package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/serve/web"
	"broadsheet/internal/store/storetest"
)

// page asks a site whose index is in a state for one page.
func page(t *testing.T, finder app.Finder, state *app.IndexState, path string) string {
	t.Helper()
	s := storetest.Open(t)
	put(t, s, papers()...)
	if finder == nil {
		finder = apptest.Engine(t, s, now)
	}
	a, err := app.New(app.Options{Store: s, Finder: finder, Now: func() time.Time { return now },
		Index: func(context.Context) (*app.IndexState, error) { return state, nil }})
	if err != nil {
		t.Fatal(err)
	}
	w, err := web.New(web.Options{App: a})
	if err != nil {
		t.Fatal(err)
	}
	rw := httptest.NewRecorder()
	httpkit.New(w.Routes(), httpkit.Options{Error: w.Error}).ServeHTTP(rw, httptest.NewRequest(http.MethodGet, path, nil))
	return rw.Body.String()
}

// TestPagesTellHowTheIndexIs: a first filling on the pages of searches, and
// everything on the page of the status.
func TestPagesTellHowTheIndexIs(t *testing.T) {
	whole := app.IndexState{Open: true, Complete: true, Papers: 1234, Segments: 2, Bytes: 3 << 19, Model: "builtin-2"}
	with := func(change func(*app.IndexState)) *app.IndexState {
		s := whole
		change(&s)
		return &s
	}
	filling := with(func(s *app.IndexState) { s.Complete, s.Behind = false, 5678 })
	damaged := with(func(s *app.IndexState) {
		s.Damaged, s.Why = []app.IndexDamage{{File: "000001.seg", Reason: "the file is missing", Papers: 400}}, "damage"
	})
	const built = "is being built: 1,234 papers so far, about 5,678 to go."
	for _, tc := range []struct {
		name  string
		state *app.IndexState
		path  string
		want  []string
		not   string
	}{
		{"complete", &whole, "/search?q=tea", nil, "being built"},
		{"none to tell of", nil, "/status", nil, "search index"},
		{"the box while it is filled", filling, "/search", []string{built, "How to ask"}, ""},
		{"results while it is filled", filling, "/search?q=tea", []string{built}, ""},
		{"no results while it is filled", filling, "/search?q=zeppelin", []string{built}, ""},
		{"similar ones while it is filled", filling, "/search?like=2606.00001", []string{built}, ""},
		{"the first moments", with(func(s *app.IndexState) { s.Complete, s.Papers, s.Behind = false, 0, 5678 }), "/search",
			[]string{"is being built: nothing can be found yet, about 5,678 papers to go."}, ""},
		{"not open", &app.IndexState{Behind: -1}, "/search", []string{"The search index is being opened."}, ""},
		{"status", &whole, "/status", []string{"The search index", "1,234", "1.5 MiB", "builtin-2", "Sound"}, ""},
		{"status, not open", &app.IndexState{Behind: -1}, "/status", []string{"The index is being opened"}, "Segments"},
		{"status, filled", filling, "/status", []string{"5,678", "for the first time"}, "Sound"},
		{"status, damage", damaged, "/status", []string{"000001.seg was set aside with its 400 papers: the file is missing.", "rebuilt by itself"}, "Sound"},
		{"status, mended", with(func(s *app.IndexState) {
			s.Damaged, s.Rebuild = damaged.Damaged, &app.IndexRebuild{Papers: 1000, Behind: 234}
		}), "/status", []string{"000001.seg was set aside", "rebuilt beside the one that is searched: 1,000 papers so far, about 234 to go."}, "Sound"},
		{"status, lag unknown", with(func(s *app.IndexState) { s.Behind = -1 }), "/status", []string{"<dd>unknown</dd>"}, ""},
	} {
		got := page(t, nil, tc.state, tc.path)
		for _, want := range tc.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: GET %s: %q is not in\n%s", tc.name, tc.path, want, got)
			}
		}
		if tc.not != "" && strings.Contains(got, tc.not) {
			t.Errorf("%s: GET %s: %q is in\n%s", tc.name, tc.path, tc.not, got)
		}
	}
}

// answer is an engine that gives one answer.
type answer struct {
	app.Finder
	broadsheet.Results
}

func (a answer) Search(_ context.Context, q broadsheet.Query) (*broadsheet.Results, error) {
	r := a.Results
	r.Query = q
	return &r, nil
}

// TestCountLine: the page says of a count what the engine says and no more.
func TestCountLine(t *testing.T) {
	hits := []broadsheet.Hit{{ID: "2606.00001"}, {ID: "2606.00002"}}
	for _, tc := range []struct {
		text string
		r    broadsheet.Results
		want string
	}{
		{"tea", broadsheet.Results{Hits: hits, Total: 2}, "<h2>2 papers <span>in "},
		{"tea", broadsheet.Results{Hits: hits, Total: 30, ByMeaning: true, Nearest: 29}, "<h2>1 paper <span>by word, 29 more by meaning, in "},
		{"tea", broadsheet.Results{Hits: hits, Total: 1030, AtLeast: true, ByMeaning: true, Nearest: 3}, "<h2>At least 1,030 papers <span>in "},
		{"tea", broadsheet.Results{Hits: hits, Total: 30, ByMeaning: true, Nearest: 30, NoWords: true}, "<h2>The nearest papers <span>in "},
		{"tea mode:semantic", broadsheet.Results{Hits: hits, Total: 30, AtLeast: true, ByMeaning: true, Nearest: 3}, "<h2>The nearest papers <span>in "},
		{"tea", broadsheet.Results{AtLeast: true}, "<h2>No papers <span>in "},
		{`""`, broadsheet.Results{}, "<h2>Nothing to look for</h2>"},
		{"sort:date", broadsheet.Results{}, "<h2>Nothing to look for</h2>"},
		{"注意力 tea", broadsheet.Results{Hits: hits, Total: 2, Unknown: []string{"注意", "意力"}}, "<p>No paper here has “注意力”.</p>"},
		{"tae zxq kettel", broadsheet.Results{Hits: hits, Total: 2, Corrected: "tea zxq kettel", Unknown: []string{"zxq", "kettel"}}, "<p>No paper here has “zxq” or “kettel”.</p>"},
		{"zxq", broadsheet.Results{Unknown: []string{"zxq"}}, "<p>No paper here has “zxq”.</p><p>Fewer or plainer"},
		{"speach", broadsheet.Results{Hits: hits, Total: 2, Suggested: "speech"}, `<p>Did you mean <a href="/search?q=speech">speech</a>?</p>`},
		{"title:tae", broadsheet.Results{Suggested: "title:tea", Lacking: []broadsheet.Term{{Text: "tae", Field: broadsheet.FieldTitle}}}, "<p>No paper here has “tae” in its title.</p>"},
		{"zxq", broadsheet.Results{Hits: hits, Total: 2, NoWords: true, Nearest: 2, Unknown: []string{"zxq"}}, "No paper here has “zxq”. These come nearest"},
	} {
		got := page(t, answer{Results: tc.r}, nil, "/search?exact=1&q="+url.QueryEscape(tc.text))
		if !strings.Contains(got, tc.want) {
			t.Errorf("%q, %+v: %q is not in\n%s", tc.text, tc.r, tc.want, got)
		}
	}
}

// TestTheSameWorkTwice: with the real engine, a paper that is there under
// another id is told of on its page and marked in results, and what only has the
// same title is not.
func TestTheSameWorkTwice(t *testing.T) {
	s := storetest.Open(t)
	all := papers()
	twin, namesake := all[1], all[1]
	twin.ID, twin.Title, twin.Features = "2605.00002", "Biscuits as a Service.", nil
	namesake.ID, namesake.Authors, namesake.Features = "2604.00002", people("Ed Else"), nil
	put(t, s, append(all, twin, namesake)...)
	site := newSite(t, s)
	const head = "<h2>Possibly the same work</h2>"
	body := site.get(t, "/papers/2606.00002").Body.String()
	_, part, _ := strings.Cut(body, head)
	part, rest, _ := strings.Cut(part, "</ul>")
	if !strings.Contains(part, `<a href="/papers/2605.00002">`) || strings.Contains(part, "2604.00002") || strings.Contains(rest, "2605.00002") {
		t.Errorf("the page of 2606.00002: want 2605.00002, and it alone, once under %q in\n%s", head, body)
	}
	if body := site.get(t, "/papers/2606.00001").Body.String(); strings.Contains(body, head) {
		t.Errorf("the page of 2606.00001 has %q:\n%s", head, body)
	}
	body = site.get(t, "/search?q=biscuits+service").Body.String()
	if n := strings.Count(body, "Possibly the same work as"); n != 1 {
		t.Errorf("results for biscuits service: %d marks, want 1, of the second of 2606.00002 and 2605.00002:\n%s", n, body)
	}
}

// TestLike: the papers that others are to be like are named by their titles,
// and what does not count is said.
func TestLike(t *testing.T) {
	s := edition(t)
	for _, tc := range []struct{ path, want string }{
		{"/search?like=2606.00001", `<h1>Papers like <a href="/papers/2606.00001">Cooling of tea: the <math>`},
		{"/search?like=2606.00001&like=2606.00002", `<h1>Papers like these</h1><ul class="similar"><li><a href="/papers/2606.00001">`},
		{"/search?like=2606.00001&like=nonsense", `<p><b>nonsense</b>: this is not a paper id.</p>`},
		{"/search?like=2606.00001&like=2606.07777", `<p><b>2606.07777</b>: this paper is not here.</p>`},
		{"/search?like=nonsense", "None of these papers is here."},
	} {
		if got := s.get(t, tc.path).Body.String(); !strings.Contains(got, tc.want) {
			t.Errorf("GET %s: %q is not in\n%s", tc.path, tc.want, got)
		}
	}
}
