package kill_test

import (
	"testing"
	"time"
)

// TestKilledImport kills imports of a snapshot and of recorded days, again and
// again on the same database, until one gets through; then with another
// database until there were enough kills. What is exported then has to be what
// an undisturbed import gives, byte for byte.
func TestKilledImport(t *testing.T) {
	rnd := random(t, 1)
	// Three transactions for the snapshot, and more for the days.
	files := []string{snapshot(t, 11_000), days(t, 30)}
	args := append([]string{"import"}, files...)
	whole := newPlace(t)
	begin := time.Now()
	whole.must(t, args...)
	took := time.Since(begin)
	want := whole.export(t)

	n, round := 0, 0
	for ; n < *kills; round++ {
		p := whole.fresh(t)
		// Some four kills to a database: short lives and long ones.
		for finished := false; !finished; {
			if n == *kills {
				p.must(t, args...)
				break
			}
			finished = p.killedAt(t, after(time.Duration(rnd.Int64N(int64(took/2)))), args...)
			if !finished {
				n++
			}
		}
		same(t, "import after kills", p.export(t), want)
	}
	t.Logf("%d kills over %d databases; an undisturbed import took %v; %d bytes exported, all equal", n, round, took.Round(time.Millisecond), len(want))
}
