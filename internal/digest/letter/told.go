package letter

import (
	"bytes"
	"fmt"
	"time"
)

// Told is a mail that tells somebody of what happened here and concerns them.
type Told struct {
	To    string
	Lines []string // plain text, one each
	More  bool     // there is more on the site
	Off   string   // path that ends such mails, for the one click too
	Token string   // names this mail
	At    time.Time
}

// Told writes such a mail; the same one is the same bytes.
func (w *Writer) Told(m Told) ([]byte, error) {
	x := note{Site: w.o.Title, Home: w.o.Base + "/", Link: w.o.Base + "/notifications", Button: "See them"}
	for _, text := range m.Lines {
		x.After = append(x.After, line(text)) // much of it others wrote
	}
	x.Head = fmt.Sprintf("%d things concern you", len(m.Lines))
	if len(m.Lines) == 1 {
		x.Head = "One thing concerns you"
	}
	x.Subject = x.Head + " at " + w.o.Title
	x.Before = "Since you were last written to, this happened at " + w.o.Title + ". All of it is on one page:"
	off := w.o.Base + m.Off
	tail := "To have no such mails any more: " + off
	if m.More {
		tail = "There is more on the site. " + tail
	}
	x.After = append(x.After, tail)
	html, err := render("notice", x)
	if err != nil {
		return nil, err
	}
	name := atom(m.Token)
	var h bytes.Buffer
	if err := w.common(&h, m.At, m.To, x.Subject, name); err != nil {
		return nil, err
	}
	field(&h, "Auto-Submitted", "auto-generated")
	field(&h, "List-Unsubscribe", "<"+off+">")
	field(&h, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	mimeFields(&h, name)
	return w.finish(h.Bytes(), links{}, &body{text: part{newPiece(x.text())}, html: part{newPiece(html)}}, m.Token, m.At)
}
