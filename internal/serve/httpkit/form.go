package httpkit

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Forms: the same thing in another format. A Route with a Suffix answers at the
// address of its Pattern with the suffix at the end (/papers/2026-07-01.atom)
// and, where a Page has the same Pattern without a suffix, at that address too
// for who prefers its Type (Accept: application/atom+xml). Its handler sees the
// path without the suffix.

// asHTML is the media type of pages that have other forms.
const asHTML = "text/html"

// addForms takes a table's routes with a suffix, and tells the pages that they
// stand beside.
func (h *Handler) addForms(pages map[string]*route, forms []*route) {
	h.forms = map[string]*http.ServeMux{}
	for _, f := range forms {
		mux := h.forms[f.Suffix]
		if mux == nil {
			mux = http.NewServeMux()
			h.forms[f.Suffix] = mux
		}
		mux.HandleFunc(f.Method+" "+f.Pattern, func(w http.ResponseWriter, r *http.Request) { h.serve(f, w, r) })
		page := pages[f.Pattern]
		if page == nil || f.Type == "" {
			continue
		}
		if page.others == nil {
			page.others, page.types = map[string]*route{}, []string{asHTML}
		}
		if page.others[f.Type] == nil {
			page.types = append(page.types, f.Type)
			page.others[f.Type] = f
		}
		page.vary, f.vary = varyAccept, varyAccept
		if page.Personal {
			page.vary = varyReader
		}
	}
	// The longest first: .csl.json is not a .json.
	h.suffixes = slices.SortedFunc(maps.Keys(h.forms), func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
}

var (
	varyAccept = []string{"Accept, Accept-Encoding"}
	varyReader = []string{"Cookie, Accept, Accept-Encoding"}
)

func checkForm(rt Route) error {
	switch {
	case rt.Suffix == "" && rt.Type == "":
		return nil
	case rt.Kind != Page || len(rt.Offers) > 0:
		return fmt.Errorf("suffix or type on kind %s, or with offers", rt.Kind)
	case !strings.HasPrefix(rt.Suffix, ".") || strings.Contains(rt.Suffix, "/"):
		return fmt.Errorf("suffix %q", rt.Suffix)
	}
	return nil
}

// form gives r as the handler of another form sees it, and that form's routes;
// nil where the path has no suffix that is known there.
func (h *Handler) form(r *http.Request) (*http.ServeMux, *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return nil, nil
	}
	for _, suffix := range h.suffixes {
		// As it was written: a dot that is encoded belongs to the name (EscapePath).
		if !strings.HasSuffix(r.URL.EscapedPath(), suffix) {
			continue
		}
		path := strings.TrimSuffix(r.URL.Path, suffix)
		if strings.HasSuffix(path, "/") {
			continue
		}
		in := r.WithContext(r.Context())
		u := *r.URL
		u.Path, u.RawPath = path, strings.TrimSuffix(u.RawPath, suffix)
		in.URL = &u
		if _, pattern := h.forms[suffix].Handler(in); pattern != "" {
			return h.forms[suffix], in
		}
	}
	return nil, nil
}

// preferred is the route of the form that the reader likes best: rt itself for
// browsers and for who says nothing.
func (rt *route) preferred(r *http.Request) *route {
	if len(rt.others) == 0 {
		return rt
	}
	accept := r.Header.Get("Accept")
	if accept == "" {
		return rt
	}
	if other := rt.others[Negotiate(accept, rt.types...)]; other != nil {
		return other
	}
	return rt
}
