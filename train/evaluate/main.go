// Command evaluate measures a model: nDCG@10 of plain BM25, of the model alone
// and of both together, on judged sets in BEIR's layout and on tasks from the
// papers of the snapshot that training never saw. Judged sets are reported,
// never tuned to: what is chosen is chosen by the tasks.
package main

import (
	"flag"
	"fmt"
	"os"

	"broadsheet/internal/embed/static"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "evaluate:", err)
		os.Exit(1)
	}
}

func run() error {
	path := flag.String("model", "", "a model file (default: the one that is built in)")
	sample := flag.String("sample", "", "the snapshot: measure tasks on its held-out papers")
	background := flag.Int("background", 25000, "papers besides the held-out ones to search among")
	foreign := flag.Bool("foreign", false, "ask about the categories that a model trained without them does not know")
	flag.Parse()
	m, err := model(*path)
	if err != nil {
		return err
	}
	fmt.Println("model", m.Name())
	if *sample != "" {
		sets, err := tasks(*sample, *background, *foreign)
		if err != nil {
			return err
		}
		report(m, sets)
	}
	var judged []set
	for _, dir := range flag.Args() {
		s, err := beir(dir)
		if err != nil {
			return fmt.Errorf("read %s: %w", dir, err)
		}
		judged = append(judged, s)
	}
	report(m, judged)
	return nil
}

func model(path string) (*static.Model, error) {
	if path == "" {
		return static.Load()
	}
	data, err := os.ReadFile(path) // #nosec G304 -- the operator names the file
	if err != nil {
		return nil, err
	}
	return static.Decode(data)
}
