package httpkit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
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

	forms    map[string]*http.ServeMux // by suffix
	suffixes []string
	limits   map[string]*limiter
	cors     map[string]*route // that scripts of other sites may read, by the mux's pattern and the suffix
}

// route is a Route with what is worked out once.
type route struct {
	Route
	params []parameter
	cache  []string // Cache-Control
	vary   []string
	meter  routeMeter
	others map[string]*route // forms of the same thing by media type; nil: none
	types  []string          // HTML and the keys of others, as registered
	limit  *limiter          // nil: none
	lane   *lane             // of its own; nil: that of all pages, or none for an Action
}

// laneSlots is how many requests of a lane with a name are worked at once: one,
// so that readers keep the processor whatever is asked for there.
const laneSlots = 1

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
	h.limits, h.cors = map[string]*limiter{}, map[string]*route{}
	for name, l := range o.Limits {
		h.limits[name] = newLimiter(name, l)
	}
	lanes := map[string]*lane{}
	pages, forms := map[string]*route{}, []*route(nil)
	for _, rt := range routes {
		if err := rt.check(); err != nil {
			panic(fmt.Sprintf("httpkit: route %s %s: %v", rt.Method, rt.Pattern, err))
		}
		c := h.compile(rt)
		if rt.Lane != "" {
			if lanes[rt.Lane] == nil {
				lanes[rt.Lane] = newLane(laneSlots, o.Queue)
			}
			c.lane = lanes[rt.Lane]
		}
		if rt.CORS {
			h.cors[rt.Method+" "+rt.Pattern+rt.Suffix] = c
		}
		if rt.Suffix != "" {
			forms = append(forms, c)
			continue
		}
		if rt.Kind == Page {
			pages[rt.Pattern] = c
		}
		h.mux.HandleFunc(rt.Method+" "+rt.Pattern, func(w http.ResponseWriter, r *http.Request) { h.serve(c, w, r) })
	}
	h.addForms(pages, forms)
	h.lost = h.compile(Route{Method: http.MethodGet, Pattern: "/", Kind: Page,
		Handle: func(http.ResponseWriter, *http.Request) error { return errNoSuchPath }})
	h.mux.HandleFunc("/", h.unmatched)
	h.closeParents()
	return h
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
	if rt.Personal {
		c.vary = []string{"Cookie, " + c.vary[0]}
	}
	switch rt.Kind {
	case Page:
		age := int(c.MaxAge / time.Second)
		if age < 0 {
			// A proxy may answer a crowd for a second: no page here is fresher.
			c.cache = []string{"public, max-age=0, s-maxage=1, must-revalidate"}
			break
		}
		c.cache = []string{fmt.Sprintf("public, max-age=%d, stale-while-revalidate=%d", age, 10*age)}
	case Asset:
		c.cache = []string{"public, max-age=31536000, immutable"}
	case Private, Action:
		c.cache = []string{"private, no-store"}
	default:
		c.cache = []string{"no-store"}
	}
	if rt.Limit != "" {
		// Sites without that limit, such as those of tests, have none.
		c.limit = h.limits[rt.Limit]
	}
	c.meter = h.meter.route(rt.Pattern + rt.Suffix)
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
	if h.preflight(w, r) {
		return
	}
	if mux, in := h.form(r); mux != nil {
		mux.ServeHTTP(w, in)
		return
	}
	h.mux.ServeHTTP(w, r)
}

func (h *Handler) serve(rt *route, w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	page := rt
	rt = rt.preferred(r)
	if e := h.refuse(rt, w, r); e != nil {
		h.finish(rt, w, r, e, start)
		return
	}
	w, e := h.closed(rt, w, r)
	if e != nil {
		h.finish(rt, w, r, e, start)
		return
	}
	if own := h.personal(rt, r); own != nil {
		e = own
	} else if rt.Kind == Page || rt.Kind == Asset {
		e = h.page(rt, r)
		if e.status == http.StatusNotFound && rt != page {
			rt = page // there is no such form of it, but there may be a page
			e = h.page(rt, r)
		}
	} else {
		e = h.direct(rt, w, r)
	}
	h.finish(rt, w, r, e, start)
}

// refuse is the answer to a request that is not to be looked at: one too many,
// or with a parameter that means nothing; nil for all others.
func (h *Handler) refuse(rt *route, w http.ResponseWriter, r *http.Request) *entry {
	if rt.limit != nil {
		left, reset, ok := rt.limit.take(who(r, h.o.TrustedProxies), h.o.Now())
		for _, f := range rt.limit.headers(left, reset) {
			w.Header()[f.name] = f.value
		}
		if !ok {
			seconds, err := rt.limit.tooMany(reset)
			e := h.errorEntry(rt, h.public(r.Context(), rt, r, ""), err)
			e.set("Retry-After", seconds)
			return e
		}
	}
	if rt.Strict {
		if _, err := url.ParseQuery(r.URL.RawQuery); err != nil {
			return h.errorEntry(rt, h.public(r.Context(), rt, r, ""), broadsheet.InvalidField("query", "cannot be read", "write parameters as name=value, joined by &, with %XX for what is not a letter or digit"))
		}
		if name := unknown(rt.params, r.URL.RawQuery); name != "" {
			return h.errorEntry(rt, h.public(r.Context(), rt, r, ""), unknownParameter(rt, name))
		}
	}
	return nil
}

// direct answers what is not shared: Private, Action and Plain routes.
func (h *Handler) direct(rt *route, w http.ResponseWriter, r *http.Request) *entry {
	ctx, cancel := context.WithTimeout(r.Context(), h.o.Timeouts.Write)
	defer cancel()
	ctx = withClient(ctx, who(r, h.o.TrustedProxies))
	if h.o.Identify != nil && !rt.CrossOrigin && rt.Kind != Plain {
		asked := r.WithContext(ctx)
		if rt.Token {
			asked.Header = r.Header.Clone()
			asked.Header.Del("Cookie")
		}
		known, _, err := h.o.Identify(asked)
		if err != nil {
			return h.errorEntry(rt, r.WithContext(ctx), err)
		}
		ctx = known
	}
	in := r.WithContext(ctx)
	in.Host = h.host
	if rt.Kind != Action {
		in.Body = http.NoBody
		return h.run(rt, in)
	}
	if rt.CrossOrigin {
		in.Header = r.Header.Clone()
		in.Header.Del("Cookie")
		in.Header.Del("Authorization")
	} else if err := h.cross.Check(r); err != nil {
		return h.errorEntry(rt, in, &broadsheet.Error{Kind: broadsheet.Denied, Text: "this request came from another site's page",
			Fix: "open the page here and try again"})
	}
	if r.ContentLength > rt.MaxBody {
		w.Header().Set("Connection", "close")
		return h.errorEntry(rt, in, &http.MaxBytesError{Limit: rt.MaxBody})
	}
	in.Body = body{http.MaxBytesReader(w, r.Body, rt.MaxBody)}
	if rt.lane == nil {
		return h.run(rt, in)
	}
	wait, done := context.WithTimeout(ctx, h.o.Timeouts.Render)
	defer done()
	client := who(r, h.o.TrustedProxies)
	if err := rt.lane.enter(wait, client); err != nil {
		return h.errorEntry(rt, in, err)
	}
	defer rt.lane.leave(client)
	return h.run(rt, in)
}

// body is an Action's body. It says so where the rest came too slowly.
type body struct{ io.ReadCloser }

func (b body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = refuse(http.StatusRequestTimeout, broadsheet.Invalid, "the request came too slowly", "send it again")
	}
	return n, err
}
