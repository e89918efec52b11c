package hfwire

import (
	"math"
	"strconv"
	"time"

	"broadsheet"
)

// Writing says how entries are written. The zero Writing leaves out nothing.
type Writing struct {
	// Authors is the most authors that a paper is given with, where Cut is set;
	// numAuthors then says how many there are.
	Authors int
	Cut     bool

	// Of the paper that is written: the claims of its authors that were accepted,
	// whether one of them takes part in its discussion, and the kinds of what claimed
	// authors and curators changed, which is written as the paper has it and not as it
	// was recorded.
	Claims        []broadsheet.Claim
	Participating bool
	Edited        []broadsheet.EditKind
}

// AppendEntry appends the entry of a paper in a list. f is its feature that the
// list is about, nil where it was not featured; what was recorded with it comes
// back with every member, in the union shape:
//
//   - what the service sends inside the paper and the official client reads
//     beside it (votes, summary, keywords, organisation, links) stands in both;
//   - accounts have user and name, organisations avatar and avatarUrl;
//   - the outer publishedAt is when the paper was featured, where that is known;
//   - members that today's service always sends and older recordings lack are
//     filled in: summary, mediaUrls, thumbnail, isAuthorParticipating,
//     submittedOnDailyAt, submittedOnDailyBy;
//   - votes and comments given here are added to those recorded;
//   - what claimed authors and curators changed here stands in place of what was
//     recorded (Writing.Edited).
//
// Nothing else that was recorded changes.
func AppendEntry(b []byte, p *broadsheet.Paper, f *broadsheet.Feature, w Writing) []byte {
	u := newUnion(p, f, w)
	out := &builder{b}
	u.entry(out)
	return out.b
}

// AppendPaper appends the answer about one paper: the inner object of its entry,
// flat, with the lists of what is linked to it, which are empty here.
func AppendPaper(b []byte, p *broadsheet.Paper, f *broadsheet.Feature, w Writing) []byte {
	u := newUnion(p, f, w)
	out := &builder{b}
	out.open("")
	u.members(out)
	if v := u.outer.known("thumbnail"); v != nil && u.inner.get("thumbnail") == nil {
		out.raw("thumbnail", v)
	}
	for _, kind := range []string{"Models", "Datasets", "Spaces"} {
		if u.inner.get("linked"+kind) == nil {
			out.literal("linked"+kind, "[]")
		}
		if u.inner.get("numTotal"+kind) == nil {
			out.int("numTotal"+kind, 0)
		}
	}
	out.close()
	return out.b
}

// FeatureIn is the first of the paper's features from one day to another, nil
// where there is none.
func FeatureIn(p *broadsheet.Paper, from, to broadsheet.Day) *broadsheet.Feature {
	for i := range p.Features {
		if f := &p.Features[i]; f.Day >= from && f.Day <= to {
			return f
		}
	}
	return nil
}

// LastFeature is the paper's last feature, nil where it was never featured.
func LastFeature(p *broadsheet.Paper) *broadsheet.Feature {
	if len(p.Features) == 0 {
		return nil
	}
	return &p.Features[len(p.Features)-1]
}

// featuredAt is when f was: the beginning of its day where only that is known.
func featuredAt(f *broadsheet.Feature) time.Time {
	switch {
	case f == nil:
		return time.Time{}
	case f.FeaturedAt.IsZero():
		return f.Day.Time()
	}
	return f.FeaturedAt
}

// count adds to a recorded number.
func count(recorded []byte, more int) int {
	n, err := strconv.Atoi(string(recorded))
	if err != nil || n < 0 || n > math.MaxInt32 {
		n = 0
	}
	return n + more
}
