package httpkit

import (
	"context"
	"io"
	"net/http"

	"broadsheet"
	"broadsheet/internal/lib/metric"
)

// Health gives /healthz, which answers while the process lives, and /readyz,
// which answers 503 while ready returns an error: a database out of reach, a
// schema that is not this program's. The reason is for the log and for programs
// on this machine, not for strangers.
func Health(ready func(context.Context) error) []Route {
	return []Route{
		{Method: http.MethodGet, Pattern: "/healthz", Kind: Plain, Error: plainError,
			Handle: func(w http.ResponseWriter, _ *http.Request) error {
				_, err := io.WriteString(w, "ok\n")
				return err
			}},
		{Method: http.MethodGet, Pattern: "/readyz", Kind: Plain, Error: plainError,
			Handle: func(w http.ResponseWriter, r *http.Request) error {
				if err := ready(r.Context()); err != nil {
					return &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "not ready", Err: err}
				}
				_, err := io.WriteString(w, "ready\n")
				return err
			}},
	}
}

// Metrics gives /metrics. Unless open, as on a listener of its own, only
// programs on this machine may read it, and not through a proxy: behind one on
// the same machine every reader seems to be local.
func Metrics(set *metric.Set, open bool) []Route {
	inner := set.Handler()
	return []Route{{Method: http.MethodGet, Pattern: "/metrics", Kind: Plain, Error: plainError,
		Handle: func(w http.ResponseWriter, r *http.Request) error {
			if !open && !local(r) {
				return errNoSuchPath
			}
			inner.ServeHTTP(w, r)
			return nil
		}}}
}

// local tells whether r came from this machine without a proxy in between.
func local(r *http.Request) bool {
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Via"} {
		if len(r.Header[name]) > 0 {
			return false
		}
	}
	return address(r.RemoteAddr).IsLoopback()
}
