package httpkit

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime"
	"strings"
	"time"

	"broadsheet/internal/lib/metric"
)

// Options are what a site's handler needs. The zero value works: it logs
// nowhere, measures nothing and trusts no proxy.
type Options struct {
	Log     *slog.Logger
	Metrics *metric.Set
	// BaseURL is the site's address as readers write it: https://papers.example.
	// Handlers see its host as the request's Host, whatever was asked for.
	BaseURL string
	// TrustedProxies are the networks whose X-Forwarded-For and Forwarded
	// headers are believed.
	TrustedProxies []netip.Prefix
	// Error shows errors of routes without an Error of their own, and of paths
	// without a route: it may look at r.URL.Path to tell whose they would be.
	// Default: one line of text.
	Error ErrorFunc
	// Identify finds who sent a request, by its cookie or, on other routes than
	// Pages, its Authorization: ctx with the reader in it, as the application reads
	// it, and whether there is one. An error is answered with; a session that is over is
	// none. Default: nobody is ever signed in.
	Identify func(r *http.Request) (ctx context.Context, known bool, err error)
	// Private closes the site to who is not known; nil: everybody reads.
	Private *Membership
	// Generation names the state of the site's content: it changes when any page
	// may have changed. It is asked twice a second at most. Default: never changes.
	Generation func() string
	// Now is the clock, default time.Now.
	Now func() time.Time

	// Limits are what one client may ask, by the name that a Route gives.
	Limits map[string]Limit

	CacheBytes int64 // memory for pages and their compressed forms, default 48 MiB
	Renders    int   // pages not in the cache that are rendered at once, default one for each core
	Queue      int   // renders that may wait for their turn; more are told to come back (503), default 256
	Timeouts   Timeouts
}

// Timeouts bound what a slow or hostile peer can hold on to.
type Timeouts struct {
	Header time.Duration // from connection to the end of the request's headers, default 5 s
	Read   time.Duration // for the whole request with its body, default 20 s
	Write  time.Duration // for the answer, from the end of the headers, default 60 s
	Idle   time.Duration // between requests of a connection, default 120 s
	Render time.Duration // for making one page, default 10 s
}

// Limits of every request.
const (
	MaxURL    = 20 << 10 // bytes of path and query, enough for a search of 2,000 letters of any script; more answer 414
	MaxHeader = 28 << 10 // bytes of headers with the path; net/http allows 4 KiB on top and answers 431
)

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Error == nil {
		o.Error = plainError
	}
	if o.Generation == nil {
		o.Generation = func() string { return "" }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.CacheBytes = cmp.Or(o.CacheBytes, 48<<20)
	o.Renders = cmp.Or(o.Renders, runtime.GOMAXPROCS(0))
	o.Queue = cmp.Or(o.Queue, 256)
	o.Timeouts.Header = cmp.Or(o.Timeouts.Header, 5*time.Second)
	o.Timeouts.Read = cmp.Or(o.Timeouts.Read, 20*time.Second)
	o.Timeouts.Write = cmp.Or(o.Timeouts.Write, 60*time.Second)
	o.Timeouts.Idle = cmp.Or(o.Timeouts.Idle, 120*time.Second)
	o.Timeouts.Render = cmp.Or(o.Timeouts.Render, 10*time.Second)
	return o
}

// Server gives a server for h that bounds headers, slow requests and slow
// readers. The caller starts and ends it.
func (o Options) Server(addr string, h http.Handler) *http.Server {
	o = o.withDefaults()
	return &http.Server{
		Addr:              addr,
		Handler:           h,
		ReadHeaderTimeout: o.Timeouts.Header,
		ReadTimeout:       o.Timeouts.Read,
		WriteTimeout:      o.Timeouts.Write,
		IdleTimeout:       o.Timeouts.Idle,
		MaxHeaderBytes:    MaxHeader,
		ErrorLog:          slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug),
		// OPTIONS * is a request like any other: refused.
		DisableGeneralOptionsHandler: true,
	}
}

// base is BaseURL parsed: its origin (https://host) and its host, "" and
// "localhost" where there is none.
func (o Options) base() (origin, host string, https bool) {
	u, err := url.Parse(o.BaseURL)
	if o.BaseURL == "" || err != nil || u.Host == "" {
		return "", "localhost", false
	}
	scheme := strings.ToLower(u.Scheme)
	return scheme + "://" + u.Host, u.Host, scheme == "https"
}
