package search

import (
	"context"
	"math"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/analyze"
	"broadsheet/internal/lib/checksum"
	"broadsheet/internal/lib/segment"
	"broadsheet/internal/store"
)

// DocumentVersion names what this file makes of a paper, together with what the
// analyzer makes of its words. An index made with another is rebuilt.
const DocumentVersion = "3." + analyze.Version

// Tags stand in the dictionary before what they are of, so that a filter is a
// posting list.
const (
	TagCategory  = "\x01c" // "cs.LG", and its archive "cs"
	TagAuthor    = "\x01a" // author key
	TagOrgFolded = "\x01l" // organisation key in lower case, as queries have it
	TagHas       = "\x01h" // "code"
)

// Columns and facets of a document.
const (
	ColumnNorm  = "norm"  // its length in words: those of the title times their weight, and the abstract's
	ColumnTime  = "time"  // Minutes of its publication
	ColumnPop   = "pop"   // Popularity
	ColumnFlags = "flags" // Flag…
	ColumnHash  = "hash"  // of all that the document is made of: the same means nothing to do

	FacetCategory     = "cat" // primary first
	FacetOrganization = "org" // keys
)

// Flags of a document.
const FlagCode = 1 // somebody linked code

// The stretches of positions that fields have; what is beyond is left out.
const (
	titleEnd    = 250
	abstractEnd = segment.AuthorsBase - 64
	authorsEnd  = segment.OtherBase - 64
	otherEnd    = segment.MaxPos
	apart       = 8 // between texts of one field, so that no phrase spans two
)

// epoch is where ColumnTime begins. The oldest paper of JSTOR is of 1665, that
// of arXiv's archives of 1986; before 1800 all are alike.
var epoch = time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC)

// Minutes is t for ColumnTime, 0 where it is unknown.
func Minutes(t time.Time) uint32 {
	if t.IsZero() {
		return 0
	}
	m := (t.Unix() - epoch.Unix()) / 60
	return uint32(max(1, min(m, math.MaxUint32))) // #nosec G115 -- bounded
}

// TimeOf is the time of a ColumnTime, zero where it is unknown.
func TimeOf(minutes uint32) time.Time {
	if minutes == 0 {
		return time.Time{}
	}
	return time.Unix(epoch.Unix()+60*int64(minutes), 0).UTC()
}

// Popularity is the bucket of votes and comments: 0 for none, then four to a
// doubling. It changes seldom, so that a vote seldom means to index anew.
func Popularity(votes, comments int) uint8 {
	n := votes + 2*comments
	if n <= 0 {
		return 0
	}
	return uint8(min(255, 1+int(4*math.Log2(float64(n)))))
}

// publishedAt is when a paper was published: by its source, else the day it was
// announced, else unknown.
func publishedAt(p *broadsheet.Paper) time.Time {
	if p.PublishedAt.IsZero() && p.AnnouncedOn != "" {
		return p.AnnouncedOn.Time()
	}
	return p.PublishedAt
}

func flagsOf(p *broadsheet.Paper) (flags uint32) {
	if p.Link(broadsheet.LinkCode) != nil {
		flags |= FlagCode
	}
	return flags
}

// Embedder makes the vectors of documents here and now: the model that is built
// in.
type Embedder interface {
	Name() string
	// Vector writes 256 numbers of length 1 to dst; false where the model knows
	// nothing of the text.
	Vector(dst []float32, text string) bool
}

// VectorSource has the vectors that a model elsewhere made; a store is one.
type VectorSource interface {
	Vectors(ctx context.Context, model string, ids []string) (map[string]store.Vector, error)
}

// documents turns papers into documents. It belongs to one goroutine.
type documents struct {
	builder  *segment.Builder
	options  segment.Options // of builder
	embed    Embedder
	category func(string) string // name of a category
	analyzer *analyze.Analyzer
	vector   [segment.Dim]float32
	text     []byte
}

func newDocuments(o segment.Options, embed Embedder, category func(string) string) *documents {
	return &documents{builder: segment.NewBuilder(o), options: o, embed: embed, category: category, analyzer: analyze.New()}
}

// suit makes it work for segments with these options.
func (d *documents) suit(o segment.Options, embed Embedder) {
	if d.embed = embed; d.options != o {
		d.builder, d.options = segment.NewBuilder(o), o
	}
}

