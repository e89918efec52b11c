package cli

import (
	"context"
	"fmt"
	"time"

	"broadsheet"
	"broadsheet/internal/boot"
	"broadsheet/internal/search"
	"broadsheet/internal/search/index"
	"broadsheet/internal/store"
)

type indexCmd struct {
	Status  indexStatusCmd  `cmd:"" help:"Show what the search index holds and how far behind it is."`
	Verify  indexVerifyCmd  `cmd:"" help:"Read the whole search index and check it."`
	Rebuild indexRebuildCmd `cmd:"" help:"Build the search index anew."`
}

func (indexCmd) Help() string {
	return `The index is made of the database and kept abreast by ` + "`broadsheet serve`" + `; it may be removed at any time and is then built anew.

Examples:

  broadsheet index status
  broadsheet index verify
  broadsheet index rebuild`
}

type indexStatusCmd struct {
	JSON bool `help:"Print JSON."`
}

func (indexStatusCmd) Help() string {
	return `The exit code is 3 where damage is known: a file is missing, cut short or was set aside. ` + "`broadsheet index verify`" + ` also finds
what only reading every byte shows.

Examples:

  broadsheet index status
  broadsheet index status --json`
}

type indexReport struct {
	Path          string                `json:"path"`
	Open          bool                  `json:"open"` // by a running program
	Generation    int                   `json:"generation"`
	Complete      bool                  `json:"complete"`
	Papers        int                   `json:"papers"`
	Dead          int                   `json:"dead"` // replaced or deleted, and not merged away yet
	Bytes         int64                 `json:"bytes"`
	BytesPerPaper float64               `json:"bytesPerPaper"`
	Cursor        string                `json:"cursor"`
	Behind        int64                 `json:"behind"` // changes; -1: of another database
	Model         string                `json:"model"`
	Analyzer      string                `json:"analyzer"`
	Outdated      string                `json:"outdated,omitempty"` // why it will be rebuilt
	Segments      []index.SegmentReport `json:"segments"`
	Damaged       []index.Problem       `json:"damaged"`
	Rebuild       *indexRebuilding      `json:"rebuild,omitempty"`
	Requested     bool                  `json:"rebuildRequested"`
}

type indexRebuilding struct {
	Generation int   `json:"generation"`
	Papers     int   `json:"papers"`
	Behind     int64 `json:"behind"`
}

// Run shows the index.
func (c *indexStatusCmd) Run(r *run) (err error) {
	s, err := r.openReadOnly()
	if err != nil {
		return err
	}
	defer closing(s, &err)
	rep, err := gatherIndex(r, s)
	if err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(r.Stdout, rep)
	} else {
		c.print(r, rep)
	}
	if err == nil && len(rep.Damaged) > 0 {
		err = damaged(len(rep.Damaged), rep.mending())
	}
	return err
}

// damaged is how a command ends that found n things damaged.
func damaged(n int, fix string) error {
	return &exitError{ExitPartial, &broadsheet.Error{Kind: broadsheet.Conflict, Field: "index", Text: plural(n, "thing") + " damaged", Fix: fix}}
}

// mending says what is being done about damage, or what to do.
func (rep *indexReport) mending() string {
	switch {
	case rep.Rebuild != nil && rep.Open:
		return "the running site is rebuilding it"
	case rep.Open:
		return "the running site rebuilds it by itself"
	}
	return "run `broadsheet index rebuild`, or start the site, which does so by itself"
}

