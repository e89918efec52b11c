package mcp_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const listTools = `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`

// TestOrigins: pages of other sites, and of names that may have been bound to
// this machine a moment ago, may not ask.
func TestOrigins(t *testing.T) {
	s := newSite(t)
	for _, tt := range []struct {
		host, origin, site string // Sec-Fetch-Site
		want               int
	}{
		{"papers.example", "", "", http.StatusOK},
		{"papers.example", base, "same-origin", http.StatusOK},
		{"papers.example", "https://evil.example", "cross-site", http.StatusForbidden},
		{"papers.example", "https://evil.example", "", http.StatusForbidden},
		{"papers.example", "null", "", http.StatusForbidden},
		{"evil.example", "http://evil.example", "", http.StatusForbidden}, // DNS rebinding: same-origin to the browser
		{"evil.example:8080", "http://evil.example:8080", "same-origin", http.StatusForbidden},
		{"localhost:8080", "http://localhost:8080", "", http.StatusOK},
		{"127.0.0.1:8080", "http://127.0.0.1:8080", "same-origin", http.StatusOK},
		{"[::1]:8080", "http://[::1]:8080", "", http.StatusOK},
		{"192.168.1.5", "http://192.168.1.5", "", http.StatusOK},
		{"localhost.evil.example", "http://localhost.evil.example", "", http.StatusForbidden},
		{"evil.example", "http://evil.example:0x", "", http.StatusForbidden},
	} {
		r := httptest.NewRequest(http.MethodPost, "/mcp", strings.NewReader(listTools))
		r.Host = tt.host
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "application/json, text/event-stream")
		for name, value := range map[string]string{"Origin": tt.origin, "Sec-Fetch-Site": tt.site} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("host %s, origin %q, %q: got %d, want %d", tt.host, tt.origin, tt.site, w.Code, tt.want)
		}
		if tt.want == http.StatusForbidden && !json.Valid(w.Body.Bytes()) {
			t.Errorf("origin %q: got %s, want JSON", tt.origin, w.Body)
		}
	}
}

