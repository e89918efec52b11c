package broadsheet

import (
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"strings"
	"unicode/utf8"
)

// MaxAddress is the longest mail address, in bytes (RFC 5321, section 4.5.3.1.3).
const MaxAddress = 254

// ParseAddress reads a mail address as a person types it, and gives it trimmed
// with its domain in lower case. It takes no display name, comment, quoted local
// part, address literal or control character, and no domain without a dot: all
// are legal somewhere and wrong here. Non-ASCII is refused in the local part,
// since few servers carry it; a domain must be written in its ASCII form.
func ParseAddress(s string) (string, error) {
	s = strings.Trim(s, " \t\r\n")
	bad := func(text string) (string, error) {
		return "", InvalidField("address", text, "write it as name@example.org")
	}
	switch {
	case s == "":
		return bad("is empty")
	case len(s) > MaxAddress:
		return bad("is longer than a mail address can be")
	case !utf8.ValidString(s):
		return bad("is not text")
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c <= ' ' || c == 0x7f:
			return bad("holds white space or a control character")
		case c >= 0x80:
			return bad("holds letters that mail does not carry everywhere")
		case strings.IndexByte(`"(),:;<>[\]`, c) >= 0:
			return bad("holds a character that no address here may have")
		}
	}
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || len(local) > 64 || strings.Contains(domain, "@") {
		return bad("is not a mail address")
	}
	domain = strings.ToLower(domain)
	if _, err := mail.ParseAddress(local + "@" + domain); err != nil || !hostName(domain) {
		return bad("is not a mail address")
	}
	return local + "@" + domain, nil
}

// hostName tells whether s is a name of the DNS with at least one dot, in ASCII.
func hostName(s string) bool {
	labels := strings.Split(s, ".")
	if len(labels) < 2 || len(s) > 253 {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for i := range len(l) {
			if c := l[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
				return false
			}
		}
	}
	last := labels[len(labels)-1]
	return strings.Trim(last, "0123456789") != "" // no IP address
}

// AddressDomain is what stands after the @ of an address that ParseAddress gave.
func AddressDomain(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	return domain
}

// AddressKey is how an address is found and suppressed: a hash of its form in
// lower case, so that what must outlive the address need not hold it. What
// follows a plus is kept: readers use it to tell their mail apart.
func AddressKey(address string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(address)))
	return hex.EncodeToString(sum[:16])
}

// HideAddresses is text with everything in it that looks like a mail address
// replaced: what relays say of a mail names whom it was for, and such words
// outlive the address.
func HideAddresses(text string) string {
	var out strings.Builder
	for {
		at := strings.IndexByte(text, '@')
		if at < 0 {
			out.WriteString(text)
			return out.String()
		}
		begin := strings.LastIndexFunc(text[:at], endsAddress) + 1
		end := strings.IndexFunc(text[at:], endsAddress)
		if end < 0 {
			end = len(text) - at
		}
		if begin == at || end == 1 { // an @ that stands alone
			out.WriteString(text[:at+1])
			text = text[at+1:]
			continue
		}
		out.WriteString(text[:begin])
		out.WriteString("(address)")
		text = text[at+end:]
	}
}

// endsAddress tells what does not stand in an address as mail programs write it
// in the middle of a sentence.
func endsAddress(r rune) bool { return r <= ' ' || strings.ContainsRune(`<>()[]{}",:;`, r) }