// add makes a document of a paper. vector is that of a model elsewhere; nil
// where there is none.
func (d *documents) add(p *broadsheet.Paper, hash uint32, vector *store.Vector) {
	b := d.builder
	b.Begin(p.ID)
	title, _ := d.field(segment.Title, segment.TitleBase, titleEnd, p.Title)
	short, next := d.field(segment.Abstract, segment.AbstractBase, abstractEnd, p.TLDR)
	long, _ := d.field(segment.Abstract, next, abstractEnd, p.Abstract)
	b.Column(ColumnNorm, uint32(max(1, math.Round(float64(d.options.Weights[segment.Title])*float64(title))+float64(short+long))))
	next = segment.AuthorsBase
	for i := range p.Authors {
		if _, next = d.field(segment.Authors, next, authorsEnd, p.Authors[i].Name); p.Authors[i].Key != "" {
			b.Tag(TagAuthor + p.Authors[i].Key)
		}
	}
	d.others(p)
	b.Column(ColumnTime, Minutes(publishedAt(p)))
	b.Column(ColumnPop, uint32(Popularity(p.VoteCount(), p.CommentCount())))
	b.Column(ColumnFlags, flagsOf(p))
	b.Column(ColumnHash, hash)
	if p.Link(broadsheet.LinkCode) != nil {
		b.Tag(TagHas + "code")
	}
	d.meaning(p, vector)
}

// others is what a paper says beside title, abstract and authors.
func (d *documents) others(p *broadsheet.Paper) {
	b, next := d.builder, uint32(segment.OtherBase)
	more := func(text string) { _, next = d.field(segment.Other, next, otherEnd, text) }
	for _, k := range p.Keywords {
		more(k)
	}
	for i := range p.Organizations {
		o := &p.Organizations[i]
		more(o.Name)
		if o.Key != "" {
			b.Tag(TagOrgFolded + strings.ToLower(o.Key))
			b.Ordinal(FacetOrganization, o.Key)
		}
	}
	for _, c := range p.Categories {
		if d.category != nil {
			more(d.category(c))
		}
		b.Tag(TagCategory + c)
		if archive, _, ok := strings.Cut(c, "."); ok {
			b.Tag(TagCategory + archive)
		}
		b.Ordinal(FacetCategory, c)
	}
	more(p.JournalRef)
	more(p.Note)
}

// field adds a text's terms to a field from a position on. It gives the number
// of its words, stop words not among them, and where the next text may begin.
// Stop words are left out but in titles ("The Who") and names.
func (d *documents) field(field int, from, end uint32, text string) (words int, next uint32) {
	if text == "" {
		return 0, from
	}
	stops := field == segment.Title || field == segment.Authors
	n := d.analyzer.Document(text, func(t analyze.Token) {
		stop := t.Kind.Has(analyze.Stop)
		if pos := from + t.Pos; pos < end && (stops || !stop) {
			d.builder.Term(field, t.Term, pos)
			if !stop && !t.Kind.Has(analyze.Alt) {
				words++
			}
		}
	})
	return words, min(from+n+apart, end)
}

// meaning adds the vector.
func (d *documents) meaning(p *broadsheet.Paper, vector *store.Vector) {
	switch {
	case vector != nil && len(vector.Values) == segment.Dim:
		for i, x := range vector.Values {
			d.vector[i] = float32(x) * vector.Scale
		}
		d.builder.Vector(d.vector[:])
	case d.embed != nil:
		text := p.Title
		if p.Abstract != "" {
			text += "\n" + p.Abstract
		}
		if d.embed.Vector(d.vector[:], text) {
			d.builder.Vector(d.vector[:])
		}
	}
}

// hash is of everything that add looks at. Where it is that of the document in
// the index, the paper has changed in nothing that a search sees. One in four
// thousand million changes are taken for none by mistake.
func (d *documents) hash(p *broadsheet.Paper, vector *store.Vector) uint32 {
	b := d.text[:0]
	more := func(s string) { b = append(append(b, s...), 0) }
	more(p.Title)
	more(p.TLDR)
	more(p.Abstract)
	for i := range p.Authors {
		more(p.Authors[i].Name)
	}
	b = append(b, 1)
	for _, k := range p.Keywords {
		more(k)
	}
	b = append(b, 1)
	for i := range p.Organizations {
		more(p.Organizations[i].Key)
		more(p.Organizations[i].Name)
	}
	b = append(b, 1)
	for _, c := range p.Categories {
		more(c)
	}
	more(p.JournalRef)
	more(p.Note)
	b = append(b, byte(flagsOf(p)), Popularity(p.VoteCount(), p.CommentCount()))
	m := Minutes(publishedAt(p))
	b = append(b, byte(m), byte(m>>8), byte(m>>16), byte(m>>24))
	if vector != nil {
		b = append(b, vector.Hash[:]...)
	}
	d.text = b
	return checksum.Of(b)
}
