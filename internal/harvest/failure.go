package harvest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/fetch"
)

// failed writes the failure into the source's state. A harvest that its
// caller ended is no failure of the source.
func (r *run) failed(ctx context.Context, cause error) error {
	err := r.h.explain(cause, r.address())
	if ctx.Err() != nil {
		return err
	}
	_, backfill := r.backfill()
	if k := broadsheet.KindOf(err); k == broadsheet.Conflict || k == broadsheet.Invalid && backfill {
		return err // of the request; the source was not asked, or is in order
	}
	st := r.state
	news := st.Error != err.Error()
	st.LastAttempt, st.Error = r.begun, err.Error()
	if !backfill {
		st.Failures++
		wait := pause(st.Failures)
		var status *fetch.StatusError
		if errors.As(cause, &status) {
			wait = max(wait, status.RetryAfter)
		}
		st.NextRun = r.h.opt.Now().Add(wait + time.Duration(r.h.opt.Rand()*float64(wait/4)))
	}
	if perr := r.h.store.PutSource(ctx, st); perr != nil {
		return errors.Join(err, fmt.Errorf("store state of %s: %w", st.Name, perr))
	}
	if news { // said once; the state keeps it
		r.h.opt.Log.Warn("harvest failed", "source", st.Name, "error", err)
	}
	return err
}

func (r *run) address() string {
	switch r.src.Name() {
	case ArxivOAI:
		return r.h.opt.OAI
	case ArxivRSS:
		return r.h.opt.RSS
	case ArxivAPI:
		return r.h.opt.API
	}
	return r.h.opt.DailyPapers
}

// noNetwork begins the error of a source that could not even be reached.
const noNetwork = "no network: "

// Offline tells from a source's state that its last attempt met no network, so
// that nothing is known to be wrong with the source.
func Offline(st broadsheet.Source) bool {
	return st.Failures > 0 && strings.HasPrefix(st.Error, noNetwork)
}

// explain words an error of fetching for a person and gives it its kind.
func (h *Harvester) explain(err error, address string) error {
	host := address
	if u, perr := url.Parse(address); perr == nil && u.Host != "" {
		host = u.Host
	}
	var status *fetch.StatusError
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), broadsheet.KindOf(err) != broadsheet.Internal:
		return err
	case errors.Is(err, fetch.ErrUnreachable):
		return &broadsheet.Error{Kind: broadsheet.Unavailable, Text: noNetwork + "cannot reach " + host + "; serving what is here"}
	case errors.As(err, &status) && status.Status == 429:
		return &broadsheet.Error{Kind: broadsheet.Limited, Text: host + " asks to be left alone for a while", Err: err}
	case errors.Is(err, fetch.ErrForbidden):
		return &broadsheet.Error{Kind: broadsheet.Denied, Text: host + " leads into a private network", Fix: "allow the network in the configuration if that is meant", Err: err}
	}
	if errors.Is(err, errStore) {
		return err
	}
	return &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "harvest " + host, Err: err}
}
