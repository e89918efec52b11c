package httpkit

import (
	"context"

	"broadsheet/internal/lib/metric"
)

// Health gives /healthz, which answers while the process lives, and /readyz,
// which answers 503 with the reason while ready returns an error.
func Health(ready func(context.Context) error) []Route { return nil }

// Metrics gives /metrics. Only programs on this machine that did not come
// through a proxy may read it, unless open.
func Metrics(set *metric.Set, open bool) []Route { return nil }
