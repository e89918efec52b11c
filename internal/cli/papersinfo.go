package cli

import (
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"

	"broadsheet"
	"broadsheet/client"
)

type papersInfoCmd struct {
	ID string `arg:"" help:"The paper."`
	shape
}

func (papersInfoCmd) Help() string {
	return `Examples:

  broadsheet papers info 2503.02130
  broadsheet papers info https://arxiv.org/abs/2503.02130 --json`
}

// Run shows a paper.
func (c *papersInfoCmd) Run(r *run) error {
	p, err := r.paper(c.ID)
	if err != nil {
		return err
	}
	switch {
	case c.JSON:
		return printSafeJSON(r.Stdout, p)
	case c.TSV || c.Quiet:
		return c.print(r, &listed{Items: []client.Paper{*p}, Total: 1})
	}
	return printInfo(r.Stdout, p, r.columns(), r.style(r.Stdout))
}

type papersReadCmd struct {
	ID string `arg:"" help:"The paper."`
}

func (papersReadCmd) Help() string {
	return `On a terminal the text is wrapped and shown by $PAGER (default less); elsewhere it is plain Markdown.

Examples:

  broadsheet papers read 2503.02130
  broadsheet papers read 2503.02130 > paper.md`
}

// Run prints a paper's text.
func (c *papersReadCmd) Run(r *run) error {
	p, err := r.paper(c.ID)
	if err != nil {
		return err
	}
	if !isTerminal(r.Stdout) {
		_, err := io.WriteString(r.Stdout, markdown(p, 0)) // a line that began anew could begin a list
		return err
	}
	return r.page(markdown(p, min(r.columns(), readWidth)))
}

// readWidth is how long a line of text may be that is good to read.
const readWidth = 88

type papersOpenCmd struct {
	ID     string `arg:"" help:"The paper."`
	Source bool   `help:"Open the page at the source, such as arXiv." xor:"what"`
	PDF    bool   `name:"pdf" help:"Open the PDF at the source." xor:"what"`
}

func (papersOpenCmd) Help() string {
	return `The address is printed; where there is a desktop, the browser opens it.

Examples:

  broadsheet papers open 2503.02130
  broadsheet papers open 2503.02130 --pdf`
}

// Run opens a paper's page.
func (c *papersOpenCmd) Run(r *run) error {
	p, err := r.paper(c.ID)
	if err != nil {
		return err
	}
	address, what := p.URL, "page"
	switch {
	case c.Source:
		address, what = p.Source.Page, "page at its source"
	case c.PDF:
		address, what = p.Source.PDF, "PDF"
	}
	if !broadsheet.ValidURL(address) {
		return &broadsheet.Error{Kind: broadsheet.NotFound, Text: "no address of a " + what + " is known", Fix: "see `broadsheet papers info " + p.ID + "`"}
	}
	if _, err := fmt.Fprintln(r.Stdout, shown(address)); err != nil {
		return err
	}
	return r.browse(address)
}

// browse opens an address in the desktop's browser, where there is one.
func (r *run) browse(address string) error {
	opener := ""
	switch {
	case runtime.GOOS == "darwin":
		opener = "open"
	case runtime.GOOS == "linux" && (r.env("DISPLAY") != "" || r.env("WAYLAND_DISPLAY") != ""):
		opener = "xdg-open"
	}
	path, err := exec.LookPath(opener)
	if opener == "" || err != nil {
		return nil
	}
	cmd := exec.CommandContext(r.ctx, path, address) // #nosec G204 -- one of two programs, with an http address
	cmd.Env, cmd.Stderr = r.Environ, r.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("open the browser with %s: %w", opener, err)
	}
	return nil
}

// page shows text by the reader's pager; where that cannot be started it is
// printed.
func (r *run) page(text string) error {
	pager := strings.Fields(r.env("PAGER"))
	if len(pager) == 0 {
		pager = []string{"less", "-FRX"}
	}
	path, err := exec.LookPath(pager[0])
	if err != nil {
		_, err := io.WriteString(r.Stdout, text)
		return err
	}
	// It gets no context: Ctrl-C is the pager's to understand.
	cmd := exec.Command(path, pager[1:]...) // #nosec G204 -- the person's own pager
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = r.Environ, strings.NewReader(text), r.Stdout, r.Stderr
	return cmd.Run()
}

// paper reads a paper of the site.
func (r *run) paper(id string) (*client.Paper, error) {
	site, err := r.remote()
	if err != nil {
		return nil, err
	}
	return site.paper(r.ctx, strings.TrimSpace(id))
}

// env is a variable of the environment, "" where it is not set.
func (r *run) env(name string) string {
	for i := len(r.Environ) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(r.Environ[i], name+"="); ok {
			return value
		}
	}
	return ""
}
