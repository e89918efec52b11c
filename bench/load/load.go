// Package load asks a server for pages at a constant rate and says how long
// each answer took.
//
// It is an open loop: request i is due at start + i/rate whether or not the
// earlier ones have been answered, and its latency counts from when it was
// due. A loop that waits for an answer before it asks again would leave out
// just the requests that a slow moment delays.
package load

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"sort"
	"sync"
	"time"
)

// Plan is one run.
type Plan struct {
	URL         string
	Header      http.Header
	Status      int           // that answers must have, default 200
	Rate        int           // requests a second
	Duration    time.Duration // of asking; answers may take longer
	Connections int           // at most this many requests at once; others wait, and their waiting counts
}

// Result is what a run saw. Latencies count from when a request was due to
// when its last byte was read.
type Result struct {
	Sent, Failed       int // Failed: no answer, or another status than the plan's
	Elapsed            time.Duration
	P50, P90, P99, Max time.Duration
	Bytes              int64 // of bodies, as sent
}

// Rate is what was reached, in answers a second.
func (r Result) Rate() float64 { return float64(r.Sent-r.Failed) / r.Elapsed.Seconds() }

// String is the result on one line.
func (r Result) String() string {
	return fmt.Sprintf("%.0f/s, %d sent, %d failed, p50 %s, p90 %s, p99 %s, max %s", r.Rate(), r.Sent, r.Failed,
		round(r.P50), round(r.P90), round(r.P99), round(r.Max))
}

func round(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }

// Run carries a plan out. The error says that the plan makes no sense; a
// request that fails is counted instead.
func Run(ctx context.Context, p Plan) (Result, error) {
	total := int(float64(p.Rate) * p.Duration.Seconds())
	if p.Rate < 1 || p.Connections < 1 || total < 1 {
		return Result{}, fmt.Errorf("load: rate %d, connections %d, %d requests: each must be 1 or more", p.Rate, p.Connections, total)
	}
	client := &http.Client{Transport: &http.Transport{
		MaxIdleConnsPerHost: p.Connections, MaxConnsPerHost: p.Connections, DisableCompression: true,
	}}
	defer client.CloseIdleConnections()

	took := make([]time.Duration, total)
	failed := make([]bool, total)
	sizes := make([]int64, total)
	due := make(chan int, total) // holds every request, so that asking never waits for answering
	start := time.Now()
	at := func(i int) time.Time { return start.Add(time.Duration(i) * time.Second / time.Duration(p.Rate)) }

	var wg sync.WaitGroup
	for range p.Connections {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range due {
				n, err := get(ctx, client, p)
				took[i], sizes[i], failed[i] = time.Since(at(i)), n, err != nil
			}
		}()
	}
	for i := range total {
		if wait := time.Until(at(i)); wait > 0 {
			time.Sleep(wait)
		}
		due <- i
	}
	close(due)
	wg.Wait()
	return sum(took, failed, sizes, time.Since(start)), ctx.Err()
}

func get(ctx context.Context, client *http.Client, p Plan) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL, nil)
	if err != nil {
		return 0, err
	}
	for name, values := range p.Header {
		req.Header[name] = values
	}
	answer, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	n, err := io.Copy(io.Discard, answer.Body)
	if err == nil && answer.StatusCode != cmp.Or(p.Status, http.StatusOK) {
		err = fmt.Errorf("status %d", answer.StatusCode)
	}
	return n, err
}

func sum(took []time.Duration, failed []bool, sizes []int64, elapsed time.Duration) Result {
	r := Result{Sent: len(took), Elapsed: elapsed}
	for i := range took {
		r.Bytes += sizes[i]
		if failed[i] {
			r.Failed++
		}
	}
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	part := func(of float64) time.Duration { return took[min(len(took)-1, int(of*float64(len(took))))] }
	r.P50, r.P90, r.P99, r.Max = part(0.5), part(0.9), part(0.99), took[len(took)-1]
	return r
}
