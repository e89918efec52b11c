// Package card draws the pictures that other sites show beside a link to this one
// (Open Graph): a newspaper's head with the site's name, and under it a paper's
// title and authors, or a day with its first titles.
//
//	/cards/papers/{id}.png   a paper
//	/cards/days/{day}.png    a day
//	/cards/site.png          the site
//
// A card is a PNG of 1200 by 630 pixels in 16 colours, 10 to 30 KB, drawn in 7 ms
// of one core and 2 MB, which are used again. Cards are pages: kept in the cache,
// made in the same bounded lanes, where one client has half of the places, and one
// at a time.
//
// The type is STIX Two, a serif made for scientific text: of 230,000 titles it has
// every letter of all but six. Formulas are written in Unicode, with STIX Two Math
// for what the text face lacks. A title in a script that it does not have is
// not shown as boxes: its card shows the paper's id in its place.
package card
