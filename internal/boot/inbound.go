package boot

import (
	"context"
	"net"
	"os"
	"sync"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/config"
	"broadsheet/internal/deliver/hook"
	"broadsheet/internal/deliver/inbound"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/lib/metric"
	"broadsheet/internal/store"
)

// returns takes in what comes back of mails.
type returns struct {
	o        Options
	desk     *inbound.Desk
	posts    *hook.Hooks
	fetch    *fetch.Client // nil: nothing is fetched
	server   *inbound.Server
	listener net.Listener // nil: no mail server
	folder   string       // "": none
}

// newInbound makes what takes in mail that comes back. Its mail server already
// listens; run answers.
func newInbound(s *store.Store, c *config.Config, o Options, set *metric.Set) (*returns, error) {
	m := &c.Mail
	if !m.Enabled() {
		return nil, nil
	}
	r := &returns{o: o, folder: m.Bounces.Folder, desk: inbound.New(inbound.Options{Store: s, Domain: m.BounceDomain, Log: o.Log, Metrics: set})}
	ho := hook.Options{Desk: r.desk, PostmarkSecret: m.Bounces.PostmarkSecret, MailgunKey: m.Bounces.MailgunKey, SendGridKey: m.Bounces.SendGridKey,
		SESTopic: m.Bounces.SESTopic, Log: o.Log}
	if ho.SESTopic != "" {
		r.fetch = fetch.New(snsFetch(c, o.Version))
		ho.Get = r.get
	}
	var err error
	if r.posts, err = hook.New(ho); err != nil {
		return nil, err
	}
	if m.Bounces.Listen == "" {
		return r, nil
	}
	hello := m.Hello
	if hello == "" {
		if hello, err = os.Hostname(); err != nil {
			return nil, err
		}
	}
	r.server = inbound.NewServer(r.desk, hello, inbound.Limits{})
	if m.Bounces.TLSCert != "" {
		cert, err := inbound.LoadCertificate(m.Bounces.TLSCert, m.Bounces.TLSKey)
		if err != nil {
			return nil, broadsheet.InvalidField("mail.bounce_tls_cert", err.Error(), "name a certificate and its key, both in PEM, that this program's user may read")
		}
		r.server.OfferTLS(cert)
	}
	if r.listener, err = listen("mail.bounce_listen", m.Bounces.Listen); err != nil {
		return nil, err
	}
	return r, nil
}

// snsFetch is how SNS is asked while a post of its waits for the answer.
func snsFetch(c *config.Config, version string) fetch.Options {
	f := FetchOptions(c, version)
	f.Allow, f.Timeout, f.Attempts, f.MaxBody = nil, 10*time.Second, 1, 64<<10
	f.Limits = []fetch.Limit{{Name: "sns", Hosts: []string{"amazonaws.com", "amazonaws.com.cn"}, Every: time.Second, Burst: 5}}
	return f
}

func (r *returns) get(ctx context.Context, url string) ([]byte, error) {
	res, err := r.fetch.Get(ctx, fetch.Request{URL: url})
	if err != nil {
		return nil, err
	}
	return res.Body, nil
}

// hooks are the posts of mail services, for the use cases; nil: none are taken.
func (r *returns) hooks() app.Hooks {
	if r == nil || !r.posts.Any() {
		return nil
	}
	return r.posts
}

// run takes mail in until ctx ends, and then ends the mails that it is in.
func (r *returns) run(ctx context.Context) {
	if r == nil {
		return
	}
	var all sync.WaitGroup
	if r.listener != nil {
		r.o.Log.Info("taking mail that comes back", "address", r.listener.Addr().String())
		all.Go(func() {
			if err := r.server.Serve(r.listener); err != nil && ctx.Err() == nil {
				r.o.Log.Error("the server for mail that comes back has ended", "error", err)
			}
		})
		all.Go(func() {
			<-ctx.Done()
			if err := r.server.Close(); err != nil {
				r.o.Log.Warn("close the server for mail that comes back", "error", err)
			}
			r.listener.Close() // again, unless Serve had not begun: harmless
		})
	}
	if r.folder != "" {
		all.Go(func() { r.desk.Watch(ctx, r.folder) })
	}
	all.Wait()
	if r.fetch != nil && ctx.Err() != nil {
		r.fetch.Close()
	}
}
