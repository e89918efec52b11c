package broadsheet

import (
	"encoding/json"
	"time"
)

// Origin says how much the description in a record can be trusted. A record
// replaces title, abstract, authors and the like only where its origin is at
// least the stored one's; otherwise it fills what is empty.
type Origin int

// Origins, weakest first.
const (
	OriginSample  Origin = 0  // the sample edition that comes with the program
	OriginCurated Origin = 10 // a Daily Papers API or recording: retyped titles, no categories
	OriginFeed    Origin = 20 // an RSS or Atom feed: no versions, no dates of its own
	OriginCatalog Origin = 30 // the source's catalogue: OAI-PMH, API, metadata snapshot
)

// Paper is one work, however many sources and versions it comes from.
type Paper struct {
	ID       string     `json:"id"`               // public id: "2503.02130", "math/0309136", "doi:10.1101/…"
	IDs      []SourceID `json:"ids,omitempty"`    // every identity, sorted by scheme and value
	Origin   Origin     `json:"origin,omitempty"` // of the description below
	Title    string     `json:"title"`
	Abstract string     `json:"abstract,omitempty"`
	TLDR     string     `json:"tldr,omitempty"` // one or two sentences

	Authors       []Author       `json:"authors,omitempty"`
	AuthorCount   int            `json:"authorCount,omitempty"` // of the source; more than len(Authors) where names are not known
	Categories    []string       `json:"categories,omitempty"`  // primary first
	Keywords      []string       `json:"keywords,omitempty"`
	Organizations []Organization `json:"organizations,omitempty"`
	Versions      []Version      `json:"versions,omitempty"` // ascending
	Links         []Link         `json:"links,omitempty"`    // sorted by kind, then as given
	Features      []Feature      `json:"features,omitempty"` // ascending by day

	Note       string `json:"note,omitempty"` // the authors' comment at the source ("20 pages, 3 figures")
	JournalRef string `json:"journalRef,omitempty"`
	DOI        string `json:"doi,omitempty"` // as the source gives it; may hold several, blank-separated
	ReportNo   string `json:"reportNo,omitempty"`
	License    string `json:"license,omitempty"`
	Submitter  string `json:"submitter,omitempty"` // at the source
	ACMClass   string `json:"acmClass,omitempty"`
	MSCClass   string `json:"mscClass,omitempty"`

	PublishedAt time.Time `json:"publishedAt,omitzero"` // first version at the source
	UpdatedAt   time.Time `json:"updatedAt,omitzero"`   // last change at the source
	AnnouncedOn Day       `json:"announcedOn,omitempty"`
	SeenAt      time.Time `json:"seenAt,omitzero"` // when readers of this site could first see it

	ImportedVotes    int  `json:"importedVotes,omitempty"`    // counted elsewhere
	ImportedComments int  `json:"importedComments,omitempty"` // counted elsewhere
	Votes            int  `json:"votes,omitempty"`            // given here
	Comments         int  `json:"comments,omitempty"`         // written here
	Withdrawn        bool `json:"withdrawn,omitempty"`
	Hidden           bool `json:"hidden,omitempty"` // by a moderator: on no list, in no search, without a page
}

// VoteCount is all votes, imported and given here.
func (p *Paper) VoteCount() int { return p.ImportedVotes + p.Votes }

// CommentCount is all comments, imported and written here.
func (p *Paper) CommentCount() int { return p.ImportedComments + p.Comments }

// PrimaryCategory is the first category, or "".
func (p *Paper) PrimaryCategory() string {
	if len(p.Categories) == 0 {
		return ""
	}
	return p.Categories[0]
}

// Link returns the first link of that kind, or nil.
func (p *Paper) Link(kind LinkKind) *Link {
	for i := range p.Links {
		if p.Links[i].Kind == kind {
			return &p.Links[i]
		}
	}
	return nil
}

// SourceID is a paper's identity in one naming scheme. Schemes in use:
// "arxiv", "doi", "biorxiv", "medrxiv", "openreview", "acl", "url".
type SourceID struct {
	Scheme string `json:"scheme"`
	Value  string `json:"value"`
}

// Author is one name on a paper, as printed there.
type Author struct {
	Name        string `json:"name"`
	Key         string `json:"key,omitempty"` // of the author's page; made from the name by AuthorKey
	Affiliation string `json:"affiliation,omitempty"`
	ORCID       string `json:"orcid,omitempty"`
}

// Version is one version at the source.
type Version struct {
	Number    int       `json:"number"`
	CreatedAt time.Time `json:"createdAt,omitzero"`
	Size      string    `json:"size,omitempty"` // as the source prints it: "20kb"
}

// LinkKind says where a link leads.
type LinkKind string

// Kinds of links.
const (
	LinkCode      LinkKind = "code"
	LinkProject   LinkKind = "project"
	LinkMedia     LinkKind = "media"     // picture or film shown with the paper
	LinkThumbnail LinkKind = "thumbnail" // picture of the card
	LinkPage      LinkKind = "page"      // abstract page at a source that is not arXiv
	LinkPDF       LinkKind = "pdf"       // PDF at a source that is not arXiv
)

// Link leads from a paper to something about it. URL is http or https.
type Link struct {
	Kind    LinkKind `json:"kind"`
	URL     string   `json:"url"`
	Stars   int      `json:"stars,omitempty"`   // of a code link
	AddedBy string   `json:"addedBy,omitempty"` // "user" or "auto"
}

// Organization is a lab, company or group.
type Organization struct {
	Key       string `json:"key"`  // handle, as in its page's URL
	Name      string `json:"name"` // as printed
	AvatarURL string `json:"avatarUrl,omitempty"`
	SourceID  string `json:"sourceId,omitempty"` // 24 hexadecimal characters, where it came from a Daily Papers API
}

// Person is someone who submits papers, known here or where a day was recorded.
type Person struct {
	Key       string `json:"key"` // user name
	Name      string `json:"name,omitempty"`
	AvatarURL string `json:"avatarUrl,omitempty"`
	SourceID  string `json:"sourceId,omitempty"`
}

// Feature is a paper's appearance on a day's list.
type Feature struct {
	PaperID    string    `json:"paperId,omitempty"` // omitted inside Paper
	Day        Day       `json:"day"`
	Position   int       `json:"position,omitempty"` // in the list as recorded, from 1; 0 unknown
	FeaturedAt time.Time `json:"featuredAt,omitzero"`
	Submitter  *Person   `json:"submitter,omitempty"`
	Title      string    `json:"title,omitempty"` // as the submitter typed it, where it differs
	Votes      int       `json:"votes,omitempty"` // as recorded with the day
	Comments   int       `json:"comments,omitempty"`
	// Wire is the entry as the Daily Papers API answered it, compact JSON, so
	// that it can be given back with every field. Only full reads carry it.
	Wire json.RawMessage `json:"wire,omitempty"`
}
