package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"broadsheet"
	"broadsheet/internal/boot/trial"
	"broadsheet/internal/judge"
)

// modeReference is plain BM25, see judge.Reference.
const modeReference = "reference"

// evalModes are all modes, in the order in which they are shown.
var evalModes = []string{modeReference, string(broadsheet.ModeLexical), string(broadsheet.ModeSemantic), string(broadsheet.ModeHybrid)}

type evalCmd struct {
	Dirs      []string `arg:"" name:"dir" help:"Folders of judged sets, or folders of such folders."`
	Split     string   `help:"Judge by qrels/NAME.tsv alone; without it by every file of qrels/." placeholder:"NAME"`
	Mode      []string `help:"Only these of reference, lexical, semantic, hybrid." placeholder:"MODE"`
	RunFiles  []string `name:"run" help:"Judge a TREC run instead of searching; may be given several times." placeholder:"FILE"`
	WriteRuns string   `name:"write-runs" help:"Write what was found as TREC runs, DIR/SET.MODE.run." placeholder:"DIR"`
	JSON      bool     `help:"Print JSON, an object for each set and mode."`
}

func (evalCmd) Help() string {
	return `A set is a folder in BEIR's layout: corpus.jsonl, queries.jsonl and qrels/*.tsv (or TREC qrels). Its documents are indexed
in a temporary folder, and every judged query is asked as plain words: by word (lexical), by meaning (semantic) and both (hybrid), without
what a site adds for date and votes. Reference is plain BM25 (k1 0.9, b 0.4) over title and text as one field.

Measures are those of trec_eval: a query counts when it has a relevant document (score 1 or more), found or not; nDCG@10 has the score as
gain; MAP and MRR go over the first 1,000 found. Gain is that of nDCG@10 over the reference, over several sets the mean of their gains. P
is the chance of so great a difference, up or down, between two that are alike, by paired randomisation over the queries.

With --json a row has gain and p against the reference, as parts of one (0.1 is a tenth better), and gainOverLexical and pOverLexical
against the site's own search by word: what meaning adds to it. A row is not compared with itself, and rows of runs only with the first.

Examples:

  broadsheet eval judged/cisi
  broadsheet eval --json judged
  broadsheet eval --mode hybrid,reference --split test scifact
  broadsheet eval --run bm25.run --run dense.run scifact`
}

// Run judges.
func (c *evalCmd) Run(r *run) error {
	dirs, err := c.check()
	if err != nil {
		return err
	}
	var all []judge.Result
	for _, dir := range dirs {
		results, err := c.one(r, dir)
		if r.interrupted() {
			return &exitError{ExitInterrupted, errors.New("interrupted")}
		}
		if err != nil {
			if broadsheet.KindOf(err) == broadsheet.Invalid {
				return usage(err)
			}
			return err
		}
		all = append(all, results...)
	}
	means := []judge.Result(nil)
	if len(dirs) > 1 {
		means = judge.Means(all)
	}
	if c.JSON {
		return printJSON(r.Stdout, evalJSON(all, means))
	}
	evalTable(r, all, means)
	return nil
}

// check finds the sets and refuses what cannot be, before anything is done.
func (c *evalCmd) check() (dirs []string, err error) {
	for _, m := range c.Mode {
		if !slices.Contains(evalModes, m) {
			return nil, usage(broadsheet.InvalidField("--mode", fmt.Sprintf("there is no mode %q", m), "use "+strings.Join(evalModes, ", ")))
		}
	}
	if len(c.RunFiles) > 0 && (len(c.Mode) > 0 || c.WriteRuns != "") {
		return nil, usage(broadsheet.InvalidField("--run", "a run is judged as it is", "leave out --mode and --write-runs"))
	}
	for _, d := range c.Dirs {
		found, err := judge.Find(d)
		if err != nil {
			return nil, usage(err)
		}
		dirs = append(dirs, found...)
	}
	if len(c.RunFiles) > 0 && len(dirs) > 1 {
		return nil, usage(broadsheet.InvalidField("--run", fmt.Sprintf("a run belongs to one set, and %d are named", len(dirs)), "name the folder of its set"))
	}
	if c.WriteRuns != "" {
		if err := os.MkdirAll(c.WriteRuns, 0o750); err != nil {
			return nil, fmt.Errorf("write runs: %w", err)
		}
	}
	return dirs, nil
}

