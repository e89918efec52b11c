package arxiv

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/harvest/source"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/lib/oaipmh"
	"broadsheet/internal/lib/xmldoc"
)

// API asks the search interface: one day of submissions after the other, or
// single papers. Its index lags behind the announcement, so each harvest goes
// over the last days again.
type API struct {
	Get        oaipmh.Getter
	Base       string   // "https://export.arxiv.org/api/query"
	Categories []string // "cs.LG"; none is all
	PageSize   int      // entries a page, 500 where zero; the service gives 2,000 at most
}

const (
	defaultPageSize = 500
	overlap         = 3      // days that a harvest goes over again
	maxResults      = 30_000 // of one query, by the service's rule
)

type apiCursor struct {
	Of    []string       `json:"of"`              // categories
	Day   broadsheet.Day `json:"day"`             // of submission, in UTC; the next to be asked for
	To    broadsheet.Day `json:"to,omitempty"`    // last one
	Start int            `json:"start,omitempty"` // entries of Day that are stored
}

// Name is NameAPI.
func (s *API) Name() string { return NameAPI }

// Begin goes on some days before the last harvest's end.
func (s *API) Begin(t source.Task) (string, error) {
	today := broadsheet.DayOf(t.Now, time.UTC)
	of := t.Sets
	if len(of) == 0 {
		of = s.Categories
	}
	of = categories(of)
	slices.Sort(of)
	c := apiCursor{Of: of, Day: t.From, To: t.To}
	if c.To == "" || c.To > today {
		c.To = today
	}
	if c.Day == "" {
		var last apiCursor
		if json.Unmarshal([]byte(t.State.Cursor), &last) != nil || !slices.Equal(last.Of, of) {
			last = apiCursor{}
		}
		back := today.Add(-source.LookBack)
		switch {
		case last.To != "":
			return t.State.Cursor, nil // killed under way
		case last.Day == "":
			c.Day = back
		case t.Outage:
			c.Day = min(last.Day.Add(-overlap), back)
		default:
			c.Day = last.Day.Add(-overlap)
		}
	}
	if c.Day > c.To {
		c.Day = c.To
	}
	return encode(c)
}

// Page asks for the next entries of a day.
func (s *API) Page(ctx context.Context, t source.Task, cursor string) (source.Page, error) {
	var c apiCursor
	if err := json.Unmarshal([]byte(cursor), &c); err != nil || c.Day == "" || c.To == "" {
		return source.Page{}, fmt.Errorf("cursor %q is not one of %s", cursor, NameAPI)
	}
	size := s.PageSize
	if size <= 0 {
		size = defaultPageSize
	}
	compact := strings.ReplaceAll(string(c.Day), "-", "")
	query := "submittedDate:[" + compact + "0000 TO " + compact + "2359]"
	if len(c.Of) > 0 {
		terms := make([]string, len(c.Of))
		for i, cat := range c.Of {
			if !strings.Contains(cat, ".") && Set(cat) == cat {
				cat += ".*" // an archive with categories
			}
			terms[i] = "cat:" + cat
		}
		query += " AND (" + strings.Join(terms, " OR ") + ")"
	}
	args := url.Values{"search_query": {query}, "start": {strconv.Itoa(c.Start)}, "max_results": {strconv.Itoa(size)},
		"sortBy": {"submittedDate"}, "sortOrder": {"ascending"}}
	f, err := s.ask(ctx, args)
	if err != nil {
		return source.Page{}, err
	}
	if len(f.entries) == 0 && f.total > c.Start {
		return source.Page{}, fmt.Errorf("%w: no entries although there are %d", fetch.ErrEmpty, f.total)
	}
	page := source.Page{Day: c.Day}
	s.read(&page, f.entries, t.Now)
	c.Start += len(f.entries)
	if c.Start >= min(f.total, maxResults) {
		c.Day, c.Start = c.Day.Add(1), 0
	}
	if c.Day > c.To {
		page.Done = true
		c = apiCursor{Of: c.Of, Day: c.To}
	}
	page.Cursor, err = encode(c)
	return page, err
}

func (s *API) read(page *source.Page, entries []entry, now time.Time) {
	for _, e := range entries {
		p, err := fromEntry(e.Node, now)
		if err != nil {
			page.Rejects = append(page.Rejects, broadsheet.Reject{Ref: source.Ref(s.Base, e.raw), Layout: NameAPI, Reason: err.Error(), Body: e.raw})
			continue
		}
		if p.PublishedAt.After(page.Latest) {
			page.Latest = p.PublishedAt
		}
		page.Papers = append(page.Papers, p)
	}
}

