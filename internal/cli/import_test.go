package cli

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestSilentInputDoesNotHoldUpTheEnd(t *testing.T) {
	silent, w := io.Pipe() // nobody writes
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	r := untilDone(ctx, silent)
	done := make(chan error)
	go func() {
		_, err := r.Read(make([]byte, 10))
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
}

func TestInputComesWhole(t *testing.T) {
	want := strings.Repeat("0123456789abcdef", 1<<14)
	got, err := io.ReadAll(untilDone(t.Context(), strings.NewReader(want)))
	if err != nil || string(got) != want {
		t.Errorf("got %d bytes, %v; want %d", len(got), err, len(want))
	}
}
