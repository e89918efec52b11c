package store

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"broadsheet"
)

// normalize completes a paper as it arrives: its identity among its
// identities, keys for its authors, everything sorted as it is kept.
func normalize(p *broadsheet.Paper) {
	// The caller's slices stay as they are.
	p.Authors, p.Versions, p.Links, p.Features = slices.Clone(p.Authors), slices.Clone(p.Versions), slices.Clone(p.Links), slices.Clone(p.Features)
	p.IDs = slices.Clone(p.IDs)
	id := broadsheet.SplitID(p.ID)
	if p.ID != "" && !slices.Contains(p.IDs, id) {
		p.IDs = append(slices.Clip(p.IDs), id)
	}
	sortIDs(p.IDs)
	p.IDs = slices.Compact(p.IDs)
	if len(p.IDs) > 0 {
		p.ID = bestID(p.IDs, p.ID)
	}
	for i := range p.Authors {
		p.Authors[i].Key = broadsheet.AuthorKey(p.Authors[i].Name) // rows do not keep it
	}
	named := slices.DeleteFunc(p.Authors, func(a broadsheet.Author) bool { return a.Key == "" }) // ":" between a team and its members
	if p.AuthorCount <= len(p.Authors) {
		p.AuthorCount = len(named)
	}
	p.Authors = named
	sortLinks(p.Links)
	slices.SortFunc(p.Versions, func(a, b broadsheet.Version) int { return cmp.Compare(a.Number, b.Number) })
	slices.SortFunc(p.Features, func(a, b broadsheet.Feature) int { return cmp.Compare(a.Day, b.Day) })
	for i := range p.Features {
		p.Features[i].PaperID = ""
		stored(&p.Features[i].FeaturedAt)
	}
	for i := range p.Versions {
		stored(&p.Versions[i].CreatedAt)
	}
	stored(&p.PublishedAt)
	stored(&p.UpdatedAt)
	stored(&p.SeenAt)
}

// stored gives t the form that it has when read back.
func stored(t *time.Time) { *t = t.UTC().Truncate(time.Microsecond) }

func sortIDs(ids []broadsheet.SourceID) {
	slices.SortFunc(ids, func(a, b broadsheet.SourceID) int {
		return cmp.Or(strings.Compare(a.Scheme, b.Scheme), strings.Compare(a.Value, b.Value))
	})
}

func sortLinks(links []broadsheet.Link) {
	slices.SortStableFunc(links, func(a, b broadsheet.Link) int { return strings.Compare(string(a.Kind), string(b.Kind)) })
}

// bestID is the identity that a paper is known by: its arXiv id where it has
// one, else the given one. Of several arXiv ids, which two papers have that
// moderators made one, it is the given one.
func bestID(ids []broadsheet.SourceID, given string) string {
	if id := broadsheet.SplitID(given); id.Scheme == "arxiv" && slices.Contains(ids, id) {
		return given
	}
	for _, id := range ids {
		if id.Scheme == "arxiv" {
			return id.Value
		}
	}
	return cmp.Or(given, ids[0].ID())
}

