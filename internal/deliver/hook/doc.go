// Package hook reads what mail services post about mails that they took: bounces,
// complaints, wishes to unsubscribe.
//
// A post is believed only where it is signed, and only about a delivery whose
// token it bears; what is about other mails of the same account, or is no news
// (opens, clicks, arrivals), is taken without a word.
//
//	service   how it is signed                          where the token stands
//	postmark  password of the address it posts to       Metadata.delivery, which the sender sets
//	mailgun   HMAC-SHA256 of time stamp and nonce        envelope sender, else Message-ID
//	sendgrid  ECDSA P-256 of time stamp and body         Message-ID ("smtp-id")
//	ses       RSA of SNS, certificate of amazonaws.com   envelope sender ("mail.source"), else Message-ID
//
// Message-IDs of this program are TOKEN@domain.
//
// Mailgun's signature does not cover the body: a nonce is therefore good for one
// body only. Nonces are not stored, so that who saw a post may use its signature
// for another body once more after a restart, for nine hours. That gains nothing:
// the body must name a delivery by its token of 128 random bits, and who has that
// can as well send a mail to bounce+TOKEN@, which nobody signs.
//
// Services post again where they got no good answer, for up to a day; a post is
// refused as too old after that. One that is taken in twice changes nothing.
package hook
