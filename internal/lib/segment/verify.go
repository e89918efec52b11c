package segment

import "context"

// Verify checks every byte against its checksum, then every structure that it can
// walk. progress, where not nil, is told how many of the file's bytes are done.
func (r *Reader) Verify(ctx context.Context, progress func(done, total int64)) error {
	panic("not yet")
}
