package harvest_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"broadsheet/internal/harvest"
	"broadsheet/internal/lib/fetch"
)

// slowMarks keeps marks and takes up to 15 ms for each step, as a database
// under load does.
type slowMarks struct {
	mu    sync.Mutex
	marks map[string]string
	rnd   *rand.Rand
}

func (s *slowMarks) wait() {
	s.mu.Lock()
	d := time.Duration(s.rnd.IntN(15)) * time.Millisecond
	s.mu.Unlock()
	time.Sleep(d) // in the bubble: no time passes outside
}

func (s *slowMarks) Cursor(_ context.Context, name string) (string, error) {
	s.wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.marks[name], nil
}

func (s *slowMarks) SetCursor(_ context.Context, name, value string) error {
	s.wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.marks[name] = value
	return nil
}

// TestGateBetweenProcesses lets four processes ask as fast as they may.
func TestGateBetweenProcesses(t *testing.T) {
	const processes, requests = 4, 6
	for seed := range uint64(40) {
		synctest.Test(t, func(t *testing.T) {
			marks := &slowMarks{marks: map[string]string{}, rnd: rand.New(rand.NewPCG(seed, 0))}
			var mu sync.Mutex
			var at []time.Time
			var wg sync.WaitGroup
			begin := time.Now()
			for p := range processes {
				wg.Go(func() {
					g := &harvest.Gate{Store: marks, Clock: fetch.SystemClock{}, ID: fmt.Sprint(p)}
					for range requests {
						if err := g.Wait(t.Context(), "arxiv", 3*time.Second); err != nil {
							t.Error(err)
						}
						mu.Lock()
						at = append(at, time.Now())
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			slices.SortFunc(at, time.Time.Compare)
			for i := 1; i < len(at); i++ {
				if gap := at[i].Sub(at[i-1]); gap < 2900*time.Millisecond {
					t.Errorf("seed %d: requests %d and %d are %s apart", seed, i-1, i, gap)
				}
			}
			if took := at[len(at)-1].Sub(begin); took > 2*processes*requests*3*time.Second {
				t.Errorf("seed %d: %d requests took %s", seed, len(at), took)
			}
		})
	}
}
