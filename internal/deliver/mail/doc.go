// Package mail carries deliveries by SMTP (RFC 5321) to one or more relays.
//
// A conversation keeps its connection for many mails. MAIL and RCPT go in one
// round trip where the relay offers PIPELINING (RFC 2920); DATA waits until the
// ledger has it on disk that the mail is being sent. Relays are asked in the
// order in which they are named: one that cannot be reached, or says 421, is
// left alone for a while and the next is asked.
//
// Every mail has an envelope sender of its own (VERP): bounce+TOKEN@domain,
// where TOKEN names the delivery, so that what comes back is understood without
// reading it.
package mail
