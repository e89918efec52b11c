package boot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/config"
	"broadsheet/internal/lib/metric"
	"broadsheet/internal/serve/httpkit"
	"broadsheet/internal/store"
)

// Options adjusts Serve.
type Options struct {
	Version string
	Log     *slog.Logger
	// Ready is called once with the site's address on this machine, such as
	// http://localhost:8080, when pages are served; may be nil.
	Ready func(base string)
	// First is called with the link by which the first account is made, where there
	// is none yet; may be nil.
	First func(link string, until time.Time)
}

// watchEvery is how soon pages show what another process stored.
const watchEvery = 250 * time.Millisecond

// Serve runs the site until ctx ends. It then stops taking connections, lets
// open requests and running jobs end within the time that the settings give,
// and closes the store. Nothing at the start takes longer with more papers.
func Serve(ctx context.Context, c *config.Config, o Options) (err error) {
	listener, err := listen("listen", c.Listen)
	if err != nil {
		return err
	}
	defer listener.Close() // again, where the server did it: harmless
	s, err := OpenStore(ctx, c.Database, o.Log)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := s.Close(); err == nil && cerr != nil {
			err = fmt.Errorf("close the database: %w", cerr)
		}
	}()
	loaded, err := LoadSample(ctx, s)
	if err != nil {
		return err
	}
	if loaded {
		o.Log.Info("the database is empty: showing the sample edition until papers come in")
	}
	if _, err := DropSample(ctx, s); err != nil {
		o.Log.Warn("the sample edition stays for now", "error", err)
	}
	p, err := newProgram(s, c, o)
	if err != nil {
		return err
	}
	return p.run(ctx, listener)
}

// program is the assembled program.
type program struct {
	config  *config.Config
	log     *slog.Logger
	store   *store.Store
	app     *app.App
	options Options
	servers []*http.Server
	metrics net.Listener // nil: none of its own
	work    *background
	search  *searching
	mail    *delivery
	chats   *chats
	returns *returns // nil: no mail is sent
	desk    *desk    // nil: no submissions are taken
}

func newProgram(s *store.Store, c *config.Config, o Options) (*program, error) {
	p := &program{config: c, log: o.Log, store: s, options: o}
	set := metric.New()
	var err error
	if p.work, err = newBackground(s, c, o, set); err != nil {
		return nil, err
	}
	p.search = newSearching(s, c, o, p.work.elsewhere, set)
	if p.mail, err = newDelivery(s, p.work.queue, c, o, set, p.search); err != nil {
		return nil, err
	}
	if p.returns, err = newInbound(s, c, o, set); err != nil {
		return nil, err
	}
	accounts, err := p.mail.accounts(o.Version)
	if err != nil {
		return nil, err
	}
	p.desk = newDesk(p.work.queue, c, o, p.work.harvests.network)
	a, err := app.New(app.Options{Store: s, Works: p.work.works(s, c, o.Version), Desk: p.desk.desk(), Accounts: accounts, Finder: p.search, Index: p.search.state, Post: p.mail.post(), Key: p.mail.key, Hooks: p.returns.hooks(), Portrait: portrait, Zone: c.Site.TimeZone})
	if err != nil {
		return nil, err
	}
	if err := p.mail.connect(a); err != nil {
		return nil, err
	}
	p.work.damp(a)
	p.app = a
	p.desk.connect(a)
	p.chats = newChat(s, c, o, p.mail)
	surfaces, err := newSurfaces(a, c)
	if err != nil {
		return nil, err
	}
	ho := httpkit.Options{
		Log: o.Log, Metrics: set, BaseURL: c.Site.URL, TrustedProxies: c.HTTP.TrustedProxies, Error: surfaces.error, Limits: limits(c.HTTP),
		Identify: httpkit.CookiesOf(c.Address()).Identifier(a.Identify), Private: privacy(c),
		// Pages with results of a search are also new when the index has followed.
		Generation: func() string { return strconv.FormatUint(s.Generation(), 36) + "." + p.search.stamp() },
		CacheBytes: int64(c.HTTP.PageCache),
		Timeouts: httpkit.Timeouts{Header: c.HTTP.ReadHeaderTimeout, Read: c.HTTP.ReadTimeout, Write: c.HTTP.WriteTimeout,
			Idle: c.HTTP.IdleTimeout, Render: c.HTTP.RenderTimeout},
	}
	routes := append(surfaces.routes, httpkit.Health(p.ready)...)
	routes = append(routes, NewMCP(a, c, o).Routes()...)
	routes = append(routes, httpkit.Metrics(set, false)...)
	p.servers = append(p.servers, ho.Server(c.Listen, httpkit.New(routes, ho)))
	if c.Metrics.Listen == "" {
		return p, nil
	}
	if p.metrics, err = listen("metrics.listen", c.Metrics.Listen); err != nil {
		return nil, err
	}
	open := httpkit.Options{Log: o.Log}
	p.servers = append(p.servers, open.Server(c.Metrics.Listen, httpkit.New(httpkit.Metrics(set, true), open)))
	return p, nil
}

