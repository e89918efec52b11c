package mcp

import (
	"context"
	"net/url"
	"strings"

	"broadsheet"
	"broadsheet/internal/serve/httpkit"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// scheme is that of the addresses of papers: paper://2503.02130, paper://doi:10.1101/….
const scheme = "paper://"

func (m *MCP) addResources(s *sdk.Server) {
	s.AddResourceTemplate(&sdk.ResourceTemplate{
		URITemplate: scheme + "{+id}", Name: "paper", Title: "Paper", MIMEType: "text/markdown",
		Description: "Record of a paper by any of its ids: title, authors, abstract, dates, links.",
	}, m.read)
}

func (m *MCP) read(ctx context.Context, r *sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
	uri := r.Params.URI
	id := strings.TrimPrefix(uri, scheme)
	if plain, err := url.PathUnescape(id); err == nil {
		id = plain
	}
	p, err := m.source.Paper(ctx, id)
	switch kind := broadsheet.KindOf(err); {
	case err == nil:
	case kind == broadsheet.NotFound || kind == broadsheet.Invalid:
		return nil, sdk.ResourceNotFoundError(uri)
	default:
		if kind == broadsheet.Internal {
			m.log.Error("a resource failed", "uri", uri, "err", err)
		}
		return nil, &jsonrpc.Error{Code: jsonrpc.CodeInternalError, Message: httpkit.PublicText(err)}
	}
	named := p.named(namedAuthors)
	return &sdk.ReadResourceResult{Contents: []*sdk.ResourceContents{{URI: uri, MIMEType: "text/markdown", Text: paperText(&named)}}}, nil
}
