package cli

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"

	"broadsheet"
	"broadsheet/internal/config"

	"github.com/alecthomas/kong"
	"golang.org/x/term"
)

type loginCmd struct {
	kong.Plugins
}

func (loginCmd) Help() string {
	return `People make API tokens on the site, under Account, API tokens, with the scopes that each may use. This asks for one, tries it, and keeps
it in ~/.config/broadsheet/tokens.json, which only you can read. It is sent to that site only. In place of this, BROADSHEET_TOKEN may
hold a token, or HF_TOKEN one that begins with bs_. No flag takes a token: other programs of the machine read command lines.

Examples:

  broadsheet login --server https://papers.example.org
  broadsheet login --server https://papers.example.org < token.txt`
}

// Run asks for a token and keeps it.
func (c *loginCmd) Run(r *run) error {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	base := cmp.Or(cfg.Server, cfg.Local())
	token, err := r.askToken(config.ServerURL(base))
	if err != nil {
		return err
	}
	if err := checkToken(token); err != nil {
		return err
	}
	site, err := newRemote(base, token)
	if err != nil {
		return err
	}
	site.named = cfg.Server != ""
	if err := checkSecure(base); err != nil {
		return err
	}
	me, err := site.api.Me(r.ctx)
	if err != nil {
		return site.explain(err)
	}
	kept, err := r.tokens()
	if err != nil {
		return err
	}
	kept[siteKey(base)] = token
	if err := r.putTokens(kept); err != nil {
		return err
	}
	may := "nothing but read"
	if len(me.Scopes) > 0 {
		may = strings.Join(me.Scopes, ", ")
	}
	fmt.Fprintf(r.Stdout, "logged in to %s as %s; the token may: %s\n", site.base, shown(me.Name), shown(may))
	return nil
}

// askToken reads a token from a person, without showing it, or from a pipe.
func (r *run) askToken(site string) (string, error) {
	if f, ok := r.Stdin.(*os.File); ok && isTerminal(f) {
		fmt.Fprintf(r.Stderr, "An API token of %s (make one at %s/account/tokens): ", site, site)
		raw, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(r.Stderr)
		return strings.TrimSpace(string(raw)), err
	}
	line, err := bufio.NewReader(io.LimitReader(r.Stdin, 4096)).ReadString('\n')
	line = strings.TrimSpace(line)
	if line == "" {
		return "", usage(&broadsheet.Error{Kind: broadsheet.Invalid, Text: "no API token came", Fix: "paste one, or send it to standard input"})
	}
	if err == io.EOF {
		err = nil
	}
	return line, err
}

type logoutCmd struct {
	kong.Plugins
}

func (logoutCmd) Help() string {
	return `The token itself still holds: end it on the site, under Account, API tokens.

Examples:

  broadsheet logout --server https://papers.example.org`
}

// Run forgets the token of a site.
func (c *logoutCmd) Run(r *run) error {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	base := cmp.Or(cfg.Server, cfg.Local())
	kept, err := r.tokens()
	if err != nil {
		return err
	}
	if _, ok := kept[siteKey(base)]; !ok {
		fmt.Fprintf(r.Stdout, "no token of %s is kept\n", siteKey(base))
		return nil
	}
	delete(kept, siteKey(base))
	if err := r.putTokens(kept); err != nil {
		return err
	}
	fmt.Fprintf(r.Stdout, "the token of %s is forgotten here; it holds until it is ended at %[1]s/account/tokens\n", siteKey(base))
	return nil
}
