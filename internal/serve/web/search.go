package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

// searchPage is what a search found, or the empty box.
type searchPage struct {
	Frame     frame
	Text      string // as typed
	Like      []likeness
	Heading   string
	Count     string // "1,204 papers", "" for the empty box
	How       string // "by word, 28 more by meaning, "
	Took      string // "3 ms"
	Sorts     []choice
	Ignored   []broadsheet.Ignored
	Corrected string
	Literal   string // path of the search for exactly what was typed
	Meant     choice // the search for what was probably meant; no Name where none is offered
	Also      []also
	Results   []result
	Facets    []facet
	Chosen    []choice // conditions that can be taken back
	First     string   // path of the first page, on later ones
	Next      string
	Last      string // where a list ends before its papers do
	Gap       bool   // a part of the index could not be searched
	NoWords   bool   // all was found by meaning
	Nothing   bool   // there is nothing that could be looked for
	Unknown   string // words that no paper has, where others were found
	Lacking   string // “word” in its title: what no paper has of the conditions, where none was found
	Building  string // how far the index is, while it is made for the first time
	Hidden    []choice
}

// also leads to a page that bears the name that was searched for.
type also struct{ Kind, Name, Path string }

// result is one paper found.
type result struct {
	card
	Explain *broadsheet.Explanation
	Like    string    // path of the search for papers like it
	Same    *likeness // further up, and possibly the same work
}

// facet is a property by which the papers found can be narrowed.
type facet struct {
	Name    string
	Note    string
	Choices []choice
}

// search shows the box, or what it found; or it leads to the page that the text
// names.
func (w *Web) search(rw http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	text := strings.TrimSpace(q.Get("q"))
	like := q["like"]
	if text == "" && len(like) == 0 {
		f := w.searchFrame("Search", "")
		return w.render(rw, "search.html", searchPage{Frame: f, Heading: "Search", Building: building(w.app.Filling(r.Context()))})
	}
	if len(like) > 0 {
		return w.like(rw, r, like)
	}
	s, err := parseSearch(q)
	if err != nil {
		return err
	}
	found, err := w.app.Search(r.Context(), s)
	if err != nil {
		return err
	}
	if found.Target != nil {
		return httpkit.Redirect(rw, r, address.Target(*found.Target), http.StatusFound)
	}
	link := searchLink{text: text, sort: s.Sort, mode: s.Mode, plain: s.Plain, explain: s.Explain, exact: s.Exact}
	page := w.found(found, link)
	same := link
	same.explain = false
	page.Frame.forms(same.path(s.After), len(found.Papers))
	page.Text = text
	page.Heading = "Search"
	if s.After != "" {
		page.First = link.path("")
	}
	return w.render(rw, "search.html", page)
}

func parseSearch(q url.Values) (app.Search, error) {
	s := app.Search{Text: q.Get("q"), Sort: broadsheet.Sort(q.Get("sort")), Mode: broadsheet.Mode(q.Get("mode")), After: q.Get("after"), Facets: true}
	for name, to := range map[string]*bool{"explain": &s.Explain, "plain": &s.Plain, "exact": &s.Exact} {
		switch v := q.Get(name); v {
		case "", "0":
		case "1":
			*to = true
		default:
			return s, broadsheet.InvalidField(name, fmt.Sprintf("%.40q is neither yes nor no", v), "use 1, or leave it out")
		}
	}
	return s, nil
}

func (w *Web) searchFrame(title, text string) frame {
	f := w.frame(title, "Search "+w.name+" by word and by meaning.", "/search")
	f.Here, f.Search, f.NoIndex = "search", true, text != ""
	return f
}

