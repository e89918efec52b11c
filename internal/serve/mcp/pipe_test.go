package mcp_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"broadsheet/internal/serve/mcp"
)

const hello = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}` +
	"\n" + `{"jsonrpc":"2.0","method":"notifications/initialized"}` + "\n"

// spoken are the answers on a pipe by their id.
func spoken(t *testing.T, out string) map[string][]answered {
	t.Helper()
	seen := map[string][]answered{}
	for line := range strings.Lines(out) {
		var m struct {
			ID json.RawMessage
			answered
		}
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Errorf("%q is no message: %v", line, err)
		}
		seen[string(m.ID)] = append(seen[string(m.ID)], m.answered)
	}
	return seen
}

// TestPipes: who closes the pipe with the last request hears all answers, and
// nothing but the protocol is written.
func TestPipes(t *testing.T) {
	s := newSite(t)
	in := hello + strings.Join([]string{
		`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"search","arguments":{"query":"tea"}}}`,
		`{"jsonrpc":"2.0","id":"three","method":"tools/call","params":{"name":"list"}}`, // without a line end
	}, "\n")
	var out bytes.Buffer
	if err := s.mcp.Serve(t.Context(), strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	seen := spoken(t, out.String())
	for _, id := range []string{"1", "2", `"three"`} {
		if len(seen[id]) != 1 || seen[id][0].Error != nil {
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
	endsSoon(t, ended)
}

func endsSoon(t *testing.T, ended chan error) {
	t.Helper()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it goes on after its context ended")
	}
}

// silent is a site that never answers.
type silent struct {
	mcp.Source
	asked chan struct{}
}

func (s silent) Paper(ctx context.Context, _ string) (*mcp.Paper, error) {
	s.asked <- struct{}{}
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestPipesEndDuringACall: a call to a site that never answers holds nothing up,
// whether the input is still open or has ended and its answers are waited for.
func TestPipesEndDuringACall(t *testing.T) {
	for _, open := range []bool{true, false} {
		source := silent{asked: make(chan struct{}, 1)}
		m := mcp.New(mcp.Options{Source: source})
		r, w := io.Pipe()
		defer w.Close()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		ended := make(chan error, 1)
		go func() { ended <- m.Serve(ctx, r, io.Discard) }()
		if _, err := io.WriteString(w, hello+`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"paper","arguments":{"id":"2606.00001"}}}`+"\n"); err != nil {
			t.Fatal(err)
		}
		<-source.asked
		if !open {
			w.Close()
		}
		cancel()
		endsSoon(t, ended)
	}
}

// unread is an output that nobody reads.
type unread struct{}

func (unread) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestPipesBroken: where nobody reads the answers, none is waited for.
func TestPipesBroken(t *testing.T) {
	s := newSite(t)
	ended := make(chan error, 1)
	go func() {
		_ = s.mcp.Serve(t.Context(), strings.NewReader(hello+listTools+"\n"+strings.ReplaceAll(listTools, `"id":1`, `"id":2`)+"\n"), unread{})
		ended <- nil
	}()
	endsSoon(t, ended)
}

// TestPipesBadLines: a line that is no message is answered, and the next one is
// read.
func TestPipesBadLines(t *testing.T) {
	s := newSite(t)
	ping := func(id int) string { return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"ping"}`, id) }
	for _, tt := range []struct {
		name, line string
		code       int // 0: no answer at all
	}{
		{"no JSON", "papers, please", -32700},
		{"half a message", `{"jsonrpc":"2.0","id":1,`, -32700},
		{"two messages", ping(5) + " " + ping(6), -32700},
		{"a batch", "[" + ping(5) + "," + ping(6) + "]", -32600},
		{"an empty batch", "[]", -32600},
		{"a number", "7", -32600},
		{"an object", "{}", -32600},
		{"another version", `{"jsonrpc":"1.0","id":5,"method":"ping"}`, -32600},
		{"too long", `{"jsonrpc":"2.0","id":5,"method":"ping","params":{"x":"` + strings.Repeat("x", 200_000) + `"}}`, -32600},
		{"an empty line", "", 0},
		{"a line end of Windows", "\r", 0},
	} {
		var out bytes.Buffer
		if err := s.mcp.Serve(t.Context(), strings.NewReader(hello+tt.line+"\n"+ping(9)+"\n"), &out); err != nil {
			t.Errorf("%s: ended with %v", tt.name, err)
		}
		seen := spoken(t, out.String())
		if len(seen["9"]) != 1 || seen["9"][0].Error != nil {
			t.Errorf("%s: the next line has no answer in %s", tt.name, out.String())
		}
		code := 0
		if no := seen["null"]; len(no) == 1 && no[0].Error != nil {
			code = no[0].Error.Code
		}
		if code != tt.code || len(seen["5"])+len(seen["6"]) > 0 {
			t.Errorf("%s: code %d, want %d, in %s", tt.name, code, tt.code, out.String())
		}
	}
}

// FuzzPipes: whatever lines come, each answer is a message on a line, and the
// request after them is answered.
func FuzzPipes(f *testing.F) {
	for _, seed := range []string{"", "papers", "[]", "{", "[1]", `{"jsonrpc":"2.0","id":[],"method":"x"}`, listTools, "\xff", `{"jsonrpc":"2.0","id":null,"method":"ping"}`,
		`{"jsonrpc":"2.0","id":4,"result":{}}`, `{"jsonrpc":"2.0","id":4,"method":"notifications/cancelled","params":{"requestId":{}}}`, "\ufeff{}"} {
		f.Add(seed)
	}
	m := mcp.New(mcp.Options{Source: silent{asked: make(chan struct{}, 1)}})
	f.Fuzz(func(t *testing.T, lines string) {
		if strings.Contains(lines, "tools/call") || strings.Contains(lines, "resources/read") || strings.Contains(lines, "subscri") {
			t.Skip() // the source answers none
		}
		var out bytes.Buffer
		if err := m.Serve(t.Context(), strings.NewReader(hello+lines+"\n"+`{"jsonrpc":"2.0","id":"the last","method":"ping"}`+"\n"), &out); err != nil {
			t.Fatalf("%q: %v", lines, err)
		}
		found := false
		for scan := bufio.NewScanner(&out); scan.Scan(); {
			if !json.Valid(scan.Bytes()) {
				t.Errorf("%q: %q is no message", lines, scan.Text())
			}
			found = found || strings.Contains(scan.Text(), `"the last"`)
		}
		if !found {
			t.Errorf("%q: the last request has no answer", lines)
		}
	})
}
