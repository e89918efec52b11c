package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"broadsheet/bench/load"
)

// listRate is at how many requests a second lists of the JSON API are judged.
const listRate = 500

// lists prints the rows of the JSON API: a list of 100 papers, and the same
// asked for by a program that has it already.
func (s *site) lists(ctx context.Context, o options) error {
	url := s.url + o.list
	size, err := packed(ctx, url)
	if err != nil {
		return err
	}
	tag, err := tagOf(ctx, url)
	if err != nil {
		return err
	}
	for _, row := range []struct {
		what, bar string
		plan      load.Plan
	}{
		{fmt.Sprintf("list of 100 papers, %d bytes packed: p99 at %d/s, open loop on the same cores", size, listRate), "5 ms",
			load.Plan{Header: http.Header{"Accept-Encoding": {"gzip"}}}},
		{fmt.Sprintf("the same with If-None-Match: p99 at %d/s", listRate), "1 ms",
			load.Plan{Header: http.Header{"If-None-Match": {tag}}, Status: http.StatusNotModified}},
	} {
		row.plan.URL, row.plan.Rate, row.plan.Connections, row.plan.Duration = url, listRate, 64, time.Duration(o.seconds)*time.Second
		got, err := load.Run(ctx, row.plan)
		if err != nil {
			return err
		}
		fmt.Printf("| %s | %s | %s (%s) |\n", row.what, row.bar, got.P99.Round(10*time.Microsecond), got)
	}
	return nil
}

// tagOf is the ETag of an answer as it stands unpacked.
func tagOf(ctx context.Context, url string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, url, nil)
	if err != nil {
		return "", err
	}
	r.Header.Set("Accept-Encoding", "identity")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	return answer.Header.Get("ETag"), nil
}
