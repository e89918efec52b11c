package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"broadsheet"
	"broadsheet/internal/transfer"
)

type importCmd struct {
	Files []string `arg:"" name:"file" help:"Files, folders, or - for standard input; plain, .gz, .zst or .zip."`
	As    string   `help:"Layout of the files instead of recognising it: arxiv-snapshot, daily-papers or broadsheet." placeholder:"LAYOUT"`
	Again bool     `help:"Import also what was imported before."`
	JSON  bool     `help:"Print JSON."`
}

func (importCmd) Help() string {
	return `Layouts are recognised by their content: arXiv's metadata snapshot, days recorded from a Daily Papers API, and Broadsheet's own
export. A record that cannot be read is kept aside with its line and reason, and the rest goes in; the exit code is then 3, and
` + "`broadsheet status`" + ` counts them. An import that was interrupted goes on where it stopped when it is run again. A SQLite database is
made or migrated on the way. Where an export brings subscriptions with it, nothing is sent before ` + "`broadsheet digest resume`" + ` is run.

Examples:

  broadsheet import arxiv-metadata-oai-snapshot.json.zst
  broadsheet import daily-papers-days.zip more-days/
  zcat papers.jsonl.gz | broadsheet import -`
}

// Run imports.
func (c *importCmd) Run(r *run) (err error) {
	opt := transfer.Options{As: transfer.Layout(c.As), Again: c.Again, Stdin: untilDone(r.ctx, r.Stdin)}
	if err := transfer.Check(c.Files, opt); err != nil { // before a database is made for nothing
		if broadsheet.KindOf(err) == broadsheet.Invalid {
			return usage(err)
		}
		return err
	}
	s, err := r.open()
	if err != nil {
		return err
	}
	defer closing(s, &err)
	bar := newProgress(r.Stderr, true)
	opt.Progress = func(e transfer.Event) { bar.show(importName(e), importNote(e), e.Done, e.Total) }
	rep, err := transfer.Import(r.ctx, s, c.Files, opt)
	bar.end()
	if err := c.print(r, rep); err != nil {
		return err
	}
	if rep.Subscriptions > 0 {
		fmt.Fprintln(r.Stderr, "Nothing is sent yet, so that nobody gets anything twice. When the old site has stopped:\n  broadsheet digest resume")
	}
	if r.interrupted() {
		return &exitError{ExitInterrupted, errors.New("interrupted; what went in is safe (run the same command again to go on)")}
	}
	if err != nil {
		return err
	}
	n, read := 0, false
	for _, in := range rep.Inputs {
		read = read || in.Layout != ""
		if !in.Before {
			n += in.Rejected + in.Earlier.Rejected
		}
	}
	if !read {
		return errors.New("nothing was imported: no file is written in a layout that can be imported (see `broadsheet import --help`)")
	}
	if n > 0 {
		return &exitError{ExitPartial, fmt.Errorf("%s kept aside (see `broadsheet status --rejects`)", plural(n, "record"))}
	}
	return nil
}

// untilDone reads from r until ctx ends, also while r has nothing to give: a
// terminal or pipe that stays silent must not hold up Ctrl-C.
func untilDone(ctx context.Context, r io.Reader) io.Reader {
	pr, pw := io.Pipe()
	context.AfterFunc(ctx, func() { pw.CloseWithError(ctx.Err()) })
	started := sync.OnceFunc(func() {
		go func() {
			_, err := io.Copy(pw, r)
			pw.CloseWithError(err) // nil is the end
		}()
	})
	return readerFunc(func(p []byte) (int, error) {
		started()
		return pr.Read(p)
	})
}

// readerFunc is a function as an io.Reader.
type readerFunc func([]byte) (int, error)

// Read calls f.
func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func importName(e transfer.Event) string {
	if e.Inputs > 1 {
		return fmt.Sprintf("%d/%d %s", e.Index, e.Inputs, e.Input)
	}
	return e.Input
}

func importNote(e transfer.Event) string {
	note := plural(e.Papers, "paper")
	if e.Rejected > 0 {
		note += ", " + count(e.Rejected) + " kept aside"
	}
	return note
}

type importInput struct {
	Name    string          `json:"name"`
	Layout  transfer.Layout `json:"layout,omitempty"`
	Before  bool            `json:"before,omitempty"`
	Earlier transfer.Stored `json:"earlier"`
	Passed  []string        `json:"passed,omitempty"`
	Error   string          `json:"error,omitempty"`
	transfer.Count
}

func (c *importCmd) print(r *run, rep transfer.Report) error {
	if !c.JSON {
		for _, in := range rep.Inputs {
			fmt.Fprintln(r.Stdout, printable(in.Name)+": "+inputText(in))
			for _, p := range in.Passed {
				fmt.Fprintln(r.Stdout, "  passed over "+printable(p))
			}
		}
		return nil
	}
	out := struct {
		Inputs  []importInput   `json:"inputs"`
		Earlier transfer.Stored `json:"earlier"`
		transfer.Count
	}{[]importInput{}, rep.Earlier, rep.Count}
	for _, in := range rep.Inputs {
		i := importInput{in.Name, in.Layout, in.Before, in.Earlier, in.Passed, "", in.Count}
		if in.Err != nil {
			i.Error = in.Err.Error()
		}
		out.Inputs = append(out.Inputs, i)
	}
	return printJSON(r.Stdout, out)
}

func inputText(in transfer.Input) string {
	switch {
	case in.Before:
		return "imported before, nothing to do (--again imports it again)"
	case in.Layout == "":
		return "nothing was imported"
	}
	parts := []string{fmt.Sprintf("%s (%s)", plural(in.Papers, "paper"), in.Layout)}
	for _, n := range []struct {
		n    int
		what string
	}{{in.Inserted, "new"}, {in.Updated, "changed"}, {in.Unchanged, "unchanged"}, {in.Rejected, "kept aside"}} {
		if n.n > 0 {
			parts = append(parts, count(n.n)+" "+n.what)
		}
	}
	if in.Subscriptions > 0 {
		parts = append(parts, plural(in.Subscriptions, "subscription"))
	}
	if in.Rows > 0 {
		parts = append(parts, plural(in.Rows, "row")+" of what people did")
	}
	if in.RowsLeft > 0 {
		parts = append(parts, plural(in.RowsLeft, "row")+" about what is not here left out")
	}
	if in.Earlier.Papers > 0 {
		parts = append(parts, "went on after "+count(in.Earlier.Papers))
	}
	return strings.Join(parts, ", ")
}
