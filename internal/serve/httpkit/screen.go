package httpkit

import (
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"broadsheet"
)

// screen refuses what no route should have to look at.
func screen(r *http.Request) error {
	switch {
	case len(r.RequestURI) > MaxURL:
		return refuse(http.StatusRequestURITooLong, broadsheet.Invalid, "the address is too long",
			"use at most "+strconv.Itoa(MaxURL)+" bytes")
	case len(r.TransferEncoding) > 0:
		// net/http drops a Content-Length that stands beside it, the shape by which
		// requests are smuggled past a proxy. Here the two cannot be told apart, and
		// browsers never send chunks, so all chunked bodies are refused.
		return refuse(http.StatusBadRequest, broadsheet.Invalid, "chunked bodies are not taken", "send a Content-Length")
	case !strings.HasPrefix(r.URL.Path, "/"):
		return refuse(http.StatusBadRequest, broadsheet.Invalid, "the address has no path", "")
	}
	if r.URL.RawPath != "" && hasDots(r.URL.Path) { // %2e%2e: path.Clean does not see it
		return errNoSuchPath
	}
	if !utf8.ValidString(r.URL.Path) { // PostgreSQL takes no such text
		return refuse(http.StatusBadRequest, broadsheet.Invalid, "the address holds bytes that are no text", "write it in UTF-8")
	}
	for i := range len(r.URL.Path) {
		if b := r.URL.Path[i]; b < ' ' || b == 0x7f || b == '\\' {
			return refuse(http.StatusBadRequest, broadsheet.Invalid, "the address holds a character that no address of this site has", "")
		}
	}
	return nil
}

// hasDots tells whether a decoded path has dot elements.
func hasDots(p string) bool {
	for el := range strings.SplitSeq(p, "/") {
		if el == "." || el == ".." {
			return true
		}
	}
	return false
}

// tidy sends readers of an unclean path to the clean one.
func (h *Handler) tidy(w http.ResponseWriter, r *http.Request, clean string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.unmatched(w, r)
		return
	}
	if r.URL.RawQuery != "" {
		clean += "?" + r.URL.RawQuery
	}
	rec := newRecorder()
	_ = Redirect(rec, r, clean, http.StatusPermanentRedirect)
	e := newEntry(rec, rec.code, false)
	e.set("Cache-Control", "public, max-age=3600")
	h.finish(h.lost, w, r, e, time.Now())
}

// unmatched answers paths without a route: 405 where another method has one.
func (h *Handler) unmatched(w http.ResponseWriter, r *http.Request) {
	var allow []string
	probe := *r
	for _, m := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		probe.Method = m
		if _, pattern := h.mux.Handler(&probe); strings.HasPrefix(pattern, m) || m == "HEAD" && strings.HasPrefix(pattern, "GET") {
			allow = append(allow, m)
		}
	}
	start := time.Now()
	switch {
	case len(allow) > 0 && cleanPath(r.URL.EscapedPath()) == r.URL.EscapedPath():
		err := refuse(http.StatusMethodNotAllowed, broadsheet.Invalid, "this address does not take "+r.Method, "use "+strings.Join(allow, ", "))
		e := h.errorEntry(h.lost, h.public(r.Context(), h.lost, r, ""), err)
		e.set("Allow", strings.Join(allow, ", "))
		h.finish(h.lost, w, r, e, start)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		h.serve(h.lost, w, r)
	default:
		h.finish(h.lost, w, r, h.errorEntry(h.lost, h.public(r.Context(), h.lost, r, ""), errNoSuchPath), start)
	}
}

// closeParents keeps the mux from sending /papers to /papers/ where there is
// only /papers/{id...}: that address is cleaned to the first again.
func (h *Handler) closeParents() {
	done := map[string]bool{"": true}
	for _, rt := range h.table {
		done[rt.Pattern] = true
	}
	for _, rt := range h.table {
		i := strings.LastIndex(rt.Pattern, "/{")
		if parent := rt.Pattern[:max(i, 0)]; strings.HasSuffix(rt.Pattern, "...}") && !done[parent] {
			done[parent] = true
			h.mux.HandleFunc(parent, h.unmatched)
		}
	}
}
