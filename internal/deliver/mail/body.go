package mail

import (
	"bufio"
	"bytes"
)

var crlf = []byte("\r\n")

const finalDot = ".\r\n"

// writeBody writes a mail after DATA, but for what ends it, which it gives: the
// relay cannot take the mail before that is said. A line that begins with a dot
// gets another (RFC 5321, section 4.5.2). Every line end becomes CRLF: servers
// that see an end of data elsewhere would take the rest for another mail.
func writeBody(w *bufio.Writer, body []byte) (end string, err error) {
	if !whole(body) {
		body = wholeLines(body) // never a mail of ours
	}
	// By stretches: a write of each byte was a third of all that sending cost.
	rest := body
	for at := 0; at < len(rest); { // at is where a line begins
		if rest[at] == '.' {
			if _, err := w.Write(rest[:at+1]); err != nil {
				return "", err
			}
			rest, at = rest[at:], 0 // the dot once more
		}
		n := bytes.IndexByte(rest[at:], '\n')
		if n < 0 {
			break
		}
		at += n + 1
	}
	if _, err := w.Write(rest); err != nil {
		return "", err
	}
	if len(body) > 0 && !bytes.HasSuffix(body, crlf) {
		return "\r\n" + finalDot, nil
	}
	return finalDot, nil
}

// whole tells whether CR and LF stand together only. Counting pairs took longer
// than writing the mail.
func whole(body []byte) bool {
	pairs := 0
	for at := 0; ; pairs++ {
		n := bytes.IndexByte(body[at:], '\n')
		if n < 0 {
			break
		}
		if at += n; at == 0 || body[at-1] != '\r' {
			return false
		}
		at++
	}
	return bytes.Count(body, crlf[:1]) == pairs
}

// wholeLines is a body with every CR, LF or both together as CRLF.
func wholeLines(body []byte) []byte {
	out := make([]byte, 0, len(body)+len(body)/16)
	for i, c := range body {
		switch {
		case c == '\n' && i > 0 && body[i-1] == '\r': // written with it
		case c == '\n' || c == '\r':
			out = append(out, crlf...)
		default:
			out = append(out, c)
		}
	}
	return out
}
