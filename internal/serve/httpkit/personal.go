package httpkit

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// personal is the answer to who is signed in and asks for a page that is Personal; nil where
// nobody is. It is made for this reader alone and kept by nobody. A request
// without a cookie costs nothing here.
func (h *Handler) personal(rt *route, r *http.Request) *entry {
	if !rt.Personal || h.o.Identify == nil || r.Header.Get("Cookie") == "" {
		return nil
	}
	client := who(r, h.o.TrustedProxies)
	ctx, cancel := context.WithTimeout(withClient(r.Context(), client), h.o.Timeouts.Render)
	defer cancel()
	asked := r.Clone(ctx)
	asked.Header.Del("Authorization") // of a page in a browser only the cookie speaks
	known, ok, err := h.o.Identify(asked)
	if err != nil {
		return h.errorEntry(rt, h.public(ctx, rt, r, ""), err)
	}
	if !ok {
		return nil
	}
	query := canonicalQuery(rt.params, r.URL.RawQuery)
	in := h.public(known, rt, r, query)
	if len(rt.Offers) > 0 {
		in.Header.Set("Accept", Negotiate(r.Header.Get("Accept"), rt.Offers...))
	}
	if err := h.hot.enter(ctx, client); err != nil {
		return h.errorEntry(rt, in, err)
	}
	defer h.hot.leave(client)
	start := time.Now()
	e := h.run(rt, in)
	h.meter.render.Observe(time.Since(start).Seconds())
	// Pages hold no secret, so they may be compressed beside words of the reader.
	e.set("Cache-Control", "private, no-store")
	e.set("Vary", rt.vary[0])
	e.etag = false
	return e
}

// Back is the path on this site from which a form was sent, so that a reader
// without script returns there; fallback where the browser does not say.
func Back(r *http.Request, fallback string) string {
	u, err := url.Parse(r.Referer())
	// Host is the site's configured one, which a reader may reach by another name.
	here := err == nil && u.Host != "" && (strings.EqualFold(u.Host, r.Host) || r.Header.Get("Sec-Fetch-Site") == "same-origin")
	if !here {
		return fallback
	}
	target := u.EscapedPath()
	if u.RawQuery != "" {
		target += "?" + u.RawQuery
	}
	if !safeTarget(target) {
		return fallback
	}
	return target
}

// WantsJSON tells a script's request, which is answered with JSON in place, from
// that of a form.
func WantsJSON(r *http.Request) bool {
	return Negotiate(r.Header.Get("Accept"), asHTML, "application/json") == "application/json"
}
