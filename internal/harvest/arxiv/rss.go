package arxiv

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/harvest/source"
	"broadsheet/internal/lib/arxivcal"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/lib/oaipmh"
	"broadsheet/internal/lib/xmldoc"
)

// RSS reads today's announcements from the feeds. A feed holds one day, so
// there is nothing to page through and nothing to look back to; days missed
// come through OAI or API.
type RSS struct {
	Get        oaipmh.Getter
	Base       string   // "https://rss.arxiv.org/rss"
	Categories []string // "cs.LG"; none is nothing
}

// rssCursor remembers the last feed.
type rssCursor struct {
	Day      string `json:"day,omitempty"` // that the feed's newest items were announced
	Of       string `json:"of,omitempty"`  // the categories
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"`
	// Seen holds a short hash of each item that the feed of Day announced as
	// new or cross-listed: an item that stands there again under a later date
	// comes from a feed that was not rebuilt.
	Seen string `json:"seen,omitempty"`
}

// Name is NameRSS.
func (s *RSS) Name() string { return NameRSS }

// Begin takes the last feed's cursor.
func (s *RSS) Begin(t source.Task) (string, error) {
	if t.From != "" || t.To != "" {
		return "", &broadsheet.Error{Kind: broadsheet.Invalid, Field: "from", Text: "the feeds hold one day only", Fix: "use " + NameOAI + " or " + NameAPI + " for other days"}
	}
	var c rssCursor
	of := strings.Join(s.categories(t.Sets), "+")
	if of == "" {
		return "", &broadsheet.Error{Kind: broadsheet.Invalid, Field: "categories", Text: "none for the feeds", Fix: "name categories such as cs.LG"}
	}
	if json.Unmarshal([]byte(t.State.Cursor), &c) != nil || c.Of != of {
		c = rssCursor{Of: of}
	}
	return encode(c)
}

func (s *RSS) categories(instead []string) []string {
	if len(instead) == 0 {
		instead = s.Categories
	}
	all := categories(instead)
	slices.Sort(all)
	return all
}

var rssTypes = []string{"application/rss+xml", "application/xml", "text/xml", "application/atom+xml"}

// Page reads the feed.
func (s *RSS) Page(ctx context.Context, t source.Task, cursor string) (source.Page, error) {
	var c rssCursor
	if err := json.Unmarshal([]byte(cursor), &c); err != nil || c.Of == "" {
		return source.Page{}, fmt.Errorf("cursor is not one of %s", NameRSS)
	}
	address := strings.TrimSuffix(s.Base, "/") + "/" + c.Of
	res, err := s.Get.Get(ctx, fetch.Request{URL: address, Accept: "application/rss+xml, application/xml;q=0.9", Types: rssTypes, ETag: c.ETag, LastModified: c.Modified})
	if err != nil {
		return source.Page{}, err
	}
	if res.NotModified {
		page := source.Page{Done: true, Cursor: cursor, Note: "the feed has not changed since " + cmpDay(c.Day)}
		page.Early = expected(t.Now) > c.Day
		return page, nil
	}
	items, err := feedItems(res.Body)
	if err != nil {
		return source.Page{}, fmt.Errorf("read feed: %w", err)
	}
	page, err := s.read(ctx, t, items, address, &c)
	if err != nil {
		return source.Page{}, err
	}
	c.ETag, c.Modified = res.ETag, res.LastModified
	page.Done = true
	page.Cursor, err = encode(c)
	return page, err
}

// expected is the announcement day that the feeds should be showing.
func expected(now time.Time) string {
	return arxivcal.DayOf(arxivcal.Previous(now.Add(-4*time.Hour - 15*time.Minute)))
}

func cmpDay(day string) string {
	if day == "" {
		return "the last harvest"
	}
	return day
}

