package mcp

import (
	"bytes"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/serve/httpkit"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// Path is where the protocol is spoken.
const Path = "/mcp"

// maxBody is enough for the longest query several times over.
const maxBody = 64 << 10

// Routes is the one address. It is no page: an answer depends on the request's
// body and headers.
func (m *MCP) Routes() []httpkit.Route {
	return []httpkit.Route{{Method: http.MethodPost, Pattern: Path, Kind: httpkit.Action, Handle: m.serve, Right: string(app.RightOpen), MaxBody: maxBody, Limit: "api", Lane: "mcp", Error: m.Error}}
}

func (m *MCP) handler() http.Handler {
	return sdk.NewStreamableHTTPHandler(func(r *http.Request) *sdk.Server { return m.serverFor(r.Context()) }, &sdk.StreamableHTTPOptions{
		Stateless: true, JSONResponse: true, Logger: m.log, MaxRequestBodyBytes: maxBody, PropagateRequestCancellation: true,
		// It looks at the Host, which here is the site's own whatever was asked for;
		// a site behind a proxy on the same machine would be refused. See allowed.
		DisableLocalhostProtection: true,
	})
}

func (m *MCP) serve(w http.ResponseWriter, r *http.Request) error {
	if !m.allowed(r.Header.Get("Origin")) {
		return &broadsheet.Error{Kind: broadsheet.Denied, Field: "Origin", Text: "pages of that site may not ask here",
			Fix: "ask without Origin, or set site.url to the address that this site has"}
	}
	// Who sends a token that opens nothing is told so: the tools that it should give
	// would be missing without a word.
	if m.acts != nil && m.acts(r.Context()) == nil && strings.HasPrefix(strings.ToLower(r.Header.Get("Authorization")), "bearer ") {
		return &broadsheet.Error{Kind: broadsheet.Unauthenticated, Text: "this API token opens nothing: it was ended, is over, or was never one",
			Fix: "make one on the site under Account, API tokens, or send none to read"}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if _, no := parse(body); no != nil {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, err := w.Write(refused(no))
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	m.http.ServeHTTP(w, r)
	return nil
}

// allowed tells whether a page of that origin may ask. The kit has refused those
// of other sites already; what it cannot see is a name that was bound to this
// machine after the page was loaded, so that the page's requests look like those
// of the site itself. Numbers and localhost cannot be bound anew.
func (m *MCP) allowed(origin string) bool {
	if origin == "" || m.origin != "" && strings.EqualFold(origin, m.origin) {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	host := strings.ToLower(u.Hostname())
	_, err = netip.ParseAddr(host)
	return err == nil || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// Error writes an error of the route itself (too many requests, too large, not
// allowed) as a JSON-RPC response to no request.
func (m *MCP) Error(w http.ResponseWriter, _ *http.Request, err error) {
	text := httpkit.PublicText(err)
	if httpkit.Status(err) == http.StatusRequestEntityTooLarge {
		text = tooLong.Message
	}
	if httpkit.Status(err) == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(refused(&jsonrpc.Error{Code: codeRefused, Message: text}))
}

// codeRefused is of the range that JSON-RPC leaves to servers.
const codeRefused = -32000
