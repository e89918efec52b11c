package cli

import (
	"fmt"

	"broadsheet/internal/boot"
	"broadsheet/internal/serve/mcp"

	"github.com/alecthomas/kong"
)

type mcpCmd struct {
	kong.Plugins
}

func (mcpCmd) Help() string {
	return `A program such as an editor or an assistant starts this and speaks with it over standard input and output. It reads the data folder,
also beside the running site, and writes nothing; with --server it asks that site instead, and with an API token of that site (see
` + "`broadsheet login`" + `) it also votes, comments, submits and claims there, as far as the token's scopes go. It ends when its input does. The site
itself speaks the same at /mcp.

Examples:

  broadsheet mcp --data-dir /var/lib/broadsheet
  broadsheet mcp --server https://papers.example.org
  claude mcp add papers -- broadsheet mcp --server https://papers.example.org`
}

// Run speaks until the input ends. Nothing but the protocol goes to standard
// output.
func (c *mcpCmd) Run(r *run) (err error) {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	if isTerminal(r.Stdin) {
		fmt.Fprintln(r.Stderr, "this is for a program that speaks MCP and starts it; Ctrl-D ends it")
	}
	o := boot.Options{Version: Version(), Log: r.log()}
	if cfg.Server != "" {
		token, err := r.token(cfg.Server)
		if err != nil {
			return err
		}
		s, err := newRemote(cfg.Server, token)
		if err != nil {
			return err
		}
		acts, err := s.acts(r.ctx, token)
		if err != nil {
			return err
		}
		m := mcp.New(mcp.Options{Source: s, Acts: acts, Name: cfg.Server, BaseURL: cfg.Server, Version: o.Version, Log: o.Log})
		return m.Serve(r.ctx, r.Stdin, r.Stdout)
	}
	s, err := r.openReadOnly()
	if err != nil {
		return err
	}
	reader, err := boot.OpenReader(s, cfg, o)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := reader.Close(); err == nil {
			err = cerr
		}
	}()
	return boot.NewMCP(reader.App, cfg, o).Serve(r.ctx, r.Stdin, r.Stdout)
}
