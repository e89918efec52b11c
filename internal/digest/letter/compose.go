package letter

import (
	"bytes"
	"embed"
	"html/template"
	"strings"

	"broadsheet"
)

//go:embed template
var files embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	// Conditional comments, for the one mail program that knows no greatest width;
	// templates leave other comments out.
	"column": func() template.HTML {
		return `<!--[if mso]><table role="presentation" width="600" align="center" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->`
	},
	"endcolumn": func() template.HTML { return `<!--[if mso]></td></tr></table><![endif]-->` },
}).ParseFS(files, "template/*.html"))

// render executes a template.
func render(name string, data any) (string, error) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		return "", err
	}
	return b.String(), nil
}

func rendered(name string, data any) (piece, error) {
	s, err := render(name, data)
	return newPiece(s), err
}

// frame is what stands around the cards.
type frame struct {
	Site, Home  string // the site's name and address
	Subject     string
	Preheader   string // what a mailbox shows after the subject
	Day         string
	Title       string // of the topic
	Count       string // "10 papers"
	Web         string // address of the edition's page
	More        string // "12 papers", left out since the mail would be cut
	Whole       bool   // the edition's page has papers that are not in the mail
	Empty       bool
	Unsubscribe string // marks
	Preferences string
}

const (
	// maxHTML is the longest HTML part, in bytes; Gmail cuts near 102 KB, of what
	// it makes of it.
	maxHTML    = 80_000
	linksRoom  = 2_000 // of it, for the reader's own links and the line about what is left out
	titleRoom  = 80    // characters of a topic's name
	headerRoom = 140   // characters of the preheader
)

// compose makes the body of mails with these papers.
func (w *Writer) compose(x *broadsheet.Edition, day broadsheet.Day, cards []*card) (*body, error) {
	f := w.frame(x, day, cards)
	top, err := render("top", f)
	if err != nil {
		return nil, err
	}
	html := newPart(top)
	bottom, err := render("bottom", f)
	if err != nil {
		return nil, err
	}
	room := maxHTML - linksRoom - len(top) - len(bottom)
	for i, c := range cards {
		p := c.html
		if i == 0 {
			p = c.lead
		}
		if room -= len(p.raw); room < 0 {
			f.More = plural(len(cards)-i, "paper")
			if bottom, err = render("bottom", f); err != nil {
				return nil, err
			}
			break
		}
		html = append(html, p)
	}
	html = append(html, newPart(bottom)...)

	text := newPart(f.textTop())
	for _, c := range cards {
		text = append(text, c.text)
	}
	text = append(text, newPart(f.textBottom())...)
	return &body{subject: f.Subject, list: w.listFields(x.Topic, x.Title, day), text: text, html: html}, nil
}

func (w *Writer) frame(x *broadsheet.Edition, day broadsheet.Day, cards []*card) frame {
	title := clip(line(x.Title), titleRoom)
	f := frame{Site: w.o.Title, Home: w.o.Base + "/", Day: day.Time().Format("Monday, 2 January 2006"), Title: title, Count: plural(len(cards), "paper"),
		Web: w.o.Base + w.o.Links.Edition(x.Token), Empty: len(cards) == 0, Whole: len(cards) > 0 && len(x.Picks) > len(cards), Unsubscribe: string(markUnsubscribe), Preferences: string(markPreferences)}
	f.Subject = title + ", " + day.Time().Format("2 January 2006") + ": " + f.Count
	if f.Empty {
		f.Count = "nothing new"
		f.Subject = title + ", " + day.Time().Format("2 January 2006") + ": nothing new"
		f.Preheader = "A quiet day. The next edition comes when it is due."
		return f
	}
	var titles []string
	for _, c := range cards[:min(len(cards), 4)] {
		titles = append(titles, c.title)
	}
	f.Preheader = clip(strings.Join(titles, " · "), headerRoom)
	return f
}
