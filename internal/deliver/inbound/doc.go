// Package inbound takes in what comes back of mails: bounces, complaints and
// wishes to unsubscribe, by a mail server of its own, from a folder, or by the
// hooks of a mail service.
//
// What comes back is believed only where it bears the token of a delivery: 128
// random bits that stand in the envelope sender of that one mail. A forged bounce
// therefore suppresses nobody. What bears a token and is not understood is kept
// for an administrator; all else is refused.
package inbound
