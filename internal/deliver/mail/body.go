package mail

import (
	"bufio"
	"bytes"
)

var (
	lf       = []byte("\n")
	cr       = []byte("\r")
	crlf     = []byte("\r\n")
	dotLine  = []byte("\r\n.")
	finalDot = ".\r\n"
)

// writeBody writes a mail after DATA, but for what ends it, which it gives: the
// relay cannot take the mail before that is said. A line that begins with a dot
// gets another (RFC 5321, section 4.5.2). Every line end becomes CRLF: servers
// that see an end of data elsewhere would take the rest for another mail.
func writeBody(w *bufio.Writer, body []byte) (end string, err error) {
	if n := bytes.Count(body, crlf); n != bytes.Count(body, lf) || n != bytes.Count(body, cr) {
		body = wholeLines(body) // never a mail of ours; counting costs next to nothing
	}
	if bytes.HasPrefix(body, dotLine[2:]) {
		if err := w.WriteByte('.'); err != nil {
			return "", err
		}
	}
	// By stretches: a write of each byte was a third of all that sending cost.
	rest := body
	for {
		i := bytes.Index(rest, dotLine)
		if i < 0 {
			break
		}
		i += len(dotLine)
		if _, err := w.Write(rest[:i]); err != nil {
			return "", err
		}
		rest = rest[i-1:] // the dot once more
	}
	if _, err := w.Write(rest); err != nil {
		return "", err
	}
	if len(body) > 0 && !bytes.HasSuffix(body, crlf) {
		return "\r\n" + finalDot, nil
	}
	return finalDot, nil
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