// found fills the page of a search.
func (w *Web) found(found *app.Found, link searchLink) searchPage {
	text := found.Query.Raw
	p := searchPage{Frame: w.searchFrame(clip(cmp.Or(text, "Search"), 60), link.text), Ignored: notes(found.Query.Ignored), Gap: found.Incomplete,
		Corrected: found.Corrected, Took: took(found.Took), Hidden: link.hidden()}
	p.count(found)
	p.Unknown, p.Lacking, p.Building = unknown(found), lacking(found.Lacking), building(found.Filling)
	p.Sorts = link.sorts(found.Query.Sort)
	p.Frame.Feeds = feeds(link.newest(found))
	p.Frame.Mail = w.mailPath(broadsheet.TopicSearch, link.text)
	if found.Corrected != "" {
		to := link
		to.exact = true
		p.Literal = to.path("")
	}
	if found.Suggested != "" {
		to := link
		to.text, to.exact = found.Suggested, false
		p.Meant = choice{Name: clip(found.Suggested, 60), Path: to.path("")}
	}
	for _, s := range found.Also {
		a := also{Kind: "The papers of", Name: s.Text, Path: address.Target(app.Target{Kind: app.TargetKind(s.Kind), Key: s.Key})}
		p.Also = append(p.Also, a)
	}
	p.Results = w.results(found)
	p.Facets, p.Chosen = link.facets(found)
	if found.Next != "" {
		p.Next = link.path(found.Next)
	} else if found.Total > broadsheet.MaxSearchDepth || found.AtLeast {
		p.Last = "A list of results ends here. Further words or a condition bring others to the top."
	}
	return p
}

func (w *Web) results(found *app.Found) []result {
	now := w.app.Now()
	light := found.Highlighter()
	l := &app.Listing{Pictures: found.Pictures, Voted: found.Voted, Curates: found.Curates}
	out := make([]result, len(found.Papers))
	for i := range found.Papers {
		p := &found.Papers[i]
		r := result{card: w.card(p, l, now), Explain: found.Hits[i].Explain, Like: likePath(p.ID)}
		r.Title = w.marked(p.Title, light.Title(p.Title))
		r.Text = w.marked(light.Snippet(cmp.Or(p.Abstract, p.TLDR)))
		if at := found.Same[i]; at >= 0 {
			r.Same = w.likeness(&found.Papers[at])
		}
		r.Picture = nil // a list of results is read, not looked at
		out[i] = r
	}
	return out
}

// suggest answers what a reader may be about to type, for the script.
func (w *Web) suggest(rw http.ResponseWriter, r *http.Request) error {
	list, err := w.app.Suggest(r.Context(), r.URL.Query().Get("q"))
	if err != nil {
		return err
	}
	type row struct {
		Kind string `json:"kind"`
		Text string `json:"text"`
		Path string `json:"path"`
	}
	rows := make([]row, 0, len(list))
	for _, s := range list {
		rows = append(rows, row{s.Kind, plain(s.Text), suggestionPath(s)})
	}
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	return json.NewEncoder(rw).Encode(rows)
}

func suggestionPath(s broadsheet.Suggestion) string {
	switch s.Kind {
	case "paper":
		return address.Paper(s.Key)
	case "author":
		return address.List(broadsheet.ListAuthor, s.Key)
	case "category":
		return address.List(broadsheet.ListCategory, s.Key)
	case "organization":
		return address.List(broadsheet.ListOrganization, s.Key)
	}
	return "/search?" + url.Values{"q": {s.Text}}.Encode()
}

// Characters for private use stand for the ends of a highlighted word while
// the text around it is typeset.
const markOpen, markShut = "\uE000", "\uE001"

// marked typesets text in which spans are highlighted. A mark that would end
// inside another element is left out.
func (w *Web) marked(text string, spans []broadsheet.Span) template.HTML {
	if len(spans) == 0 {
		return w.typeset.inline(text)
	}
	var b strings.Builder
	at := 0
	private := strings.NewReplacer(markOpen, "", markShut, "")
	for _, s := range spans {
		if s.Start < at || s.End <= s.Start || s.End > len(text) {
			continue
		}
		private.WriteString(&b, text[at:s.Start])
		b.WriteString(markOpen)
		private.WriteString(&b, text[s.Start:s.End])
		b.WriteString(markShut)
		at = s.End
	}
	private.WriteString(&b, text[at:])
	return highlight(w.typeset.inline(b.String()))
}

// highlight turns the private characters in markup of package tex into marks.
func highlight(markup template.HTML) template.HTML {
	var b strings.Builder
	rest := string(markup)
	for {
		before, after, ok := strings.Cut(rest, markOpen)
		b.WriteString(strings.ReplaceAll(before, markShut, ""))
		if !ok {
			break
		}
		word, behind, ok := strings.Cut(after, markShut)
		if !ok || strings.ContainsAny(word, "<>"+markOpen) {
			rest = after
			continue
		}
		b.WriteString("<mark>" + word + "</mark>")
		rest = behind
	}
	return template.HTML(b.String()) // #nosec G203 -- markup of package tex with <mark> around text without markup
}
