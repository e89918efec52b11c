package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"broadsheet/internal/store"
	"broadsheet/internal/transfer"
)

type exportCmd struct {
	File string `arg:"" optional:"" default:"-" help:"File to write, packed as .zst or .gz says; - is standard output."`
	JSON bool   `help:"Print the summary as JSON."`

	WithPeople bool `name:"with-people" aliases:"with-subscribers" help:"Add accounts and all that they did, and who is written to: addresses, secrets of chats, what signs in, what links in mails are made of."`
}

func (exportCmd) Help() string {
	return `Everything is written as JSON lines in a fixed order: equal data gives equal bytes, whichever database it is in. The file
appears whole or not at all, and only its owner can read it. Nobody is in it, so that it may be made public, unless --with-people is
given: then it also holds accounts with their addresses, passkeys and hashes of tokens, votes, comments, submissions, claims, reports, the
log and the rules; and subscriptions with what each one was told of, and who must not be written to. Whoever imports such a file lets it
name administrators: take none from others. Nobody is signed in at the other site before they sign in there. Let
` + "`broadsheet digest pause`" + ` go before, and wait until nothing is to be sent; ` + "`broadsheet import`" + ` then goes on where this site stopped,
with the same secret.key also for the links of mails that were sent already, and for codes of apps.

Examples:

  broadsheet export broadsheet-2026-07-01.jsonl.zst
  broadsheet export --with-people everything.jsonl.zst
  broadsheet export - | gzip > papers.jsonl.gz`
}

// Run exports.
func (c *exportCmd) Run(r *run) (err error) {
	s, err := r.openReadOnly()
	if err != nil {
		return err
	}
	defer closing(s, &err)
	var rep transfer.ExportReport
	if c.File == "-" {
		rep, err = c.write(r, s, r.Stdout)
	} else {
		err = replaceFile(c.File, func(w io.Writer) (err error) {
			rep, err = c.write(r, s, w)
			return err
		})
	}
	if r.interrupted() {
		return &exitError{ExitInterrupted, errors.New("interrupted; no file was written (run it again)")}
	}
	if err != nil || c.File == "-" {
		return err
	}
	if err := printTransfer(r, c.JSON, "wrote "+c.File, rep); err != nil || c.JSON || !c.WithPeople {
		return err
	}
	_, err = fmt.Fprintf(r.Stdout, "with %s of what people did, %s of %s and %s: keep this file to yourself\n", plural(rep.Rows, "row"), plural(rep.Delivery.Subscriptions, "subscription"),
		plural(rep.Delivery.Recipients, "recipient"), plural(rep.Delivery.Suppressions, "suppression"))
	return err
}

func (c *exportCmd) write(r *run, s *store.Store, w io.Writer) (rep transfer.ExportReport, err error) {
	packed, err := transfer.Compress(w, c.File)
	if err != nil {
		return rep, err
	}
	bar := newProgress(r.Stderr, false)
	rep, err = transfer.Export(r.ctx, s, packed, transfer.ExportOptions{Subscribers: c.WithPeople, Progress: func(e transfer.Event) {
		bar.show("export", plural(e.Papers, "paper"), e.Done, e.Total)
	}})
	bar.end()
	if cerr := packed.Close(); err == nil {
		err = cerr
	}
	return rep, err
}

func printTransfer(r *run, asJSON bool, what string, rep transfer.ExportReport) error {
	if asJSON {
		return printJSON(r.Stdout, map[string]any{
			"organizations": rep.Organizations, "people": rep.People, "papers": rep.Papers, "sources": rep.Sources,
			"rejects": rep.Rejects, "lines": rep.Lines, "subscriptions": rep.Delivery.Subscriptions, "editions": rep.Delivery.Editions,
			"deliveries": rep.Delivery.Deliveries, "suppressions": rep.Delivery.Suppressions, "rows": rep.Rows, "rowsLeft": rep.RowsLeft, "paused": rep.Paused,
		})
	}
	_, err := fmt.Fprintf(r.Stdout, "%s: %s, %s, %s, %s kept aside\n", what, plural(rep.Papers, "paper"),
		plural(rep.Organizations, "organization"), count(rep.People)+" people", count(rep.Rejects))
	return err
}

// replaceFile writes a file that appears whole or not at all: beside its place
// first, then by renaming. It is its owner's alone, as os.CreateTemp has it.
func replaceFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		var pe *os.PathError
		if errors.As(err, &pe) { // it names a file that nobody typed
			err = pe.Err
		}
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = renamed(err, f.Name(), path)
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}
