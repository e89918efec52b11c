package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"broadsheet"
	"broadsheet/internal/boot"
	"broadsheet/internal/config"
	"broadsheet/internal/store"
	"broadsheet/internal/transfer"
)

type copyCmd struct {
	From string `help:"Database to read (default: the configured one)." placeholder:"DATABASE"`
	To   string `help:"Database to write (default: the configured one)." placeholder:"DATABASE"`
	JSON bool   `help:"Print JSON."`
}

func (copyCmd) Help() string {
	return `Everything goes over, also accounts and what they did (but nobody stays signed in), subscriptions, editions, what became of them, and who must not be written to. The copy then sends nothing
before ` + "`broadsheet digest resume`" + ` is run on it. What both hold is merged as an import would. A SQLite target is made on the way; a PostgreSQL target is made and migrated first:

  createdb broadsheet
  broadsheet migrate --database postgres://broadsheet@localhost/broadsheet

Examples:

  broadsheet copy --to postgres://broadsheet@localhost/broadsheet
  broadsheet copy --from sqlite:var/broadsheet.db --to sqlite:/mnt/broadsheet.db`
}

// Run copies.
func (c *copyCmd) Run(r *run) (err error) {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	from, to := c.From, c.To
	if from == "" {
		from = cfg.Database
	}
	if to == "" {
		to = cfg.Database
	}
	if sameDatabase(from, to) {
		return usage(&broadsheet.Error{Kind: broadsheet.Invalid, Text: "source and target are the same database", Fix: "name another with --from or --to"})
	}
	source, err := store.Open(r.ctx, from, store.Options{ReadOnly: true, Log: r.log()})
	if err != nil {
		return fmt.Errorf("open the source: %w", err)
	}
	defer closing(source, &err)
	if err := source.CheckSchema(r.ctx); err != nil {
		return fmt.Errorf("open the source: %w", err)
	}
	target, err := boot.OpenStore(r.ctx, to, r.log())
	if err != nil {
		return fmt.Errorf("open the target: %w", err)
	}
	defer closing(target, &err)
	bar := newProgress(r.Stderr, false)
	rep, err := transfer.Copy(r.ctx, source, target, func(e transfer.Event) {
		bar.show("copy", plural(e.Papers, "paper"), e.Done, e.Total)
	})
	bar.end()
	if r.interrupted() {
		return &exitError{ExitInterrupted, errors.New("interrupted; what was copied is safe (run it again to go on)")}
	}
	if err != nil {
		return err
	}
	if err := printTransfer(r, c.JSON, "copied to "+config.Redact(to), rep); err != nil {
		return err
	}
	return c.subscribers(r, rep, to)
}

// subscribers says what became of those who get mail.
func (c *copyCmd) subscribers(r *run, rep transfer.ExportReport, to string) error {
	d := rep.Delivery
	if !c.JSON && rep.Rows+rep.RowsLeft > 0 {
		fmt.Fprintf(r.Stdout, "with %s of what people did, %s left out\n", plural(rep.Rows, "row"), count(rep.RowsLeft))
	}
	if !c.JSON && d != (store.Mirrored{}) {
		fmt.Fprintf(r.Stdout, "with %s, %s, %d deliveries and %s\n", plural(d.Subscriptions, "subscription"), plural(d.Editions, "edition"), d.Deliveries, plural(d.Suppressions, "suppression"))
	}
	if rep.OwnSubscribers {
		return &exitError{ExitPartial, &broadsheet.Error{Kind: broadsheet.Conflict, Text: "the target has subscribers of its own; those of the source were not copied",
			Fix: "copy to a database without any, or carry them over with `broadsheet subscribers export` and `import`"}}
	}
	if rep.Paused {
		fmt.Fprintf(r.Stderr, "The copy sends nothing yet, so that nobody gets anything twice. When the old site has stopped:\n  broadsheet digest resume --database %s\n", config.Redact(to))
	}
	return nil
}

// sameDatabase tells whether two settings name one database: the same text, or
// one SQLite file by two paths.
func sameDatabase(a, b string) bool {
	if a == b {
		return true
	}
	a, aFile := strings.CutPrefix(a, "sqlite:")
	b, bFile := strings.CutPrefix(b, "sqlite:")
	if !aFile || !bFile {
		return false
	}
	aInfo, aErr := os.Stat(a)
	bInfo, bErr := os.Stat(b)
	return aErr == nil && bErr == nil && os.SameFile(aInfo, bInfo)
}
