package dsn

import (
	"mime"
	"regexp"
	"strconv"
	"strings"
)

type mimeWords = mime.WordDecoder

var (
	statusForm = regexp.MustCompile(`(?:^|[^0-9.])([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:[^0-9.]|\.?$|\.[^0-9])`)
	codeForm   = regexp.MustCompile(`(?:^|[^0-9.:])([2-5][0-5][0-9])[ -](?:#?[245]\.[0-9]|[A-Za-z<"(\[])`)
)

// statusIn is the first enhanced status code in a text that tells something:
// not 5.0.0, and not the 5.1.0 that some services put before the real one. Else
// it is the first, or "".
func statusIn(s string) string {
	first := ""
	for _, m := range statusForm.FindAllStringSubmatch(s, 8) {
		if !vague(m[1]) {
			return m[1]
		}
		if first == "" {
			first = m[1]
		}
	}
	return first
}

// vague tells whether a status code says no more than its class.
func vague(status string) bool {
	return status == "" || strings.HasSuffix(status, ".0.0") || strings.HasSuffix(status, ".1.0")
}

// replyCode is the first SMTP reply code in a text, 0 for none.
func replyCode(s string) int {
	if m := codeForm.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1]) // three digits
		return n
	}
	return 0
}

// generic tells whether a diagnostic says nothing by itself.
func generic(s string) bool { return len(s) < 25 || strings.Contains(strings.ToLower(s), "see above") }

// gone tells whether a status code and the words beside it say that an address
// does not exist any more, or never did.
//
// A code of another subject (5.2 the mailbox, 5.3 the server, 5.6 the mail, 5.7
// policy) decides against it, whatever the words: some servers say "user
// unknown" to what they filter. Within the subject of addresses the words decide
// where they speak, since 5.1.1 is also given to spam and 5.0.0 to unknown
// users. Without telling words the code does.
func gone(status, words string) bool {
	switch {
	case nowhere.MatchString(words):
		return !strings.HasPrefix(status, "4.")
	case refused.MatchString(words) && status != "5.1.1":
		return false
	}
	for _, subject := range []string{"5.2.", "5.3.", "5.6.", "5.7.", "5.1.7", "5.1.8", "2."} {
		if strings.HasPrefix(status, subject) {
			return false
		}
	}
	if carrier.MatchString(words) && vague(status) || other.MatchString(words) && !surely.MatchString(words) {
		return false
	}
	if unknown.MatchString(words) {
		return !strings.HasPrefix(status, "4.") || surely.MatchString(words)
	}
	switch status {
	case "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4":
		return true
	}
	return false
}

// nowhere are words of and about hosts that take no mail at all, whatever code
// they give (RFC 7505).
var nowhere = regexp.MustCompile(`(?i)does not accept e?-?mail\b|no smtp service|null ?mx|domain is not reachable`)

// refused are words that say that the mail itself was refused, after its address
// had been taken, or that a program at the other end failed.
var refused = regexp.MustCompile(`(?i)smtp command\W+data\b|in reply to (?:end of )?data\b|after end of data|couldn.t create`)

// carrier is how mobile carriers refuse what a reader's filter keeps out: they
// call the reader unknown, without a code.
var carrier = regexp.MustCompile(`(?i)550 :? ?user unknown|550 unknown user \S+@|550 unknown user <`)

// surely are words that leave no doubt, whatever stands beside them.
var surely = regexp.MustCompile(`(?i)recipient address rejected: access denied|user unknown|unknown user|no such (?:user|mailbox|recipient|person)|does(?: not|n.t) (?:exist|have an? (?:\w+ )?account)|` +
	`unknown (?:recipient|mailbox|local[- ]part|address)|recipient (?:unknown|not found)|no longer (?:exists|valid|in use|works)`)

