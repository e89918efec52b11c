package app

import (
	"cmp"
	"context"

	"broadsheet"
)

// Author is the papers of the author with that key, or of that name; NotFound
// where there are none. Keys are made from names: people of one name share a page.
// Names that claims or moderators made one share one too, with the key of that
// page; Listing.Also are the others as they are printed.
func (a *App) Author(ctx context.Context, text string, v View) (*Listing, error) {
	key := cmp.Or(broadsheet.AuthorKey(text), text)
	keys, err := a.store.AuthorKeys(ctx, key)
	if err != nil {
		return nil, err
	}
	name := ""
	var also []string
	for i, k := range keys {
		printed, err := a.store.AuthorName(ctx, k)
		switch {
		case broadsheet.KindOf(err) == broadsheet.NotFound: // its last paper went
			continue
		case err != nil:
			return nil, err
		}
		if i == 0 || name == "" {
			name = printed
		} else {
			also = append(also, printed)
		}
	}
	if name == "" {
		if key != text {
			return nil, broadsheet.Errorf(broadsheet.NotFound, "there is no author %.60q here", text)
		}
		return nil, broadsheet.Errorf(broadsheet.NotFound, "there is no author %q here", key)
	}
	l, err := a.named(ctx, broadsheet.ListAuthor, keys[0], name, "", v)
	if err != nil {
		return nil, err
	}
	l.Also = also
	l.Accounts, err = a.store.AuthorAccounts(ctx, keys, 3)
	return l, err
}

// MergeAuthors makes one author of two names, by their keys or the names: the
// papers of both stand on the page of into. It is for moderators, who say why.
func (a *App) MergeAuthors(ctx context.Context, by Actor, name, into, reason string) error {
	if err := a.may(by, RightModerate); err != nil {
		return err
	}
	reason, err := because(reason, true)
	if err != nil {
		return err
	}
	key, err := a.authorNamed(ctx, "name", name)
	if err != nil {
		return err
	}
	main, err := a.authorNamed(ctx, "into", into)
	if err != nil {
		return err
	}
	if key == main {
		return broadsheet.InvalidField("into", "is the same name", "write the name of the page that stays")
	}
	return a.store.MergeAuthors(ctx, key, main, false, broadsheet.Action{At: a.now(), Actor: by.Name(), Act: broadsheet.ActMerge, Kind: broadsheet.ObjectAuthor, Object: key, Reason: reason, Detail: "into " + main})
}

// PartAuthor takes a name from the author that a moderator had put it to.
func (a *App) PartAuthor(ctx context.Context, by Actor, name, reason string) error {
	if err := a.may(by, RightModerate); err != nil {
		return err
	}
	reason, err := because(reason, true)
	if err != nil {
		return err
	}
	key := cmp.Or(broadsheet.AuthorKey(name), name)
	return a.store.MergeAuthors(ctx, key, "", true, broadsheet.Action{At: a.now(), Actor: by.Name(), Act: broadsheet.ActEdit, Kind: broadsheet.ObjectAuthor, Object: key, Reason: reason, Detail: "on its own again"})
}

func (a *App) authorNamed(ctx context.Context, field, text string) (string, error) {
	key := cmp.Or(broadsheet.AuthorKey(text), text)
	if _, err := a.store.AuthorName(ctx, key); err != nil {
		if broadsheet.KindOf(err) == broadsheet.NotFound {
			return "", broadsheet.InvalidField(field, "nobody here is called that", "write the name as papers print it, or as its page’s address has it")
		}
		return "", err
	}
	return key, nil
}
