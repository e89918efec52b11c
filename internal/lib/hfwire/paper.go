package hfwire

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/clean"
)

// Service is what relative addresses in entries are relative to.
const Service = "https://huggingface.co"

// Split gives the elements of a list answer one by one, as they came, so that
// one that cannot be read costs only itself. An answer that is no JSON array
// is an error.
func Split(answer []byte) ([]json.RawMessage, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(answer, &list); err != nil {
		return nil, fmt.Errorf("read list of papers: %w", err)
	}
	if list == nil {
		return nil, errors.New("read list of papers: null")
	}
	return list, nil
}

// Parse reads one entry. A member that cannot be read is an Invalid error
// that names it.
func Parse(entry []byte) (Entry, error) {
	var e Entry
	if err := json.Unmarshal(entry, &e); err != nil {
		var fe *FieldError
		if errors.As(err, &fe) {
			return Entry{}, broadsheet.InvalidField(fe.Field, fe.Text, "")
		}
		return Entry{}, &broadsheet.Error{Kind: broadsheet.Invalid, Text: "entry is not JSON", Err: err}
	}
	return e, nil
}

// ParseTime reads a time of the wire format, "2026-06-30T07:12:00.000Z"; zero
// where s is none.
func ParseTime(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// Paper maps the entry to a paper with one feature on that day, at that place
// of the list (from 1; 0 unknown). Hidden authors stay in the wire entry only.
// A missing or malformed id or title is an Invalid error that names the field.
func (e Entry) Paper(day broadsheet.Day, position int) (broadsheet.Paper, error) {
	in := e.Item
	id, _, ok := broadsheet.ParseArxivID(in.ID)
	if !ok {
		return broadsheet.Paper{}, broadsheet.InvalidField("paper.id", fmt.Sprintf("%q is not an arXiv id", clean.Clip(in.ID, 60)), "")
	}
	title := clean.Clip(clean.Line(cmp.Or(in.Title, e.Title)), maxTitle)
	if title == "" {
		return broadsheet.Paper{}, broadsheet.InvalidField("paper.title", "empty", "")
	}
	published := ParseTime(in.PublishedAt)
	if in.PublishedAt != "" && published.IsZero() {
		return broadsheet.Paper{}, broadsheet.InvalidField("paper.publishedAt", fmt.Sprintf("%q is not a time", clean.Clip(in.PublishedAt, 60)), "")
	}
	if in.Upvotes < 0 || e.NumComments < 0 {
		return broadsheet.Paper{}, broadsheet.InvalidField("paper.upvotes", "votes or comments below zero", "")
	}
	wire, err := e.wire()
	if err != nil {
		return broadsheet.Paper{}, err
	}
	p := broadsheet.Paper{
		ID: id, IDs: []broadsheet.SourceID{{Scheme: "arxiv", Value: id}}, Origin: broadsheet.OriginCurated,
		Title:    title,
		Abstract: clean.Clip(clean.Line(cmp.Or(in.Summary, e.Summary)), maxAbstract),
		TLDR:     clean.Clip(clean.Line(cmp.Or(in.AISummary, e.AISummary)), maxTitle),
		Authors:  authors(in.Authors), Keywords: keywords(in.AIKeywords, e.AIKeywords), Links: e.links(),
		PublishedAt: published, ImportedVotes: in.Upvotes, ImportedComments: e.NumComments,
	}
	p.AuthorCount = len(p.Authors)
	for _, o := range []*Organization{in.Organization, e.Organization} {
		if org, ok := organization(o); ok && len(p.Organizations) == 0 {
			p.Organizations = []broadsheet.Organization{org}
		}
	}
	f := broadsheet.Feature{Day: day, Position: position, FeaturedAt: e.featuredAt(day), Submitter: e.submitter(),
		Votes: in.Upvotes, Comments: e.NumComments, Wire: wire}
	if t := clean.Clip(clean.Line(e.Title), maxTitle); t != title {
		f.Title = t
	}
	p.Features = []broadsheet.Feature{f}
	return p, nil
}

// Bounds of text, in bytes: far above anything recorded.
const (
	maxTitle    = 4 << 10
	maxAbstract = 64 << 10
	maxName     = 500
	maxKeywords = 50
)

// wire is the entry as received, compact; where it was not received, as it is
// encoded.
func (e Entry) wire() (json.RawMessage, error) {
	raw := e.Raw
	if len(raw) == 0 {
		var err error
		if raw, err = e.MarshalJSON(); err != nil {
			return nil, fmt.Errorf("encode entry: %w", err)
		}
	}
	var b bytes.Buffer
	if err := json.Compact(&b, bytes.ToValidUTF8(raw, []byte("\uFFFD"))); err != nil {
		return nil, fmt.Errorf("compact entry: %w", err)
	}
	return b.Bytes(), nil
}

// featuredAt is when the paper was put on the list. Recordings from before
// there was a member for it say so in the outer publishedAt, which later came
// to hold something else: it counts only when it is within a day of the list.
func (e Entry) featuredAt(day broadsheet.Day) time.Time {
	if t := ParseTime(e.Item.SubmittedOnDailyAt); !t.IsZero() {
		return t
	}
	t := ParseTime(e.PublishedAt)
	if d := t.Sub(day.Time()); t.IsZero() || d < -24*time.Hour || d >= 48*time.Hour {
		return time.Time{}
	}
	return t
}

func (e Entry) submitter() *broadsheet.Person {
	for _, u := range []*User{e.SubmittedBy, e.Item.SubmittedOnDailyBy} {
		key := clean.Line(u.Handle())
		if key == "" || len(key) > maxName {
			continue
		}
		return &broadsheet.Person{Key: key, Name: clean.Clip(clean.Line(u.Fullname), maxName),
			AvatarURL: resolve(u.AvatarURL), SourceID: cmp.Or(u.ID, u.LegacyID)}
	}
	return nil
}

func authors(list []Author) []broadsheet.Author {
	var out []broadsheet.Author
	for _, a := range list {
		name := clean.Clip(clean.Line(a.Name), maxName)
		if a.Hidden || name == "" {
			continue
		}
		out = append(out, broadsheet.Author{Name: name, Key: broadsheet.AuthorKey(name)})
	}
	return out
}

func keywords(lists ...[]string) []string {
	var out []string
	for _, list := range lists {
		for _, k := range list {
			k = clean.Clip(clean.Line(k), maxName)
			if k != "" && !slices.Contains(out, k) && len(out) < maxKeywords {
				out = append(out, k)
			}
		}
	}
	return out
}

func organization(o *Organization) (broadsheet.Organization, bool) {
	if o == nil {
		return broadsheet.Organization{}, false
	}
	key := clean.Line(o.Name)
	if key == "" || len(key) > maxName {
		return broadsheet.Organization{}, false
	}
	name := clean.Clip(clean.Line(o.Fullname), maxName)
	return broadsheet.Organization{Key: key, Name: cmp.Or(name, key), AvatarURL: resolve(cmp.Or(o.Avatar, o.AvatarURL)), SourceID: o.ID}, true
}

// links gives the entry's links sorted by kind. Addresses that may not stand
// in a link are left out; the wire entry keeps them.
func (e Entry) links() []broadsheet.Link {
	var out []broadsheet.Link
	add := func(l broadsheet.Link) {
		l.URL = resolve(l.URL)
		same := func(o broadsheet.Link) bool { return o.Kind == l.Kind && o.URL == l.URL }
		if l.URL != "" && !slices.ContainsFunc(out, same) {
			out = append(out, l)
		}
	}
	code := broadsheet.Link{Kind: broadsheet.LinkCode, URL: cmp.Or(e.Item.GithubRepo, e.GithubRepo), AddedBy: e.Item.GithubRepoAddedBy}
	for _, stars := range []*int{e.Item.GithubStars, e.GithubStars} {
		if stars != nil && *stars > 0 && code.Stars == 0 {
			code.Stars = *stars
		}
	}
	if code.AddedBy != "user" && code.AddedBy != "auto" {
		code.AddedBy = ""
	}
	add(code)
	for _, u := range slices.Concat(e.Item.MediaURLs, e.MediaURLs, []string{e.MediaURL}) {
		add(broadsheet.Link{Kind: broadsheet.LinkMedia, URL: u})
	}
	add(broadsheet.Link{Kind: broadsheet.LinkProject, URL: cmp.Or(e.Item.ProjectPage, e.ProjectPage)})
	add(broadsheet.Link{Kind: broadsheet.LinkThumbnail, URL: e.Thumbnail})
	return out
}

// resolve makes an address absolute; "" where it is none that may be linked.
func resolve(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//") {
		s = Service + s
	}
	if !broadsheet.ValidURL(s) {
		return ""
	}
	return s
}
