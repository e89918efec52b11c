package store_test

import (
	"sync"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// TestLastWay: of two ways in that are taken away at once one stays.
func TestLastWay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, ways := t.Context(), store.Ways{Passkeys: true, Providers: []string{"orcid"}}
		n := newcomer("ada", "ada@people.example")
		n.Identity = &broadsheet.Identity{Provider: "orcid", Subject: "1", Label: "1", CreatedAt: lunch}
		a, err := s.CreateAccount(ctx, n)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.PutPasskey(ctx, broadsheet.Passkey{ID: "k", AccountID: a.ID, Name: "k", Data: []byte("{}"), CreatedAt: lunch}); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		errs := make([]error, 2)
		all.Go(func() { errs[0] = s.DropPasskey(ctx, a.ID, "k", ways) })
		all.Go(func() { errs[1] = s.DropIdentity(ctx, a.ID, "orcid", "1", ways) })
		all.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("two at once: %v and %v, want one refused", errs[0], errs[1])
		}
		for _, err := range errs {
			if err != nil && broadsheet.KindOf(err) != broadsheet.Conflict {
				t.Errorf("the refusal: %v, want a conflict", err)
			}
		}
		ways.Mail = true // the address is another
		if err := s.DropPasskey(ctx, a.ID, "k", ways); err != nil {
			t.Error(err)
		}
		if err := s.DropIdentity(ctx, a.ID, "orcid", "1", ways); err != nil {
			t.Error(err)
		}
	})
}

// TestTicketsEnd: what waits to sign in ends with the address that it was mailed
// to, and with all sessions; API tokens end with the factors.
func TestTicketsEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		a, err := s.CreateAccount(ctx, newcomer("ada", "ada@people.example"))
		if err != nil {
			t.Fatal(err)
		}
		for what, do := range map[string]func() error{
			"another address": func() error {
				return s.ReplaceAddress(ctx, broadsheet.AccountAddress{AccountID: a.ID, Address: "new@people.example", VerifiedAt: lunch}, "new")
			},
			"all sessions end": func() error { _, err := s.EndSessions(ctx, a.ID, ""); return err },
			"no factors":       func() error { return s.DropFactors(ctx, a.ID) },
		} {
			x := broadsheet.Ticket{Purpose: "link", AccountID: a.ID, CreatedAt: lunch, ExpiresAt: lunch.Add(time.Hour)}
			token := broadsheet.APIToken{ID: what, AccountID: a.ID, CreatedAt: lunch, ExpiresAt: lunch.Add(time.Hour)}
			if err := s.PutTicket(ctx, what, x); err != nil {
				t.Fatal(err)
			}
			if err := s.PutAPIToken(ctx, what, token); err != nil {
				t.Fatal(err)
			}
			if err := do(); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Ticket(ctx, what, "link", lunch); broadsheet.KindOf(err) != broadsheet.NotFound || err == nil {
				t.Errorf("%s: a link is there all the same (%v)", what, err)
			}
			_, _, err := s.APITokenByHash(ctx, what)
			if gone := err != nil; gone != (what == "no factors") {
				t.Errorf("%s: the API token is gone: %v", what, gone)
			}
		}
	})
}
