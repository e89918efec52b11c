package cli

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"broadsheet/client"
	"broadsheet/internal/lib/tex"

	"github.com/mattn/go-runewidth"
)

// print prints papers in the shape that was asked for. Notes go to standard
// error, so that they stand in no pipe.
func (s shape) print(r *run, l *listed) error {
	for _, n := range l.Notes {
		fmt.Fprintln(r.Stderr, "note: "+shown(n))
	}
	switch {
	case s.JSON:
		return printSafeJSON(r.Stdout, l)
	case s.TSV:
		return printTSV(r.Stdout, l.Items)
	case s.Quiet:
		for i := range l.Items {
			if _, err := fmt.Fprintln(r.Stdout, shown(l.Items[i].ID)); err != nil {
				return err
			}
		}
		return nil
	}
	if err := printTable(r.Stdout, l, r.columns(), r.style(r.Stdout)); err != nil {
		return err
	}
	if l.Total > len(l.Items) && len(l.Items) > 0 {
		fmt.Fprintf(r.Stderr, "%s of %s; --limit shows more\n", count(len(l.Items)), plural(l.Total, "paper"))
	}
	return nil
}

// printSafeJSON writes v with every character escaped that is not seen: JSON's own
// rules leave those of Unicode as they are.
func printSafeJSON(w io.Writer, v any) error {
	var b strings.Builder
	if err := printJSON(&b, v); err != nil {
		return err
	}
	var out strings.Builder
	for _, r := range b.String() {
		switch {
		case r != '\n' && (unicode.IsControl(r) || hidden(r)) && r <= 0xffff:
			fmt.Fprintf(&out, `\u%04x`, r)
		case r > 0xffff && hidden(r):
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, hi, lo)
		default:
			out.WriteRune(r)
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// columns is how wide the output may be; 0 is as wide as it wants. COLUMNS wins,
// as with other programs.
func (r *run) columns() int {
	if n, err := strconv.Atoi(r.env("COLUMNS")); err == nil && n > 0 {
		return n
	}
	return width(r.Stdout)
}

// style is how text is set off: not at all where no person looks, or one who
// wants no colour (https://no-color.org).
type style bool

func (r *run) style(w io.Writer) style {
	return style(isTerminal(w) && r.env("NO_COLOR") == "" && r.env("TERM") != "dumb")
}

func (s style) bold(text string) string { return s.with("1", text) }
func (s style) dim(text string) string  { return s.with("2", text) }
func (s style) with(code, text string) string {
	if !s {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// From these widths on there is room for more than id and title.
const (
	roomForVotes   = 60
	roomForAuthors = 100
	authorsWidth   = 28
)

// printTable prints a paper a line, in cols columns; 0 cuts nothing.
func printTable(w io.Writer, l *listed, cols int, st style) error {
	if len(l.Items) == 0 {
		_, err := fmt.Fprintln(w, "no papers")
		return err
	}
	ids, wide := 0, 0
	for i := range l.Items {
		ids = max(ids, runewidth.StringWidth(shown(l.Items[i].ID)))
		wide = max(wide, runewidth.StringWidth(titleText(&l.Items[i])))
	}
	if cols > 0 {
		ids = min(ids, max(10, cols/3))
	}
	left, votes, authors := cols-ids-2, cols == 0 || cols >= roomForVotes, cols == 0 || cols >= roomForAuthors
	if votes {
		left -= 8
	}
	if authors {
		left -= authorsWidth + 2
	}
	if cols == 0 || wide < left {
		left = wide
	}
	for i := range l.Items {
		p := &l.Items[i]
		line := st.dim(cell(shown(p.ID), ids)) + "  "
		if votes {
			line += runewidth.FillLeft(votesText(p.Votes), 6) + "  "
		}
		names := ""
		if authors {
			names = firstAuthors(p)
			if cols > 0 {
				names = runewidth.Truncate(names, authorsWidth, "…")
			}
		}
		title := cell(titleText(p), left)
		if names == "" {
			title = strings.TrimRight(title, " ")
		}
		line += st.bold(title) + "  " + names
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	return nil
}

// cell is text cut or filled to a width in columns.
func cell(text string, n int) string {
	return runewidth.FillRight(runewidth.Truncate(text, max(n, 1), "…"), n)
}

func titleText(p *client.Paper) string {
	if p.Withdrawn {
		return "[withdrawn] " + plainText(p.Title)
	}
	return plainText(p.Title)
}

func votesText(n int) string {
	if n == 0 {
		return ""
	}
	return "▲" + strconv.Itoa(n)
}

// firstAuthors names the first author, and how many there are beside.
func firstAuthors(p *client.Paper) string {
	total := max(p.AuthorCount, len(p.Authors))
	switch {
	case len(p.Authors) == 0 && total == 0:
		return ""
	case len(p.Authors) == 0:
		return plural(total, "author")
	case total == 1:
		return shown(p.Authors[0].Name)
	}
	return shown(p.Authors[0].Name) + " +" + strconv.Itoa(total-1)
}

// tsvNames are the columns of --tsv.
var tsvNames = []string{"id", "title", "authors", "author_count", "organizations", "categories", "published", "featured", "votes", "comments", "code", "url", "source", "pdf"}

// printTSV prints a line of names and a line for each paper.
func printTSV(w io.Writer, papers []client.Paper) error {
	if _, err := fmt.Fprintln(w, strings.Join(tsvNames, "\t")); err != nil {
		return err
	}
	for i := range papers {
		p := &papers[i]
		var authors, orgs []string
		for _, a := range p.Authors {
			authors = append(authors, a.Name)
		}
		for _, o := range p.Organizations {
			orgs = append(orgs, o.Name)
		}
		cells := []string{p.ID, p.Title, strings.Join(authors, "; "), strconv.Itoa(p.AuthorCount), strings.Join(orgs, "; "), strings.Join(p.Categories, " "),
			dayText(p.PublishedAt), string(p.FeaturedOn), strconv.Itoa(p.Votes), strconv.Itoa(p.Comments), linkOf(p, "code"), p.URL, p.Source.Page, p.Source.PDF}
		for j := range cells {
			cells[j] = escapeTSV(cells[j])
		}
		if _, err := fmt.Fprintln(w, strings.Join(cells, "\t")); err != nil {
			return err
		}
	}
	return nil
}

var tsvEscapes = strings.NewReplacer("\\", `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`)

// escapeTSV keeps a value on its line and in its column, and away from the
// terminal that it may be printed on.
func escapeTSV(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || hidden(r) {
			return -1
		}
		return r
	}, tsvEscapes.Replace(s))
}

func linkOf(p *client.Paper, kind string) string {
	for _, l := range p.Links {
		if l.Kind == kind {
			return l.URL
		}
	}
	return ""
}

func dayText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// shown is other people's text for a terminal: on one line, without what drives
// it, turns it round, or is not seen.
func shown(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		case hidden(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}

// shownLines is such text that has lines of our own.
func shownLines(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r != '\n' && unicode.IsControl(r):
			return ' '
		case hidden(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// hidden tells characters that are not seen, among them those that turn text
// round. Joiners are letters' business.
func hidden(r rune) bool {
	return unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d' || r == '\u2028' || r == '\u2029'
}

// plainText is text that may hold TeX, as a terminal shows it best.
func plainText(s string) string { return shown(tex.Plain(shown(cmp.Or(s, "untitled")))) }
