// Package markdown serves what programs that read text like best: every list, search
// and paper as Markdown, at the page's address with .md or by Accept:
// text/markdown, and /llms.txt, which says what the site is and where things are.
//
// A list is a heading, a line of what it is and where it goes on, and an entry for
// each paper: the title, which links to the paper's own Markdown, who, when, votes
// and code, and a TL;DR or the beginning of the abstract. A paper has all that its
// page has. Few words stand around the papers: who pays for each token wants none
// twice.
//
// The Markdown is CommonMark. What comes from sources is hostile: formulas are
// written in Unicode, and text is escaped so that it makes no link, no picture, no
// HTML, no heading and no list, also with GitHub's extensions (see escape).
// Addresses are absolute. Every answer names its page in a Link header.
package markdown
