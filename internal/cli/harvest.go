package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/boot"
	"broadsheet/internal/config"
	"broadsheet/internal/harvest"

	"github.com/alecthomas/kong"
)

type harvestCmd struct {
	kong.Plugins
	Sources []string `arg:"" optional:"" name:"source" help:"arxiv-oai, arxiv-rss, arxiv-api or daily-papers; without, those of harvest.sources."`
	From    string   `help:"First day to fetch." placeholder:"2026-06-01"`
	To      string   `help:"Last day to fetch." placeholder:"2026-06-30"`
	Replay  bool     `help:"Try the records that harvests kept aside again, instead of asking the sources."`
	JSON    bool     `help:"Print JSON."`
}

func (harvestCmd) Help() string {
	return `Without days, each source goes on where its last harvest ended. With days, what lies between is fetched again, and an
interrupted fetch goes on when the same command is run again. It may run beside the server: all share the pace that sources allow.

Examples:

  broadsheet harvest
  broadsheet harvest arxiv-oai --from 2026-06-01 --to 2026-06-30
  broadsheet harvest daily-papers --from 2026-06-01
  broadsheet harvest --replay`
}

// Run harvests.
func (c *harvestCmd) Run(r *run) (err error) {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	opt, err := c.options()
	if err != nil {
		return err
	}
	if len(c.Sources) == 0 {
		c.Sources = cfg.Harvest.Sources
	}
	for _, name := range c.Sources {
		if err := knownSource(name); err != nil {
			return err
		}
	}
	s, err := r.open()
	if err != nil {
		return err
	}
	defer closing(s, &err)
	engine, network := boot.NewHarvester(s, cfg, boot.Options{Version: Version(), Log: r.log()})
	defer network.Close()
	if c.Replay {
		rep, err := engine.Replay(r.ctx)
		if err != nil {
			return err
		}
		rep.Source = "replay"
		return c.end(r, []harvested{{rep, nil}})
	}
	var all []harvested
	for _, name := range c.Sources {
		rep, err := c.one(r, engine, name, opt)
		all = append(all, harvested{rep, err})
		if r.interrupted() {
			break
		}
	}
	return c.end(r, all)
}

func (c *harvestCmd) options() (harvest.RunOptions, error) {
	var opt harvest.RunOptions
	for _, d := range []struct {
		flag, text string
		to         *broadsheet.Day
	}{{"--from", c.From, &opt.From}, {"--to", c.To, &opt.To}} {
		if d.text == "" {
			continue
		}
		day, err := broadsheet.ParseDay(d.text)
		if err != nil {
			return opt, usage(fmt.Errorf("%s: %w", d.flag, err))
		}
		*d.to = day
	}
	if opt.From != "" && opt.To != "" && opt.From > opt.To {
		return opt, usage(broadsheet.InvalidField("--from", c.From+" lies after "+c.To, "swap them"))
	}
	if latest := broadsheet.Day(time.Now().Add(farthestEast).UTC().Format(time.DateOnly)); opt.From > latest {
		return opt, usage(broadsheet.InvalidField("--from", c.From+" lies in the future", "name a day up to today"))
	}
	return opt, nil
}

// farthestEast is how much earlier than in UTC a day begins on earth.
const farthestEast = 14 * time.Hour

func knownSource(name string) error {
	for _, n := range harvest.Names() {
		if n == name {
			return nil
		}
	}
	fix := "there are arxiv-oai, arxiv-rss, arxiv-api and daily-papers"
	if near := config.Nearest(name, harvest.Names()); near != "" {
		fix = "did you mean " + near + "? " + fix
	}
	return usage(&broadsheet.Error{Kind: broadsheet.Invalid, Text: fmt.Sprintf("%q is no source", name), Fix: fix})
}

func (c *harvestCmd) one(r *run, engine *harvest.Harvester, name string, opt harvest.RunOptions) (harvest.Report, error) {
	bar := newProgress(r.Stderr, false)
	defer bar.end()
	opt.Progress = func(rep harvest.Report) {
		note := plural(rep.Inserted+rep.Updated+rep.Unchanged, "paper")
		if rep.Day != "" {
			note += ", " + string(rep.Day)
		}
		bar.show(name, note, int64(rep.Pages), 0)
	}
	rep, err := engine.Run(r.ctx, name, opt)
	if err == nil {
		return rep, nil
	}
	return rep, alone{err}
}

// alone is an error of a harvest by hand, where nothing serves meanwhile.
type alone struct{ error }

// Error leaves out what the server would do.
func (e alone) Error() string { return strings.TrimSuffix(e.error.Error(), "; serving what is here") }

// Unwrap gives the error of the harvest.
func (e alone) Unwrap() error { return e.error }

// harvested is what came of a source.
type harvested struct {
	rep harvest.Report
	err error
}

// end prints what came of it and says it in the exit code.
func (c *harvestCmd) end(r *run, all []harvested) error {
	if err := c.print(r, all); err != nil {
		return err
	}
	if r.interrupted() {
		return &exitError{ExitInterrupted, errors.New("interrupted; what came in is safe (run the same command again to go on)")}
	}
	failed, rejected := 0, 0
	for _, h := range all {
		rejected += h.rep.Rejected
		if h.err != nil {
			failed++
		}
	}
	switch {
	case failed == len(all) && len(all) == 1:
		return all[0].err
	case failed > 0:
		return fmt.Errorf("%d of %s failed", failed, plural(len(all), "source"))
	case rejected > 0:
		return &exitError{ExitPartial, fmt.Errorf("%s kept aside (see `broadsheet status --rejects`)", plural(rejected, "record"))}
	}
	return nil
}

func (c *harvestCmd) print(r *run, all []harvested) error {
	type row struct {
		Source    string         `json:"source"`
		Pages     int            `json:"pages"`
		Inserted  int            `json:"inserted"`
		Updated   int            `json:"updated"`
		Unchanged int            `json:"unchanged"`
		Rejected  int            `json:"rejected"`
		Withdrawn int            `json:"withdrawn"`
		Day       broadsheet.Day `json:"day,omitempty"`
		Note      string         `json:"note,omitempty"`
		Error     string         `json:"error,omitempty"`
		Seconds   float64        `json:"seconds"`
	}
	rows := []row{}
	t := table{head: []string{"SOURCE", "NEW", "CHANGED", "UNCHANGED", "KEPT ASIDE", "TIME", "NOTE"}, flex: 6,
		right: map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true}}
	for _, h := range all {
		rep, note, problem := h.rep, h.rep.Note, ""
		if h.err != nil {
			problem = h.err.Error()
			note = problem
		}
		rows = append(rows, row{rep.Source, rep.Pages, rep.Inserted, rep.Updated, rep.Unchanged, rep.Rejected, rep.Withdrawn, rep.Day,
			rep.Note, problem, rep.Took.Seconds()})
		t.add(rep.Source, count(rep.Inserted), count(rep.Updated), count(rep.Unchanged), count(rep.Rejected),
			rep.Took.Round(100*time.Millisecond).String(), note)
	}
	if c.JSON {
		return printJSON(r.Stdout, rows)
	}
	t.write(r.Stdout, width(r.Stdout))
	return nil
}
