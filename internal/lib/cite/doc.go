// Package cite writes papers for reference managers and typesetters: BibTeX, RIS and CSL-JSON, of one paper or of a list.
//
// It knows what a paper is, so that the page of a paper and the files that lists are downloaded as say the same of it.
//
// What it guarantees, whatever a paper's fields hold: every answer parses as its format; nothing in a field ends the field,
// begins another or another entry; control characters and line breaks are blanks; keys are ASCII letters and digits and differ
// within a list. Text is UTF-8. What a source says only unclearly is passed on as it stands and never guessed: a name that does
// not part surely into first and last stays whole, and a journal reference whose parts are not plain is a note.
//
// Formats: BibTeX as of btxdoc (Patashnik, 1988) with the fields that arXiv, natbib and biblatex read (eprint, archivePrefix,
// primaryClass); RIS as Reference Manager's specification of 2011; CSL-JSON as the schema of Citation Style Language 1.0.2.
package cite
