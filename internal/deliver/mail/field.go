package mail

import "strings"

// postmarkField is the field whose value Postmark gives back with what it posts
// about a mail, and takes out of the mail. It is the one service of those that
// package hook reads which changes envelope sender and Message-ID both, and so
// knows no other name of ours for a mail.
const postmarkField = "X-PM-Metadata-delivery"

// fields are what goes before a mail for this relay. No signature covers them.
func (r *Relay) fields(token string) string {
	if strings.HasSuffix(r.Host, ".postmarkapp.com") {
		return postmarkField + ": " + token + "\r\n"
	}
	return ""
}
