package client

import "time"

// Day is a calendar day of the site, "2026-06-30". Days compare as strings.
type Day string

// Paper is one work, however many sources and versions it comes from. An answer
// to a request with "fields" holds the id and the named fields only.
//
// Three dates are kept apart: published at the source, announced there, and
// featured here. A field that is not known is missing.
type Paper struct {
	ID     string     `json:"id"`            // public id, always text: "2503.02130", "math/0309136", "doi:10.1101/…"
	URL    string     `json:"url"`           // page of the paper on this site
	Source Source     `json:"source"`        // where the paper itself is
	IDs    []Identity `json:"ids,omitempty"` // every identity of the paper, sorted by scheme and value

	Title    string `json:"title"`              // may hold TeX between dollar signs
	TLDR     string `json:"tldr,omitempty"`     // one or two sentences
	Abstract string `json:"abstract,omitempty"` // may hold TeX

	Authors       []Author       `json:"authors,omitempty"` // in the order of the paper; the first ones where "authors" limits them
	AuthorCount   int            `json:"authorCount"`       // all authors, also those not named here
	Organizations []Organization `json:"organizations,omitempty"`
	Categories    []string       `json:"categories,omitempty"` // primary first
	Keywords      []string       `json:"keywords,omitempty"`

	PublishedAt time.Time `json:"publishedAt,omitzero"`  // first version at the source
	UpdatedAt   time.Time `json:"updatedAt,omitzero"`    // last change at the source
	AnnouncedOn Day       `json:"announcedOn,omitempty"` // day on which the source announced it
	FeaturedOn  Day       `json:"featuredOn,omitempty"`  // last day on which it was featured here
	SeenAt      time.Time `json:"seenAt,omitzero"`       // when readers of this site could first see it

	Votes     int  `json:"votes"`               // all votes, here and where the paper was chosen
	Comments  int  `json:"comments"`            // all comments, here and where the paper was chosen
	Withdrawn bool `json:"withdrawn,omitempty"` // its authors took it back

	Features []Feature `json:"features,omitempty"` // its appearances on days' lists, oldest first
	Links    []Link    `json:"links,omitempty"`    // code, project page, pictures and films
	Versions []Version `json:"versions,omitempty"` // oldest first; only where one paper is asked for

	Note       string `json:"note,omitempty"` // the authors' comment at the source: "20 pages, 3 figures"
	JournalRef string `json:"journalRef,omitempty"`
	DOI        string `json:"doi,omitempty"` // as the source gives it; may hold several, blank-separated
	ReportNo   string `json:"reportNo,omitempty"`
	License    string `json:"license,omitempty"`
	Submitter  string `json:"submitter,omitempty"` // at the source
	ACMClass   string `json:"acmClass,omitempty"`
	MSCClass   string `json:"mscClass,omitempty"`
}

// Source is where a paper stands at its source: always linked, never copied.
type Source struct {
	Name string `json:"name"`           // "arXiv", "doi.org"
	Page string `json:"page,omitempty"` // address of the abstract page
	PDF  string `json:"pdf,omitempty"`  // address of the PDF
}

// Identity is a paper's name in one naming scheme.
type Identity struct {
	Scheme string `json:"scheme"` // "arxiv", "doi", "biorxiv", "medrxiv", "openreview", "acl" or "url"
	Value  string `json:"value"`
}

// Author is one name on a paper, as printed there.
type Author struct {
	Name        string `json:"name"`
	Key         string `json:"key,omitempty"` // of the list of the author's papers; people of one name share it
	Affiliation string `json:"affiliation,omitempty"`
	ORCID       string `json:"orcid,omitempty"`
}

// Organization is a lab, company or group of a paper.
type Organization struct {
	Key       string `json:"key"` // of the list of its papers
	Name      string `json:"name"`
	AvatarURL string `json:"avatarUrl,omitempty"` // picture, at its source
}

// Person is someone who submits papers to the site.
type Person struct {
	Key  string `json:"key"` // of the list of what the person submitted
	Name string `json:"name,omitempty"`
}

// Feature is a paper's appearance on a day's list.
type Feature struct {
	Day        Day       `json:"day"`
	Position   int       `json:"position,omitempty"` // in the day's list as recorded, from 1
	FeaturedAt time.Time `json:"featuredAt,omitzero"`
	Submitter  *Person   `json:"submitter,omitempty"` // who brought it to the site
	Title      string    `json:"title,omitempty"`     // as the submitter typed it, where it differs
	Rank       int       `json:"rank,omitempty"`      // place by votes among the papers of that day; only where one paper is asked for
	Of         int       `json:"of,omitempty"`        // papers among which it has that place
}

// Link leads from a paper to something about it.
type Link struct {
	Kind  string `json:"kind"` // "code", "project", "media", "thumbnail", "page" or "pdf"
	URL   string `json:"url"`
	Stars int    `json:"stars,omitempty"` // of a code link
}

// Version is one version at the source.
type Version struct {
	Number    int       `json:"number"`
	CreatedAt time.Time `json:"createdAt,omitzero"`
	Size      string    `json:"size,omitempty"` // as the source prints it: "20kb"
}
