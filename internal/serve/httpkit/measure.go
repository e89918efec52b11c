package httpkit

import (
	"strconv"
	"sync/atomic"
	"time"

	"broadsheet/internal/lib/metric"
)

// meters are what the kit measures of the whole site.
type meters struct {
	requests            *metric.Counter
	seconds             *metric.Histogram
	inFlight            *metric.Gauge
	hits, misses, stale *metric.Counter
	render              *metric.Histogram
}

func newMeters(s *metric.Set, h *Handler) meters {
	d := func(what, unit, help string, labels ...string) metric.Desc {
		return metric.Desc{Package: "httpkit", What: what, Unit: unit, Help: help, Labels: labels}
	}
	s.GaugeFunc(d("cache", "bytes", "Memory of pages kept ready."), func() float64 { _, n := h.pages.usage(); return float64(n) })
	s.GaugeFunc(d("cache", "entries", "Pages kept ready."), func() float64 { n, _ := h.pages.usage(); return float64(n) })
	s.GaugeFunc(d("render_queue", "entries", "Pages that wait to be made."), func() float64 { return float64(h.cold.length()) })
	return meters{
		requests: s.Counter(d("requests", "total", "Requests answered.", "route", "status")),
		seconds:  s.Histogram(d("request", "seconds", "Time from the request's headers to the end of the answer.", "route"), metric.Times),
		inFlight: s.Gauge(d("requests", "inflight", "Requests being answered.")),
		hits:     s.Counter(d("cache_hits", "total", "Pages shown that were ready.")),
		misses:   s.Counter(d("cache_misses", "total", "Pages that had to be made.")),
		stale:    s.Counter(d("cache_stale", "total", "Pages shown though they were being made anew.")),
		render:   s.Histogram(d("render", "seconds", "Time to make a page, without waiting for its turn."), metric.Times),
	}
}

// routeMeter counts a route's answers. The counters are looked up once.
type routeMeter struct {
	pattern  string
	requests *metric.Counter
	seconds  *metric.Histogram
	byStatus *[600]atomic.Pointer[metric.Counter]
}

func (m *meters) route(pattern string) routeMeter {
	return routeMeter{pattern, m.requests, m.seconds.With(pattern), new([600]atomic.Pointer[metric.Counter])}
}

func (m *routeMeter) done(status int, took time.Duration) {
	if m.requests == nil || status < 0 || status >= len(m.byStatus) {
		return
	}
	c := m.byStatus[status].Load()
	if c == nil {
		c = m.requests.With(m.pattern, strconv.Itoa(status))
		m.byStatus[status].Store(c)
	}
	c.Add(1)
	m.seconds.Observe(took.Seconds())
}
