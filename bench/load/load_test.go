package load_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"broadsheet/bench/load"
)

// TestWaitingCounts holds the server for 200 ms at one request: with one
// connection, those due meanwhile must show the wait as latency.
func TestWaitingCounts(t *testing.T) {
	const hold = 200 * time.Millisecond
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 5 {
			<-time.After(hold)
		}
	}))
	defer server.Close()
	got, err := load.Run(t.Context(), load.Plan{URL: server.URL, Rate: 200, Duration: 500 * time.Millisecond, Connections: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got.Sent != 100 || got.Failed != 0 {
		t.Errorf("200/s for 500 ms: sent %d with %d failed, want 100 and 0", got.Sent, got.Failed)
	}
	// About 40 requests were due during the hold; a closed loop would have one late.
	if got.P90 < hold/4 {
		t.Errorf("one answer of 100 held %s: p90 %s, want at least %s", hold, got.P90, hold/4)
	}
}

// TestFailures counts answers that are none.
func TestFailures(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1)%2 == 0 {
			http.Error(w, "busy", http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	got, err := load.Run(t.Context(), load.Plan{URL: server.URL, Rate: 1000, Duration: 20 * time.Millisecond, Connections: 4})
	if err != nil || got.Sent != 20 || got.Failed != 10 {
		t.Errorf("every other answer is 503: got %d sent, %d failed, error %v; want 20, 10, none", got.Sent, got.Failed, err)
	}
	if _, err := load.Run(t.Context(), load.Plan{URL: server.URL}); err == nil {
		t.Error("a plan without a rate: no error, want one")
	}
}
