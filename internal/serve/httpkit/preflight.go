package httpkit

import (
	"net/http"
	"time"
)

// What a browser asks before a script of another site may send a header such as
// If-None-Match (https://fetch.spec.whatwg.org/#cors-preflight-fetch). All
// headers are allowed: a CORS route is public, and its handler sees none.
var preflightFields = []field{
	{"Access-Control-Allow-Methods", []string{"GET, HEAD"}},
	{"Access-Control-Allow-Headers", []string{"*"}},
	{"Access-Control-Max-Age", []string{"86400"}},
	{"Cache-Control", []string{"public, max-age=86400"}},
}

// preflight answers such a question for a route with CORS, with 204 and nothing
// that depends on who asks. All other requests it leaves alone.
func (h *Handler) preflight(w http.ResponseWriter, r *http.Request) bool {
	wanted := r.Header.Get("Access-Control-Request-Method")
	if r.Method != http.MethodOptions || wanted != http.MethodGet && wanted != http.MethodHead {
		return false
	}
	probe := *r
	probe.Method = http.MethodGet
	mux, in, suffix := h.mux, &probe, ""
	if forms, as := h.form(&probe); forms != nil {
		suffix = r.URL.EscapedPath()[len(as.URL.EscapedPath()):]
		mux, in = forms, as
	}
	_, pattern := mux.Handler(in)
	rt := h.cors[pattern+suffix]
	if rt == nil {
		return false
	}
	e := newEntry(newRecorder(), http.StatusNoContent, false)
	for _, f := range preflightFields {
		e.set(f.name, f.value[0])
	}
	h.finish(rt, w, r, e, time.Now())
	return true
}
