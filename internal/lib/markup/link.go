package markup

import (
	"html"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"broadsheet/internal/lib/clean"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// webHost is the host of an address that may stand in a link, as clean.Host gives
// it: http or https, no user name, no control characters, at most 2,000 bytes.
func webHost(address string) (string, bool) {
	if len(address) > 2000 || clean.Line(address) != address {
		return "", false
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil {
		return "", false
	}
	return clean.Host(u.Hostname()), true
}

// link writes a link with words of its own. Its address is read as goldmark
// would write it, with entities and escapes resolved: "javascript&colon;" is a
// scheme.
func (w *writer) link(destination string, n ast.Node) {
	address := string(util.URLEscape([]byte(destination), true))
	host, ok := webHost(address)
	if ok {
		w.met(host)
	}
	if !ok || w.inLink {
		w.kids(n)
		return
	}
	if w.o.PlainLinks {
		w.kids(n)
		w.say(" (" + address + ")")
		return
	}
	w.open(address)
	label, said, quoted := w.b.Len(), w.plain.Len(), w.quoted.Len()
	w.inLink = true
	w.kids(n)
	w.inLink = false
	if w.b.Len() == label {
		w.say(address)
	} else if shows := shownHost(w.plain.String()[said:] + w.quoted.String()[quoted:]); shows != "" && shows != host {
		w.say(" (" + host + ")") // words that look like another address than they lead to
	}
	w.b.WriteString("</a>")
}

func (w *writer) open(address string) {
	w.b.WriteString(`<a href="` + html.EscapeString(address) + `" rel="` + relation + `">`)
}

// shownHost is the host that a link's words look like, "" for words.
func shownHost(words string) string {
	words = strings.ToLower(strings.TrimFunc(words, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '/' }))
	_, rest, ok := strings.Cut(words, "://")
	if !ok {
		rest = words
	}
	host := rest
	if i := strings.IndexAny(rest, "/?#:"); i >= 0 {
		host = rest[:i]
	}
	if strings.ContainsAny(host, " <>") || !strings.Contains(strings.Trim(host, "."), ".") {
		return ""
	}
	host = clean.Host(host)
	if !ok { // "e.g." and "2.5" are words
		top := host[strings.LastIndexByte(host, '.')+1:]
		if len(top) < 2 || strings.Trim(top, "abcdefghijklmnopqrstuvwxyz") != "" && !strings.HasPrefix(top, "xn--") {
			return ""
		}
	}
	return host
}

// address writes a bare address.
func (w *writer) address(target, label string) {
	target = string(util.URLEscape([]byte(target), false))
	host, ok := webHost(target)
	if ok {
		w.met(host)
	}
	if !ok || w.inLink || w.o.PlainLinks {
		w.say(label)
		return
	}
	w.open(target)
	w.say(label)
	w.b.WriteString("</a>")
}

func (w *writer) met(host string) {
	if !slices.Contains(w.hosts, host) {
		w.hosts = append(w.hosts, host)
	}
}

// reference writes what was named in passing, a link where it is known.
func (w *writer) reference(n *reference) {
	to, class := "", ""
	switch n.kind {
	case toAddress:
		w.address(n.target, n.label)
		return
	case toPerson:
		if w.o.Person != nil {
			to, class = w.o.Person(n.target), ` class="who"`
		}
		if to != "" && !slices.Contains(w.mentions, n.target) {
			w.mentions = append(w.mentions, n.target)
		}
	case toPaper:
		if w.o.Paper != nil {
			to = w.o.Paper(n.target)
		}
		if to != "" && to[0] != '/' {
			w.address(to, n.label)
			return
		}
	}
	if to == "" || w.inLink {
		w.say(n.label)
		return
	}
	w.b.WriteString(`<a href="` + html.EscapeString(to) + `"` + class + `>`)
	w.say(n.label)
	w.b.WriteString("</a>")
}
