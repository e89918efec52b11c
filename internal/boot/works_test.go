package boot

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/harvest/sourcetest"
	"broadsheet/internal/jobs"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestBackUp: copies are whole, their owner's alone and no more than three; what a
// killed program left is no backup and goes.
func TestBackUp(t *testing.T) {
	s := storetest.Open(t)
	if _, err := s.Put(t.Context(), store.Batch{Papers: surfacePapers()}); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "backups")
	if got, err := backupsIn(dir); len(got) > 0 || err != nil {
		t.Fatalf("before the first: %v (%v)", got, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"broadsheet-20200101-000000.db", "broadsheet-20200102-000000.db", "broadsheet-20200103-000000.db", "broadsheet-20200104-000000.db.part", "mine.db"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	name, err := backUp(t.Context(), s, dir)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, name))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%s: %v (%v), want 0600", name, info, err)
	}
	got, err := backupsIn(dir)
	if err != nil || len(got) != 3 || got[0].Name != name || got[0].Bytes != info.Size() {
		t.Errorf("backups %+v (%v)", got, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 4 { // with mine.db, which is none of ours
		t.Errorf("the folder holds %v (%v)", entries, err)
	}
	back, err := store.Open(t.Context(), "sqlite:"+filepath.Join(dir, name), store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer back.Close()
	if x, err := back.Stats(t.Context()); err != nil || x.Papers != 40 {
		t.Errorf("the copy has %d papers (%v), want 40", x.Papers, err)
	}
}

// TestPausedSource: a source that an administrator paused is not asked, and goes on
// when it may.
func TestPausedSource(t *testing.T) {
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
	papers := func() int64 {
		x, err := s.Stats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return x.Papers
	}
	for _, step := range []struct {
		what   string
		paused app.PausedSources
		want   int64
	}{{"paused", app.PausedSources{"arxiv-oai": time.Now()}, 0}, {"another paused", app.PausedSources{"arxiv-rss": time.Now()}, 1}} {
		if err := s.PutSetting(t.Context(), app.PausedSetting, step.paused, time.Now()); err != nil {
			t.Fatal(err)
		}
		if err := h.run(t.Context(), json.RawMessage(`"arxiv-oai"`)); err != nil {
			t.Fatal(err)
		}
		if got := papers(); got != step.want {
			t.Errorf("%s: %d papers, want %d", step.what, got, step.want)
		}
		list, err := queue.Status(t.Context())
		if err != nil || len(list) != 1 || !list[0].Next.After(time.Now().Add(time.Minute)) {
			t.Errorf("%s: jobs %+v (%v), want the next run in some minutes", step.what, list, err)
		}
	}
}

// TestReplayOne: a record of a harvest is tried again; one of an import is not.
func TestReplayOne(t *testing.T) {
	s := storetest.Open(t)
	c := load(t, nil)
	h, network := NewHarvester(s, c, Options{Log: slog.New(slog.DiscardHandler)})
	defer network.Close()
	if ok, err := h.ReplayOne(t.Context(), broadsheet.Reject{ID: 1, Source: "arxiv-oai", Body: []byte("no record")}); ok || err != nil {
		t.Errorf("what cannot be read: %v (%v)", ok, err)
	}
	if _, err := h.ReplayOne(t.Context(), broadsheet.Reject{ID: 1, Source: "papers.jsonl"}); broadsheet.KindOf(err) != broadsheet.Invalid || err == nil {
		t.Errorf("of an import: %v, want invalid", err)
	}
}