// merge gives old as the arriving record fresh changes it. The rule: the
// record of the stronger origin, or of the same origin and not older, gives the
// description; any other fills only what is empty; nothing is erased by being
// absent. Counts from elsewhere only grow, so that the order of two recordings
// does not matter; votes and comments given here stay, and where they are counted
// from rows the record has none (counted.keep).
func merge(old, fresh broadsheet.Paper) broadsheet.Paper {
	p := old
	wins := fresh.Origin > old.Origin || fresh.Origin == old.Origin && !fresh.UpdatedAt.Before(old.UpdatedAt)
	if fresh.ID != old.ID && broadsheet.SplitID(fresh.ID).Scheme == broadsheet.SplitID(old.ID).Scheme {
		wins = false // a record of the paper that moderators put into this one
	}
	describe(&p, &fresh, wins)
	p.Origin = max(old.Origin, fresh.Origin)
	p.IDs = union(old.IDs, fresh.IDs, func(id broadsheet.SourceID) broadsheet.SourceID { return id })
	sortIDs(p.IDs)
	p.ID = bestID(p.IDs, old.ID)
	p.Versions = mergeVersions(old.Versions, fresh.Versions)
	if wins {
		p.Withdrawn = fresh.Withdrawn || emptied(p.Versions)
	}
	p.Links = mergeLinks(old.Links, fresh.Links)
	p.Features = mergeFeatures(old.Features, fresh.Features)
	p.ImportedVotes = max(old.ImportedVotes, fresh.ImportedVotes)
	p.ImportedComments = max(old.ImportedComments, fresh.ImportedComments)
	p.Votes = max(old.Votes, fresh.Votes)
	p.Comments = max(old.Comments, fresh.Comments)
	p.Hidden = old.Hidden || fresh.Hidden
	if p.SeenAt.IsZero() {
		p.SeenAt = fresh.SeenAt
	}
	return p
}

func describe(p, fresh *broadsheet.Paper, wins bool) {
	put := func(dst *string, src string) {
		if src != "" && (wins || *dst == "") {
			*dst = src
		}
	}
	put(&p.Title, fresh.Title)
	put(&p.Abstract, fresh.Abstract)
	put(&p.Note, fresh.Note)
	put(&p.JournalRef, fresh.JournalRef)
	put(&p.DOI, fresh.DOI)
	put(&p.ReportNo, fresh.ReportNo)
	put(&p.License, fresh.License)
	put(&p.Submitter, fresh.Submitter)
	put(&p.ACMClass, fresh.ACMClass)
	put(&p.MSCClass, fresh.MSCClass)
	// Only curated records carry these, and the later one knows better.
	p.TLDR = cmp.Or(fresh.TLDR, p.TLDR)
	if len(fresh.Keywords) > 0 {
		p.Keywords = fresh.Keywords
	}
	if len(fresh.Organizations) > 0 {
		p.Organizations = fresh.Organizations
	}
	if len(fresh.Authors) > 0 && (wins || len(p.Authors) == 0) {
		p.Authors, p.AuthorCount = fresh.Authors, fresh.AuthorCount
	}
	p.AuthorCount = max(p.AuthorCount, len(p.Authors))
	if len(p.Authors) == 0 {
		p.AuthorCount = max(p.AuthorCount, fresh.AuthorCount)
	}
	if len(fresh.Categories) > 0 && (wins || len(p.Categories) == 0) {
		p.Categories = fresh.Categories
	}
	describeDates(p, fresh)
}

func describeDates(p, fresh *broadsheet.Paper) {
	if earlier(fresh.PublishedAt, p.PublishedAt) {
		p.PublishedAt = fresh.PublishedAt
	}
	if fresh.UpdatedAt.After(p.UpdatedAt) {
		p.UpdatedAt = fresh.UpdatedAt
	}
	// A feed says on which day it announced; everybody else works it out.
	if fresh.AnnouncedOn != "" && (p.AnnouncedOn == "" || fresh.Origin == broadsheet.OriginFeed) {
		p.AnnouncedOn = fresh.AnnouncedOn
	}
}

// emptied tells whether the authors took the paper back: arXiv then keeps a
// last version without a text, which not every record of it tells.
func emptied(versions []broadsheet.Version) bool {
	n := len(versions)
	return n > 1 && versions[n-1].Size == "0kb"
}

