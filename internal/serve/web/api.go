package web

import (
	"net/http"
	"net/url"

	"broadsheet/internal/app"
)

// apiPage tells programs' authors how to read the site.
type apiPage struct {
	Frame    frame
	Base     string // of the API
	Site     string
	Examples []example
	Acts     []example // that need a token
}

// example is a command line that works as it stands, and what it gives.
type example struct{ About, Command string }

// examples are commands for this very site. id is that of a paper it has; the
// end-to-end tests run every one of them.
func examples(base, id string) []example {
	return []example{
		{"The latest day, three fields of each paper", "curl '" + base + "/lists/day?fields=title,votes,url&limit=10'"},
		{"A search, by word and by meaning", "curl '" + base + "/search?q=language+models&fields=title,publishedAt&limit=5'"},
		{"One paper, whole", "curl '" + base + "/papers/" + id + "'"},
		{"Papers like it", "curl '" + base + "/papers/" + id + "/similar?fields=title&limit=5'"},
		{"Two pages of everything, newest here first",
			"next=$(curl -s '" + base + "/papers?fields=title&limit=2' | sed 's/.*\"next\":\"\\([^\"]*\\)\".*/\\1/')\n" +
				"curl \"" + base + "/papers?fields=title&limit=2&cursor=$next\""},
		{"Today’s list only if it changed", "curl --etag-compare day.etag --etag-save day.etag -o day.json '" + base + "/lists/day'"},
	}
}

// acts are commands that write, for who has put a token into $BROADSHEET_TOKEN.
// The tests run them, too.
func acts(base, id string) []example {
	const token = `curl -H "Authorization: Bearer $BROADSHEET_TOKEN" `
	return []example{
		{"Whose token it is, and what it may do", token + "'" + base + "/me'"},
		{"A vote, which can be given again without harm; DELETE takes it back", token + "-X PUT '" + base + "/papers/" + id + "/vote'"},
		{"A comment in Markdown", token + "--json '{\"text\": \"The bound is *tight*.\"}' '" + base + "/papers/" + id + "/comments'"},
		{"A paper looked up at its source; it is sent with POST /submissions/{id}/send", token + "--json '{\"paper\": \"" + id + "\"}' '" + base + "/submissions'"},
		{"What the account is told", token + "'" + base + "/notifications'"},
	}
}

// exampleID stands in examples of a site without papers.
const exampleID = "2503.02130"

func (w *Web) api(rw http.ResponseWriter, r *http.Request) error {
	f := w.frame("For programs", "How programs read "+w.name+" and act there for people: a JSON API with an OpenAPI document, feeds, Markdown and citations.", "/api")
	f.Here = "api"
	l, err := w.app.Front(r.Context(), app.View{Limit: 1})
	if err != nil {
		return err
	}
	id := exampleID
	if len(l.Papers) > 0 {
		id = url.PathEscape(l.Papers[0].ID)
	}
	base := w.address + "/api/v1"
	return w.render(rw, "api.html", apiPage{Frame: f, Base: base, Site: w.address, Examples: examples(base, id), Acts: acts(base, id)})
}
