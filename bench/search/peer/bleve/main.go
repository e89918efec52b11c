// Command bleve measures blevesearch/bleve as a peer: title and abstract as
// one text with positions, its English analyzer, not stored. It is a module of
// its own, so that the program does not depend on it.
package main

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"broadsheet/bench/search/corpus"
	"broadsheet/bench/search/peer"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/search/query"
)

func main() { peer.Main(open) }

type engine struct {
	dir   string
	index bleve.Index
	batch *bleve.Batch
}

// batchSize is where building was fastest; smaller ones spend their time on
// merging.
const batchSize = 4000

func open(dir string) (peer.Engine, error) {
	text := bleve.NewTextFieldMapping()
	text.Analyzer = en.AnalyzerName
	text.Store, text.IncludeInAll, text.DocValues = false, false, false
	doc := bleve.NewDocumentStaticMapping()
	doc.AddFieldMappingsAt("text", text)
	mapping := bleve.NewIndexMapping()
	mapping.DefaultMapping = doc
	path := filepath.Join(dir, "bleve")
	index, err := bleve.NewUsing(path, mapping, scorch.Name, scorch.Name, map[string]any{"unsafe_batch": true})
	if err != nil {
		return nil, err
	}
	return &engine{dir: path, index: index, batch: index.NewBatch()}, nil
}

// Name is what it is.
func (e *engine) Name() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "github.com/blevesearch/bleve/v2" {
				return "bleve " + m.Version
			}
		}
	}
	return "bleve"
}

// Add adds a paper to the batch.
func (e *engine) Add(d peer.Doc) error {
	if err := e.batch.Index(d.ID, map[string]any{"text": d.Title + "\n" + d.Abstract}); err != nil {
		return err
	}
	if e.batch.Size() < batchSize {
		return nil
	}
	return e.flush()
}

func (e *engine) flush() error {
	err := e.index.Batch(e.batch)
	e.batch.Reset()
	return err
}

// Finish closes and opens, so that all of it is on disk and merged as it is
// when it serves.
func (e *engine) Finish() error {
	if err := e.flush(); err != nil {
		return err
	}
	if err := e.index.Close(); err != nil {
		return err
	}
	var err error
	e.index, err = bleve.Open(e.dir)
	return err
}

// Size is that of its folder.
func (e *engine) Size() (int64, error) {
	if _, err := os.Stat(e.dir); err != nil {
		return 0, err
	}
	return peer.Folder(e.dir)
}

// Ask asks for the best 20.
func (e *engine) Ask(q corpus.Query) (int, error) {
	text := strings.Join(q.Words, " ")
	var what query.Query
	switch q.Class {
	case corpus.ClassPhrase:
		phrase := bleve.NewMatchPhraseQuery(text)
		phrase.SetField("text")
		what = phrase
	default:
		match := bleve.NewMatchQuery(text)
		match.SetField("text")
		if q.Class == corpus.ClassAll {
			match.SetOperator(query.MatchQueryOperatorAnd)
		}
		what = match
	}
	found, err := e.index.Search(bleve.NewSearchRequestOptions(what, 20, 0, false))
	if err != nil {
		return 0, err
	}
	return len(found.Hits), nil
}
