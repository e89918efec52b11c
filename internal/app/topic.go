package app

import (
	"cmp"
	"context"
	"strings"

	"broadsheet"
)

// TopicName says what a topic is in words, as they stand in a sentence's place
// for a name. It is Invalid, of the field topic, where the topic is nothing that
// this site has, so that nobody subscribes to silence by mistake.
func (a *App) TopicName(ctx context.Context, t broadsheet.Topic) (string, error) {
	name, err := a.topicName(ctx, t)
	if broadsheet.KindOf(err) == broadsheet.NotFound {
		return "", broadsheet.InvalidField("topic", "there is nothing of that here", "find a list or a search here and choose “By mail” on its page")
	}
	return name, err
}

// TopicWords is TopicName of a topic that was subscribed to already: what is here
// no longer goes by its key.
func (a *App) TopicWords(ctx context.Context, t broadsheet.Topic) (string, error) {
	name, err := a.topicName(ctx, t)
	if broadsheet.KindOf(err) == broadsheet.NotFound {
		_, key, ok := strings.Cut(t.Key, ":")
		if !ok {
			key = t.Key
		}
		return key, nil
	}
	return name, err
}

func (a *App) topicName(ctx context.Context, t broadsheet.Topic) (string, error) {
	switch t.Kind {
	case broadsheet.TopicCategories:
		names := strings.Split(t.Key, ",")
		for i, name := range names {
			if CategoryName(name) != "" {
				names[i] = CategoryName(name) + " (" + name + ")"
			} else if _, err := a.Category(ctx, name, View{Limit: 1}); err != nil {
				return "", err
			}
		}
		return strings.Join(names, ", "), nil
	case broadsheet.TopicList:
		kind, key, _ := strings.Cut(t.Key, ":")
		return a.listName(ctx, broadsheet.ListKind(kind), key)
	case broadsheet.TopicSearch:
		return "Papers found by “" + t.Key + "”", nil
	}
	return "Hot papers", nil
}

func (a *App) listName(ctx context.Context, kind broadsheet.ListKind, key string) (string, error) {
	switch kind {
	case broadsheet.ListAuthor:
		name, err := a.store.AuthorName(ctx, key)
		return "Papers by " + cmp.Or(name, key), err
	case broadsheet.ListOrganization:
		o, err := a.store.Organization(ctx, key)
		return "Papers of " + cmp.Or(o.Name, key), err
	case broadsheet.ListSubmitter:
		p, err := a.store.Person(ctx, key)
		return "Papers submitted by " + cmp.Or(p.Name, key), err
	}
	// A keyword that no paper has yet may be waited for.
	return "Papers on " + key, nil
}
