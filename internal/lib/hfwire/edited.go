package hfwire

import (
	"cmp"
	"slices"

	"broadsheet"
)

// amend puts what people here say of a paper, who claimed it or curate, in the
// place of what was recorded: links and organisation as the paper has them now.
func (u *union) amend(kinds []broadsheet.EditKind) {
	for _, kind := range kinds {
		switch kind {
		case broadsheet.EditProject:
			u.replace(func(w *builder) {
				if l := u.paper.Link(broadsheet.LinkProject); l != nil && broadsheet.ValidURL(l.URL) {
					w.text("projectPage", l.URL)
				}
			}, "projectPage")
		case broadsheet.EditCode:
			u.replace(func(w *builder) {
				l := u.paper.Link(broadsheet.LinkCode)
				if l == nil || !broadsheet.ValidURL(l.URL) {
					return
				}
				w.text("githubRepo", l.URL)
				w.some("githubRepoAddedBy", l.AddedBy)
				if l.Stars > 0 {
					w.int("githubStars", l.Stars)
				}
			}, "githubRepo", "githubRepoAddedBy", "githubStars")
		case broadsheet.EditOrganization:
			u.replace(func(w *builder) {
				if len(u.paper.Organizations) == 0 {
					return
				}
				o := u.paper.Organizations[0]
				w.open("organization")
				w.text("_id", objectID(o.SourceID, "organization", o.Key))
				w.text("name", o.Key)
				w.text("fullname", cmp.Or(o.Name, o.Key))
				w.url("avatar", o.AvatarURL)
				w.close()
			}, "organization")
		}
	}
}

// replace takes members from both objects and puts others into the inner one,
// from where they are copied beside it.
func (u *union) replace(write func(*builder), names ...string) {
	without := func(o object) object {
		return slices.DeleteFunc(slices.Clone(o), func(m span) bool { return slices.Contains(names, string(m.name)) })
	}
	w := &builder{}
	w.open("")
	write(w)
	w.close()
	u.outer = without(u.outer)
	if more, ok := scanObject(w.b); ok {
		u.inner = append(without(u.inner), more...)
	}
}
