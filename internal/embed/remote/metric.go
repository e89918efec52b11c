package remote

import (
	"time"

	"broadsheet/internal/lib/metric"
)

// counts are what Prometheus sees of a model elsewhere.
type counts struct {
	requests *metric.Counter
	seconds  *metric.Histogram
	tokens   *metric.Counter
	refused  *metric.Counter
	cached   *metric.Counter
}

func newCounts(set *metric.Set) counts {
	d := func(what, unit, help string, labels ...string) metric.Desc {
		return metric.Desc{Package: "embed", What: what, Unit: unit, Help: help, Labels: labels}
	}
	return counts{
		requests: set.Counter(d("requests", "total", "Requests to the embeddings service, by what for and how they ended.", "kind", "outcome")),
		seconds:  set.Histogram(d("request", "seconds", "Time that the embeddings service took to answer.", "kind"), append(metric.Times[:len(metric.Times):len(metric.Times)], 60)),
		tokens:   set.Counter(d("tokens", "total", "Tokens of papers that the embeddings service was given.")),
		refused:  set.Counter(d("refused", "total", "Texts that the model refused, however short.")),
		cached:   set.Counter(d("query_hits", "total", "Queries whose vector was at hand.")),
	}
}

func (c *counts) request(kind string, took time.Duration, err error) {
	outcome := "ok"
	if err != nil {
		outcome = "failed"
	}
	c.requests.With(kind, outcome).Add(1)
	c.seconds.With(kind).Observe(took.Seconds())
}
