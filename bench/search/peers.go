package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"broadsheet/bench/search/corpus"
	"broadsheet/bench/search/peer"
)

// builds are the commands that make a peer's program, run in bench/search/peer;
// %s is where it goes.
var builds = map[string][]string{
	"fts5":     {"c++", "-O2", "-std=c++17", "cxx/fts5.cc", "-o", "%s", "-lsqlite3"},
	"xapian":   {"c++", "-O2", "-std=c++17", "cxx/xapian.cc", "-o", "%s", "-lxapian"},
	"bleve":    {"go", "build", "-C", "bleve", "-o", "%s", "."},
	"postgres": {"go", "build", "-o", "%s", "./postgres"},
	"own":      {"go", "build", "-o", "%s", "./own"},
}

// needs are what is missing where a peer does not build or run.
var needs = map[string]string{
	"fts5": "libsqlite3-dev and g++", "xapian": "libxapian-dev and g++", "bleve": "its Go module",
	"postgres": "a server in BROADSHEET_TEST_POSTGRES", "own": "nothing",
}

// measurePeers prints a table of engines at one size.
func measurePeers(ctx context.Context, o options, c *corpus.Corpus) error {
	queries, err := writeQueries(o, c)
	if err != nil {
		return err
	}
	var answers []peer.Answer
	var left []string
	for _, name := range strings.Split(o.peers, ",") {
		say("%s with %d papers", name, c.Papers)
		a, err := callPeer(ctx, o, c, name, queries)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			left = append(left, fmt.Sprintf("%s is left out (it needs %s): %v", name, needs[name], err))
			say("%s", left[len(left)-1])
			continue
		}
		answers = append(answers, a)
	}
	fmt.Printf("\nOthers with the same %d papers and queries, one thread, best 20; milliseconds, median and p99. Queries that did not\n", c.Papers)
	fmt.Printf("fit into %g s a class are left out.\n\n", o.seconds)
	printPeers(answers)
	for _, l := range left {
		fmt.Println("\n" + l)
	}
	return nil
}

func printPeers(answers []peer.Answer) {
	head, rule := []string{"engine", "papers/s", "bytes a paper"}, []string{"---", "---:", "---:"}
	for _, class := range corpus.Classes {
		if class != corpus.ClassFilter {
			head, rule = append(head, string(class)), append(rule, "---:")
		}
	}
	row(head...)
	fmt.Println("|" + strings.Join(rule, "|") + "|")
	for _, a := range answers {
		cells := []string{a.Name, fmt.Sprintf("%.0f", float64(a.Papers)/a.BuildSeconds), fmt.Sprintf("%.0f", float64(a.Bytes)/float64(a.Papers))}
		for _, class := range corpus.Classes {
			if us := a.Runs[string(class)]; class != corpus.ClassFilter {
				cells = append(cells, spread(us))
			}
		}
		row(cells...)
	}
	for _, a := range answers {
		if a.Note != "" {
			fmt.Printf("\n%s: %s.\n", a.Name, a.Note)
		}
	}
}

// callPeer builds a peer, gives it papers and queries, and removes its index.
func callPeer(ctx context.Context, o options, c *corpus.Corpus, name, queries string) (a peer.Answer, err error) {
	build, ok := builds[name]
	if !ok {
		return a, fmt.Errorf("no such peer")
	}
	program := filepath.Join(o.dir, "peer-"+name)
	args := make([]string, len(build))
	for i, arg := range build {
		args[i] = strings.ReplaceAll(arg, "%s", program)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = "bench/search/peer"
	if out, err := cmd.CombinedOutput(); err != nil {
		return a, fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, firstLine(out))
	}
	dir := filepath.Join(o.dir, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return a, err
	}
	defer os.RemoveAll(dir)
	cmd = exec.CommandContext(ctx, program, dir, queries, fmt.Sprint(o.seconds))
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	in, err := cmd.StdinPipe()
	if err != nil {
		return a, err
	}
	if err := cmd.Start(); err != nil {
		return a, err
	}
	wrote := feed(in, c)
	if err := cmd.Wait(); err != nil {
		return a, fmt.Errorf("%w: %s", err, firstLine(errs.Bytes()))
	}
	if wrote != nil {
		return a, wrote
	}
	return a, json.Unmarshal(out.Bytes(), &a)
}

// feed writes the papers while the peer builds: making them takes a tenth of
// the time that the fastest needs to index them, alike for all.
func feed(w io.WriteCloser, c *corpus.Corpus) error {
	err := peer.WritePapers(w, c, c.Papers)
	if cerr := w.Close(); err == nil {
		err = cerr
	}
	return err
}

func firstLine(b []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(b)), "\n")
	return line
}
