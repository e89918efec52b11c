package feeds_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// The rules that validators hold feeds to, as far as they bear on these feeds:
// RFC 4287, the RSS Board's specification and Profile, JSON Feed 1.1, and the
// warnings of the W3C's feed validator (which is a service and a program of
// Python 2, and so no part of the tests).

// node is an element of XML.
type node struct {
	space, name string
	attributes  map[string]string
	text        string // without that of children
	children    []*node
}

func (n *node) all(name string) []*node {
	return slices.DeleteFunc(slices.Clone(n.children), func(c *node) bool { return c.name != name })
}

// one is the text of the only child of that name.
func (n *node) one(name string, problem func(string, ...any)) string {
	found := n.all(name)
	if len(found) != 1 {
		problem("%s has %d of %s, want 1", n.name, len(found), name)
		return ""
	}
	return found[0].text
}

// parseXML reads a whole document as strictly as the standard library can.
func parseXML(body []byte) (*node, error) {
	d := xml.NewDecoder(strings.NewReader(string(body)))
	root := &node{}
	stack := []*node{root}
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			n := &node{space: token.Name.Space, name: token.Name.Local, attributes: map[string]string{}}
			for _, a := range token.Attr {
				if _, twice := n.attributes[a.Name.Local]; twice && a.Name.Space == "" {
					return nil, fmt.Errorf("attribute %s twice", a.Name.Local)
				}
				n.attributes[a.Name.Local] = a.Value
			}
			top.children = append(top.children, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(token)
		}
	}
	if len(root.children) != 1 {
		return nil, fmt.Errorf("%d roots", len(root.children))
	}
	return root.children[0], nil
}

// check gives what is wrong with a feed; self is where it was found.
func check(suffix string, body []byte, self string) (problems []string) {
	problem := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if r := regexp.MustCompile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\u009f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff\ufeff]").FindString(string(body)); r != "" {
		problem("character %+q", r)
	}
	if suffix == ".json" {
		checkJSON(body, self, problem)
		return problems
	}
	root, err := parseXML(body)
	if err != nil {
		return []string{"not well formed: " + err.Error()}
	}
	if suffix == ".atom" {
		checkAtom(root, self, problem)
	} else {
		checkRSS(root, self, problem)
	}
	return problems
}

func checkAtom(feed *node, self string, problem func(string, ...any)) {
	if feed.space != "http://www.w3.org/2005/Atom" || feed.name != "feed" {
		problem("root %s %s", feed.space, feed.name)
	}
	order(feed, "entry", problem)
	whole(feed.one("id", problem), problem)
	if id := feed.one("id", problem); !uuid.MatchString(id) {
		problem("feed id %q", id)
	}
	plainTitle(feed.one("title", problem), problem)
	updated := rfc3339(feed.one("updated", problem), problem)
	if len(feed.all("author")) == 0 {
		problem("no author of the feed")
	}
	whole(feed.one("icon", problem), problem)
	checkLinks(feed, self, "application/atom+xml", problem)
	seen := map[string]bool{}
	for _, e := range feed.all("entry") {
		id := e.one("id", problem)
		if seen[id] || !uuid.MatchString(id) {
			problem("id %q twice, or no UUID", id)
		}
		seen[id] = true
		plainTitle(e.one("title", problem), problem)
		changed := rfc3339(e.one("updated", problem), problem)
		if published := rfc3339(e.one("published", problem), problem); published.After(changed) {
			problem("published %s, after updated %s", published, changed)
		}
		if changed.After(updated) {
			problem("an entry is updated %s, the feed %s", changed, updated)
		}
		alternates := 0
		for _, l := range e.all("link") {
			whole(l.attributes["href"], problem)
			switch l.attributes["rel"] {
			case "alternate":
				alternates++
			case "related":
				if l.attributes["title"] == "" {
					problem("a related link without a title")
				}
			default:
				problem("entry link with rel %q", l.attributes["rel"])
			}
		}
		if alternates != 1 {
			problem("%d alternate links of an entry", alternates)
		}
		for _, a := range e.all("author") {
			if strings.TrimSpace(a.one("name", problem)) == "" {
				problem("author without a name")
			}
			for _, u := range a.all("uri") {
				whole(u.text, problem)
			}
		}
		for _, c := range e.all("category") {
			if c.attributes["term"] == "" {
				problem("category without a term")
			}
		}
		if content := e.all("content"); len(content) != 1 || content[0].attributes["type"] != "html" {
			problem("content %v", content)
		}
		safe(e.one("content", problem), problem)
		for _, c := range e.children {
			if c.space != feed.space || !slices.Contains(strings.Fields("id title published updated author link category summary content"), c.name) {
				problem("element %s in an entry", c.name)
			}
		}
	}
}

