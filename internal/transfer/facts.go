package transfer

import (
	"context"
	"fmt"
	"slices"

	"broadsheet"
	"broadsheet/internal/store"
)

// facts are the rows of an export that papers do not bring with them: what is
// known of organisations and people without papers, and where harvests stand.
// They go in before a batch, not with it: putting them again changes nothing,
// and what the database knows better already stays.
type facts struct {
	organizations []broadsheet.Organization
	people        []broadsheet.Person
	sources       []broadsheet.Source
}

func (f *facts) len() int { return len(f.organizations) + len(f.people) + len(f.sources) }

// put stores the facts and forgets them.
func (f *facts) put(ctx context.Context, s *store.Store) error {
	if f.len() == 0 {
		return nil
	}
	orgs, err := unknown(f.organizations, func(o broadsheet.Organization) error { _, err := s.Organization(ctx, o.Key); return err })
	if err == nil && len(orgs) > 0 {
		err = s.PutOrganizations(ctx, orgs)
	}
	if err != nil {
		return fmt.Errorf("store organisations: %w", err)
	}
	people, err := unknown(f.people, func(p broadsheet.Person) error { _, err := s.Person(ctx, p.Key); return err })
	if err == nil && len(people) > 0 {
		err = s.PutPeople(ctx, people)
	}
	if err != nil {
		return fmt.Errorf("store people: %w", err)
	}
	for _, src := range f.sources {
		if err := putSource(ctx, s, src); err != nil {
			return fmt.Errorf("store source %s: %w", src.Name, err)
		}
	}
	f.organizations, f.people, f.sources = f.organizations[:0], f.people[:0], f.sources[:0]
	return nil
}

// unknown gives those that looking up does not find.
func unknown[T any](list []T, find func(T) error) ([]T, error) {
	out := slices.Clone(list)[:0]
	for _, x := range list {
		switch err := find(x); {
		case err == nil:
		case broadsheet.KindOf(err) == broadsheet.NotFound:
			out = append(out, x)
		default:
			return nil, err
		}
	}
	return out, nil
}

// putSource stores a source's state unless the stored one is newer: an old
// export does not send a harvester back.
func putSource(ctx context.Context, s *store.Store, src broadsheet.Source) error {
	old, err := s.Source(ctx, src.Name)
	if err != nil {
		return err
	}
	if old != (broadsheet.Source{Name: src.Name}) && !src.LastAttempt.After(old.LastAttempt) {
		return nil
	}
	return s.PutSource(ctx, src)
}