// unknown are words that say that there is no such address, no such domain, or
// that it has moved.
var unknown = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`user unknown`, `unknown user`, `no such (?:user|mailbox|recipient|address|person|account|name|domain|host)`, `does(?: not|n.t) (?:exist|have an? (?:\w+ )?account)`,
	`unknown (?:recipient|mailbox|local[- ]part|address|host|domain|or illegal alias|account|e-?mail)`, `(?:recipient|mailbox|address|user|account|host|domain)(?: \S+){0,2} (?:is )?(?:unknown|not found|not known|invalid|not recognized|not listed)`,
	`invalid (?:recipient|mailbox|address|user|destination)`, `(?:mailbox|user|account|recipient|address) (?:<?\S+>? )?(?:not found|does not exist|is not (?:available|known|listed|valid|a known)|no longer|has moved|has been (?:closed|deleted|removed))`,
	`not (?:a |our )?(?:valid|known|local) (?:user|recipient|mailbox|address|customer)`, `not listed in (?:domino|public)`, `not our customer`, `no (?:mailbox|account|user|recipient)(?: here)? (?:by|with|of|named|found|here)`,
	`bad (?:destination|recipient|address)`, `address (?:rejected|not found|unknown)`, `no longer (?:exists|valid|in use|works|available|with us)`, `moved (?:to|permanently)`, `has changed (?:his|her|its|their) address`,
	`could ?n[o']t (?:find|resolve) (?:any|the|your|a)?\s*(?:host|domain|recipient|user|mailbox)`, `host (?:or domain name )?(?:not found|unknown|lookup)`, `domain (?:name )?(?:not found|does not exist|unknown)`, `unrouteable (?:address|mail domain)`,
	`unable to (?:find|look ?up|resolve)`, `nxdomain`, `name (?:service error|or service not known)`, `null mx`, `nullmx`, `does not accept (?:e?-?mail|messages)`, `accepts no mail`, `no mx`, `no smtp service`, `domain is not reachable`, `recipient address rejected: access denied`, `\b542 `, `all relevant mx records point to non-existent hosts`,
	`not have (?:an? )?(?:\w+\.)?\w* account`, `email address .{0,60}(?:could ?n.t be found|was ?n.t found)`, `user .{0,60}(?:could ?n.t be found|not exist)`, `recipients? .{0,60}(?:not exist|could ?n.t be found)`, `delivery error: dd this user does`,
	`mail receiving disabled`, `there is no (?:such )?(?:user|one|mailbox|account)`, `i.m sorry .{0,40}no mailbox`, `sorry, no mailbox`, `no valid recipient`, `undeliverable address`, `user (?:doesn.t exist|not exist|is unknown|account .{0,30}(?:unknown|not exist))`,
}, `|`))

// other are words that say what else is wrong.
var other = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`spam`, `policy`, `blocked`, `block ?list`, `black ?list`, `blacklisted`, `rbl`, `reputation`, `quota`, `mailbox (?:is )?full`, `over (?:disk )?quota`, `full mailbox`, `exceeded (?:storage|size|the)`, `too (?:large|big|many)`,
	`virus`, `dmarc`, `dkim`, `\bspf\b`, `authenticat`, `relay(?:ing)? (?:denied|not (?:permitted|allowed))`, `reverse dns`, `\bptr\b`, `temporar`, `try again`, `timed? ?out`, `connection (?:refused|reset|lost|timed)`, `greylist`, `suspended`, `disabled`,
	`access denied`, `not authorized`, `size limit`, `sender (?:address )?(?:rejected|denied|verify|not)`, `unverified (?:sender|address)`, `loop`, `throttl`, `rate limit`, `prohibited`, `helo`, `starttls`, `refused by`, `not permitted`, `filtered`,
	`content rejected`, `is not accepting (?:mail|messages) from`, `insufficient`, `too fast`, `recipient preferences`, `couldn.t create`, `name server reply`, `unsolicited`, `bulk mail`, `local configuration`, `restricted`, `expired`, `gave up`, `been (?:in the queue|undeliverable) (?:for )?too long`,
}, `|`))