// checkLinks holds a feed's own links to be whole, one of each kind, and to
// name the address where it was found.
func checkLinks(n *node, self, kind string, problem func(string, ...any)) {
	rels := map[string]string{}
	for _, l := range n.all("link") {
		rel := l.attributes["rel"]
		if l.space != "http://www.w3.org/2005/Atom" {
			continue // RSS's own
		}
		if _, twice := rels[rel]; twice {
			problem("two links %s", rel)
		}
		rels[rel] = l.attributes["href"]
		whole(l.attributes["href"], problem)
		if rel == "alternate" && l.attributes["type"] != "text/html" || rel != "alternate" && l.attributes["type"] != kind {
			problem("link %s of type %q", rel, l.attributes["type"])
		}
		if !slices.Contains([]string{"self", "alternate", "first", "previous", "next"}, rel) {
			problem("feed link %q", rel)
		}
	}
	if rels["self"] != self {
		problem("self %q, want %q", rels["self"], self)
	}
}

func checkRSS(rss *node, self string, problem func(string, ...any)) {
	if rss.name != "rss" || rss.attributes["version"] != "2.0" || len(rss.children) != 1 || rss.children[0].name != "channel" {
		problem("no RSS 2.0 with one channel")
		return
	}
	channel := rss.children[0]
	order(channel, "item", problem)
	plainTitle(channel.one("title", problem), problem)
	if channel.one("description", problem) == "" || channel.one("language", problem) != "en" {
		problem("no description or language")
	}
	own := &node{children: slices.DeleteFunc(slices.Clone(channel.all("link")), func(l *node) bool { return l.space != "" })}
	whole(own.one("link", problem), problem)
	checkLinks(channel, self, "application/rss+xml", problem)
	rfc822(channel.one("lastBuildDate", problem), problem)
	seen := map[string]bool{}
	for _, i := range channel.all("item") {
		plainTitle(i.one("title", problem), problem)
		guid := i.all("guid")
		if len(guid) != 1 || guid[0].attributes["isPermaLink"] != "false" || seen[guid[0].text] || !uuid.MatchString(guid[0].text) {
			problem("guid %+v", guid)
			continue
		}
		seen[guid[0].text] = true
		rfc822(i.one("pubDate", problem), problem)
		links := &node{children: slices.DeleteFunc(slices.Clone(i.all("link")), func(l *node) bool { return l.space != "" })}
		whole(links.one("link", problem), problem)
		safe(i.one("description", problem), problem)
		for _, c := range i.children {
			if !slices.Contains(strings.Fields("title link guid pubDate creator category description"), c.name) {
				problem("element %s in an item", c.name) // an author would need a mail address
			}
			if c.name == "creator" && (c.space != "http://purl.org/dc/elements/1.1/" || c.text == "") || c.name == "category" && c.text == "" {
				problem("%s %q in %q", c.name, c.text, c.space)
			}
		}
	}
}

