package chat

import "strings"

func (n *news) empty() bool { return len(n.items) == 0 && n.left == 0 }

// summary is an edition in a line, for notifications.
func (n *news) summary() string {
	if n.empty() {
		return n.title + ": " + nothing
	}
	var titles []string
	for i := range n.items[:min(3, len(n.items))] {
		titles = append(titles, n.items[i].title)
	}
	return n.title + ": " + strings.Join(titles, " · ")
}

// list is the papers in plain text, made loose.
func (n *news) list() string {
	if n.empty() {
		return nothing
	}
	var parts []string
	for i := range n.items {
		x := &n.items[i]
		part := loose(x.title)
		for _, s := range []string{x.about(), x.text} {
			if s != "" {
				part += "\n" + loose(s)
			}
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "\n\n")
}

// plain is an edition in plain text, addresses included.
func (n *news) plain() string {
	var b strings.Builder
	b.WriteString(loose(n.title) + "\n\n")
	for i := range n.items {
		x := &n.items[i]
		b.WriteString(loose(x.title) + "\n" + x.url + "\n")
		for _, s := range []string{x.about(), x.text} {
			if s != "" {
				b.WriteString(loose(s) + "\n")
			}
		}
		b.WriteByte('\n')
	}
	if n.empty() {
		b.WriteString(nothing + "\n\n")
	}
	b.WriteString(n.ending() + ": " + n.web)
	return b.String()
}
