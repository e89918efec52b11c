package search

import (
	"errors"
	"fmt"
	"slices"

	"broadsheet/internal/lib/segment"
	"broadsheet/internal/search/index"
)

// part is a segment of a view.
type part struct {
	*segment.Reader
	docs   int
	living int
	live   set
	norms  []uint16
	times  []uint32
	curve  curve
	report func(error)
	lost   bool // damage was met: it is left out from then on
}

// view is a snapshot as one query sees it: the biggest segment first, so that
// the threshold found there prunes the others, and without those in which the
// query met damage.
type view struct {
	parts []*part
	docs  int // with those that are gone, as always in idf
	live  int
	lost  bool
	avg   float64
	model string // of the vectors

	// postings and walked bound what a word that goes on may cost.
	postings, walked int

	generation int
	number     uint64
}

func newView(s *index.Snapshot) (*view, error) {
	v := &view{postings: maxPostings, walked: maxWalked, model: s.Setup.Model, lost: s.Incomplete(), generation: s.Generation, number: s.Number}
	for _, seg := range s.Segments {
		p := &part{Reader: seg.Reader, docs: seg.Docs(), living: seg.LiveDocs(), live: seg.Live, report: seg.Report}
		v.parts = append(v.parts, p)
		if err := v.guard(p, p.open); err != nil && !errors.Is(err, errLost) {
			return nil, err
		}
	}
	slices.SortStableFunc(v.parts, func(a, b *part) int { return b.docs - a.docs })
	v.drop()
	return v, nil
}

// open reads what every query needs.
func (p *part) open() (err error) {
	if p.norms, err = p.U16(ColumnNorm); err != nil {
		return err
	}
	if p.times, err = p.U32(ColumnTime); err != nil {
		return err
	}
	if len(p.norms) < p.docs || p.times != nil && len(p.times) < p.docs {
		return fmt.Errorf("%w: a column is short", segment.ErrCorrupt)
	}
	return nil
}

// lose notes that a part cannot be read: it is reported and left out, and the
// answer will say that it is incomplete. Other errors are given back.
func (v *view) lose(p *part, err error) error {
	if !index.IsDamage(err) {
		return err
	}
	p.lost, v.lost = true, true
	p.report(err)
	return errLost
}

// drop leaves the lost parts out and counts what is left.
func (v *view) drop() {
	v.parts = slices.DeleteFunc(v.parts, func(p *part) bool { return p.lost })
	v.docs, v.live = 0, 0
	norms := uint64(0)
	for _, p := range v.parts {
		v.docs += p.docs
		v.live += p.living
		norms += p.Info().NormSum
	}
	v.avg = max(1, float64(norms)/float64(max(1, v.docs)))
	for _, p := range v.parts {
		p.curve = newCurve(p.K1(), p.B(), v.avg)
	}
}

// each calls f with every part under guard. A part in which f meets damage is
// marked lost and errLost given, whereupon the whole query begins anew: what
// was found elsewhere used numbers of the lost one.
func (v *view) each(f func(i int, p *part) error) error {
	for i, p := range v.parts {
		if err := v.guard(p, func() error { return f(i, p) }); err != nil {
			return err
		}
	}
	return nil
}

func (v *view) guard(p *part, f func() error) error {
	if err := index.Guard(f); err != nil {
		return v.lose(p, err)
	}
	return nil
}

// key is a document's id. Damage there is met again, and reported, by whoever
// reads the hits' keys; an order needs an answer.
func (v *view) key(seg int32, doc uint32) string {
	k, err := v.parts[seg].Key(doc)
	if err != nil {
		return ""
	}
	return k
}

// lookup finds a term in every part.
func (v *view) lookup(t *term) error {
	t.entries = make([][]segment.Entry, len(v.parts))
	return v.each(func(i int, p *part) error {
		for _, m := range t.members {
			e, ok, err := p.Lookup(m)
			if err != nil {
				return err
			}
			if ok && !e.Tag {
				t.entries[i] = append(t.entries[i], e)
				t.df += int(e.DF)
			}
		}
		return nil
	})
}

// Bounds of a word that may go on.
const (
	maxMembers  = 64      // completions, the most frequent
	maxWalked   = 20_000  // terms with the beginning that are looked at
	maxPostings = 200_000 // of all completions together; the most frequent one always counts
)

// member is a term of those that a word may become, and in how many papers it is.
type member struct {
	text string
	df   int
}

// begins are the most frequent terms that begin with text, at most maxMembers.
// All counts are of the whole snapshot, so that segments do not show.
func (v *view) begins(text string) ([]member, error) {
	heads, err := v.heads(text)
	if err != nil {
		return nil, err
	}
	var best []member
	for n := 0; n < v.walked; n++ {
		text, df, err := v.walk(heads, text)
		if err != nil {
			return nil, err
		}
		if df == 0 {
			break
		}
		best = append(best, member{text, df})
		if len(best) >= 16*maxMembers {
			slices.SortFunc(best, func(a, b member) int { return b.df - a.df })
			best = best[:maxMembers]
		}
	}
	slices.SortStableFunc(best, func(a, b member) int { return b.df - a.df })
	return best[:min(len(best), maxMembers)], nil
}

// complete makes t the most frequent terms that begin with its text.
func (v *view) complete(t *term) error {
	best, err := v.begins(t.text)
	if err != nil {
		return err
	}
	t.members = append(t.members, stemsOf(t.text)...)
	postings := 0
	for _, m := range best {
		if postings += m.df; postings > v.postings && len(t.members) > 0 {
			break
		}
		t.members = append(t.members, m.text)
	}
	return v.lookup(t)
}

// head is the place in one part's dictionary.
type head struct {
	it   *segment.TermIter
	part *part
	text string // "" at the end
	df   uint32
}

func (v *view) heads(from string) ([]*head, error) {
	var heads []*head
	err := v.each(func(i int, p *part) error {
		h := &head{it: p.Terms(from), part: p}
		heads = append(heads, h)
		return h.next(from)
	})
	return heads, err
}

// next goes on, to the end where what follows does not begin with prefix.
func (h *head) next(prefix string) error {
	h.text = ""
	if !h.it.Next() {
		return h.it.Err()
	}
	if t := h.it.Term(); len(t) >= len(prefix) && string(t[:len(prefix)]) == prefix {
		h.text, h.df = string(t), h.it.Entry().DF
	}
	return nil
}

// walk gives the least term of all heads and its frequency in all, then goes on
// there; 0 at the end.
func (v *view) walk(heads []*head, prefix string) (text string, df int, err error) {
	for _, h := range heads {
		if h.text != "" && (text == "" || h.text < text) {
			text = h.text
		}
	}
	if text == "" {
		return "", 0, nil
	}
	for _, h := range heads {
		if h.text != text {
			continue
		}
		df += int(h.df)
		if err := v.guard(h.part, func() error { return h.next(prefix) }); err != nil {
			return "", 0, err
		}
	}
	return text, df, nil
}

// errLost says that a part was lost and the query must begin anew without it.
var errLost = errors.New("a segment was lost")
