// Package letter writes the mails of editions, and the few notices about
// subscriptions, whole: header, text, HTML, signature.
//
// An edition's mail is multipart/alternative, the text first. Both say the same:
// of every paper its title, authors, organisation, TL;DR or the beginning of
// its abstract, votes, comments, code, and why it is in. The HTML is one column
// of up to 600 pixels that is good in light and in dark, with no script, form
// or picture, and at most maxHTML bytes, since large mailboxes cut longer ones;
// what does not fit is on the edition's page. Links lead to the site, and to a
// paper's code; nothing tells who opens what.
//
// The mail of a delivery is the same bytes at every attempt as long as the rows
// of its papers are: its Date is when the delivery was planned, its Message-ID
// and boundary come from the delivery's token. Papers that were deleted or
// withdrawn since are left out, at most a minute late.
//
// On the wire every line is ASCII and at most 76 characters long, but for those
// of the header that cannot be folded; lines end with CRLF. Text from papers,
// readers and settings comes into a header only through the functions of
// header.go, into HTML only through html/template, and into the text part only
// through words.
//
// Speed: a paper's card is made once for all mails of an edition, encoded, and so
// is everything around the cards that mails with the same papers share. What
// remains is to put some ten pieces and four links together, and to sign.
package letter
