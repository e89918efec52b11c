package sourcetest

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Paper is an invented paper as a service shows it.
type Paper struct {
	ID         string // "2606.00001"
	Title      string // "Paper 2606.00001" where empty
	Authors    string // "Ada Example and Bob Other" where empty
	Categories string // "cs.LG" where empty
	Submitted  time.Time
	Versions   int // 1 where 0; each a day after the one before
	Comments   string
	Deleted    bool   // from the catalogue
	Stamp      string // datestamp; "2026-06-02" where empty
	Kind       string // announce type in the feed; "new" where empty
	On         time.Time
	Bad        bool // cannot be read
}

func (p Paper) fill() Paper {
	or := func(s *string, to string) {
		if *s == "" {
			*s = to
		}
	}
	or(&p.Title, "Paper "+p.ID)
	or(&p.Authors, "Ada Example and Bob Other")
	or(&p.Categories, "cs.LG")
	or(&p.Stamp, "2026-06-02")
	or(&p.Kind, "new")
	p.Versions = max(1, p.Versions)
	if p.Submitted.IsZero() {
		p.Submitted = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	}
	if p.On.IsZero() {
		p.On = time.Date(2026, 6, 3, 0, 0, 0, 0, time.FixedZone("", -4*3600))
	}
	return p
}

// Catalog sets the pages of the OAI-PMH service.
func (s *Server) Catalog(pages ...[]Paper) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.oai = pages
}

// Serve sets the date that answers bear.
func (s *Server) Serve(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.served = at
}

// ExpireTokens lets every resumption token given so far be refused once.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.oai {
		s.expired["page-"+strconv.Itoa(i)] = true
	}
}

func (s *Server) serveOAI(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	at := 0
	token := r.URL.Query().Get("resumptionToken")
	if token != "" {
		n, err := strconv.Atoi(strings.TrimPrefix(token, "page-"))
		if s.expired[token] || err != nil {
			delete(s.expired, token)
			s.wrap(w, `<error code="badResumptionToken">expired</error>`)
			return
		}
		at = n
	}
	if at >= len(s.oai) || len(s.oai[at]) == 0 {
		s.wrap(w, `<error code="noRecordsMatch">none</error>`)
		return
	}
	var b strings.Builder
	b.WriteString("<ListRecords>")
	for _, p := range s.oai[at] {
		b.WriteString(p.record())
	}
	if at+1 < len(s.oai) {
		fmt.Fprintf(&b, `<resumptionToken expirationDate="%s">page-%d</resumptionToken>`, s.served.Truncate(24*time.Hour).Add(24*time.Hour).Format(time.RFC3339), at+1)
	} else {
		b.WriteString("<resumptionToken/>")
	}
	b.WriteString("</ListRecords>")
	s.wrap(w, b.String())
}

func (s *Server) wrap(w http.ResponseWriter, inner string) {
	fmt.Fprintf(w, `<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>%s</responseDate><request/>%s</OAI-PMH>`,
		s.served.UTC().Format(time.RFC3339), inner)
}

