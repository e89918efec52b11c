package hfwire

import (
	"encoding/json"
	"time"

	"broadsheet"
)

// union writes an entry as recorded, or as made here, in the union shape. It
// copies what was recorded byte by byte: decoding a list of a hundred entries
// into maps takes twenty times as long.
type union struct {
	paper        *broadsheet.Paper
	writing      Writing
	outer, inner object
	featured     time.Time // zero: not featured
	exact        bool      // the time of it is known, not the day alone
	source       string
	authors      []byte // as they are written
	numAuthors   int
}

func newUnion(p *broadsheet.Paper, f *broadsheet.Feature, w Writing) *union {
	u := &union{paper: p, writing: w, featured: featuredAt(f), source: source(p), exact: f != nil && !f.FeaturedAt.IsZero()}
	if f == nil || len(f.Wire) == 0 || !u.scan(f.Wire) {
		u.scan(made(p, f)) // always scans
	}
	u.amend(w.Edited)
	u.authors = withClaims(u.inner.get("authors"), w.Claims)
	end, n, ok := scanArray(u.authors, w.Authors)
	if u.numAuthors = n; ok && w.Cut && n > w.Authors {
		u.authors = append(u.authors[:end:end], ']')
	}
	return u
}

func (u *union) scan(entry []byte) (ok bool) {
	if u.outer, ok = scanObject(entry); !ok {
		return false
	}
	u.inner, ok = scanObject(u.outer.get("paper"))
	return ok
}

// both are the members that stand inside the paper and beside it.
var both = []string{"ai_summary", "ai_keywords", "projectPage", "githubRepo", "githubStars"}

func (u *union) votes() int    { return count(u.inner.get("upvotes"), u.paper.Votes) }
func (u *union) comments() int { return count(u.outer.get("numComments"), u.paper.Comments) }

// organization is what stands in one place or the other.
func (u *union) organization() []byte {
	if v := u.inner.known("organization"); v != nil {
		return v
	}
	return u.outer.known("organization")
}

// entry writes the outer object.
func (u *union) entry(w *builder) {
	w.comma()
	w.open("")
	for _, m := range u.outer {
		switch name := string(m.name); name {
		case "paper":
			w.open("paper")
			u.members(w)
			w.close()
		case "publishedAt":
			if u.exact {
				w.time(name, u.featured)
			} else {
				w.raw(name, m.value)
			}
		case "numComments":
			w.int(name, u.comments())
		case "isAuthorParticipating":
			if u.writing.Participating {
				w.literal(name, "true")
			} else {
				w.raw(name, m.value)
			}
		case "submittedBy":
			account(w, name, m.value)
		case "organization", "submitterOrganization":
			organisation(w, name, m.value)
		case "upvotes", "source", "numAuthors":
		default:
			w.raw(name, m.value)
		}
	}
	u.beside(w)
	w.close()
}

// beside adds to the outer object what it lacks.
func (u *union) beside(w *builder) {
	w.int("upvotes", u.votes())
	for _, name := range both {
		copied(w, name, u.outer, u.inner)
	}
	if v := u.organization(); v != nil && u.outer.get("organization") == nil {
		organisation(w, "organization", v)
	}
	if v := u.inner.get("summary"); v != nil && u.outer.get("summary") == nil {
		w.raw("summary", v)
	}
	if u.outer.get("mediaUrls") == nil {
		u.media(w)
	}
	for _, m := range [...][2]string{{"thumbnail", "null"}, {"isAuthorParticipating", "false"}} {
		if u.outer.get(m[0]) == nil {
			if m[0] == "isAuthorParticipating" && u.writing.Participating {
				m[1] = "true"
			}
			w.literal(m[0], m[1])
		}
	}
	if u.outer.get("publishedAt") == nil {
		w.time("publishedAt", u.featured)
	}
	if u.outer.get("numComments") == nil {
		w.int("numComments", u.comments())
	}
	w.text("source", u.source)
	if u.writing.Cut {
		w.int("numAuthors", u.numAuthors)
	}
}

// media writes the list of pictures and films, of which there could once be one.
func (u *union) media(w *builder) {
	if v := u.inner.known("mediaUrls"); v != nil {
		w.raw("mediaUrls", v)
		return
	}
	w.name("mediaUrls")
	w.b = append(w.b, '[')
	w.b = append(w.b, u.outer.known("mediaUrl")...)
	w.b = append(w.b, ']')
}

// members writes what stands in the inner object.
func (u *union) members(w *builder) {
	for _, m := range u.inner {
		switch name := string(m.name); name {
		case "authors":
			w.raw(name, u.authors)
		case "submittedOnDailyBy":
			account(w, name, m.value)
		case "organization":
			organisation(w, name, m.value)
		case "upvotes", "numComments", "source", "numAuthors":
		default:
			w.raw(name, m.value)
		}
	}
	w.int("upvotes", u.votes())
	w.int("numComments", u.comments())
	w.text("source", u.source)
	for _, name := range both {
		copied(w, name, u.inner, u.outer)
	}
	if v := u.organization(); v != nil && u.inner.get("organization") == nil {
		organisation(w, "organization", v)
	}
	if u.inner.get("submittedOnDailyAt") == nil && !u.featured.IsZero() {
		w.time("submittedOnDailyAt", u.featured)
	}
	if v := u.outer.known("submittedBy"); v != nil && u.inner.get("submittedOnDailyBy") == nil {
		account(w, "submittedOnDailyBy", v)
	}
	if u.writing.Cut {
		w.int("numAuthors", u.numAuthors)
	}
}

// copied adds a member that the one object lacks and the other has. An address
// that cannot be followed is not repeated.
func copied(w *builder, name string, to, from object) {
	v := from.known(name)
	if v == nil || to.get(name) != nil {
		return
	}
	if name == "projectPage" || name == "githubRepo" {
		var address string
		if json.Unmarshal(v, &address) != nil || !broadsheet.ValidURL(address) {
			return
		}
	}
	w.raw(name, v)
}

// account writes an account under both names of its handle.
func account(w *builder, name string, value []byte) {
	twice(w, name, value, "user", "name")
}

// organisation writes an organisation under both names of its picture.
func organisation(w *builder, name string, value []byte) {
	twice(w, name, value, "avatar", "avatarUrl")
}

// twice writes an object in which two members mean the same, with both.
func twice(w *builder, name string, value []byte, one, other string) {
	o, ok := scanObject(value)
	if !ok {
		w.raw(name, value)
		return
	}
	w.open(name)
	for _, m := range o {
		w.raw(string(m.name), m.value)
	}
	if v := o.get(one); v != nil && o.get(other) == nil {
		w.raw(other, v)
	}
	if v := o.get(other); v != nil && o.get(one) == nil {
		w.raw(one, v)
	}
	w.close()
}
