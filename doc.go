// Package broadsheet holds the words of the program: what a paper, a list, a
// day and an error are. It does no I/O and imports the standard library only;
// every other package speaks in these types.
//
// Ids are strings, never numbers. Times are UTC and the zero time means
// unknown. Three dates of a paper are kept apart: published at its source,
// announced there, and featured here on a day.
package broadsheet