func gatherIndex(r *run, s *store.Store) (*indexReport, error) {
	dir := boot.IndexDir(r.cfg)
	x, err := index.Inspect(dir)
	if err != nil {
		return nil, err
	}
	rep := &indexReport{Path: dir, Open: x.Open, Generation: x.Generation, Complete: x.Complete, Papers: x.Docs - x.Dead, Dead: x.Dead, Bytes: x.Bytes,
		Cursor: x.Cursor, Model: x.Setup.Model, Analyzer: x.Setup.Analyzer, Segments: x.Segments, Damaged: x.Problems, Requested: x.Requested}
	if rep.Papers > 0 {
		rep.BytesPerPaper = float64(x.Bytes) / float64(rep.Papers)
	}
	for _, d := range x.Damaged {
		rep.Damaged = append(rep.Damaged, index.Problem{File: d.File, Reason: d.Reason})
	}
	if rep.Damaged == nil {
		rep.Damaged = []index.Problem{}
	}
	if rep.Analyzer != search.DocumentVersion && rep.Analyzer != "" {
		rep.Outdated = "made by another version of the program"
	}
	if rep.Behind, err = s.Lag(r.ctx, x.Cursor); err != nil {
		return nil, err
	}
	if n := x.Next; n != nil {
		rep.Rebuild = &indexRebuilding{Generation: n.Generation, Papers: n.Live}
		rep.Rebuild.Behind, err = s.Lag(r.ctx, n.Cursor)
	}
	return rep, err
}

func (c *indexStatusCmd) print(r *run, rep *indexReport) {
	w := r.Stdout
	use := "not in use"
	if rep.Open {
		use = "in use"
	}
	model := rep.Model
	if model == "" {
		model = "none"
	}
	fmt.Fprintf(w, "index       %s (generation %d, %s)\n", printable(rep.Path), rep.Generation, use)
	fmt.Fprintf(w, "papers      %s, and %s replaced or deleted that merging removes\n", count(rep.Papers), count(rep.Dead))
	fmt.Fprintf(w, "size        %s in %s, %.0f bytes a paper\n", bytesText(rep.Bytes), plural(len(rep.Segments), "segment"), rep.BytesPerPaper)
	fmt.Fprintf(w, "model       %s, analyzer %s\n", printable(model), printable(rep.Analyzer))
	behind := plural(rep.Behind, "change")
	if rep.Behind < 0 {
		behind = "it is of another database, or of a newer copy; the next `broadsheet serve` builds it anew"
	}
	fmt.Fprintf(w, "behind      %s\n", behind)
	switch n := rep.Rebuild; {
	case n != nil:
		fmt.Fprintf(w, "rebuild     generation %d has %s, %s to go\n", n.Generation, plural(n.Papers, "paper"), plural(n.Behind, "change"))
	case rep.Requested:
		fmt.Fprintln(w, "rebuild     asked for")
	case rep.Outdated != "":
		fmt.Fprintf(w, "rebuild     due: %s\n", rep.Outdated)
	}
	if len(rep.Damaged) == 0 {
		fmt.Fprintln(w, "damage      none known")
	}
	for _, d := range rep.Damaged {
		fmt.Fprintf(w, "damage      %s: %s\n", printable(d.File), printable(d.Reason))
	}
	if len(rep.Segments) == 0 {
		return
	}
	fmt.Fprintln(w)
	t := table{head: []string{"SEGMENT", "PAPERS", "DEAD", "SIZE"}, right: map[int]bool{1: true, 2: true, 3: true}}
	for _, s := range rep.Segments {
		t.add(s.File, count(s.Docs), count(s.Dead), bytesText(s.Bytes))
	}
	t.write(w, width(w))
}

type indexVerifyCmd struct {
	JSON bool `help:"Print JSON."`
}

func (indexVerifyCmd) Help() string {
	return `Every byte is read and compared with its checksum, also while the site runs. What is damaged is named with its section, and the
exit code is 3 then. A running site notices damage by itself and rebuilds; ` + "`broadsheet index rebuild`" + ` does so too.

Examples:

  broadsheet index verify
  broadsheet index verify --json`
}

