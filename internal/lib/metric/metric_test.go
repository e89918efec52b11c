package metric_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"broadsheet/internal/lib/metric"
)

func read(s *metric.Set) string {
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

func TestSet(t *testing.T) {
	s := metric.New()
	requests := metric.Desc{Package: "test", What: "requests", Unit: "total", Help: "Requests.", Labels: []string{"route", "status"}}
	s.Counter(requests).With("/days", "200").Add(2)
	s.Counter(requests).With("/days", "200").Add(1) // the same counter, not a second one
	s.Gauge(metric.Desc{Package: "test", What: "cache", Unit: "bytes", Help: "Bytes."}).Set(7)
	s.GaugeFunc(metric.Desc{Package: "test", What: "age", Unit: "seconds", Help: "Age."}, func() float64 { return 1.5 })
	h := s.Histogram(metric.Desc{Package: "test", What: "latency", Unit: "seconds", Help: "Latency."}, []float64{.1, 1})
	h.Observe(.5)
	h.Observe(5)
	got := read(s)
	for _, want := range []string{
		`broadsheet_test_requests_total{route="/days",status="200"} 3`,
		"broadsheet_test_cache_bytes 7",
		"broadsheet_test_age_seconds 1.5",
		`broadsheet_test_latency_seconds_bucket{le="0.1"} 0`,
		`broadsheet_test_latency_seconds_bucket{le="1"} 1`,
		"broadsheet_test_latency_seconds_count 2",
		"go_goroutines ",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("metrics lack %q:\n%s", want, got)
		}
	}
}

func TestNilSet(t *testing.T) {
	var s *metric.Set
	d := metric.Desc{Package: "test", What: "x", Unit: "total", Labels: []string{"a"}}
	s.Counter(d).With("b").Add(1)
	s.Gauge(d).With("b").Set(1)
	s.Histogram(d, metric.Times).With("b").Observe(1)
	s.GaugeFunc(d, func() float64 { return 1 })
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 404 {
		t.Errorf("nil set's handler: got status %d, want 404", w.Code)
	}
}
