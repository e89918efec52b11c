// Package feeds writes every list and every search as Atom (RFC 4287), RSS 2.0
// and JSON Feed 1.1, for feed readers. A list's feeds are found at its page's
// address with .atom, .rss or .json at the end of the path, or there by Accept;
// they hold the page's papers in the page's order.
//
// Ids. A paper's id is a name-based UUID (urn:uuid:…) of the id that it has on
// the site. It is the same in all feeds and forms, whatever the site's address,
// the paper's version or the program's: a reader shows a paper once as new. It
// changes only where a paper turns out to be one with an arXiv id. A list has
// an id of the same kind, made of its page's path, common to all its pages.
//
// Dates. A paper is published, as readers of feeds understand it, when it came
// to the readers of this site: when it was featured first, else when it could
// first be seen, which for papers imported later is when their source announced
// them. The date at the source would be days old on the morning of an edition,
// or years, and many readers hide what is old. It is updated by a further
// version at its source and by being featured again; votes and comments change
// the entry, not its date. What a source says was its last change is not
// counted: arXiv touches records by the hundred thousand for reasons of its own.
//
// A feed is updated when its newest entry was, on an empty day at its beginning,
// and on other empty lists never: Last-Modified and ETag do not move with the
// clock.
//
// Text. Titles are text with TeX made readable, contents are HTML of paragraphs
// and links, made here around escaped text. The XML is well formed and the HTML
// without a surprise whatever a paper holds: bytes that are no UTF-8, control
// characters, noncharacters, markup. Links are whole addresses.
package feeds