// Run checks the index.
func (c *indexVerifyCmd) Run(r *run) error {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	dir := boot.IndexDir(cfg)
	bar := newProgress(r.Stderr, true)
	problems, err := index.Verify(r.ctx, dir, func(done, total int64) { bar.show("verify", "", done, total) })
	bar.end()
	if err != nil {
		return err
	}
	if c.JSON {
		if problems == nil {
			problems = []index.Problem{}
		}
		if err := printJSON(r.Stdout, map[string]any{"path": dir, "problems": problems}); err != nil {
			return err
		}
	} else {
		for _, p := range problems {
			fmt.Fprintf(r.Stdout, "%s: %s\n", printable(p.File), printable(p.Reason))
		}
		if len(problems) == 0 {
			fmt.Fprintf(r.Stdout, "%s is sound\n", printable(dir))
		}
	}
	if len(problems) > 0 {
		return damaged(len(problems), "run `broadsheet index rebuild`")
	}
	return nil
}

type indexRebuildCmd struct {
	JSON bool `help:"Print JSON."`
}

func (indexRebuildCmd) Help() string {
	return `The new index is built beside the one that is searched and then takes its place. A rebuild that was interrupted goes on when the
command is run again. While the site runs, the command leaves the site a request and ends; the site rebuilds beside its other work,
and ` + "`broadsheet index status`" + ` shows how far it is.

Examples:

  broadsheet index rebuild
  broadsheet index rebuild --data-dir /var/lib/broadsheet`
}

// Run rebuilds the index.
func (c *indexRebuildCmd) Run(r *run) (err error) {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	if path, ok := sqlitePath(cfg.Database); ok && !exists(path) {
		return &broadsheet.Error{Kind: broadsheet.NotFound, Field: "database", Text: "there is none at " + path, Fix: "import papers first, or name the folder with --data-dir"}
	}
	s, err := r.open()
	if err != nil {
		return err
	}
	defer closing(s, &err)
	o := boot.Options{Version: Version(), Log: r.log()}
	elsewhere := boot.NewElsewhere(s, r.cfg, o, nil)
	defer elsewhere.Close()
	models, err := boot.NewModels(elsewhere)
	if err != nil {
		return err
	}
	x, err := boot.OpenIndex(r.ctx, s, r.cfg, models, o, nil)
	if broadsheet.KindOf(err) == broadsheet.Conflict {
		return c.request(r)
	}
	if err != nil {
		return err
	}
	begin := time.Now()
	err = c.rebuild(r, boot.NewIndexer(x, s, models, rebuildMemory, o), x)
	st := x.Stats()
	if cerr := x.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	took := time.Since(begin)
	if c.JSON {
		return printJSON(r.Stdout, map[string]any{"generation": st.Generation, "papers": st.Live, "bytes": st.Bytes, "seconds": took.Seconds()})
	}
	_, err = fmt.Fprintf(r.Stdout, "rebuilt: %s, %s, in %s\n", plural(st.Live, "paper"), bytesText(st.Bytes), took.Round(time.Millisecond))
	return err
}

// rebuildMemory is for documents that are not written yet; the command has the
// machine's memory for itself.
const rebuildMemory = 128 << 20

// rebuild builds, and merges meanwhile and at the end.
func (c *indexRebuildCmd) rebuild(r *run, in *search.Indexer, x *index.Index) error {
	bar := newProgress(r.Stderr, false)
	defer bar.end()
	in.Progress = func(p search.Progress) {
		total := p.Papers + p.Waiting
		if p.Waiting < 0 {
			total = 0
		}
		bar.show("index", plural(p.Papers, "paper"), p.Papers, total)
	}
	ctx, stop := context.WithCancel(r.ctx)
	merged := make(chan struct{})
	go func() {
		defer close(merged)
		x.Run(ctx)
	}()
	err := in.Rebuild(ctx)
	stop()
	<-merged
	if err != nil {
		return err
	}
	bar.show("index", "merging", 0, 0)
	return x.Maintain(r.ctx)
}

// request leaves the running site a request.
func (c *indexRebuildCmd) request(r *run) error {
	dir := boot.IndexDir(r.cfg)
	if err := index.Request(dir, "broadsheet index rebuild"); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(r.Stdout, map[string]any{"requested": true})
	}
	_, err := fmt.Fprintln(r.Stdout, "the running site has the index open and was asked to rebuild it; `broadsheet index status` shows how far it is")
	return err
}