// TestRequests is what the transport's specification says of requests.
func TestRequests(t *testing.T) {
	s := newSite(t)
	initialize := func(version string) string {
		return fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":%q,"capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`, version)
	}
	for _, tt := range []struct {
		name, body string
		header     []string
		status     int
		want       string
	}{
		{"2025-03-26", initialize("2025-03-26"), nil, 200, `"protocolVersion":"2025-03-26"`},
		{"2025-06-18", initialize("2025-06-18"), nil, 200, `"protocolVersion":"2025-06-18"`},
		{"2025-11-25", initialize("2025-11-25"), nil, 200, `"protocolVersion":"2025-11-25"`},
		{"a version to come", initialize("2099-01-01"), nil, 200, `"protocolVersion":"2025-11-25"`},
		{"names itself", initialize("2025-11-25"), nil, 200, `"title":"Tea Daily","version":"v1.2.3"`},
		{"promises only what it does", initialize("2025-11-25"), nil, 200, `"capabilities":{"prompts":{},"resources":{},"tools":{}}`},
		{"notification", `{"jsonrpc":"2.0","method":"notifications/initialized"}`, nil, 202, ""},
		{"ping", `{"jsonrpc":"2.0","id":7,"method":"ping"}`, nil, 200, `{"jsonrpc":"2.0","id":7,"result":{}}`},
		{"version header", listTools, []string{"Mcp-Protocol-Version", "2025-06-18"}, 200, `"tools":[`},
		{"unknown version header", listTools, []string{"Mcp-Protocol-Version", "1999-01-01"}, 400, "Unsupported protocol version"},
		{"a session that is none", listTools, []string{"Mcp-Session-Id", "x"}, 200, `"tools":[`},
		{"discover", `{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",` +
			`"io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}`,
			[]string{"Mcp-Protocol-Version", "2026-07-28", "Mcp-Method", "server/discover"}, 200, `"supportedVersions":["2026-07-28","2025-11-25"`},
		{"no JSON", "tea", nil, 400, `"error":{"code":-32700`},
		{"half a message", listTools[:20], nil, 400, `"error":{"code":-32700`},
		{"no body", "", nil, 400, `"error":{"code":-32700`},
		{"no object", "7", nil, 400, `"error":{"code":-32600`},
		{"a batch", "[" + listTools + "]", nil, 400, `"error":{"code":-32600,"message":"batches are not taken here`},
		{"a batch of a version that has them", " [" + listTools + "]", []string{"Mcp-Protocol-Version", "2025-03-26"}, 400, `"error":{"code":-32600,"message":"batches`},
		{"unknown method", `{"jsonrpc":"2.0","id":1,"method":"tea/brew"}`, nil, 400, ""},
		{"wrong type", listTools, []string{"Content-Type", "text/plain"}, 415, ""},
		{"wants no JSON", listTools, []string{"Accept", "text/html"}, 400, ""},
		{"too large", `"` + strings.Repeat("x", 70_000) + `"`, nil, 413, "larger than 65536 bytes"},
		{"unknown resource", `{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"paper://2999.12345"}}`, nil, 200, `"message":"Resource not found"`},
		{"resource", `{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"paper://math%2F0309136"}}`, nil, 200, `# On the number of crumbs`},
		{"resource with a slash", `{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"paper://math/0309136"}}`, nil, 200, `"mimeType":"text/markdown"`},
	} {
		w := s.post(t, tt.body, tt.header...)
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%s: got %d %.300s, want %d and %s", tt.name, w.Code, w.Body, tt.status, tt.want)
		}
		if id := w.Header().Get("Mcp-Session-Id"); id != "" {
			t.Errorf("%s: a session %s, want none", tt.name, id)
		}
	}
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		r := httptest.NewRequest(method, "/mcp", nil)
		r.Header.Set("Accept", "text/event-stream")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "POST" {
			t.Errorf("%s: got %d, Allow %q, want 405 and POST", method, w.Code, w.Header().Get("Allow"))
		}
	}
}

// TestLimit: requests count against what one client may ask.
func TestLimit(t *testing.T) {
	s := newSite(t)
	var w *httptest.ResponseRecorder
	for range 201 {
		w = s.post(t, `{"jsonrpc":"2.0","id":1,"method":"ping"}`)
	}
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), `"code":-32000`) {
		t.Errorf("the 201st request: got %d %s, want 429 with Retry-After", w.Code, w.Body)
	}
}

// TestSchemas holds the tools as clients see them against a golden file. That
// records hold to the output schema is seen by the official client in e2e/mcp.
func TestSchemas(t *testing.T) {
	s := newSite(t)
	var got struct {
		Result struct {
			Tools []struct {
				Name         string
				OutputSchema json.RawMessage
				Annotations  map[string]any
			}
		}
	}
	body := s.post(t, listTools).Body.Bytes()
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, body, "", "  "); err != nil {
		t.Fatal(err)
	}
	golden(t, "tools.json", pretty.String()+"\n")
	for _, tool := range got.Result.Tools {
		if diff := cmp.Diff(map[string]any{"readOnlyHint": true, "idempotentHint": true, "destructiveHint": false, "openWorldHint": false},
			without(tool.Annotations, "title")); diff != "" {
			t.Errorf("%s: annotations (-want +got):\n%s", tool.Name, diff)
		}
		if tool.Name == "paper" != (tool.OutputSchema != nil) {
			t.Errorf("%s: output schema %s", tool.Name, tool.OutputSchema)
		}
	}
	if len(body) > 9000 {
		t.Errorf("the list of tools has %d bytes, which every conversation pays for; want 9,000 at most", len(body))
	}
}

func without(m map[string]any, name string) map[string]any {
	delete(m, name)
	return m
}
