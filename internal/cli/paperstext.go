package cli

import (
	"fmt"
	"io"
	"math"
	"strings"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/lib/commonmark"

	"github.com/mattn/go-runewidth"
)

// infoAuthors are the authors that are named one by one.
const infoAuthors = 20

// printInfo prints a paper for a person, in cols columns; 0 wraps nothing.
func printInfo(w io.Writer, p *client.Paper, cols int, st style) error {
	var b strings.Builder
	for _, line := range wrap(titleText(p), cols) {
		b.WriteString(st.bold(line) + "\n")
	}
	b.WriteString("\n")
	for _, f := range facts(p) {
		lines := wrap(f.value, max(cols-factWidth, min(cols, 20)))
		for i, line := range lines {
			name := ""
			if i == 0 {
				name = f.name
			}
			b.WriteString(st.dim(runewidth.FillRight(name, factWidth)) + line + "\n")
		}
	}
	for _, text := range []string{p.TLDR, p.Abstract} {
		if text != "" {
			b.WriteString("\n" + strings.Join(wrap(plainText(text), cols), "\n") + "\n")
			break
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

const factWidth = 14

type fact struct{ name, value string }

// facts is what is known of a paper, without what is not.
func facts(p *client.Paper) (out []fact) {
	add := func(name, value string) {
		if value = shown(value); value != "" {
			out = append(out, fact{name, value})
		}
	}
	add("id", p.ID)
	add("authors", authorNames(p, infoAuthors))
	var orgs []string
	for _, o := range p.Organizations {
		orgs = append(orgs, o.Name)
	}
	add("organisation", strings.Join(orgs, ", "))
	add("categories", strings.Join(p.Categories, ", "))
	add("published", dayText(p.PublishedAt))
	if up := dayText(p.UpdatedAt); up != dayText(p.PublishedAt) {
		add("updated", up)
	}
	add("announced", string(p.AnnouncedOn))
	add("featured", string(p.FeaturedOn))
	if p.Votes > 0 || p.Comments > 0 {
		add("votes", fmt.Sprintf("%s, %s", count(p.Votes), plural(p.Comments, "comment")))
	}
	add("note", p.Note)
	add("journal", p.JournalRef)
	add("doi", p.DOI)
	add("page", p.URL)
	add("source", p.Source.Page)
	add("pdf", p.Source.PDF)
	for _, l := range p.Links {
		if l.Kind == "code" || l.Kind == "project" {
			add(l.Kind, l.URL)
		}
	}
	return out
}

func authorNames(p *client.Paper, most int) string {
	var names []string
	for _, a := range p.Authors[:min(most, len(p.Authors))] {
		names = append(names, shown(a.Name))
	}
	text := strings.Join(names, ", ")
	total := max(p.AuthorCount, len(p.Authors))
	switch {
	case len(names) == 0 && total > 0:
		return plural(total, "author")
	case total > len(names):
		return fmt.Sprintf("%s and %s more", text, count(total-len(names)))
	}
	return text
}

// markdown writes a paper to be read, in cols columns; 0 wraps nothing. Other
// people's words are words only; formulas are Unicode, as on the paper's page.
func markdown(p *client.Paper, cols int) string {
	var b strings.Builder
	part := func(text string) {
		if text != "" {
			b.WriteString(strings.Join(wrap(text, cols), "\n") + "\n\n")
		}
	}
	prose := func(text string, start bool) string { return commonmark.Escape(plainText(text), start) }
	part("# " + prose(p.Title, true))
	part(commonmark.Escape(authorNames(p, infoAuthors), true))
	if p.TLDR != "" {
		part("**In short:** " + prose(p.TLDR, false))
	}
	if p.Abstract != "" {
		part(prose(p.Abstract, true))
	} else {
		part("No abstract is known here.")
	}
	for _, f := range facts(p) {
		switch f.name {
		case "authors", "votes", "featured", "announced":
			continue
		}
		value := commonmark.Escape(f.value, false)
		if broadsheet.ValidURL(f.value) {
			value = "<" + commonmark.Destination(f.value) + ">"
		}
		b.WriteString("* " + f.name + ": " + value + "\n")
	}
	return b.String()
}

// wrap breaks text between words into lines of at most cols columns; a word that
// is longer has a line of its own. 0 breaks nothing.
func wrap(text string, cols int) (lines []string) {
	if cols <= 0 {
		return []string{text}
	}
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		_, n := fitting(word, math.MaxInt)
		if line != "" && used+1+n > cols {
			lines, line, used = append(lines, line), "", 0
		}
		// Chinese and Japanese have no blanks to break at.
		for n > cols && !strings.Contains(word, "://") {
			cut, w := fitting(word, cols)
			if cut == 0 {
				break
			}
			lines, word, n = append(lines, word[:cut]), word[cut:], n-w
		}
		if line != "" {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+n
	}
	return append(lines, line)
}

// fitting is how many bytes of a word fit into cols columns, and how wide they
// are.
func fitting(word string, cols int) (bytes, width int) {
	for i, r := range word {
		w := runewidth.RuneWidth(r)
		if width+w > cols {
			return i, width
		}
		width += w
	}
	return len(word), width
}
