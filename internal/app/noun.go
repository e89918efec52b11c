package app

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"broadsheet"
)

// Organization is the papers of a lab, company or group, by its handle in any
// case or by its name; Listing.List.Key is the handle.
func (a *App) Organization(ctx context.Context, text string, v View) (*Listing, error) {
	o, err := a.organization(ctx, text)
	if err != nil {
		return nil, err
	}
	return a.named(ctx, broadsheet.ListOrganization, o.Key, cmp.Or(o.Name, o.Key), o.AvatarURL, v)
}

// Submitter is the papers that a person brought to the site.
func (a *App) Submitter(ctx context.Context, key string, v View) (*Listing, error) {
	p, err := a.store.Person(ctx, key)
	if err != nil {
		return nil, err
	}
	return a.named(ctx, broadsheet.ListSubmitter, key, cmp.Or(p.Name, key), p.AvatarURL, v)
}

// Category is the papers of a category, or of all categories of an archive, in
// any case; Listing.List.Key is its name. One that no source uses and no paper
// has is NotFound.
func (a *App) Category(ctx context.Context, text string, v View) (*Listing, error) {
	name := categoryKey(text)
	if !broadsheet.IsCategory(name) {
		return nil, &broadsheet.Error{Kind: broadsheet.NotFound, Text: "there is no such category", Fix: cmp.Or(meantCategory(text), "write a category as cs.LG, or an archive as cs")}
	}
	l, err := a.named(ctx, broadsheet.ListCategory, name, CategoryName(name), "", v)
	if err == nil && CategoryName(name) == "" && l.Total == 0 && v.Category == "" && !v.HasCode {
		return nil, &broadsheet.Error{Kind: broadsheet.NotFound, Text: "there is no category " + name + " here", Fix: meantCategory(name)}
	}
	return l, err
}

// Keyword is the papers with a keyword, NotFound where there are none.
func (a *App) Keyword(ctx context.Context, word string, v View) (*Listing, error) {
	word = strings.Join(strings.Fields(word), " ")
	l, err := a.named(ctx, broadsheet.ListKeyword, word, word, "", v)
	if err == nil && l.Total == 0 && v.Category == "" && !v.HasCode {
		return nil, broadsheet.Errorf(broadsheet.NotFound, "no paper here has that keyword")
	}
	return l, err
}

func (a *App) named(ctx context.Context, kind broadsheet.ListKind, key, name, avatar string, v View) (*Listing, error) {
	l, err := a.list(ctx, kind, key, v)
	if err != nil {
		return nil, err
	}
	l.Name = name
	if avatar != "" {
		g, err := a.gallery(ctx, nil, avatar)
		if err != nil {
			return nil, err
		}
		l.Avatar = g.Avatar(avatar)
	}
	return l, nil
}

// topGood is how long counts over a whole index stay good.
const topGood = 10 * time.Minute

// Categories counts the papers of every category and archive, most first.
func (a *App) Categories(ctx context.Context) ([]broadsheet.Count, error) {
	return a.tops.get(ctx, a.now(), topGood, broadsheet.ListCategory, func(ctx context.Context) ([]broadsheet.Count, error) {
		counts, err := a.store.Top(ctx, broadsheet.ListCategory, 1000)
		counts = slices.DeleteFunc(counts, func(c broadsheet.Count) bool { return !broadsheet.IsCategory(c.Name) })
		for i := range counts {
			counts[i].Label = CategoryName(counts[i].Name)
		}
		return counts, err
	})
}

// Organizations counts the papers of the biggest organisations, most first.
func (a *App) Organizations(ctx context.Context) ([]broadsheet.Count, error) {
	return a.tops.get(ctx, a.now(), topGood, broadsheet.ListOrganization, func(ctx context.Context) ([]broadsheet.Count, error) {
		return a.store.Top(ctx, broadsheet.ListOrganization, 60)
	})
}
