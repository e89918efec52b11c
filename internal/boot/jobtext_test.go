package boot

import (
	"log/slog"
	"testing"

	"broadsheet/internal/app"
	"broadsheet/internal/store/storetest"
)

// TestJobTexts: the administrators' page says in words what every kind of job does.
func TestJobTexts(t *testing.T) {
	c := load(t, map[string]string{"site-url": "https://papers.example.org", "mail-from": "Papers <papers@example.org>", "mail-relays": "smtp://127.0.0.1:1", "mail-hello": "mx.example.org"})
	p, err := newProgram(storetest.Open(t), c, Options{Version: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	kinds := p.work.queue.Kinds()
	if len(kinds) < 12 {
		t.Errorf("only %d kinds of jobs: %v", len(kinds), kinds)
	}
	for _, kind := range kinds {
		if app.JobText(kind) == "" {
			t.Errorf("nothing says what a job %q does", kind)
		}
	}
}
