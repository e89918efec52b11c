package static

import (
	_ "embed" // the table
	"sync"
)

//go:embed model.bin
var builtin []byte

// Load gives the built-in model. The first call checks the table and builds
// the word index; later ones give the same Model.
var Load = sync.OnceValues(func() (*Model, error) { return Decode(builtin) })
