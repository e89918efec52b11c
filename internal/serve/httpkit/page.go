package httpkit

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// How long a page in the cache is shown.
const (
	// freshFor is the time for which a page is shown without asking whether the
	// site's content changed: what a reader sees is at most this much too old.
	freshFor = 500 * time.Millisecond
	// maxAge is when a page is made anew though nothing changed, since "today"
	// and "2 hours ago" move.
	maxAge = time.Minute
	// staleFor is how old a page may get that is shown while it is made anew, or
	// while it cannot be made because a database is out of reach.
	staleFor = time.Hour
)

// page gives the answer of a shared route, from the cache where it can.
func (h *Handler) page(rt *route, r *http.Request) *entry {
	query := canonicalQuery(rt.params, r.URL.RawQuery)
	offer := ""
	if len(rt.Offers) > 0 {
		offer = Negotiate(r.Header.Get("Accept"), rt.Offers...)
	}
	key := r.URL.EscapedPath()
	if rt.Suffix != "" {
		key = rt.Suffix + key
	}
	if query != "" || offer != "" {
		key += "?" + query + "\n" + offer
	}
	now := h.o.Now()
	e := h.kept(key)
	if e != nil && h.fresh(e, now) {
		h.meter.hits.Add(1)
		return e
	}
	f, lead := h.fly.join(key)
	if lead {
		h.meter.misses.Add(1)
		defer func() { h.fly.land(key, f) }()
		f.entry = h.remake(rt, r, key, query, offer)
		return f.entry
	}
	if e != nil && e.err == nil && now.Sub(e.born) < staleFor {
		h.meter.stale.Add(1)
		return e
	}
	h.meter.hits.Add(1) // the one who made it counts as the miss
	select {
	case <-f.done:
		return f.entry
	case <-r.Context().Done():
		return h.errorEntry(rt, h.public(r.Context(), rt, r, query), errBusy)
	}
}

// remake renders a page and keeps it. Others wait for the result, so it does
// not stop when the reader who came first leaves.
func (h *Handler) remake(rt *route, r *http.Request, key, query, offer string) *entry {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), h.o.Timeouts.Render)
	defer cancel()
	in := h.public(ctx, rt, r, query)
	if offer != "" {
		in.Header.Set("Accept", offer)
	}
	old := h.kept(key)
	if old != nil && h.fresh(old, h.o.Now()) {
		return old // made between the look into the cache and now
	}
	l := h.cold
	if old != nil {
		l = h.hot
	}
	if rt.lane != nil {
		l = rt.lane
	}
	client := who(r, h.o.TrustedProxies)
	if err := l.enter(ctx, client); err != nil {
		return h.errorEntry(rt, in, err)
	}
	defer l.leave(client)
	// Asked before rendering: a change in between makes the page stale, not wrong.
	now := h.o.Now()
	gen := h.gen.get(now)
	start := time.Now()
	e := h.run(rt, in)
	h.meter.render.Observe(time.Since(start).Seconds())
	if e.status >= 500 && old != nil && old.err == nil && now.Sub(old.born) < staleFor {
		return old // yesterday's paper beats an apology
	}
	e.generation, e.born, e.forever = gen, now, rt.Kind == Asset && e.status == http.StatusOK
	e.dated(old, now)
	e.form(choose(r.Header["Accept-Encoding"])) // compressing is work too: it belongs to this turn
	switch {
	case e.status == http.StatusNotFound || e.status == http.StatusBadRequest:
		h.pages.remove(key)
		h.errors.put(key, e)
	case e.status < 400:
		h.errors.remove(key)
		h.pages.put(key, e)
	}
	return e
}

// crowd is the network of an address that counts as one client; see who.
func crowd(a netip.Addr) netip.Addr {
	if !a.IsValid() || a.IsLoopback() {
		return netip.Addr{}
	}
	if a.Is6() {
		p, _ := a.Prefix(64) // 64 bits always fit
		return p.Addr()
	}
	return a
}

func (h *Handler) kept(key string) *entry {
	if e := h.pages.get(key); e != nil {
		return e
	}
	return h.errors.get(key)
}

func (h *Handler) fresh(e *entry, now time.Time) bool {
	age := now.Sub(e.born)
	return e.forever || age < freshFor || age < maxAge && e.generation == h.gen.get(now)
}

// public is r as a shared route's handler sees it: the path, its values and the
// parameters that count; nothing of the reader.
func (h *Handler) public(ctx context.Context, rt *route, r *http.Request, query string) *http.Request {
	in := r.WithContext(ctx) // keeps the path's values
	in.Method = http.MethodGet
	in.URL = &url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: query}
	in.RequestURI = in.URL.RequestURI()
	in.Host = h.host
	in.Header = http.Header{}
	in.Body, in.ContentLength, in.TransferEncoding = http.NoBody, 0, nil
	in.RemoteAddr, in.TLS, in.Trailer = "", nil, nil
	in.Form, in.PostForm, in.MultipartForm = nil, nil, nil
	return in
}

// generation remembers what ask said for freshFor.
type generation struct {
	ask   func() string
	mu    sync.Mutex
	value atomic.Pointer[string]
	asked atomic.Int64 // unix nanoseconds
}

func (g *generation) get(now time.Time) string {
	if v := g.value.Load(); v != nil && now.UnixNano()-g.asked.Load() < int64(freshFor) {
		return *v
	}
	if g.value.Load() == nil {
		g.mu.Lock()
	} else if !g.mu.TryLock() {
		return *g.value.Load() // somebody is asking
	}
	defer g.mu.Unlock()
	v := g.ask()
	g.value.Store(&v)
	g.asked.Store(now.UnixNano())
	return v
}
