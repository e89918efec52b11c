// Package embed turns texts into vectors that lie close together where the
// texts mean the same, and keeps the vectors of papers that a model elsewhere
// made.
//
// A Model is a vector space with a name. Vectors of different names must never
// be compared, so a name holds everything that shapes the space of documents:
// where the model is, which it is, how its vectors were made 256 long.
// embed/static is the model that comes with the program: it is fast enough to
// be asked whenever a vector is needed, and nothing keeps its vectors.
// embed/remote asks a service; what it gives for papers costs time and often
// money, so a Worker asks it once a text and keeps the answers in the store.
//
// The hand-over to a new remote model: the Worker fills the store with the new
// model's vectors while the index goes on with the old model. When every paper
// has one, the model is ready (see Ready), and the index is rebuilt with it
// beside the old one. From then on each vector that is stored comes with a
// change row of kind broadsheet.ChangeVectors, so that the index takes it in.
// A model that nobody has used for a while loses its vectors.
package embed

import (
	"context"

	"broadsheet"
)

// Dim is how many numbers a vector has.
const Dim = 256

// Kind says what a text is: some models treat questions otherwise than what is
// to be found.
type Kind int

// Kinds of texts.
const (
	Query    Kind = iota // what somebody typed; the answer must come soon or not at all
	Document             // what is to be found
)

// Model gives vectors of Dim numbers and length 1. It is safe for concurrent
// use.
type Model interface {
	// Name is the identity of the vector space, such as "builtin-1".
	Name() string
	// Embed gives a vector for each text, in order; nil for a text in which the
	// model knows nothing. The error is a broadsheet.Error of kind Unavailable
	// where the model cannot be asked now: search then goes by words alone.
	Embed(ctx context.Context, kind Kind, texts []string) ([][]float32, error)
}

// Text is what of a paper is embedded as a Document.
func Text(p *broadsheet.Paper) string {
	if p.Abstract == "" {
		return p.Title
	}
	return p.Title + "\n" + p.Abstract
}

// Kept is a model that a Worker asks for the vectors of papers, which are then
// in the store: asking costs time or money.
type Kept interface {
	Model
	// Spent is how many tokens documents have cost since the program began.
	Spent() int64
}
