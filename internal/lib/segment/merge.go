package segment

import "context"

// Part is a segment to be merged. Live has a bit for each document, the first
// one lowest; nil means that all live.
type Part struct {
	Reader *Reader
	Live   []uint64
}

// Merge writes the live documents of the parts, in their order, as one segment.
// Vectors of another model than o.Model are left out.
func Merge(ctx context.Context, path string, parts []Part, o Options) (Info, error) {
	panic("not yet")
}
