package cli

import (
	"fmt"
	"math"
	"runtime/debug"
	"strings"
	"time"

	"broadsheet/internal/boot"
	"broadsheet/internal/config"

	"github.com/alecthomas/kong"
)

type serveCmd struct {
	kong.Plugins
}

func (serveCmd) Help() string {
	return `An empty database shows a sample edition until papers come in; the harvest begins at once where there is a network. Ctrl-C or
SIGTERM stops: open requests and running jobs may end first.

Examples:

  broadsheet serve
  broadsheet serve --listen :8080 --data-dir /var/lib/broadsheet
  BROADSHEET_DATABASE=postgres://broadsheet@localhost/broadsheet broadsheet serve`
}

// Run serves.
func (c *serveCmd) Run(r *run) error {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	limitMemory(cfg.Memory, r.Environ)
	o := boot.Options{Version: Version(), Log: r.log()}
	if isTerminal(r.Stderr) {
		o.Ready = func(base string) { fmt.Fprintf(r.Stderr, "\n  Broadsheet is at %s (Ctrl-C stops it)\n\n", base) }
		o.First = func(link string, until time.Time) {
			fmt.Fprintf(r.Stderr, "\n  Open the first account, the administrator’s, by %s:\n  %s\n\n", until.Local().Format("15:04"), link)
		}
	}
	return boot.Serve(r.ctx, cfg, o)
}

// limitMemory makes the garbage collector work harder near the bound, so that
// a small machine is not driven into swapping by a burst.
func limitMemory(size config.Size, environ []string) {
	for _, e := range environ {
		if strings.HasPrefix(e, "GOMEMLIMIT=") {
			return
		}
	}
	if size == 0 {
		size = math.MaxInt64
	}
	debug.SetMemoryLimit(int64(size))
}
