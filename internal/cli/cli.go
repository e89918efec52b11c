// Package cli is the command line: one file a command, over the packages that
// do the work. It alone turns errors into exit codes and text on a terminal.
//
// Results go to standard output, everything else (progress, logs, errors) to
// standard error. Exit codes are those named Exit…; they are part of what
// scripts may rely on.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"broadsheet"
	"broadsheet/internal/config"

	"github.com/alecthomas/kong"
)

// Exit codes.
const (
	ExitOK          = 0
	ExitFailure     = 1   // it did not work
	ExitUsage       = 2   // the command line or a setting is wrong; nothing was done
	ExitPartial     = 3   // it worked, but some records were kept aside or some checks failed
	ExitInterrupted = 130 // stopped by Ctrl-C or SIGTERM before the end
)

// World is what a program gets from the system.
type World struct {
	Args           []string // without the program's name
	Environ        []string // KEY=value
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// exitError ends the program with a code. Its text may be empty.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// usage marks err as a mistake in the command line.
func usage(err error) error { return &exitError{ExitUsage, err} }

// Main runs the program and gives its exit code. Interrupts and SIGTERM end
// what runs gracefully; a second one ends it at once.
func Main(w World) (code int) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(w.Stderr, "broadsheet: internal fault: %v (please report it; BROADSHEET_LOG_LEVEL=debug shows where)\n", p)
			if envIsDebug(w.Environ) {
				w.Stderr.Write(debug.Stack())
			}
			code = ExitFailure
		}
	}()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() { // the second signal is the system's to handle
		<-ctx.Done()
		stop()
	}()
	return w.report(w.run(ctx))
}

// exited carries the code with which the parser wants to end, after help.
type exited int

func (w World) run(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			c, ok := p.(exited)
			if !ok {
				panic(p)
			}
			err = &exitError{code: int(c)}
		}
	}()
	g := newGrammar()
	parser, err := newParser(g, w)
	if err != nil {
		return err
	}
	if len(w.Args) == 0 {
		w.Args = []string{"--help"}
	}
	if w.Args[0] == "help" { // as other programs have it: help import
		w.Args = append(slices.Clone(w.Args[1:]), "--help")
	}
	parsed, err := parser.Parse(w.Args)
	if err != nil {
		return usage(parseError(err))
	}
	r := &run{World: w, ctx: ctx, grammar: g, parser: parser}
	return parsed.Run(r)
}

func newParser(g *grammar, w World) (*kong.Kong, error) {
	return kong.New(g,
		kong.Name("broadsheet"),
		kong.Description("The daily papers of any research community, run by that community."),
		kong.Vars{"version": versionText()},
		kong.Writers(w.Stdout, w.Stderr),
		kong.Exit(func(code int) { panic(exited(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, FlagsLast: true, WrapUpperBound: 110}),
		kong.NamedMapper("latest", latestMapper{}),
		kong.ExplicitGroups(groups),
		kong.UsageOnError())
}

// parseError puts the library's text in the house's form.
func parseError(err error) error {
	text := err.Error()
	var pe *kong.ParseError
	fix := "see `broadsheet --help`"
	if errors.As(err, &pe) && pe.Context != nil {
		if n := pe.Context.Selected(); n != nil {
			fix = "see `" + n.FullPath() + " --help`"
		}
	}
	return &broadsheet.Error{Kind: broadsheet.Invalid, Text: strings.TrimSuffix(text, "."), Fix: fix}
}

// report prints the error, if any, and gives its exit code.
func (w World) report(err error) int {
	if err == nil {
		return ExitOK
	}
	code := ExitFailure
	var ee *exitError
	switch {
	case errors.As(err, &ee):
		code = ee.code
	case errors.Is(err, context.Canceled):
		code = ExitInterrupted
	}
	if text := err.Error(); text != "" {
		// Parts of it may be what a server, a file or a database said.
		fmt.Fprintln(w.Stderr, "broadsheet: "+strings.TrimPrefix(shownLines(text), "broadsheet: "))
	}
	return code
}

func envIsDebug(environ []string) bool {
	for _, e := range environ {
		if e == "BROADSHEET_LOG_LEVEL=debug" {
			return true
		}
	}
	return false
}

// run is one run of a command.
type run struct {
	World
	ctx     context.Context
	grammar *grammar
	parser  *kong.Kong
	cfg     *config.Config
	logger  *slog.Logger
}

// config reads the settings, once.
func (r *run) config() (*config.Config, error) {
	if r.cfg != nil {
		return r.cfg, nil
	}
	c, err := config.Load(config.Input{
		Flags: r.grammar.given(), Environ: r.Environ, File: r.grammar.Config, Files: config.Files,
	})
	if err != nil {
		return nil, usage(err)
	}
	r.cfg = c
	return c, nil
}

// log is where the running program tells what happens; config was read before.
func (r *run) log() *slog.Logger {
	if r.logger == nil {
		r.logger = newLogger(r.Stderr, r.cfg.Log)
	}
	return r.logger
}

func newLogger(w io.Writer, c config.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		panic("cli: log level " + c.Level + " passed the checks")
	}
	opt := &slog.HandlerOptions{Level: level}
	if c.Format == "text" || c.Format == "auto" && isTerminal(w) {
		return slog.New(slog.NewTextHandler(w, opt))
	}
	return slog.New(slog.NewJSONHandler(w, opt))
}
