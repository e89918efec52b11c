// Package inbound takes in what comes back of mails: bounces, complaints and
// wishes to unsubscribe, by a mail server of its own, from a folder, or by the
// hooks of a mail service (package hook).
//
// What comes back is believed only where it bears the token of a delivery: 128
// random bits that stand in the envelope sender of that one mail and in two of
// its fields:
//
//	bounce+TOKEN@…       reports (RFC 3464), prose of mail servers, absence notices
//	complaint+TOKEN@…    complaints (RFC 9477, ARF)
//	unsubscribe+TOKEN@…  any mail ends the subscription (RFC 2369)
//
// A forged bounce therefore suppresses nobody. Who has the whole source of a mail,
// to whom its reader gave it, can stop mail to that reader, as by the link that
// unsubscribes in it. What bears a token and is not
// understood is kept for an administrator; all else is refused.
//
// A mail is acknowledged, or moved out of the folder, after what it asks for is
// stored. It may so be taken in twice, which changes nothing but the number of
// mails kept for the administrator; it is never lost.
//
// Whom a report suppresses:
//
//   - it says that the very address is gone for good: at once;
//   - it says so of another address, behind an alias or a list that passes mail
//     on: when three editions in a row came back, since one of many members of a
//     list may be meant;
//   - something else was wrong, as a full mailbox: when all of five editions or
//     more came back over two weeks;
//   - it is a complaint: at once, and the subscription ends.
package inbound
