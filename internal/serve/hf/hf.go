package hf

import (
	"net/http"
	"strings"

	"broadsheet/internal/app"
	"broadsheet/internal/lib/hfwire"
	"broadsheet/internal/serve/httpkit"
)

// Options are what the answers need.
type Options struct {
	App *app.App
	// BaseURL is the site's address, for links to further pages, which clients
	// follow as they are. "" writes them without a host.
	BaseURL string
}

// HF answers in the Hugging Face Papers wire format.
type HF struct {
	app  *app.App
	base string
}

// New makes the answers of a site.
func New(o Options) *HF { return &HF{o.App, strings.TrimSuffix(o.BaseURL, "/")} }

// Routes is the table of what can be asked. What reads is public, and the same for
// everybody; what writes (write.go) needs an API token.
func (h *HF) Routes() []httpkit.Route {
	get := func(pattern string, handle httpkit.HandlerFunc, query ...string) httpkit.Route {
		return httpkit.Route{Method: http.MethodGet, Pattern: pattern, Kind: httpkit.Page, Handle: handle, Query: query, CORS: true, Limit: "api", Error: h.Error}
	}
	return append(h.writes(),
		get("/api/daily_papers", h.daily, "p=0", "limit=50", "date", "week", "month", "submitter", "sort", "authors"),
		get("/api/papers", h.papers, "cursor", "limit=50", "authors"),
		get("/api/papers/search", h.search, "q", "limit=20", "authors"),
		get("/api/papers/{id...}", h.paper, "authors"),
		get("/api/arxiv/{id...}", h.repos),
	)
}

// Owns tells whether errors at a path without a route are this package's to show.
func Owns(path string) bool {
	return strings.HasPrefix(path, "/api/") && !strings.HasPrefix(path, "/api/v1/")
}

// answer sends JSON.
func answer(w http.ResponseWriter, body []byte) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, err := w.Write(append(body, '\n'))
	return err
}

// list sends entries of papers as they were chosen.
func (h *HF) list(w http.ResponseWriter, r *http.Request, papers []app.Chosen, writing hfwire.Writing) error {
	ids := make([]string, len(papers))
	for i := range papers {
		ids[i] = papers[i].Paper.ID
	}
	say, err := h.app.PeopleSay(r.Context(), ids)
	if err != nil {
		return err
	}
	body := make([]byte, 0, len(papers)*entryBytes+2)
	body = append(body, '[')
	for i := range papers {
		p, as := &papers[i].Paper, papers[i].As
		if whole := say.Whole[p.ID]; whole != nil {
			p = whole
		}
		body = hfwire.AppendEntry(body, p, as, said(writing, &say, p.ID))
	}
	return answer(w, append(body, ']'))
}

// said adds to how a paper is written what people here made of it.
func said(w hfwire.Writing, say *app.PeopleSay, id string) hfwire.Writing {
	w.Claims, w.Participating, w.Edited = say.Claims[id], say.Talks[id], say.Edited[id]
	return w
}

// entryBytes is what most entries take.
const entryBytes = 12 << 10
