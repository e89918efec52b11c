// Package picture fetches pictures from elsewhere once and keeps small copies,
// so that a reader's browser talks to this site only.
//
// It fetches nothing but addresses that stand in the store: badges of
// organisations and submitters, and pictures shown with papers. What comes is
// bounded before it is unpacked, must be a PNG, JPEG, GIF or WebP by its own
// bytes, and is decoded, shrunk and encoded anew; drawings in SVG are refused
// because they can carry scripts. What failed is remembered and waits longer
// each time. Where no copy is ready a page goes without.
package picture

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync"
	"time"

	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/store"
)

// Kind is what the job that fetches pictures is called; Run does it.
const Kind = "pictures"

// perRound is how many pictures are stored together: pages are rendered anew
// after each round.
const perRound = 40

// Getter fetches an address, refusing private networks and bounding time and
// size; *fetch.Client is one.
type Getter interface {
	Get(ctx context.Context, r fetch.Request) (*fetch.Response, error)
}

// Options of New. Zero fields have the defaults told.
type Options struct {
	Store   *store.Store
	Fetch   Getter
	Log     *slog.Logger     // silent
	Now     func() time.Time // time.Now
	Workers int              // hosts asked at a time, 4
	Budget  time.Duration    // a run asks for no more pictures after it, 5 minutes
}

// Pictures keeps the copies. It is safe for concurrent use.
type Pictures struct {
	opt      Options
	decoding sync.Mutex // one at a time: a large one takes some 120 MB for a moment
}

// New makes a Pictures.
func New(opt Options) (*Pictures, error) {
	if opt.Store == nil || opt.Fetch == nil {
		return nil, errors.New("picture: without a store or a way to fetch")
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Workers <= 0 {
		opt.Workers = 4
	}
	if opt.Budget <= 0 {
		opt.Budget = 5 * time.Minute
	}
	return &Pictures{opt: opt}, nil
}

// Run fetches the pictures that are wanted, for at most the budget, and is the
// handler of jobs of Kind. Pictures that cannot be had are no error.
func (p *Pictures) Run(ctx context.Context, _ json.RawMessage) error {
	until := p.opt.Now().Add(p.opt.Budget)
	given := map[string]error{} // hosts that this run asks nothing more
	stored, failed := 0, 0
	defer func() {
		if stored+failed > 0 {
			p.opt.Log.Info("fetched pictures", "stored", stored, "failed", failed)
		}
	}()
	for limit := perRound; p.opt.Now().Before(until); {
		wanted, err := p.opt.Store.PicturesWanted(ctx, p.opt.Now(), limit)
		if err != nil {
			return fmt.Errorf("which pictures to fetch: %w", err)
		}
		got := p.round(ctx, pass(wanted, given), given, until)
		if err := p.opt.Store.PutPicture(context.WithoutCancel(ctx), got...); err != nil {
			return fmt.Errorf("store pictures: %w", err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for _, g := range got {
			if g.Error == "" {
				stored++
			} else {
				failed++
			}
		}
		if len(got) == 0 {
			if len(wanted) < limit {
				return nil
			}
			limit += 10 * perRound // what stands first is of hosts given up
		}
	}
	return nil
}

// pass leaves out the hosts that are given up, and keeps the round short.
func pass(refs []store.PictureRef, given map[string]error) []store.PictureRef {
	var out []store.PictureRef
	for _, r := range refs {
		if given[host(r.URL)] == nil && len(out) < perRound {
			out = append(out, r)
		}
	}
	return out
}

func host(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return u.Host
}

// round fetches refs, each host by one worker, and gives what is to be stored.
func (p *Pictures) round(ctx context.Context, refs []store.PictureRef, given map[string]error, until time.Time) []store.Picture {
	hosts := map[string][]store.PictureRef{}
	var order []string
	for _, r := range refs {
		h := host(r.URL)
		if hosts[h] == nil {
			order = append(order, h)
		}
		hosts[h] = append(hosts[h], r)
	}
	var mu sync.Mutex
	var out []store.Picture
	var wg sync.WaitGroup
	places := make(chan struct{}, p.opt.Workers)
	for _, h := range order {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			for _, ref := range hosts[h] {
				if ctx.Err() != nil || !p.opt.Now().Before(until) {
					return
				}
				pic, hostErr := p.fetch(ctx, ref)
				if ctx.Err() != nil {
					return // not the picture's failure
				}
				mu.Lock()
				out = append(out, pic)
				if hostErr != nil {
					given[h] = hostErr
				}
				mu.Unlock()
				if hostErr != nil {
					p.opt.Log.Warn("no pictures from a host for now", "host", h, "error", hostErr)
					return
				}
			}
		})
	}
	wg.Wait()
	return out
}

// fetch makes the copy of one picture, or the record of its failure. hostErr
// is set where asking the same host for others is idle.
func (p *Pictures) fetch(ctx context.Context, ref store.PictureRef) (pic store.Picture, hostErr error) {
	res, err := p.opt.Fetch.Get(ctx, fetch.Request{URL: ref.URL, MaxBody: MaxBytes,
		Accept: "image/webp,image/png,image/jpeg,image/gif",
		Types:  []string{"image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp", "application/octet-stream", "binary/octet-stream"}})
	now := p.opt.Now()
	if err == nil {
		p.decoding.Lock()
		pic, err = Copy(res.Body, ref.Class)
		p.decoding.Unlock()
	}
	pic.URL, pic.Class, pic.FetchedAt = ref.URL, ref.Class, now
	if err == nil {
		return pic, nil
	}
	wait, hostErr := afterError(err, ref.Failures)
	pic.Error, pic.Failures, pic.RetryAt = clip(err.Error()), ref.Failures+1, now.Add(wait)
	p.opt.Log.Debug("a picture could not be had", "url", ref.URL, "error", err, "again", pic.RetryAt)
	return pic, hostErr
}

// afterError is how long a picture waits after a failure, with failures before
// it in a row: from an hour doubling to a month, from a day on where the
// picture itself is at fault.
func afterError(err error, failures int) (wait time.Duration, hostErr error) {
	const day = 24 * time.Hour
	wait = time.Hour
	var status *fetch.StatusError
	switch {
	case errors.Is(err, errNoPicture), errors.Is(err, errTooLarge), errors.Is(err, errDamaged), errors.Is(err, fetch.ErrTooLarge),
		errors.Is(err, fetch.ErrType), errors.Is(err, fetch.ErrForbidden), errors.Is(err, fetch.ErrRedirect), errors.Is(err, fetch.ErrURL):
		wait = day
	case errors.As(err, &status) && (status.Status == 429 || status.Status == 503):
		return max(status.RetryAfter, wait), err
	case errors.As(err, &status) && status.Status < 500:
		wait = day
	case errors.Is(err, fetch.ErrUnreachable), errors.Is(err, fetch.ErrTimeout):
		hostErr = err
	}
	return min(wait<<min(failures, 10), 30*day), hostErr
}

func clip(s string) string {
	const most = 300
	if len(s) <= most {
		return s
	}
	r := []rune(s)
	return string(r[:min(len(r), most)]) + "…"
}
