package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/config"
	"broadsheet/internal/lib/fetch"
)

// remote reads papers of a site: over the API of a Broadsheet, or where it is
// none over the Daily Papers API. Which of them it is shows with the first
// answer.
type remote struct {
	base  string
	api   *client.Client
	daily *fetch.Client
	other bool // it is no Broadsheet
	named bool // on the command line or in the environment
}

// remotePatience is the longest that a person at a terminal waits for a site
// that is busy.
const remotePatience = 10 * time.Second

func newRemote(base, token string) (*remote, error) {
	base = config.ServerURL(base)
	c, err := client.New(base, client.Options{Token: token, UserAgent: fetch.Agent(Version(), "", ""), Tries: 3, Patience: remotePatience})
	if err != nil {
		return nil, usage(broadsheet.InvalidField("--server", err.Error(), ""))
	}
	return &remote{base: strings.TrimSuffix(base, "/"), api: c}, nil
}

// ask asks the API, and the other one where the site does not know the first.
func ask[T any](r *remote, own, other func() (T, error)) (out T, err error) {
	if !r.other {
		if out, err = own(); !isNoBroadsheet(err) {
			return out, r.explain(err)
		}
	}
	first := err
	if out, err = other(); err != nil {
		var no *fetch.StatusError
		if first != nil && (errors.As(err, &no) && no.Status == http.StatusNotFound || errors.Is(err, fetch.ErrType)) {
			return out, &broadsheet.Error{Kind: broadsheet.Unavailable, Text: r.base + " answers, but neither as a Broadsheet nor as a Daily Papers API",
				Fix: "name the address of a site with --server"}
		}
		return out, r.explain(err)
	}
	r.other = true
	return out, nil
}

// isNoBroadsheet tells an answer that no Broadsheet gives: of its own API a
// problem has a type, and all else is JSON.
func isNoBroadsheet(err error) bool {
	var no *client.Error
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	if errors.As(err, &no) {
		return no.Type == "" && (no.Status == http.StatusNotFound || no.Status == http.StatusMethodNotAllowed || no.Status == http.StatusUnauthorized || no.Status == http.StatusForbidden)
	}
	return errors.As(err, &syntax) || errors.As(err, &shape)
}

// explain gives errors the house's form: what was wrong, and what to do.
func (r *remote) explain(err error) error {
	var no *client.Error
	var status *fetch.StatusError
	var dial *net.OpError
	var name *net.DNSError
	var own *broadsheet.Error
	var asked *url.Error
	switch {
	case err == nil || errors.Is(err, context.Canceled) || errors.As(err, &own):
		return err
	case errors.As(err, &no):
		return r.refused(no.Status, no.Field, no.Detail, no.Fix, no.RetryAfter)
	case errors.As(err, &status):
		return r.refused(status.Status, "", "", "", status.RetryAfter)
	case errors.As(err, &name):
		return &broadsheet.Error{Kind: broadsheet.Unavailable, Text: fmt.Sprintf("no machine goes by the name %s", name.Name), Fix: "check --server and the network"}
	case errors.As(err, &dial) || errors.Is(err, fetch.ErrUnreachable):
		return &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "no site answers at " + r.base, Fix: "start it with `broadsheet serve`, or name another with --server"}
	case errors.As(err, &asked) && asked.Timeout():
		return &broadsheet.Error{Kind: broadsheet.Unavailable, Text: r.base + " does not answer in time", Fix: "try again later"}
	}
	return err
}

// refused words a site's no.
func (r *remote) refused(status int, field, detail, fix string, after time.Duration) error {
	detail = shown(detail)
	e := &broadsheet.Error{Kind: broadsheet.Unavailable, Field: flagOf(shown(field)), Text: detail, Fix: shown(fix)}
	switch {
	case status == http.StatusTooManyRequests:
		e.Kind, e.Text, e.Fix = broadsheet.Limited, r.base+" wants fewer requests", "try again later"
		if after > 0 {
			e.Fix = "try again in " + spanText(after.Round(time.Second))
		}
	case status == http.StatusNotFound:
		e.Kind = broadsheet.NotFound
		if strings.HasPrefix(e.Fix, "see http") {
			e.Fix = "" // about paths, which nobody typed
		}
	case status == http.StatusBadRequest:
		e.Kind = broadsheet.Invalid
	case status == http.StatusUnauthorized && detail != "":
		e.Kind, e.Fix = broadsheet.Unauthenticated, "make a token at "+r.base+"/account/tokens, then run `broadsheet login"+r.flag()+"`"
	case status == http.StatusForbidden && detail != "":
		e.Kind = broadsheet.Denied
	case status == http.StatusConflict:
		e.Kind = broadsheet.Conflict
	case status == http.StatusServiceUnavailable && detail != "":
	default:
		e.Text, e.Fix = fmt.Sprintf("%s answers %d %s", r.base, status, http.StatusText(status)), "try again later"
	}
	if e.Text == "" {
		e.Text = fmt.Sprintf("%s answers %d %s", r.base, status, http.StatusText(status))
	}
	if e.Kind == broadsheet.Invalid {
		return usage(e)
	}
	return e
}

// flagOf is what a person typed for a parameter of the API.
func flagOf(field string) string {
	if flag := flags[field]; flag != "" {
		return flag
	}
	return field
}

var flags = map[string]string{
	"cat": "--category", "code": "--has-code", "sort": "--sort", "limit": "--limit", "mode": "--mode", "q": "query",
	"date": "--date", "day": "--date", "week": "--week", "month": "--month", "author": "--author", "organization": "--org", "category": "--category",
}