// mergeVersions is the union by number; the newer record's facts stand, and
// what it does not tell stays.
func mergeVersions(old, fresh []broadsheet.Version) []broadsheet.Version {
	out := slices.Clone(old)
	for _, v := range fresh {
		i := slices.IndexFunc(out, func(o broadsheet.Version) bool { return o.Number == v.Number })
		if i < 0 {
			out = append(out, v)
			continue
		}
		out[i].Size = cmp.Or(v.Size, out[i].Size)
		if sharper(v.CreatedAt, out[i].CreatedAt) {
			out[i].CreatedAt = v.CreatedAt
		}
	}
	slices.SortFunc(out, func(a, b broadsheet.Version) int { return cmp.Compare(a.Number, b.Number) })
	return out
}

// sharper tells whether a time may replace a known one: not where it is
// unknown, nor where it only tells the day of it.
func sharper(fresh, known time.Time) bool {
	day := fresh.Truncate(24 * time.Hour)
	return !fresh.IsZero() && !(fresh.Equal(day) && day.Equal(known.Truncate(24*time.Hour)))
}

// earlier tells whether a date of publication may replace a known one: a
// paper was published when anybody first says so. Of one day the finer time
// stands, and of two times the earlier.
func earlier(fresh, known time.Time) bool {
	if fresh.IsZero() || known.IsZero() {
		return known.IsZero()
	}
	day := known.Truncate(24 * time.Hour)
	if fresh.Truncate(24 * time.Hour).Equal(day) {
		return sharper(fresh, known) && (known.Equal(day) || fresh.Before(known))
	}
	return fresh.Before(known)
}

// mergeFeatures is the union by day. Of one recorded twice the counts only
// grow, and the recording with more votes, the later one, tells the rest; what
// it does not tell stays.
func mergeFeatures(old, fresh []broadsheet.Feature) []broadsheet.Feature {
	if len(fresh) == 0 {
		return old
	}
	out := slices.Clone(old)
	for _, f := range fresh {
		i := slices.IndexFunc(out, func(o broadsheet.Feature) bool { return o.Day == f.Day })
		if i < 0 {
			out = append(out, f)
			continue
		}
		first, second := f, out[i]
		if f.Votes < out[i].Votes {
			first, second = second, first
		}
		out[i] = fillFeature(first, second)
	}
	slices.SortFunc(out, func(a, b broadsheet.Feature) int { return cmp.Compare(a.Day, b.Day) })
	return out
}

// fillFeature gives f what it lacks from g.
func fillFeature(f, g broadsheet.Feature) broadsheet.Feature {
	f.Position = cmp.Or(f.Position, g.Position)
	if f.FeaturedAt.IsZero() {
		f.FeaturedAt = g.FeaturedAt
	}
	if f.Submitter == nil {
		f.Submitter = g.Submitter
	}
	f.Title = cmp.Or(f.Title, g.Title)
	f.Votes, f.Comments = max(f.Votes, g.Votes), max(f.Comments, g.Comments)
	if len(f.Wire) == 0 {
		f.Wire = g.Wire
	}
	return f
}

// mergeLinks is the union by kind and URL. Facts of a link seen again are
// those of the newer record; stars are never forgotten.
func mergeLinks(old, fresh []broadsheet.Link) []broadsheet.Link {
	out := slices.Clone(old)
	for _, l := range fresh {
		i := slices.IndexFunc(out, func(o broadsheet.Link) bool { return o.Kind == l.Kind && o.URL == l.URL })
		if i < 0 {
			out = append(out, l)
			continue
		}
		out[i].Stars = cmp.Or(l.Stars, out[i].Stars)
		out[i].AddedBy = cmp.Or(l.AddedBy, out[i].AddedBy)
	}
	sortLinks(out)
	return out
}

// union appends to old what fresh has and old has not, by key; where both have
// it, fresh's stands.
func union[T any, K comparable](old, fresh []T, key func(T) K) []T {
	if len(fresh) == 0 {
		return old
	}
	out := slices.Clone(old)
	for _, f := range fresh {
		i := slices.IndexFunc(out, func(o T) bool { return key(o) == key(f) })
		if i < 0 {
			out = append(out, f)
		} else {
			out[i] = f
		}
	}
	return out
}
