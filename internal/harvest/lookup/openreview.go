package lookup

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/clean"
)

// note is what OpenReview's APIs say of a submission (docs.openreview.net,
// Introduction to Notes). Times are milliseconds. Version 2 wraps each value of
// content, version 1 does not.
type note struct {
	ID      string          `json:"id"`
	Forum   string          `json:"forum"`
	Created int64           `json:"cdate"`
	Shown   int64           `json:"odate"` // when everybody could see it
	Out     int64           `json:"pdate"` // published
	Changed int64           `json:"tmdate"`
	Deleted int64           `json:"ddate"`
	Readers []string        `json:"readers"`
	Content map[string]said `json:"content"`
}

// said is a value of a note's content.
type said struct{ raw json.RawMessage }

func (s *said) UnmarshalJSON(raw []byte) error {
	var wrapped struct {
		Value json.RawMessage `json:"value"`
	}
	if json.Unmarshal(raw, &wrapped) == nil && wrapped.Value != nil {
		raw = wrapped.Value
	}
	s.raw = slices.Clone(raw)
	return nil
}

func (s said) text() (out string) {
	_ = json.Unmarshal(s.raw, &out) // "" where it is something else
	return out
}

func (s said) list() (out []string) {
	_ = json.Unmarshal(s.raw, &out)
	return out
}

// forum asks OpenReview, first for what is there since 2023.
func (l *Lookup) forum(ctx context.Context, t Target) (broadsheet.Paper, error) {
	id := broadsheet.SplitID(t.ID).Value
	for _, base := range []string{l.opt.OpenReview, l.opt.OpenReviewV1} {
		var answer struct {
			Notes []note `json:"notes"`
		}
		err := l.json(ctx, base+"/notes?"+url.Values{"id": {id}}.Encode(), &answer)
		switch {
		case status(err) == http.StatusForbidden:
			return broadsheet.Paper{}, notPublic()
		case refused(err) || err == nil && len(answer.Notes) == 0:
			continue
		case err != nil:
			return broadsheet.Paper{}, explain(err, "OpenReview")
		}
		return l.fromNote(&answer.Notes[0], id)
	}
	return broadsheet.Paper{}, &broadsheet.Error{Kind: broadsheet.NotFound, Field: "url", Text: "OpenReview has no such paper", Fix: "look whether the address is whole"}
}

func notPublic() error {
	return &broadsheet.Error{Kind: broadsheet.Denied, Field: "url", Text: "this submission is not public at OpenReview", Fix: "come back when it is"}
}

func (l *Lookup) fromNote(n *note, id string) (broadsheet.Paper, error) {
	switch {
	case n.ID != id:
		return broadsheet.Paper{}, another("OpenReview", id, n.ID)
	case n.Forum != "" && n.Forum != id:
		return broadsheet.Paper{}, broadsheet.InvalidField("url", "this is a review or comment, not a paper", "give the address of the paper's own page")
	case !slices.Contains(n.Readers, "everyone"):
		return broadsheet.Paper{}, notPublic()
	}
	c := n.Content
	p := broadsheet.Paper{Origin: broadsheet.OriginCatalog, Title: title(c["title"].text()), Abstract: prose(c["abstract"].text(), maxAbstract), Note: title(c["venue"].text())}
	if p.Title == "" {
		return p, broadsheet.InvalidField("url", "this page of OpenReview is about no paper", "give the address of the paper's own page")
	}
	for _, name := range c["authors"].list() {
		authored(&p, broadsheet.Author{Name: clean.Clip(clean.TeXName(name), maxName)})
	}
	if len(p.Authors) == 1 && broadsheet.AuthorKey(p.Authors[0].Name) == "anonymous" {
		p.Authors = nil
	}
	p.PublishedAt = l.millis(n.Out, n.Shown, n.Created)
	p.UpdatedAt = l.millis(n.Changed, n.Out, n.Created)
	venue := strings.ToLower(c["venueid"].text() + " " + c["venue"].text())
	p.Withdrawn = n.Deleted > 0 || strings.Contains(venue, "withdrawn") || strings.Contains(venue, "retract") || takenBack(p.Title, p.Abstract)
	at := url.Values{"id": {id}}.Encode()
	linked(&p, broadsheet.LinkPage, "https://openreview.net/forum?"+at)
	if c["pdf"].text() != "" {
		linked(&p, broadsheet.LinkPDF, "https://openreview.net/pdf?"+at)
	}
	identified(&p, broadsheet.SourceID{Scheme: "openreview", Value: id})
	return p, nil
}

// millis is the first time that is told.
func (l *Lookup) millis(list ...int64) time.Time {
	for _, ms := range list {
		if ms > 0 {
			return l.plausible(time.UnixMilli(ms).UTC())
		}
	}
	return time.Time{}
}
