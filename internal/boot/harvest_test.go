package boot

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/harvest"
	"broadsheet/internal/harvest/sourcetest"
	"broadsheet/internal/jobs"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// brokenStore stores no papers and, where mute, no state either.
type brokenStore struct {
	*store.Store
	mute bool
}

func (b brokenStore) Put(context.Context, store.Batch) (store.Result, error) {
	return store.Result{}, errors.New("out of order")
}

func (b brokenStore) PutSource(ctx context.Context, src broadsheet.Source) error {
	if b.mute {
		return errors.New("out of order")
	}
	return b.Store.PutSource(ctx, src)
}

// TestASourceIsNeverGivenUp: whatever goes wrong in a harvest, the next one is
// planned, and not at once.
func TestASourceIsNeverGivenUp(t *testing.T) {
	for _, mute := range []bool{false, true} {
		fake := sourcetest.New(t)
		fake.Catalog([]sourcetest.Paper{{ID: "2606.00001"}})
		s := storetest.Open(t)
		queue, err := jobs.New(s, jobs.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c := load(t, map[string]string{"harvest-enabled": "true", "harvest-sources": "arxiv-oai", "harvest-arxiv-oai-url": fake.URL + "/oai"})
		h := newHarvests(s, queue, c, Options{Log: slog.New(slog.DiscardHandler)}, nil)
		defer h.network.Close()
		h.engine = harvest.New(brokenStore{s, mute}, h.network, harvest.Options{OAI: fake.URL + "/oai"})
		begun := time.Now()
		if err := h.run(t.Context(), json.RawMessage(`"arxiv-oai"`)); err != nil {
			t.Errorf("mute %v: the job fails with %v, and will be given up", mute, err)
		}
		list, err := queue.Status(t.Context())
		if err != nil || len(list) != 1 {
			t.Fatalf("mute %v: %d jobs (%v), want the next run", mute, len(list), err)
		}
		if pause := list[0].Next.Sub(begun); pause < failedRetry-time.Second || pause > 7*time.Hour {
			t.Errorf("mute %v: next run in %v, want %v or a while more", mute, pause, failedRetry)
		}
	}
}

// TestPicturesStandInTheSourcesQueues: one rate over both and over all
// processes, and addresses that sources wrote do not lead into the networks
// that the operator opened for sources.
func TestPicturesStandInTheSourcesQueues(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // closed: nobody answers there
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	address := "http://" + l.Addr().String()
	c := load(t, map[string]string{"harvest-enabled": "true", "harvest-pictures": "true", "harvest-daily-papers-url": address})
	for _, limit := range FetchOptions(c, "test").Limits {
		if !limit.Shared {
			t.Errorf("every process has a rate of its own for %s", limit.Name)
		}
	}
	s := storetest.Open(t)
	b, err := newBackground(s, c, Options{Log: slog.New(slog.DiscardHandler)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.stop(t.Context())
	if _, err := b.harvests.network.Get(t.Context(), fetch.Request{URL: address}); !errors.Is(err, fetch.ErrUnreachable) {
		t.Errorf("the source: got %v, want ErrUnreachable", err)
	}
	if _, err := b.pictures.client.Get(t.Context(), fetch.Request{URL: address}); !errors.Is(err, fetch.ErrForbidden) {
		t.Errorf("a picture: got %v, want ErrForbidden", err)
	}
	marks, err := s.Cursor(t.Context(), "limit:daily-papers")
	if err != nil {
		t.Fatal(err)
	}
	who := map[string]bool{}
	for _, mark := range strings.Split(marks, ",") {
		_, id, _ := strings.Cut(mark, " ")
		who[id] = true
	}
	if n := strings.Count(marks, ",") + 1; n != 2 || len(who) != 1 {
		t.Errorf("got marks %q of %d, want two of one", marks, len(who))
	}
}
