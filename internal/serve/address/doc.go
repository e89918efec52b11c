// Package address is how lists and papers are named in addresses, the same for all
// surfaces: where each is found, and which list an address means.
//
// A list's address is its page's (/papers/2026-07-01, /categories/cs.LG,
// /search?q=…); its feeds, Markdown and citations are found there with a suffix
// (.atom, .rss, .json, .md, .bib, .ris, .csl.json). Keys in paths are escaped;
// what they hold is checked by the use cases.
//
// Papers reads the list that a request names, with one call to the use cases, so
// that a list holds the same papers in the same order in every form.
package address