func (p Paper) record() string {
	p = p.fill()
	if p.Deleted {
		return fmt.Sprintf(`<record><header status="deleted"><identifier>oai:arXiv.org:%s</identifier><datestamp>%s</datestamp></header></record>`, p.ID, p.Stamp)
	}
	if p.Bad {
		return fmt.Sprintf(`<record><header><identifier>oai:arXiv.org:%s</identifier><datestamp>%s</datestamp></header><metadata><arXivRaw><id>%s</id><title> </title></arXivRaw></metadata></record>`, p.ID, p.Stamp, p.ID)
	}
	var versions strings.Builder
	for i := range p.Versions {
		fmt.Fprintf(&versions, `<version version="v%d"><date>%s</date><size>20kb</size></version>`, i+1, p.Submitted.AddDate(0, 0, i).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"))
	}
	return fmt.Sprintf(`<record><header><identifier>oai:arXiv.org:%[1]s</identifier><datestamp>%[2]s</datestamp></header><metadata>
<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>%[1]s</id><submitter>Ada Example</submitter>%[3]s<title>%[4]s</title><authors>%[5]s</authors>
<categories>%[6]s</categories><comments>%[7]s</comments><abstract>About %[1]s.</abstract></arXivRaw></metadata></record>`,
		p.ID, p.Stamp, versions.String(), html.EscapeString(p.Title), html.EscapeString(p.Authors), p.Categories, html.EscapeString(p.Comments))
}

// Feed sets the feed, whatever the categories; built names its ETag.
func (s *Server) Feed(built string, papers ...Paper) {
	var b strings.Builder
	b.WriteString(`<?xml version='1.0' encoding='UTF-8'?><rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel><title>updates</title>`)
	for _, p := range papers {
		p = p.fill()
		kind := p.Kind
		if p.Bad {
			kind = "unheard-of"
		}
		fmt.Fprintf(&b, "<item><title>%[1]s</title><link>https://arxiv.org/abs/%[2]s</link><description>arXiv:%[2]sv%[3]d Announce Type: %[4]s \nAbstract: About %[2]s.</description>"+
			`<guid isPermaLink="false">oai:arXiv.org:%[2]sv%[3]d</guid>`, html.EscapeString(p.Title), p.ID, p.Versions, kind)
		for _, c := range strings.Fields(p.Categories) {
			fmt.Fprintf(&b, "<category>%s</category>", c)
		}
		fmt.Fprintf(&b, "<pubDate>%s</pubDate><arxiv:announce_type>%s</arxiv:announce_type><dc:creator>%s</dc:creator></item>",
			p.On.Format(time.RFC1123Z), kind, html.EscapeString(p.Authors))
	}
	b.WriteString("</channel></rss>")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.feed, s.etag = b.String(), `"`+built+`"`
}

func (s *Server) serveFeed(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", s.etag)
	if r.Header.Get("If-None-Match") == s.etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	fmt.Fprint(w, s.feed)
}

// Index sets the papers that the API knows.
func (s *Server) Index(papers ...Paper) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.api = papers
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	var found []Paper
	for _, p := range s.api {
		p = p.fill()
		if ids := q.Get("id_list"); ids != "" && slices.Contains(strings.Split(ids, ","), p.ID) ||
			ids == "" && strings.Contains(q.Get("search_query"), "["+p.Submitted.UTC().Format("20060102")+"0000") {
			found = append(found, p)
		}
	}
	start, _ := strconv.Atoi(q.Get("start"))
	size, _ := strconv.Atoi(q.Get("max_results"))
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	fmt.Fprintf(w, `<?xml version='1.0' encoding='UTF-8'?><feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom"><opensearch:totalResults>%d</opensearch:totalResults>`, len(found))
	for i := min(start, len(found)); i < min(start+size, len(found)); i++ {
		fmt.Fprint(w, found[i].entry())
	}
	fmt.Fprint(w, "</feed>")
}

func (p Paper) entry() string {
	at := p.Submitted.UTC().Format(time.RFC3339)
	if p.Bad {
		at = "some day"
	}
	var more strings.Builder
	for _, c := range strings.Fields(p.Categories) {
		fmt.Fprintf(&more, `<category term="%s"/>`, c)
	}
	return fmt.Sprintf(`<entry><id>http://arxiv.org/abs/%sv%d</id><title>%s</title><updated>%s</updated><published>%s</published><summary>About.</summary>%s<author><name>Ada Example</name></author></entry>`,
		p.ID, p.Versions, html.EscapeString(p.Title), at, at, more.String())
}

// Featured sets the answer of the Daily Papers API for a day, as JSON.
func (s *Server) Featured(day, entries string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.days[day] = entries
}

// Entry is an entry of the Daily Papers API.
func Entry(id, title string, votes int) string {
	return fmt.Sprintf(`{"paper":{"id":%q,"authors":[{"name":"Ada Example","hidden":false}],"publishedAt":"2026-06-01T12:00:00.000Z","title":%q,"summary":"About.","upvotes":%d},
"publishedAt":"2026-06-02T07:00:00.000Z","title":%q,"numComments":1,"submittedBy":{"name":"bob","fullname":"Bob"},"later":"kept"}`, id, title, votes, title)
}
