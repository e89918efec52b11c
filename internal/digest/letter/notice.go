package letter

import (
	"bytes"
	"strings"
	"time"

	"broadsheet"
)

// Notice is a mail about a subscription. It holds nothing that somebody else
// than the operator wrote: whoever asks for one, perhaps with an address that
// is not theirs, has no way to say anything in it.
type Notice struct {
	Kind  NoticeKind
	To    string // mail address
	Path  string // of the page that the link leads to, with its seal
	Token string // names this mail, as that of a delivery does
	At    time.Time
}

// NoticeKind says what a notice is about.
type NoticeKind string

// Kinds of notices.
const (
	NoticeConfirm     NoticeKind = "confirm"     // the link that confirms a subscription
	NoticePreferences NoticeKind = "preferences" // the link to all that an address has
)

// note is what a notice says.
type note struct {
	Site, Home, Subject string
	Head, Before        string // above the link
	Link                string
	Button              string
	After               []string
}

// Notice writes a notice; the same one is the same bytes.
func (w *Writer) Notice(n Notice) ([]byte, error) {
	x := note{Site: w.o.Title, Home: w.o.Base + "/", Link: w.o.Base + n.Path}
	switch n.Kind {
	case NoticeConfirm:
		x.Subject = "Confirm your subscription to " + w.o.Title
		x.Head = "One more click"
		x.Before = "Somebody, we hope you, asked " + w.o.Title + " to send papers to this address. If it was you, please confirm it:"
		x.Button = "Confirm"
		x.After = []string{"The link works for 48 hours.", "If it was not you, do nothing: without a click nothing will be sent to this address."}
	case NoticePreferences:
		x.Subject = "Your subscriptions at " + w.o.Title
		x.Head = "Your subscriptions"
		x.Before = "With this link you see, change, pause or end everything that " + w.o.Title + " sends to this address:"
		x.Button = "Open"
		x.After = []string{"The link works for 30 days. Whoever has it can change your subscriptions, so please forward this mail to nobody.",
			"If you did not ask for it, do nothing: nothing has changed."}
	default:
		return nil, broadsheet.Errorf(broadsheet.Invalid, "there is no notice of kind %q", n.Kind)
	}
	html, err := render("notice", x)
	if err != nil {
		return nil, err
	}
	name := atom(n.Token)
	var h bytes.Buffer
	if err := w.common(&h, n.At, n.To, x.Subject, name); err != nil {
		return nil, err
	}
	field(&h, "Auto-Submitted", "auto-generated")
	field(&h, "Feedback-ID", n.At.UTC().Format("20060102")+":"+string(n.Kind)+":notice:"+w.sender())
	field(&h, "CFBL-Address", "complaint+"+name+"@"+w.o.Returns+";", "report=arf")
	mimeFields(&h, name)
	return w.finish(h.Bytes(), links{}, &body{text: part{newPiece(x.text())}, html: part{newPiece(html)}}, n.Token, n.At)
}

func (x *note) text() string {
	var b strings.Builder
	wrap(&b, "", x.Before)
	b.WriteString("\n" + x.Link + "\n\n")
	for _, p := range x.After {
		wrap(&b, "", p)
		b.WriteByte('\n')
	}
	b.WriteString(light)
	wrap(&b, "", x.Site)
	b.WriteString(x.Home + "\n")
	return b.String()
}
