package letter

import (
	"bytes"
	"time"

	"broadsheet"
)

// SignIn is a mail about an account: it signs in, confirms an address, or says
// that something was changed. It holds nothing that somebody else than the
// operator wrote: whoever asks for one with a stranger's address has no way to say
// anything in it.
type SignIn struct {
	Kind  string // as of the use cases: sign-in, sign-up, other, old-address, new-address, changed
	To    string
	Path  string // of the page that the link leads to
	Code  string // to be typed in the browser that asked; "" for none
	Token string // names this mail
	At    time.Time
}

// SignIn writes such a mail; the same one is the same bytes.
func (w *Writer) SignIn(m SignIn) ([]byte, error) {
	x := note{Site: w.o.Title, Home: w.o.Base + "/", Link: w.o.Base + m.Path}
	once := "Both work once, for ten minutes. Give the code to nobody, whoever asks."
	nothing := "If it was not you, do nothing: without it nobody gets in."
	switch m.Kind {
	case "sign-in":
		x.Subject = "Sign in to " + w.o.Title
		x.Head = "Your code is " + m.Code
		x.Before = "Type it in the browser where you asked to sign in to " + w.o.Title + ", or open this link there:"
		x.Button, x.After = "Sign in", []string{once, nothing}
	case "sign-up":
		x.Subject = "Open an account at " + w.o.Title
		x.Head = "Your code is " + m.Code
		x.Before = "Somebody, we hope you, wants to open an account at " + w.o.Title + " with this address. Type the code in the browser where you asked, or open this link there:"
		x.Button, x.After = "Go on", []string{once, "If it was not you, do nothing: without it there will be no account."}
	case "other":
		x.Subject = "You have an account at " + w.o.Title
		x.Head = "You have an account already"
		x.Before = "Somebody, we hope you, asked to sign in to " + w.o.Title + " with this spelling of your address. Your account has another one, without or with other words after a plus sign. Sign in with that."
		x.Link, x.Button, x.After = w.o.Base+"/sign-in", "Sign in", []string{"If it was not you, do nothing."}
	case "old-address":
		x.Subject = "Another address for your account at " + w.o.Title
		x.Head = "Another address?"
		x.Before = "You asked " + w.o.Title + " to put another mail address in the place of this one. Where you are signed in, please confirm it:"
		x.Button, x.After = "Confirm", []string{"The link works once, for ten minutes. The new address is asked next.", "If it was not you, somebody is signed in to your account: sign in, end all other sessions, and set up a passkey."}
	case "new-address":
		x.Subject = "Confirm your address at " + w.o.Title
		x.Head = "Confirm this address"
		x.Before = "Somebody, we hope you, wants " + w.o.Title + " to know their account by this address. Where you are signed in, please confirm it:"
		x.Button, x.After = "Confirm", []string{"The link works once, for ten minutes.", nothing}
	case "changed":
		x.Subject = "Your account at " + w.o.Title + " was changed"
		x.Head = "Something was changed"
		x.Before = "A passkey, a second factor, an API token or a linked account was added to or removed from your account at " + w.o.Title + ". See what there is:"
		x.Link, x.Button = w.o.Base+"/account/security", "Look"
		x.After = []string{"If it was you, all is well. If not: sign in, end all other sessions, and remove what is not yours."}
	default:
		return nil, broadsheet.Errorf(broadsheet.Invalid, "there is no mail of kind %q", m.Kind)
	}
	html, err := render("notice", x)
	if err != nil {
		return nil, err
	}
	text := x.text()
	if m.Code != "" {
		text = x.Head + "\n\n" + text
	}
	name := atom(m.Token)
	var h bytes.Buffer
	if err := w.common(&h, m.At, m.To, x.Subject, name); err != nil {
		return nil, err
	}
	field(&h, "Auto-Submitted", "auto-generated")
	mimeFields(&h, name)
	return w.finish(h.Bytes(), links{}, &body{text: part{newPiece(text)}, html: part{newPiece(html)}}, m.Token, m.At)
}