// one judges one set.
func (c *evalCmd) one(r *run, dir string) ([]judge.Result, error) {
	set, err := judge.Read(dir, c.Split)
	if err != nil {
		return nil, err
	}
	for _, n := range set.Notes {
		fmt.Fprintf(r.Stderr, "%s: %s\n", printable(dir), printable(n))
	}
	var runs []*judge.Run
	if len(c.RunFiles) > 0 {
		runs, err = c.read(r, set)
	} else {
		runs, err = c.search(r, set)
	}
	if err != nil {
		return nil, err
	}
	var judged []judge.Judged
	for _, run := range runs {
		judged = append(judged, judge.Judged{Run: run, Scores: judge.Measure(run, set)})
	}
	if c.WriteRuns != "" {
		if err := c.write(set, runs); err != nil {
			return nil, err
		}
	}
	yardsticks := []string{modeReference, string(broadsheet.ModeLexical)}
	if len(c.RunFiles) > 0 {
		yardsticks = []string{runs[0].Name}
	}
	return judge.Results(set, judged, yardsticks...), nil
}

// read reads the runs named; they go by the names of their files, which tell
// them apart better than what is written in them.
func (c *evalCmd) read(r *run, set *judge.Set) (runs []*judge.Run, err error) {
	for _, path := range c.RunFiles {
		run, err := judge.ReadRun(path)
		if err != nil {
			return nil, err
		}
		for _, n := range run.Fit(set) {
			fmt.Fprintf(r.Stderr, "%s: %s\n", printable(path), n)
		}
		run.Name = strings.TrimSuffix(filepath.Base(path), ".run")
		runs = append(runs, run)
	}
	return runs, nil
}

func (c *evalCmd) write(set *judge.Set, runs []*judge.Run) error {
	for _, run := range runs {
		path := filepath.Join(c.WriteRuns, set.Name+"."+run.Name+".run")
		if err := replaceFile(path, func(w io.Writer) error { return run.Write(w, set) }); err != nil {
			return err
		}
	}
	return nil
}

// search asks the modes, over an index of the set's documents.
func (c *evalCmd) search(r *run, set *judge.Set) (runs []*judge.Run, err error) {
	bar := newProgress(r.Stderr, false)
	defer bar.end()
	wanted := func(mode string) bool { return len(c.Mode) == 0 || slices.Contains(c.Mode, mode) }
	ask := func(mode string, s judge.Searcher) error {
		run, err := judge.Search(r.ctx, mode, s, set, func(done, of int) {
			bar.show(set.Name+" "+mode, count(done)+" queries", int64(done), int64(of))
		})
		runs = append(runs, run)
		return err
	}
	if wanted(modeReference) {
		if err := ask(modeReference, judge.NewReference(set.Docs, trial.Terms())); err != nil {
			return nil, err
		}
		if len(c.Mode) == 1 {
			return runs, nil
		}
	}
	t, closed, err := evalIndex(r.ctx, set, func(done int64) {
		bar.show(set.Name+" index", plural(done, "document"), done, int64(len(set.Docs)))
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, closed()) }()
	for _, mode := range evalModes[1:] {
		switch {
		case !wanted(mode):
		case mode != string(broadsheet.ModeLexical) && !t.HasModel():
			fmt.Fprintf(r.Stderr, "%s: %s is left out: this program has no model of meaning\n", set.Name, mode)
		default:
			if err := ask(mode, t.Searcher(broadsheet.Mode(mode))); err != nil {
				return nil, err
			}
		}
	}
	return runs, nil
}

// evalIndex indexes a set's documents in a temporary folder, which closed removes.
func evalIndex(ctx context.Context, set *judge.Set, progress func(int64)) (t *trial.Trial, closed func() error, err error) {
	dir, err := os.MkdirTemp("", "broadsheet-eval-")
	if err != nil {
		return nil, nil, err
	}
	remove := func() error { return os.RemoveAll(dir) }
	if t, err = trial.Open(dir); err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	closed = func() error { return errors.Join(t.Close(), remove()) }
	if err := t.Fill(ctx, trial.NewDocs(set.Docs), 0, progress); err != nil {
		return nil, nil, errors.Join(err, closed())
	}
	return t, closed, nil
}
