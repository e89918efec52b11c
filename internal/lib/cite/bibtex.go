package cite

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"broadsheet"
)

// BibTeX writes an entry for each paper, parted by blank lines: @article where the journal is plain, else @misc. The text is
// UTF-8. Abstracts are left out: what typesets a bibliography has no use for them.
func BibTeX(papers []broadsheet.Paper) []byte {
	var b bytes.Buffer
	for i, w := range works(papers) {
		if i > 0 {
			b.WriteByte('\n')
		}
		w.bibTeX(&b)
	}
	return b.Bytes()
}

func (w *work) bibTeX(b *bytes.Buffer) {
	kind := "misc"
	if w.journal.title != "" {
		kind = "article"
	}
	fmt.Fprintf(b, "@%s{%s", kind, w.key)
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(b, ",\n  %s = {%s}", name, value)
		}
	}
	title := texts(w.p.Title)
	if title == "" {
		title = escape(w.p.ID)
	}
	field("title", "{"+title+"}") // braces keep its capitals
	field("author", w.bibNames())
	if w.journal.title != "" {
		field("journal", escape(w.journal.title))
		field("volume", escape(w.journal.volume))
		field("number", escape(w.journal.issue))
		pages, last := w.journal.span()
		if last != "" {
			pages += "--" + last
		}
		field("pages", escape(pages))
	}
	if y := w.year(); y > 0 {
		field("year", strconv.Itoa(y))
	}
	if w.dated() {
		// The macro, so that a style may name the month in its language.
		fmt.Fprintf(b, ",\n  month = %s", strings.ToLower(w.at.UTC().Month().String()[:3]))
	}
	if w.arxiv != "" {
		field("eprint", verbatim(w.arxiv))
		field("archivePrefix", "arXiv")
		field("primaryClass", verbatim(w.p.PrimaryCategory()))
	}
	field("doi", verbatim(w.doi))
	field("url", verbatim(w.url))
	if w.journal.title == "" {
		field("note", texts(w.p.JournalRef))
	}
	b.WriteString("\n}\n")
}

// bibNames joins names as BibTeX wants them: "van der Linde, Jelmer and {The Tea Collaboration} and others".
func (w *work) bibNames() string {
	var names []string
	for _, n := range w.authors {
		if n.whole != "" {
			names = append(names, "{"+escape(n.whole)+"}")
			continue
		}
		s := strings.TrimSpace(n.particle + " " + n.family)
		if n.suffix != "" {
			s += ", " + n.suffix
		}
		names = append(names, escape(s+", "+n.given))
	}
	if len(names) > 0 && w.more {
		names = append(names, "others")
	}
	return strings.Join(names, " and ")
}
