// Command prepare learns the vocabulary of the built-in model from a snapshot
// of arXiv metadata and writes what train.py reads: numbers only, so that the
// program and the training read texts by the same code. With -assemble it puts
// the rows that training made and the vocabulary together into a model file.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"broadsheet/internal/embed/static"
	"broadsheet/train/corpus"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "prepare:", err)
		os.Exit(1)
	}
}

func run() error {
	sample := flag.String("sample", "", "the snapshot, arxiv-*.jsonl.zst")
	dir := flag.String("dir", ".train", "the folder for what train.py reads")
	words := flag.Int("words", 40000, "rows for words")
	parts := flag.Int("parts", 5000, "rows for parts of words")
	phrases := flag.Int("phrases", 14500, "rows for phrases")
	assemble := flag.String("assemble", "", "rows made by train.py: write a model from them and DIR/vocab.bin")
	out := flag.String("o", "model.bin", "the model file to write")
	name := flag.String("name", "builtin-1", "the model's name")
	limit := flag.Int("cap", 2, "how often a piece counts in a text")
	tables := flag.String("blend", "", "rows made by train.py from one seed, with commas between: write their mean to -o")
	flag.Parse()
	if *tables != "" {
		return blend(*tables, *out)
	}
	if *assemble != "" {
		return writeModel(*assemble, filepath.Join(*dir, "vocab.bin"), *out, *name, *limit)
	}
	papers, err := corpus.Read(*sample)
	if err != nil {
		return fmt.Errorf("read sample: %w", err)
	}
	fmt.Println(len(papers), "papers")
	v := learn(papers, *words, *parts)
	if err := v.learnPhrases(papers, *phrases); err != nil {
		return err
	}
	data, err := static.Encode(v.contents(*name))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(*dir, "vocab.bin"), data, 0o600); err != nil {
		return err
	}
	m, err := static.Decode(data)
	if err != nil {
		return err
	}
	return export(*dir, papers, v, m)
}
