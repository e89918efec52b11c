package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version may be set when linking: -X broadsheet/internal/cli.version=v1.2.3
var version string

// Version is the program's version: what was set when linking, else what Go
// recorded in the binary, else "dev".
func Version() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "dev"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	revision, dirty := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+changes"
		}
	}
	if len(revision) >= 12 {
		return "dev-" + revision[:12] + dirty
	}
	return "dev"
}

type versionCmd struct {
	JSON bool `help:"Print JSON."`
}

func (versionCmd) Help() string {
	return "Examples:\n\n  broadsheet version\n  broadsheet version --json"
}

// Run prints the version.
func (c *versionCmd) Run(r *run) error {
	if c.JSON {
		return printJSON(r.Stdout, map[string]string{
			"version": Version(), "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH,
		})
	}
	_, err := fmt.Fprintln(r.Stdout, versionText())
	return err
}

// versionText is what `version` and `--version` print.
func versionText() string {
	return fmt.Sprintf("broadsheet %s (%s, %s/%s)", Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
