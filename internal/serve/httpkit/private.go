package httpkit

import (
	"context"
	"net/http"
	"strings"

	"broadsheet"
)

// Membership is a site that nobody reads without being known.
type Membership struct {
	// Open tells which routes answer everybody all the same: those of signing in, and
	// what their pages are made of.
	Open func(Route) bool
	// SignIn is the path to which a browser is led that wants a page.
	SignIn func(next string) string
	// May tells what keeps who is known from a route, nil: nothing does. ctx is the one
	// of Options.Identify.
	May func(ctx context.Context, rt Route) error
}

// closed keeps who is not known from a private site: e is the answer to them, nil
// for who may go on, and out is what that answer is to be written to: nothing of a
// private site is kept by proxies.
func (h *Handler) closed(rt *route, w http.ResponseWriter, r *http.Request) (out http.ResponseWriter, e *entry) {
	if h.o.Private == nil || rt != h.lost && h.o.Private.Open(rt.Route) {
		return w, nil
	}
	ctx, cancel := context.WithTimeout(withClient(r.Context(), who(r, h.o.TrustedProxies)), h.o.Timeouts.Render)
	defer cancel()
	known := false
	if h.o.Identify != nil {
		var err error
		var by context.Context
		if by, known, err = h.o.Identify(r.WithContext(ctx)); err == nil && known && h.o.Private.May != nil {
			err = h.o.Private.May(by, rt.Route)
		}
		if err != nil {
			return w, h.errorEntry(rt, h.public(ctx, rt, r, ""), err)
		}
	}
	if known {
		return &confidential{ResponseWriter: w}, nil
	}
	if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
		lead := h.compile(Route{Method: http.MethodGet, Pattern: rt.Pattern, Kind: Private, Handle: func(w http.ResponseWriter, _ *http.Request) error {
			return Redirect(w, r, h.o.Private.SignIn(r.URL.RequestURI()), http.StatusSeeOther)
		}})
		return w, h.run(lead, r.WithContext(ctx))
	}
	return &confidential{ResponseWriter: w}, h.errorEntry(rt, h.public(ctx, rt, r, ""), &broadsheet.Error{Kind: broadsheet.Unauthenticated, Text: "this site is for its members",
		Fix: "sign in, or send an API token in Authorization"})
}

// confidential is an answer that only its reader may keep.
type confidential struct {
	http.ResponseWriter
	done bool
}

func (c *confidential) WriteHeader(code int) {
	if !c.done {
		c.done = true
		head := c.Header()
		if !strings.Contains(head.Get("Cache-Control"), "no-store") {
			head["Cache-Control"] = []string{"private, no-cache"}
		}
		head["Vary"] = []string{"Cookie, Authorization, Accept, Accept-Encoding"}
	}
	c.ResponseWriter.WriteHeader(code)
}

func (c *confidential) Write(p []byte) (int, error) {
	if !c.done {
		c.WriteHeader(http.StatusOK)
	}
	return c.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (c *confidential) Unwrap() http.ResponseWriter { return c.ResponseWriter }
