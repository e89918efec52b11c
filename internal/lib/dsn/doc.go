// Package dsn understands mail that comes back: delivery reports (RFC 3464),
// complaints (ARF, RFC 5965) and the prose of mail servers that send neither.
//
// A report is read by structure first, then by the SMTP replies that it quotes,
// then by its words. What is asked of it is one thing: whether the address is
// gone for good (hard), so that it must not be written to again, or whether
// something else was wrong (soft). Only words that say so make it hard: a report
// that is not understood is soft.
//
// Mail is hostile: headers, parts, depth and bytes are bounded, and nothing here
// panics whatever it is given.
package dsn