func checkJSON(body []byte, self string, problem func(string, ...any)) {
	var feed struct {
		Version, Title, Description, Favicon, Language string
		HomePageURL                                    string  `json:"home_page_url"`
		FeedURL                                        string  `json:"feed_url"`
		NextURL                                        *string `json:"next_url"`
		Authors                                        []struct{ Name, URL string }
		Items                                          *[]struct {
			ID, URL, Title, Summary string
			ExternalURL             *string                      `json:"external_url"`
			ContentHTML             string                       `json:"content_html"`
			DatePublished           string                       `json:"date_published"`
			DateModified            string                       `json:"date_modified"`
			Authors                 []struct{ Name, URL string } `json:"authors"`
			Tags                    []string
		}
	}
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(&feed); err != nil {
		problem("JSON: %v", err)
		return
	}
	if feed.Version != "https://jsonfeed.org/version/1.1" || feed.Language != "en" || feed.Items == nil || len(feed.Authors) != 1 || feed.Description == "" {
		problem("the object: %.300s", body)
		return
	}
	plainTitle(feed.Title, problem)
	if feed.FeedURL != self {
		problem("feed_url %q, want %q", feed.FeedURL, self)
	}
	whole(feed.HomePageURL, problem)
	whole(feed.Favicon, problem)
	if feed.NextURL != nil && *feed.NextURL == feed.FeedURL {
		problem("next_url is feed_url")
	}
	seen := map[string]bool{}
	for _, i := range *feed.Items {
		if seen[i.ID] || !uuid.MatchString(i.ID) {
			problem("id %q", i.ID)
		}
		seen[i.ID] = true
		whole(i.URL, problem)
		if i.ExternalURL != nil {
			whole(*i.ExternalURL, problem)
		}
		plainTitle(i.Title, problem)
		safe(i.ContentHTML, problem)
		if rfc3339(i.DatePublished, problem).After(rfc3339(i.DateModified, problem)) {
			problem("published %s, modified %s", i.DatePublished, i.DateModified)
		}
		for _, a := range i.Authors {
			if a.Name == "" {
				problem("author without a name")
			}
		}
		if slices.Contains(i.Tags, "") {
			problem("empty tag")
		}
	}
}

var uuid = regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// order wants what says something of the feed before what is in it.
func order(n *node, entry string, problem func(string, ...any)) {
	begun := false
	for _, c := range n.children {
		if begun && c.name != entry {
			problem("%s after the first %s", c.name, entry)
		}
		begun = begun || c.name == entry
	}
}

var address = regexp.MustCompile(`^[a-z]+:[0-9A-Za-z\-._~:/?#\[\]@!$&'()*+,;=%]+$`)

// whole wants an address with its scheme, of the characters of RFC 3986.
func whole(s string, problem func(string, ...any)) {
	u, err := url.Parse(s)
	if err != nil || !address.MatchString(s) || u.Scheme != "urn" && (u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
		problem("address %q", s)
	}
}

func plainTitle(s string, problem func(string, ...any)) {
	if s == "" || strings.TrimSpace(s) != s || strings.Contains(s, "\n") {
		problem("title %q", s)
	}
}

func rfc3339(s string, problem func(string, ...any)) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || !strings.HasSuffix(s, "Z") {
		problem("date %q", s)
	}
	return t
}

func rfc822(s string, problem func(string, ...any)) {
	if t, err := time.Parse(time.RFC1123Z, s); err != nil || t.Format(time.RFC1123Z) != s {
		problem("date %q", s)
	}
}

// safe wants HTML of a few elements with balanced tags, whose only attribute is
// the whole address of a link.
func safe(s string, problem func(string, ...any)) {
	z := html.NewTokenizer(strings.NewReader(s))
	var open []string
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			if len(open) > 0 || z.Err() != io.EOF {
				problem("HTML ends in %v: %v", open, z.Err())
			}
			return
		case html.StartTagToken:
			t := z.Token()
			if !slices.Contains([]string{"p", "a", "em", "strong"}, t.Data) {
				problem("HTML element %s", t.Data)
			}
			for _, a := range t.Attr {
				if t.Data != "a" || a.Key != "href" {
					problem("HTML attribute %s", a.Key)
				}
				whole(a.Val, problem)
			}
			open = append(open, t.Data)
		case html.EndTagToken:
			if t := z.Token(); len(open) == 0 || open[len(open)-1] != t.Data {
				problem("HTML ends %s in %v", t.Data, open)
				return
			}
			open = open[:len(open)-1]
		case html.CommentToken, html.DoctypeToken, html.SelfClosingTagToken:
			problem("HTML has %s", kind)
		}
	}
}
