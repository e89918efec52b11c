package httpkit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

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
