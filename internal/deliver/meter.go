package deliver

import (
	"time"

	"broadsheet"
	"broadsheet/internal/lib/metric"
)

// Meter counts what becomes of deliveries.
type Meter struct {
	ended *metric.Counter
	late  *metric.Counter
	took  *metric.Histogram
}

// NewMeter registers the metrics; in a nil set they count nothing.
func NewMeter(set *metric.Set) *Meter {
	return &Meter{
		ended: set.Counter(metric.Desc{Package: "deliver", What: "deliveries", Unit: "total", Help: "Attempts at deliveries, by channel and what came of them.", Labels: []string{"channel", "state"}}),
		late:  set.Counter(metric.Desc{Package: "deliver", What: "late_outcomes", Unit: "total", Help: "Outcomes that came after their delivery had moved on, by channel.", Labels: []string{"channel"}}),
		took:  set.Histogram(metric.Desc{Package: "deliver", What: "delivery", Unit: "seconds", Help: "Time from making a message to the other side's answer.", Labels: []string{"channel"}}, []float64{.005, .02, .1, .5, 2, 10, 60, 300}),
	}
}

// Ended counts an attempt.
func (m *Meter) Ended(c broadsheet.Channel, state broadsheet.DeliveryState) {
	m.ended.With(string(c), string(state)).Add(1)
}

// Took notes how long an attempt took.
func (m *Meter) Took(c broadsheet.Channel, d time.Duration) {
	m.took.With(string(c)).Observe(d.Seconds())
}
