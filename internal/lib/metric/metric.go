// Package metric counts and times what the program does, for Prometheus to
// read.
//
// Every name is broadsheet_<package>_<what>_<unit>, put together here so that
// none can stray. The nil *Set is a set that keeps nothing and gives nil
// metrics, and the methods of nil metrics do nothing: a package that is handed
// no Set needs no test for it. All methods may be called from several
// goroutines at once.
package metric

import (
	"errors"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const namespace = "broadsheet"

// Set holds the metrics of one process.
type Set struct{ reg *prometheus.Registry }

// New gives a Set that already measures the Go runtime and the process.
func New() *Set {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return &Set{reg: reg}
}

// Handler writes all metrics in the text form that Prometheus asks for. It
// does not compress: the server around it does.
func (s *Set) Handler() http.Handler {
	if s == nil {
		return http.NotFoundHandler()
	}
	return promhttp.HandlerFor(s.reg, promhttp.HandlerOpts{DisableCompression: true})
}

// Desc names a metric. Labels must have few values each: routes and kinds,
// never addresses, ids or words of a reader.
type Desc struct {
	Package string // that measures: "httpkit"
	What    string // "requests", "cache_hits"
	Unit    string // "total" for counts of events, else "seconds", "bytes", "entries"
	Help    string // a sentence for the operator
	Labels  []string
}

// Name is the full name of the metric.
func (d Desc) Name() string {
	return strings.Join([]string{namespace, d.Package, d.What, d.Unit}, "_")
}

// Counter is a number that only grows.
type Counter struct {
	vec *prometheus.CounterVec
	one prometheus.Counter
}

// Counter gives the counter of that description, the same one at every call.
func (s *Set) Counter(d Desc) *Counter {
	if s == nil {
		return nil
	}
	vec := register(s.reg, prometheus.NewCounterVec(prometheus.CounterOpts{Name: d.Name(), Help: d.Help}, d.Labels))
	c := &Counter{vec: vec}
	if len(d.Labels) == 0 {
		c.one = vec.WithLabelValues()
	}
	return c
}

// With is the counter for these label values, in the order of Desc.Labels.
// Keep it where the values are known beforehand: the look-up costs more than
// the count.
func (c *Counter) With(values ...string) *Counter {
	if c == nil {
		return nil
	}
	return &Counter{one: c.vec.WithLabelValues(values...)}
}

// Add counts n more, n not negative.
func (c *Counter) Add(n float64) {
	if c != nil {
		c.one.Add(n)
	}
}

// Gauge is a number that goes up and down.
type Gauge struct {
	vec *prometheus.GaugeVec
	one prometheus.Gauge
}

// Gauge gives the gauge of that description, the same one at every call.
func (s *Set) Gauge(d Desc) *Gauge {
	if s == nil {
		return nil
	}
	vec := register(s.reg, prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: d.Name(), Help: d.Help}, d.Labels))
	g := &Gauge{vec: vec}
	if len(d.Labels) == 0 {
		g.one = vec.WithLabelValues()
	}
	return g
}

// With is the gauge for these label values, in the order of Desc.Labels.
func (g *Gauge) With(values ...string) *Gauge {
	if g == nil {
		return nil
	}
	return &Gauge{one: g.vec.WithLabelValues(values...)}
}

// Set makes v the gauge's value.
func (g *Gauge) Set(v float64) {
	if g != nil {
		g.one.Set(v)
	}
}

// Add adds n, which may be negative.
func (g *Gauge) Add(n float64) {
	if g != nil {
		g.one.Add(n)
	}
}

// GaugeFunc measures by asking f whenever metrics are read. A second call with
// the same description changes nothing.
func (s *Set) GaugeFunc(d Desc, f func() float64) {
	if s != nil {
		register(s.reg, prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: d.Name(), Help: d.Help}, f))
	}
}

// Histogram counts values in buckets.
type Histogram struct {
	vec *prometheus.HistogramVec
	one prometheus.Observer
}

// Times are buckets for the seconds that an answer takes, 0.5 ms to 10 s.
var Times = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}

// Histogram gives the histogram of that description, the same one at every
// call; buckets are upper bounds in the metric's unit, ascending.
func (s *Set) Histogram(d Desc, buckets []float64) *Histogram {
	if s == nil {
		return nil
	}
	vec := register(s.reg, prometheus.NewHistogramVec(
		prometheus.HistogramOpts{Name: d.Name(), Help: d.Help, Buckets: buckets}, d.Labels))
	h := &Histogram{vec: vec}
	if len(d.Labels) == 0 {
		h.one = vec.WithLabelValues()
	}
	return h
}

// With is the histogram for these label values, in the order of Desc.Labels.
func (h *Histogram) With(values ...string) *Histogram {
	if h == nil {
		return nil
	}
	return &Histogram{one: h.vec.WithLabelValues(values...)}
}

// Observe counts v.
func (h *Histogram) Observe(v float64) {
	if h != nil {
		h.one.Observe(v)
	}
}

// register adds c, or gives the collector that already has its name. Two
// descriptions of one name that differ are a programmer's error.
func register[C prometheus.Collector](reg *prometheus.Registry, c C) C {
	err := reg.Register(c)
	if have := (prometheus.AlreadyRegisteredError{}); errors.As(err, &have) {
		return have.ExistingCollector.(C)
	}
	if err != nil {
		panic(err)
	}
	return c
}
