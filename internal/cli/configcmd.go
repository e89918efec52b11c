package cli

import (
	"io"

	"broadsheet/internal/config"

	"github.com/alecthomas/kong"
)

type configCmd struct {
	kong.Plugins
	Print   configPrintCmd   `cmd:"" help:"Show every setting in force and where it came from."`
	Example configExampleCmd `cmd:"" help:"Write a file with every setting, commented out."`
	Doc     configDocCmd     `cmd:"" help:"Write the reference of all settings as Markdown." hidden:""`
}

type configPrintCmd struct {
	JSON bool `help:"Print JSON."`
}

func (configPrintCmd) Help() string {
	return "Passwords are shown as xxxxx.\n\nExamples:\n\n  broadsheet config print\n  broadsheet --config /etc/broadsheet/broadsheet.toml config print --json"
}

// Run prints the settings.
func (c *configPrintCmd) Run(r *run) error {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	values := cfg.Values()
	if c.JSON {
		return printJSON(r.Stdout, values)
	}
	t := table{head: []string{"SETTING", "VALUE", "FROM"}, flex: 1}
	for _, v := range values {
		t.add(v.Key, v.Value, v.Origin)
	}
	t.write(r.Stdout, width(r.Stdout))
	return nil
}

type configExampleCmd struct{}

func (configExampleCmd) Help() string {
	return "Examples:\n\n  broadsheet config example > broadsheet.toml"
}

// Run writes the example.
func (c *configExampleCmd) Run(r *run) error {
	_, err := io.WriteString(r.Stdout, config.Example())
	return err
}

type configDocCmd struct {
	Out string `help:"File to write; standard output without." placeholder:"FILE"`
}

// Run writes doc/config.md.
func (c *configDocCmd) Run(r *run) error {
	write := func(w io.Writer) error {
		_, err := io.WriteString(w, config.Markdown())
		return err
	}
	if c.Out == "" {
		return write(r.Stdout)
	}
	return replaceFile(c.Out, write)
}
