package kill_test

import (
	"testing"
	"time"
)

// TestKilledHarvest kills harvests of several pages from each source, at any
// moment of the program's life: before the first request, while it waits for
// an answer, while it stores one. The same command is run again until it ends.
// The export has to be that of undisturbed harvests, but for what settled
// takes out.
func TestKilledHarvest(t *testing.T) {
	t.Parallel()
	rnd, begin := random(t, 2), time.Now()
	s := newSources(t)
	whole := newPlace(t, s.environment()...)
	commands := s.harvests(t)
	for _, c := range commands {
		whole.must(t, c...)
	}
	want, read := settled(t, whole.export(t), begin)
	undisturbed := s.asked

	n, round := 0, 0
	for ; n < *kills; round++ {
		p := whole.fresh(t)
		for _, c := range commands {
			for finished := false; !finished; {
				if n == *kills {
					p.must(t, c...)
					break
				}
				moment := after(time.Duration(rnd.IntN(200)) * time.Millisecond)
				if at := rnd.IntN(5); at > 0 {
					moment = later(s.nth(at), time.Duration(rnd.IntN(80))*time.Millisecond)
				}
				finished = p.killedAt(t, moment, c...)
				if !finished {
					n++
				}
			}
		}
		got, again := settled(t, p.export(t), begin)
		same(t, "harvest after kills", got, want)
		for name, papers := range read {
			if again[name] < papers {
				t.Errorf("%s: %v papers were read, want %v or more", name, again[name], papers)
			}
		}
	}
	t.Logf("%d kills over %d databases; %d requests undisturbed, %d in all; %d bytes exported, all equal but for times and counts of what was read",
		n, round, undisturbed, s.asked, len(want))
}

// later gives a value a while after c does.
func later(c <-chan struct{}, d time.Duration) <-chan struct{} {
	out := make(chan struct{})
	go func() { // ends with the test at the latest: the sources then ask no more, and it is no leak that counts
		<-c
		time.AfterFunc(d, func() { close(out) })
	}()
	return out
}
