// Package lookup finds one paper at its source: what a person typed becomes the
// name of a paper (Parse), and the place that knows it is asked (Find).
//
// Places: arXiv's API; bioRxiv and medRxiv; OpenReview, both of its APIs; the ACL
// Anthology; Crossref for DOIs, and the page that a DOI leads to for those of
// other registries; any other page, by what it says of itself (citation_ tags,
// JSON-LD, OpenGraph).
//
// What it guarantees: a page is believed about itself only. Where it names a DOI
// or an arXiv id, that is looked up where such names are given out, and counts
// when the titles agree; otherwise a page could pass for another paper. Whoever
// is asked and answers with another paper is not believed either. All text is
// clean and bounded. Sources are asked through one client and strangers' pages
// through another, which reaches no private network that sources may stand in.
package lookup

import (
	"context"
	"slices"
	"time"

	"broadsheet"
	"broadsheet/internal/harvest/arxiv"
	"broadsheet/internal/lib/oaipmh"
)

// Options of a Lookup. Addresses left empty are those of the services.
type Options struct {
	Sources oaipmh.Getter // asks the services
	Pages   oaipmh.Getter // asks whatever address a person typed
	Contact string        // mail address that Crossref may write to; "" names nobody

	Arxiv        string // API
	Crossref     string
	DOI          string // resolver
	OpenReview   string
	OpenReviewV1 string // for what was submitted before 2023
	Biorxiv      string
	ACL          string

	Now func() time.Time
}

// Addresses of the services.
const (
	DefaultArxiv        = "https://export.arxiv.org/api/query"
	DefaultCrossref     = "https://api.crossref.org"
	DefaultDOI          = "https://doi.org"
	DefaultOpenReview   = "https://api2.openreview.net"
	DefaultOpenReviewV1 = "https://api.openreview.net"
	DefaultBiorxiv      = "https://api.biorxiv.org"
	DefaultACL          = "https://aclanthology.org"
)

// Lookup asks sources for single papers. Its methods may be called at the same
// time.
type Lookup struct {
	opt   Options
	arxiv *arxiv.API
}

// New makes a Lookup.
func New(opt Options) *Lookup {
	for _, x := range []struct {
		at *string
		is string
	}{{&opt.Arxiv, DefaultArxiv}, {&opt.Crossref, DefaultCrossref}, {&opt.DOI, DefaultDOI}, {&opt.OpenReview, DefaultOpenReview},
		{&opt.OpenReviewV1, DefaultOpenReviewV1}, {&opt.Biorxiv, DefaultBiorxiv}, {&opt.ACL, DefaultACL}} {
		if *x.at == "" {
			*x.at = x.is
		}
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	return &Lookup{opt: opt, arxiv: &arxiv.API{Get: opt.Sources, Base: opt.Arxiv}}
}

// Found is a paper as its source describes it.
type Found struct {
	Paper   broadsheet.Paper
	Missing []string // of "abstract", "authors", "date": what the source does not tell
}

// Find asks the place that knows the paper. Errors say what the place answered:
// NotFound, Limited where it wants to be left alone (RetryAfter tells how long),
// Unavailable, Denied for what is not public, Invalid for what is no paper.
// Temporary tells which of them may pass. Withdrawn papers are found, and marked.
func (l *Lookup) Find(ctx context.Context, t Target) (Found, error) {
	p, err := l.find(ctx, t)
	if err != nil {
		return Found{}, err
	}
	p.SeenAt = l.opt.Now()
	p.AuthorCount = len(p.Authors)
	f := Found{Paper: p}
	for _, x := range []struct {
		name string
		not  bool
	}{{"abstract", p.Abstract == ""}, {"authors", len(p.Authors) == 0}, {"date", p.PublishedAt.IsZero()}} {
		if x.not {
			f.Missing = append(f.Missing, x.name)
		}
	}
	return f, nil
}

func (l *Lookup) find(ctx context.Context, t Target) (broadsheet.Paper, error) {
	switch t.Place {
	case Arxiv:
		p, err := l.arxiv.Paper(ctx, t.ID, l.opt.Now())
		return p, explain(err, "arXiv")
	case Biorxiv:
		return l.preprint(ctx, t)
	case OpenReview:
		return l.forum(ctx, t)
	case ACL:
		return l.anthology(ctx, t)
	case DOI:
		return l.registered(ctx, broadsheet.SplitID(t.ID).Value)
	}
	return l.page(ctx, t)
}

// identified gives p its identities, the first of which it is known by.
func identified(p *broadsheet.Paper, ids ...broadsheet.SourceID) {
	p.ID = ids[0].ID()
	for _, id := range ids {
		if id.Value != "" && !slices.Contains(p.IDs, id) {
			p.IDs = append(p.IDs, id)
		}
	}
}

// linked adds a link that may stand in one.
func linked(p *broadsheet.Paper, kind broadsheet.LinkKind, address string) {
	if broadsheet.ValidURL(address) && p.Link(kind) == nil {
		p.Links = append(p.Links, broadsheet.Link{Kind: kind, URL: address})
	}
}
