package hfwire

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	"broadsheet"
)

// ObjectID makes an id in the form that the service gives its objects, 24
// hexadecimal characters, the same each time for the same thing.
func ObjectID(kind, key string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + key))
	return hex.EncodeToString(sum[:12])
}

// objectID is an id as it came from the service, else one of our own.
func objectID(recorded, kind, key string) string {
	if len(recorded) == 24 {
		if _, err := hex.DecodeString(recorded); err == nil {
			return recorded
		}
	}
	return ObjectID(kind, key)
}

// made is the entry of a paper that was not recorded, as the service would give
// it: from what is known here. f may be nil.
func made(p *broadsheet.Paper, f *broadsheet.Feature) []byte {
	w := &builder{make([]byte, 0, 1024+2*len(p.Abstract)+96*len(p.Authors))}
	w.open("")
	w.open("paper")
	w.text("id", p.ID)
	w.name("authors")
	w.b = append(w.b, '[')
	for i, a := range p.Authors {
		w.comma()
		w.open("")
		w.text("_id", ObjectID("author", p.ID+"\x00"+strconv.Itoa(i)+"\x00"+a.Name))
		w.text("name", a.Name)
		w.literal("hidden", "false")
		w.close()
	}
	w.b = append(w.b, ']')
	var media []string
	for _, l := range p.Links {
		if l.Kind == broadsheet.LinkMedia && broadsheet.ValidURL(l.URL) {
			media = append(media, l.URL)
		}
	}
	w.texts("mediaUrls", media)
	published := publishedAt(p)
	w.time("publishedAt", published)
	w.text("title", p.Title)
	w.text("summary", p.Abstract)
	w.int("upvotes", p.ImportedVotes)
	w.text("discussionId", ObjectID("discussion", p.ID))
	if l := p.Link(broadsheet.LinkProject); l != nil && broadsheet.ValidURL(l.URL) {
		w.text("projectPage", l.URL)
	}
	if l := p.Link(broadsheet.LinkCode); l != nil && broadsheet.ValidURL(l.URL) {
		w.text("githubRepo", l.URL)
		w.some("githubRepoAddedBy", l.AddedBy)
		if l.Stars > 0 {
			w.int("githubStars", l.Stars)
		}
	}
	w.some("ai_summary", p.TLDR)
	if len(p.Keywords) > 0 {
		w.texts("ai_keywords", p.Keywords)
	}
	if len(p.Organizations) > 0 {
		o := p.Organizations[0]
		w.open("organization")
		w.text("_id", objectID(o.SourceID, "organization", o.Key))
		w.text("name", o.Key)
		w.text("fullname", cmp.Or(o.Name, o.Key))
		w.url("avatar", o.AvatarURL)
		w.close()
	}
	w.close()
	if t := featuredAt(f); t.IsZero() {
		w.time("publishedAt", published)
	} else {
		w.time("publishedAt", t)
	}
	title := p.Title
	if f != nil {
		title = cmp.Or(f.Title, title)
	}
	w.text("title", title)
	w.text("summary", p.Abstract)
	w.texts("mediaUrls", media)
	thumbnail := ""
	if l := p.Link(broadsheet.LinkThumbnail); l != nil {
		thumbnail = l.URL
	}
	w.url("thumbnail", thumbnail)
	w.int("numComments", p.ImportedComments)
	if f != nil && f.Submitter != nil {
		s := f.Submitter
		w.open("submittedBy")
		w.text("_id", objectID(s.SourceID, "user", s.Key))
		w.url("avatarUrl", s.AvatarURL)
		w.text("fullname", cmp.Or(s.Name, s.Key))
		w.text("name", s.Key)
		w.text("type", "user")
		w.close()
	}
	w.literal("isAuthorParticipating", "false")
	w.close()
	return w.b
}

// publishedAt is when the source published the paper, or the nearest thing known.
func publishedAt(p *broadsheet.Paper) time.Time {
	t := p.PublishedAt
	if t.IsZero() && len(p.Versions) > 0 {
		t = p.Versions[0].CreatedAt
	}
	if t.IsZero() {
		t = p.AnnouncedOn.Time()
	}
	if t.IsZero() {
		t = p.SeenAt
	}
	return t
}

// source names where the paper comes from: "arxiv" for nearly all.
func source(p *broadsheet.Paper) string {
	for _, id := range p.IDs {
		if id.Scheme == "arxiv" {
			return id.Scheme
		}
	}
	return cmp.Or(broadsheet.SplitID(p.ID).Scheme, "url")
}
