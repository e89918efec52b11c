package mcp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"
)

// TestPipes: who closes the pipe with the last request hears all answers, and
// nothing but the protocol is written.
func TestPipes(t *testing.T) {
	s := newSite(t)
	in := strings.Join([]string{
		`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`,
		`{"jsonrpc":"2.0","method":"notifications/initialized"}`,
		`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"search","arguments":{"query":"tea"}}}`,
		`{"jsonrpc":"2.0","id":"three","method":"tools/call","params":{"name":"list"}}`,
	}, "\n") + "\n"
	var out bytes.Buffer
	if err := s.mcp.Serve(t.Context(), strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(out.String()) {
		var m struct{ ID json.RawMessage }
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Errorf("%q is no message: %v", line, err)
		}
		seen[string(m.ID)] = true
	}
	for _, id := range []string{"1", "2", `"three"`} {
		if !seen[id] {
			t.Errorf("no answer to %s in %s", id, out.String())
		}
	}
}

// TestPipesEnd: Serve ends with its context while the input stays open.
func TestPipesEnd(t *testing.T) {
	s := newSite(t)
	r, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.mcp.Serve(ctx, r, io.Discard) }()
	if _, err := io.WriteString(w, `{"jsonrpc":"2.0","id":1,"method":"ping"}`+"\n"); err != nil {
		t.Fatal(err)
	}
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it goes on after its context ended")
	}
}

// TestPipesNonsense: input that is not the protocol is said to be none.
func TestPipesNonsense(t *testing.T) {
	s := newSite(t)
	err := s.mcp.Serve(t.Context(), strings.NewReader("papers, please\n"), io.Discard)
	if err == nil || !strings.HasPrefix(err.Error(), "standard input: it holds what is no message of the protocol (") {
		t.Errorf("got %v", err)
	}
}
