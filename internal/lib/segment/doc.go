// Package segment keeps documents as immutable, memory-mapped files that can be
// searched: a dictionary of terms, posting lists with positions and block maxima,
// columns, facets, keys, and vectors. It knows terms, fields and numbers; what
// they mean is the caller's business. FORMAT.md has the layout byte by byte.
//
// # Writing
//
// A [Builder] takes documents one after another ([Builder.Begin], then terms,
// tags, columns, ordinals, a vector) and [Builder.WriteFile] makes a segment of
// them. [Merge] makes one segment of several and leaves out what was deleted. A
// file appears under its name complete and on the disk, or not at all: it is
// written beside it with the suffix [TempSuffix], synced, renamed, and its folder
// synced. What a killed program leaves has that suffix and may be removed.
//
// The same documents in the same order give the same bytes, and a merge gives
// the bytes that building its live documents in that order gives.
//
// # Reading
//
// [Open] checks the header, the footer and the table of contents, and nothing
// else, so that it takes the same time whatever the size. Every other byte
// belongs to a chunk of 64 KiB with a CRC-32C of its own, which is checked when
// the chunk is first read and remembered in a bitmap; after that the check costs
// one atomic load. Vectors are not read from the map but from the file, each with
// a checksum of its own. [Reader.Verify] checks all. Nothing that the file says is
// trusted beyond its checksum either: lengths, offsets and document numbers are
// compared with what they must fit.
//
// Damage is an error that matches [ErrCorrupt], from the call that met it or, for
// cursors, from Err once they say that they are at their end. [Reader.Err] keeps
// the first such error of a reader, so that one look after a query is enough.
//
// A Reader may be used by several goroutines; a [Postings], a [TermIter], a [Row]
// and a Builder by one at a time. What a Reader gives (slices of columns, codes,
// blocks) is a view of the map: read it only, and not after Close.
package segment