// ready is nil while requests can be answered.
func (p *program) ready(ctx context.Context) error { return p.store.CheckSchema(ctx) }

func (p *program) run(ctx context.Context, listener net.Listener) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var all sync.WaitGroup
	for i, l := range []net.Listener{listener, p.metrics} {
		if l == nil {
			continue
		}
		all.Go(func() {
			if err := p.servers[i].Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) {
				cancel(fmt.Errorf("serve on %s: %w", l.Addr(), err))
			}
		})
	}
	all.Go(func() { p.store.Watch(ctx, watchEvery) })
	all.Go(func() { watchSample(ctx, p.store, p.log) })
	if p.search != nil {
		all.Go(func() { p.search.run(ctx) })
		defer p.search.close() // last: open requests may search until they have ended
	}
	if p.mail != nil {
		go p.mail.run(ctx) // stop waits for it
		go p.chats.run(ctx)
		all.Go(func() { p.mail.measure(ctx) })
	}
	all.Go(func() { p.returns.run(ctx) })
	base := "http://" + readable(listener.Addr())
	if p.options.Ready != nil {
		p.options.Ready(base)
	}
	p.log.Info("serving", "address", base, "version", p.options.Version, "database", config.Redact(p.config.Database))
	p.work.start(ctx)
	p.offerFirst(ctx, base)

	<-ctx.Done()
	p.log.Info("stopping", "open requests may take", p.config.HTTP.DrainTimeout.String())
	p.stop()
	all.Wait()
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	p.log.Info("stopped")
	return nil
}

// stop ends servers and background work side by side, each within the time for
// it.
func (p *program) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), p.config.HTTP.DrainTimeout)
	defer cancel()
	var all sync.WaitGroup
	for _, s := range p.servers {
		all.Go(func() {
			if err := s.Shutdown(ctx); err != nil {
				p.log.Warn("requests were cut off", "err", err)
				s.Close()
			}
		})
	}
	if p.mail != nil {
		all.Go(func() {
			if err := p.chats.stop(ctx); err != nil {
				p.log.Warn("messages to chats and hooks were cut off; what was being sent counts as unknown")
			}
		})
		all.Go(func() {
			if err := p.mail.stop(ctx); err != nil {
				p.log.Warn("conversations with mail servers were cut off; what was being handed over counts as unknown")
			}
		})
	}
	all.Go(func() {
		defer p.desk.close()
		if err := p.work.stop(ctx); err != nil {
			p.log.Warn("background work was cut off; it is done again at the next start", "err", err)
		}
	})
	all.Wait()
}

// listen opens an address; the error names the setting and what to do.
func listen(setting, addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err == nil {
		return l, nil
	}
	e := &broadsheet.Error{Kind: broadsheet.Unavailable, Field: setting, Text: "cannot listen on " + addr, Fix: "check the address", Err: err}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		e.Text, e.Fix, e.Err = "another program listens on "+addr, "end it, or choose another address with --listen", nil
		if setting != "listen" {
			e.Fix = "end it, or choose another address"
		}
	case errors.Is(err, os.ErrPermission):
		e.Text, e.Fix, e.Err = "this user may not listen on "+addr, "choose a port from 1024 on and put a reverse proxy before it", nil
	}
	return nil, e
}

// readable is how people write a listener's address.
func readable(a net.Addr) string {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return a.String()
	}
	host := t.IP.String()
	if t.IP.IsLoopback() || t.IP.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, strconv.Itoa(t.Port))
}
