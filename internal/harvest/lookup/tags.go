package lookup

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// tags is what a page says of itself in its head, by the names of the tags in
// lower case; what JSON-LD says stands under "ld:" and the property's name.
type tags struct {
	all       map[string][]string
	canonical string // link rel=canonical
}

// Bounds of a page.
const (
	maxTokens = 100_000 // tags and texts
	maxTag    = 1 << 20 // bytes of one of them
	maxValues = 6000    // of one name: authors
	maxScript = 512 << 10
	maxDepth  = 12 // of JSON-LD that is looked into
)

// first is the first value of the first of those names that has one.
func (m tags) first(names ...string) string {
	for _, n := range names {
		for _, v := range m.all[n] {
			if strings.TrimSpace(v) != "" {
				return v
			}
		}
	}
	return ""
}

func (m tags) add(name, value string) {
	name = strings.ToLower(strings.TrimSpace(name))
	if len(name) > 0 && len(name) < 60 && len(m.all[name]) < maxValues {
		m.all[name] = append(m.all[name], value)
	}
}

// readTags reads a page in the character set that it, its header or its bytes
// name. It never fails: what cannot be read is passed over.
func readTags(body []byte, contentType string) tags {
	m := tags{all: map[string][]string{}}
	in, err := charset.NewReader(bytes.NewReader(body), contentType)
	if err != nil {
		in = bytes.NewReader(body)
	}
	z := html.NewTokenizer(io.LimitReader(in, 2*maxPage))
	z.SetMaxBuf(maxTag)
	inside := "" // title, or "ld" for a script of JSON-LD
	var text strings.Builder
	for range maxTokens {
		switch z.Next() {
		case html.ErrorToken:
			return m
		case html.TextToken:
			if inside != "" && text.Len() < maxScript {
				text.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			inside = m.open(&tok)
			text.Reset()
		case html.EndTagToken:
			if inside == "ld" {
				m.linkedData([]byte(text.String()))
			} else if inside == "title" {
				m.add("title", text.String())
			}
			inside = ""
		}
	}
	return m
}

// open reads a tag, and tells of which element the text is wanted.
func (m *tags) open(tok *html.Token) string {
	attr := map[string]string{}
	for _, a := range tok.Attr {
		if _, twice := attr[a.Key]; !twice {
			attr[a.Key] = a.Val
		}
	}
	switch tok.Data {
	case "meta":
		for _, key := range []string{"name", "property", "itemprop"} {
			if attr[key] != "" {
				m.add(attr[key], attr["content"])
			}
		}
	case "link":
		if m.canonical == "" && strings.EqualFold(attr["rel"], "canonical") {
			m.canonical = attr["href"]
		}
	case "title":
		if len(m.all["title"]) == 0 {
			return "title"
		}
	case "script":
		if strings.EqualFold(strings.TrimSpace(attr["type"]), "application/ld+json") {
			return "ld"
		}
	}
	return ""
}

// works are the types of schema.org that a paper may be.
var works = []string{"ScholarlyArticle", "MedicalScholarlyArticle", "TechArticle", "Article", "NewsArticle", "BlogPosting", "Report", "Thesis", "Chapter", "CreativeWork", "Dataset", "WebPage"}

// linkedData reads a script of JSON-LD: the first work in it.
func (m *tags) linkedData(raw []byte) {
	var doc any
	if json.Unmarshal(raw, &doc) != nil {
		return
	}
	best, at := map[string]any(nil), len(works)
	var walk func(v any, depth int)
	walk = func(v any, depth int) {
		if depth > maxDepth {
			return
		}
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x, depth+1)
			}
		case map[string]any:
			for _, kind := range words(v["@type"]) {
				if i := slices.Index(works, kind); i >= 0 && i < at {
					best, at = v, i
				}
			}
			walk(v["@graph"], depth+1)
			walk(v["mainEntity"], depth+1)
		}
	}
	walk(doc, 0)
	for _, name := range []string{"headline", "name", "abstract", "description", "datePublished", "doi", "author"} {
		for _, v := range words(best[name]) {
			m.add("ld:"+name, v)
		}
	}
}

// words are the texts of a value: itself, its items', or the names of things.
func words(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, x := range v[:min(len(v), maxValues)] {
			if _, nested := x.([]any); !nested {
				out = append(out, words(x)...)
			}
		}
		return out
	case map[string]any:
		if name, ok := v["name"].(string); ok {
			return []string{name}
		}
	}
	return nil
}
