// Package sample holds the edition that a new site shows before its first
// harvest: the 51 papers of one Daily Papers page, as facts and a TL;DR each.
//
// The form is JSON lines, one object a paper, in the page's order:
//
//	id            arXiv id without a version, a string
//	position      place on the page, from 1 without gaps
//	title         as the page prints it
//	organization  {"name": handle, "fullname": display name}
//	author_count  how many authors the page counts
//	published     YYYY-MM-DD; where the page prints no year, 2026
//	comments      how many comments; 0 where a dated entry prints no number
//	code          URL of the code repository
//	tldr          one or two sentences written for this file, 100 to 260 characters
//
// What the page does not give is absent, never guessed: three papers have no
// date and no counts, and those listed under an organization have no author
// count. A date is the one that the page prints even where the id suggests an
// earlier one (2505.21799, "Feb 4"). Abstracts are not here; they come with a
// harvest or an import.
package sample

import (
	"bytes"
	_ "embed"
	"io"
)

// Day is the day of the page, YYYY-MM-DD, on which all its papers are featured.
const Day = "2026-07-01"

//go:embed papers.jsonl
var papers []byte

// Open returns a reader at the start of the edition. Each call gives its own,
// so readers may be used side by side; there is nothing to close.
func Open() io.Reader { return bytes.NewReader(papers) }
