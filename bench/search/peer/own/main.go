// Command own measures Broadsheet's own search as the peers are, by words, so
// that a table of engines comes from one protocol.
package main

import (
	"context"
	"path/filepath"

	"broadsheet"
	"broadsheet/bench/search/corpus"
	"broadsheet/bench/search/peer"
	"broadsheet/internal/boot/trial"
	"broadsheet/internal/judge"
)

func main() {
	peer.Main(func(dir string) (peer.Engine, error) {
		path := filepath.Join(dir, "index")
		t, err := trial.Open(path)
		return &engine{dir: path, trial: t}, err
	})
}

type engine struct {
	dir   string
	trial *trial.Trial
	docs  []judge.Doc
}

// Name is what it is.
func (e *engine) Name() string {
	if e.trial.HasModel() {
		return "Broadsheet, with vectors"
	}
	return "Broadsheet, words only"
}

// Add keeps a paper until all are there: the index takes them from a feed.
func (e *engine) Add(d peer.Doc) error {
	e.docs = append(e.docs, judge.Doc{ID: d.ID, Title: d.Title, Text: d.Abstract})
	return nil
}

// Finish indexes.
func (e *engine) Finish() error {
	err := e.trial.Fill(context.Background(), trial.NewDocs(e.docs), 0, nil)
	e.docs = nil
	return err
}

// Size is that of its folder.
func (e *engine) Size() (int64, error) { return peer.Folder(e.dir) }

// Ask searches by words.
func (e *engine) Ask(q corpus.Query) (int, error) {
	r, err := e.trial.Engine.Search(context.Background(), q.Broadsheet(broadsheet.ModeLexical))
	if err != nil {
		return 0, err
	}
	return len(r.Hits), nil
}