// read sorts out what is new, what is renewed and what is repeated.
func (s *RSS) read(ctx context.Context, t source.Task, items []item, address string, c *rssCursor) (source.Page, error) {
	var page source.Page
	known, err := knownOf(ctx, t, items)
	if err != nil {
		return page, err
	}
	seen := unpackSeen(c.Seen)
	day, now := "", map[string]bool{}
	fresh, repeated := 0, 0
	for _, it := range items {
		if it.err != nil {
			page.Rejects = append(page.Rejects, broadsheet.Reject{Ref: cmpRef(it, address), Layout: NameRSS, Reason: it.err.Error(), Body: it.raw})
			continue
		}
		p := it.paper
		p.SeenAt = t.Now
		announces := it.kind == "new" || it.kind == "cross"
		if announces {
			now[short(it.guid)] = true
			if seen[short(it.guid)] && string(p.AnnouncedOn) > c.Day {
				repeated++
				continue // the feed of its category was not rebuilt
			}
			fresh++
			day = max(day, string(p.AnnouncedOn))
			if at := p.AnnouncedOn.Time(); at.After(page.Latest) {
				page.Latest = at
			}
		}
		if it.kind == "cross" && known[p.ID] || !announces {
			p.AnnouncedOn = "" // it was announced before
		}
		if announces || known[p.ID] {
			page.Papers = append(page.Papers, p)
		}
	}
	announced(&page, t.Now, c, day, fresh, repeated)
	if day >= c.Day && len(now) > 0 && fresh > 0 {
		c.Day, c.Seen = day, packSeen(now)
	}
	return page, nil
}

// announced words what the feed brought, against the calendar.
func announced(page *source.Page, now time.Time, c *rssCursor, day string, fresh, repeated int) {
	want := expected(now)
	switch {
	case fresh == 0 && repeated > 0, fresh > 0 && day == c.Day && want > day:
		page.Note, page.Early = "feed repeats "+c.Day, true
	case fresh == 0 && want <= c.Day, fresh == 0 && !arxivcal.HasAnnouncement(arxivcal.DayOf(now.Add(-4*time.Hour))):
		page.Note = "no announcement today"
	case fresh == 0:
		page.Note, page.Early = "nothing announced yet for "+want, true
	case repeated > 0:
		page.Note = fmt.Sprintf("%d items repeat %s", repeated, c.Day)
	default:
		old := 0
		for _, p := range page.Papers {
			if p.AnnouncedOn != "" && string(p.AnnouncedOn) < day {
				old++
			}
		}
		if old > 0 {
			page.Note = fmt.Sprintf("%d items are older than %s", old, day)
		}
	}
}

func knownOf(ctx context.Context, t source.Task, items []item) (map[string]bool, error) {
	if t.Known == nil {
		return nil, nil
	}
	var ids []string
	for _, it := range items {
		if it.err == nil && it.kind != "new" {
			ids = append(ids, it.paper.ID)
		}
	}
	return t.Known(ctx, ids)
}

func cmpRef(it item, address string) string {
	if it.guid != "" {
		return clean.Clip(clean.Line(it.guid), 200)
	}
	return source.Ref(address, it.raw)
}

// short is the hash by which an item is remembered: 40 bits, for the some
// 2,000 items of a day.
func short(guid string) string {
	sum := sha256.Sum256([]byte(guid))
	return string(sum[:5])
}

func packSeen(seen map[string]bool) string {
	var all []string
	for k := range seen {
		all = append(all, k)
	}
	slices.Sort(all)
	return base64.RawStdEncoding.EncodeToString([]byte(strings.Join(all, "")))
}

func unpackSeen(s string) map[string]bool {
	b, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		return nil
	}
	seen := map[string]bool{}
	for i := 0; i+5 <= len(b); i += 5 {
		seen[string(b[i:i+5])] = true
	}
	return seen
}

// Next is when the next feed is built, or half an hour later where the one
// that should be there is not.
func (s *RSS) Next(success time.Time, last source.Page) time.Time {
	next := arxivcal.NextRSS(success)
	if last.Early {
		return earlier(next, success.Add(30*time.Minute))
	}
	return next
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Read reads an item kept aside.
func (s *RSS) Read(r broadsheet.Reject, now time.Time) (broadsheet.Paper, error) {
	n, err := xmldoc.Parse(r.Body)
	if err != nil {
		return broadsheet.Paper{}, err
	}
	it := readItem(n, r.Body)
	it.paper.SeenAt = now
	if it.kind != "new" {
		it.paper.AnnouncedOn = ""
	}
	return it.paper, it.err
}
