package httpkit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"broadsheet"
)

// Handler serves a site. Make it with New.
type Handler struct {
	o      Options
	table  []Route
	mux    *http.ServeMux
	lost   *route // paths without a route
	cross  *http.CrossOriginProtection
	secure []field
	host   string // that handlers see

	pages  *cache
	errors *cache // apart, so that nonsense paths push out no page
	gen    generation
	fly    flights
	cold   *lane // pages that are nowhere yet
	hot    *lane // pages that readers look at; a crawler's misses never hold them up
	meter  meters
}

// route is a Route with what is worked out once.
type route struct {
	Route
	params []parameter
	cache  []string // Cache-Control
	vary   []string
	meter  routeMeter
}

// errorBytes bounds the cache of error pages.
const errorBytes = 2 << 20

// New gives the handler of a site with these routes. A wrong table, or a
// BaseURL that is none, is a programmer's error and panics: both are checked
// before, by tests and by the configuration.
func New(routes []Route, o Options) *Handler {
	o = o.withDefaults()
	origin, host, https := o.base()
	h := &Handler{
		o: o, table: routes, mux: http.NewServeMux(), cross: http.NewCrossOriginProtection(),
		secure: secureHeaders(https), host: host,
		pages: newCache(o.CacheBytes), errors: newCache(errorBytes),
		gen:  generation{ask: o.Generation},
		fly:  flights{m: map[string]*flight{}},
		cold: newLane(o.Renders, o.Queue), hot: newLane(o.Renders, o.Queue),
	}
	if origin != "" {
		// Behind a proxy that rewrites Host, the browser still names this origin.
		if err := h.cross.AddTrustedOrigin(origin); err != nil {
			panic(fmt.Sprintf("httpkit: base URL %q: %v", o.BaseURL, err))
		}
	}
	h.meter = newMeters(o.Metrics, h)
	for _, rt := range routes {
		if err := rt.check(); err != nil {
			panic(fmt.Sprintf("httpkit: route %s %s: %v", rt.Method, rt.Pattern, err))
		}
		c := h.compile(rt)
		h.mux.HandleFunc(rt.Method+" "+rt.Pattern, func(w http.ResponseWriter, r *http.Request) { h.serve(c, w, r) })
	}
	h.lost = h.compile(Route{Method: http.MethodGet, Pattern: "/", Kind: Page,
		Handle: func(http.ResponseWriter, *http.Request) error { return errNoSuchPath }})
	h.mux.HandleFunc("/", h.unmatched)
	h.closeParents()
	return h
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

func (h *Handler) compile(rt Route) *route {
	c := &route{Route: rt, params: parseParameters(rt.Query), vary: []string{"Accept-Encoding"}}
	if c.Error == nil {
		c.Error = h.o.Error
	}
	if c.MaxAge == 0 {
		c.MaxAge = DefaultMaxAge
	}
	if c.MaxBody == 0 {
		c.MaxBody = DefaultMaxBody
	}
	if len(rt.Offers) > 0 {
		c.vary = []string{"Accept, Accept-Encoding"}
	}
	switch rt.Kind {
	case Page:
		age := int(c.MaxAge / time.Second)
		c.cache = []string{fmt.Sprintf("public, max-age=%d, stale-while-revalidate=%d", age, 10*age)}
	case Asset:
		c.cache = []string{"public, max-age=31536000, immutable"}
	case Private, Action:
		c.cache = []string{"private, no-store"}
	default:
		c.cache = []string{"no-store"}
	}
	c.meter = h.meter.route(rt.Pattern)
	return c
}

// Routes is the table that the handler was made from.
func (h *Handler) Routes() []Route { return h.table }

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.meter.inFlight.Add(1)
	defer h.meter.inFlight.Add(-1)
	if err := screen(r); err != nil {
		if r.ProtoMajor == 1 {
			w.Header().Set("Connection", "close") // what follows on it is not to be believed
		}
		h.finish(h.lost, w, r, h.errorEntry(h.lost, h.public(r.Context(), h.lost, r, ""), err), time.Now())
		return
	}
	if clean := cleanPath(r.URL.EscapedPath()); clean != r.URL.EscapedPath() {
		h.tidy(w, r, clean)
		return
	}
	h.mux.ServeHTTP(w, r)
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

func (h *Handler) serve(rt *route, w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	var e *entry
	if rt.Kind == Page || rt.Kind == Asset {
		e = h.page(rt, r)
	} else {
		e = h.direct(rt, w, r)
	}
	h.finish(rt, w, r, e, start)
}

// direct answers what is not shared: Private, Action and Plain routes.
func (h *Handler) direct(rt *route, w http.ResponseWriter, r *http.Request) *entry {
	ctx, cancel := context.WithTimeout(r.Context(), h.o.Timeouts.Write)
	defer cancel()
	in := r.WithContext(withPeer(ctx, peer(r, h.o.TrustedProxies)))
	in.Host = h.host
	if rt.Kind != Action {
		in.Body = http.NoBody
		return h.run(rt, in)
	}
	if err := h.cross.Check(r); err != nil {
		return h.errorEntry(rt, in, &broadsheet.Error{Kind: broadsheet.Denied, Text: "this request came from another site's page",
			Fix: "open the page here and try again"})
	}
	if r.ContentLength > rt.MaxBody {
		w.Header().Set("Connection", "close")
		return h.errorEntry(rt, in, &http.MaxBytesError{Limit: rt.MaxBody})
	}
	in.Body = http.MaxBytesReader(w, r.Body, rt.MaxBody)
	return h.run(rt, in)
}

// run calls the route's handler and closes its answer.
func (h *Handler) run(rt *route, r *http.Request) *entry {
	rec := newRecorder()
	if err := safely(rt.Handle, rec, r); err != nil {
		return h.errorEntry(rt, r, err)
	}
	if to := rec.header.Get("Location"); to != "" && !safeTarget(to) {
		return h.errorEntry(rt, r, fmt.Errorf("handler of %s redirects off the site, to %q", rt.Pattern, to))
	}
	e := newEntry(rec, rec.code, rt.Kind == Private || rt.Kind == Action)
	if rt.Kind == Private || rt.Kind == Action || !e.has("Cache-Control") {
		e.set("Cache-Control", rt.cache[0])
	}
	if rt.Kind == Page || rt.Kind == Asset {
		e.set("Vary", rt.vary[0])
		if e.status == http.StatusOK {
			e.tag()
		}
	} else {
		e.squeeze = false // a secret beside words of the reader must not be compressed with them (BREACH)
	}
	return e
}

// errorEntry makes the error page of err and logs what the operator must know.
func (h *Handler) errorEntry(rt *route, r *http.Request, err error) *entry {
	rec := newRecorder()
	status := Status(err)
	if perr := safely(func(w http.ResponseWriter, r *http.Request) error { rt.Error(w, r, err); return nil }, rec, r); perr != nil {
		h.o.Log.Error("error page", "route", rt.Pattern, "err", perr)
		rec = newRecorder()
		plainError(rec, r, err)
	}
	e := newEntry(rec, status, false)
	e.err = err
	e.set("Cache-Control", "no-store")
	switch {
	case (status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests) && !e.has("Retry-After"):
		e.set("Retry-After", "5")
	case status == http.StatusNotFound && (rt.Kind == Page || rt.Kind == Asset):
		e.set("Cache-Control", "public, max-age=10")
		e.set("Vary", rt.vary[0])
	}
	if status >= http.StatusInternalServerError {
		e.id = rand.Text()[:12]
		e.set("X-Request-Id", e.id)
		h.logFailure(rt, r, e)
	}
	return e
}

func (h *Handler) logFailure(rt *route, r *http.Request, e *entry) {
	attrs := []any{"id", e.id, "method", r.Method, "route", rt.Pattern, "path", r.URL.Path, "status", e.status, "err", e.err}
	var p *panicked
	if errors.As(e.err, &p) {
		attrs = append(attrs, "stack", string(p.stack))
	}
	level := slog.LevelError
	if e.status == http.StatusServiceUnavailable {
		level = slog.LevelWarn
	}
	h.o.Log.Log(context.Background(), level, "request not answered", attrs...)
}

// finish sends e to the reader and counts it.
func (h *Handler) finish(rt *route, w http.ResponseWriter, r *http.Request, e *entry, start time.Time) {
	status, sent := h.send(rt, w, r, e)
	took := time.Since(start)
	rt.meter.done(status, took)
	if h.o.Log.Enabled(r.Context(), slog.LevelDebug) {
		h.o.Log.LogAttrs(r.Context(), slog.LevelDebug, "request", slog.String("method", r.Method), slog.String("path", r.URL.Path),
			slog.String("route", rt.Pattern), slog.Int("status", status), slog.Int("bytes", sent), slog.Duration("took", took))
	}
}

// send writes e: headers first, the body unless it is known to the reader or
// not asked for.
func (h *Handler) send(rt *route, w http.ResponseWriter, r *http.Request, e *entry) (status, sent int) {
	out := w.Header()
	for _, f := range h.secure {
		out[f.name] = f.value
	}
	for _, f := range e.fields {
		out[f.name] = f.value
	}
	if rt.CORS {
		for _, f := range corsHeaders {
			out[f.name] = f.value
		}
	}
	c := identity
	if e.squeeze {
		c = choose(r.Header["Accept-Encoding"])
	}
	f, c := e.form(c)
	if e.etag {
		out["Etag"] = f.etag
		if e.unchanged(r, f.etag[0]) {
			w.WriteHeader(http.StatusNotModified)
			return http.StatusNotModified, 0
		}
	}
	if c != identity {
		out["Content-Encoding"] = codingHeader[c]
	}
	if e.status != http.StatusNoContent {
		out["Content-Length"] = f.length
	}
	w.WriteHeader(e.status)
	if r.Method == http.MethodHead || len(f.body) == 0 {
		return e.status, 0
	}
	n, _ := w.Write(f.body) // a reader who left is no error of ours
	return e.status, n
}

// screen refuses what no route should have to look at.
func screen(r *http.Request) error {
	switch {
	case len(r.RequestURI) > MaxURL:
		return refuse(http.StatusRequestURITooLong, broadsheet.Invalid, "the address is too long",
			"use at most "+strconv.Itoa(MaxURL)+" bytes")
	case len(r.TransferEncoding) > 0:
		// net/http drops a Content-Length beside it, which is how requests are
		// smuggled past a proxy; so that the two cannot be told apart, and browsers
		// never send it, chunked bodies are refused altogether.
		return refuse(http.StatusBadRequest, broadsheet.Invalid, "chunked bodies are not taken", "send a Content-Length")
	case !strings.HasPrefix(r.URL.Path, "/"):
		return refuse(http.StatusBadRequest, broadsheet.Invalid, "the address has no path", "")
	}
	if r.URL.RawPath != "" && hasDots(r.URL.Path) { // %2e%2e: path.Clean does not see it
		return errNoSuchPath
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
