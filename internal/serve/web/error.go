package web

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/address"
	"broadsheet/internal/serve/httpkit"
)

// errorPage says what was wrong and where to go on.
type errorPage struct {
	Frame   frame
	Code    int
	Heading string
	Text    string
	Field   string
	Fix     string
	Source  *address.Source // the abstract page of a paper that is not here
	Nearest *choice         // day with papers
	Query   string
}

var headings = map[int]string{
	http.StatusBadRequest: "That does not read", http.StatusForbidden: "Not for everyone", http.StatusNotFound: "Not in this edition",
	http.StatusTooManyRequests: "Too fast", http.StatusServiceUnavailable: "Not just now", http.StatusMethodNotAllowed: "Not that way",
	http.StatusRequestURITooLong: "That is too long", http.StatusRequestEntityTooLarge: "That is too long", http.StatusConflict: "Somebody was faster",
}

// Error shows err as a page.
func (w *Web) Error(rw http.ResponseWriter, r *http.Request, err error) {
	rw = &seat{rw, r.Context()}
	code := httpkit.Status(err)
	page := errorPage{Code: code, Heading: headings[code], Text: httpkit.PublicText(err)}
	if page.Heading == "" {
		page.Heading = "Something went wrong"
	}
	var e *broadsheet.Error
	if errors.As(err, &e) && e.Kind != broadsheet.Internal {
		page.Text, page.Field, page.Fix = e.Text, e.Field, e.Fix
	}
	if code == http.StatusRequestURITooLong && r.URL.Path == "/search" {
		page.Text, page.Fix = "the question is too long", "ask in fewer words"
	}
	page.Text = sentence(page.Text)
	if page.Field == "" {
		page.Fix = strings.TrimSuffix(sentence(page.Fix), ".")
	}
	page.Frame = w.frame(page.Heading, page.Text, "")
	page.Frame.NoIndex, page.Frame.Canonical = true, ""
	if code == http.StatusNotFound || code == http.StatusBadRequest {
		w.hint(r, &page)
	}
	if w.render(rw, "error.html", page) != nil {
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = rw.Write([]byte(page.Text + "\n"))
	}
}

var dateInPath = regexp.MustCompile(`\b(\d{4})-(\d{1,2})\b`)

// hint finds what the reader may have meant by the address.
func (w *Web) hint(r *http.Request, page *errorPage) {
	text := r.URL.Query().Get("q")
	if r.URL.Path != "/search" {
		_, text, _ = strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	}
	page.Query = clip(text, 100)
	if len(text) > app.MaxJump {
		return
	}
	if id, _, ok := broadsheet.ParseArxivID(strings.TrimSuffix(text, ".md")); ok {
		s := address.ArXiv(id)
		page.Source, page.Query = &s, id
		return
	}
	if doi, ok := broadsheet.ParseDOI(text); ok {
		s := address.DOI(doi)
		page.Source, page.Query = &s, doi
		return
	}
	if m := dateInPath.FindStringSubmatch(text); m != nil {
		day, _, err := address.Day(m[1] + "-" + m[2] + "-15")
		if err != nil {
			day = w.app.Today()
		}
		if near, err := w.app.NearestDay(r.Context(), day); err == nil && near != "" {
			page.Nearest = &choice{Name: longDay(near), Path: address.List(broadsheet.ListDay, string(near))}
		}
	}
}

// sentence makes a sentence of an error's text.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	r := []rune(text)
	return strings.ToUpper(string(r[:1])) + string(r[1:]) + "."
}

// jump leads old addresses of the box in the masthead to the search.
func (w *Web) jump(rw http.ResponseWriter, r *http.Request) error {
	path := "/search"
	if text := r.URL.Query().Get("q"); text != "" {
		path += "?" + url.Values{"q": {text}}.Encode()
	}
	return httpkit.Redirect(rw, r, path, http.StatusMovedPermanently)
}