// Paper asks for one paper. NotFound where arXiv has none of that id.
func (s *API) Paper(ctx context.Context, id string, now time.Time) (broadsheet.Paper, error) {
	canonical, _, ok := broadsheet.ParseArxivID(id)
	if !ok {
		return broadsheet.Paper{}, broadsheet.InvalidField("id", fmt.Sprintf("%q is not an arXiv id", clean.Clip(id, 60)), "write it as 2503.02130 or math/0309136")
	}
	missing := broadsheet.Errorf(broadsheet.NotFound, "arXiv has no paper %s", canonical)
	f, err := s.ask(ctx, url.Values{"id_list": {canonical}, "max_results": {"1"}})
	if errors.As(err, new(*apiError)) {
		return broadsheet.Paper{}, missing
	}
	if err != nil {
		return broadsheet.Paper{}, err
	}
	if len(f.entries) == 0 {
		return broadsheet.Paper{}, missing
	}
	p, err := fromEntry(f.entries[0].Node, now)
	if err == nil && p.ID != canonical {
		err = broadsheet.Errorf(broadsheet.Unavailable, "arXiv answers with %s when asked for %s", p.ID, canonical)
	}
	return p, err
}

// apiError is an error as the API words it: an entry titled "Error".
type apiError struct{ text string }

func (e *apiError) Error() string { return "the API answers: " + e.text }

type entry struct {
	*xmldoc.Node
	raw []byte
}

type feed struct {
	entries []entry
	total   int
}

func (s *API) ask(ctx context.Context, args url.Values) (feed, error) {
	res, err := s.Get.Get(ctx, fetch.Request{URL: s.Base + "?" + args.Encode(), Accept: "application/atom+xml, application/xml;q=0.9",
		Types: []string{"application/atom+xml", "application/xml", "text/xml"}})
	if err != nil {
		var status *fetch.StatusError
		if errors.As(err, &status) && status.Status == 400 {
			if _, perr := parseFeed(status.Body); errors.As(perr, new(*apiError)) {
				return feed{}, perr
			}
		}
		return feed{}, err
	}
	return parseFeed(res.Body)
}

func parseFeed(body []byte) (feed, error) {
	f := feed{total: -1}
	err := xmldoc.Each(body, func(string, int) bool { return false }, func(p xmldoc.Piece) error {
		if p.Parent != "feed" {
			return fmt.Errorf("it is %q, no Atom feed", p.Parent)
		}
		switch p.Name {
		case "totalResults":
			if n, err := strconv.Atoi(strings.TrimSpace(p.Text)); err == nil {
				f.total = n
			}
		case "entry":
			if p.Value("title") == "Error" && strings.Contains(p.Value("id"), "/api/errors") {
				return &apiError{clean.Clip(clean.Line(p.Value("summary")), 200)}
			}
			f.entries = append(f.entries, entry{p.Node, p.Raw})
		}
		return nil
	})
	if err == nil && f.total < 0 {
		err = errors.New("it does not tell how many results there are")
	}
	if err != nil {
		return feed{}, fmt.Errorf("read answer: %w", err)
	}
	return f, nil
}

// fromEntry makes a paper of an entry.
func fromEntry(n *xmldoc.Node, now time.Time) (broadsheet.Paper, error) {
	p := broadsheet.Paper{
		Origin: broadsheet.OriginCatalog, Title: line(n.Value("title")), Abstract: clean.Clip(clean.Line(n.Value("summary")), maxAbstract),
		Note: line(n.Value("comment")), JournalRef: line(n.Value("journal_ref")), DOI: line(n.Value("doi")),
	}
	for _, a := range n.All("author") {
		for _, named := range Authors(strings.ReplaceAll(a.Value("name"), ",", " ")) {
			if at := a.Value("affiliation"); at != "" {
				named.Affiliation = clean.Clip(clean.TeXName(at), maxName)
			}
			p.Authors = append(p.Authors, named)
		}
	}
	cats := []string{n.Child("primary_category").Attr("term")}
	for _, c := range n.All("category") {
		cats = append(cats, c.Attr("term"))
	}
	p.Categories = categories(cats)
	var err error
	if p.PublishedAt, err = time.Parse(time.RFC3339, n.Value("published")); err != nil {
		return broadsheet.Paper{}, broadsheet.InvalidField("published", fmt.Sprintf("%q is not a time", clean.Clip(n.Value("published"), 60)), "")
	}
	p.PublishedAt = p.PublishedAt.UTC()
	p.UpdatedAt = p.PublishedAt
	if at, err := time.Parse(time.RFC3339, n.Value("updated")); err == nil {
		p.UpdatedAt = at.UTC()
	}
	p.Withdrawn = isWithdrawn(&p)
	id := n.Value("id")
	if err := finish(&p, id, now); err != nil {
		return broadsheet.Paper{}, err
	}
	p.Versions = []broadsheet.Version{{Number: 1, CreatedAt: p.PublishedAt}}
	if _, v, _ := broadsheet.ParseArxivID(id); v > 1 {
		p.Versions = append(p.Versions, broadsheet.Version{Number: v, CreatedAt: p.UpdatedAt})
	}
	return p, nil
}

// Next is a day later: the API is for filling gaps.
func (s *API) Next(success time.Time, _ source.Page) time.Time { return success.Add(24 * time.Hour) }

// Read reads an entry kept aside.
func (s *API) Read(r broadsheet.Reject, now time.Time) (broadsheet.Paper, error) {
	n, err := xmldoc.Parse(r.Body)
	if err != nil {
		return broadsheet.Paper{}, err
	}
	return fromEntry(n, now)
}
