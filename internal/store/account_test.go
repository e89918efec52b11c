package store_test

import (
	"sync"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

func newcomer(name, address string) store.NewAccount {
	return store.NewAccount{Skeleton: name, Address: address, Mailbox: broadsheet.AddressKey(address), Account: broadsheet.Account{Token: broadsheet.NewObjectID(), Name: name,
		Role: broadsheet.RoleMember, State: broadsheet.AccountActive, Links: []string{"https://a.example"}, CreatedAt: lunch, SeenAt: lunch}}
}

// TestAccounts: what is stored of an account comes back, and names, look-alikes,
// mailboxes and identities are one account's.
func TestAccounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		n := newcomer("ada", "ada@people.example")
		n.Identity = &broadsheet.Identity{Provider: "orcid", Subject: "1", Label: "1", CreatedAt: lunch}
		made, err := s.CreateAccount(ctx, n)
		if err != nil {
			t.Fatal(err)
		}
		for what, find := range map[string]func() (broadsheet.Account, error){
			"row": func() (broadsheet.Account, error) { return s.Account(ctx, made.ID) }, "name": func() (broadsheet.Account, error) { return s.AccountNamed(ctx, "ada") },
			"token":   func() (broadsheet.Account, error) { return s.AccountByToken(ctx, made.Token) },
			"address": func() (broadsheet.Account, error) { return s.AccountByAddress(ctx, "ADA@people.example") },
		} {
			if got, err := find(); err != nil || !cmp.Equal(got, made) {
				t.Errorf("by %s: %v\n%s", what, err, cmp.Diff(made, got))
			}
		}
		looks := newcomer("adam", "b@people.example")
		looks.Skeleton = "ada"
		other := newcomer("eve", "eve@people.example")
		other.Mailbox = n.Mailbox
		identity := newcomer("bob", "bob@people.example")
		identity.Identity = &broadsheet.Identity{Provider: "orcid", Subject: "1", CreatedAt: lunch}
		ticket := newcomer("kim", "kim@people.example")
		ticket.Ticket = "none"
		first := newcomer("lee", "lee@people.example")
		first.First = true
		for what, x := range map[string]struct {
			n    store.NewAccount
			want broadsheet.Kind
		}{"the same name": {newcomer("ada", "c@people.example"), broadsheet.Conflict}, "a look-alike": {looks, broadsheet.Conflict}, "the same mailbox": {other, broadsheet.Conflict},
			"the same identity": {identity, broadsheet.Conflict}, "a ticket that is gone": {ticket, broadsheet.NotFound}, "a second first": {first, broadsheet.Conflict}} {
			if _, err := s.CreateAccount(ctx, x.n); err == nil || broadsheet.KindOf(err) != x.want {
				t.Errorf("%s: %v, want %v", what, err, x.want)
			}
		}
		if list, err := s.Accounts(ctx, store.AccountQuery{Limit: 10}); err != nil || len(list) != 1 {
			t.Errorf("%d accounts after what was refused (%v)", len(list), err)
		}
	})
}

// TestTickets: a ticket is for a purpose, a browser and a time, and is taken once;
// wrong codes count.
func TestTickets(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		x := broadsheet.Ticket{Purpose: "link", AccountID: 7, Address: "a@b.example", Code: "code", Browser: "mine", Data: map[string]string{"next": "/x"}, CreatedAt: lunch, ExpiresAt: lunch.Add(time.Minute)}
		put := func(hash string) {
			t.Helper()
			if err := s.PutTicket(ctx, hash, x); err != nil {
				t.Fatal(err)
			}
		}
		put("a")
		if got, err := s.Ticket(ctx, "a", "link", lunch); err != nil || !cmp.Equal(got, x) {
			t.Errorf("look: %v\n%s", err, cmp.Diff(x, got))
		}
		for what, take := range map[string]func() error{
			"another purpose": func() error { _, err := s.TakeTicket(ctx, "a", "name", "mine", lunch); return err },
			"another browser": func() error { _, err := s.TakeTicket(ctx, "a", "link", "yours", lunch); return err },
			"too late":        func() error { _, err := s.TakeTicket(ctx, "a", "link", "mine", lunch.Add(time.Hour)); return err },
			"another word":    func() error { _, err := s.TakeTicket(ctx, "b", "link", "mine", lunch); return err },
			"a wrong code":    func() error { _, err := s.TakeCode(ctx, "other", "link", "mine", 5, lunch); return err },
			"a wrong browser": func() error { _, err := s.TakeCode(ctx, "code", "link", "yours", 5, lunch); return err },
		} {
			if err := take(); broadsheet.KindOf(err) != broadsheet.NotFound {
				t.Errorf("%s: %v, want not found", what, err)
			}
		}
		if got, err := s.TakeTicket(ctx, "a", "link", "mine", lunch); err != nil || got.Tries != 1 {
			t.Errorf("take: %+v %v", got, err)
		}
		if _, err := s.TakeTicket(ctx, "a", "link", "mine", lunch); broadsheet.KindOf(err) != broadsheet.NotFound {
			t.Errorf("take again: %v", err)
		}
		put("b")
		for range 2 {
			_, _ = s.TakeCode(ctx, "wrong", "link", "mine", 2, lunch)
		}
		if _, err := s.TakeCode(ctx, "code", "link", "mine", 2, lunch); broadsheet.KindOf(err) != broadsheet.NotFound {
			t.Errorf("the right code after two wrong ones of two: %v", err)
		}
	})
}

// TestFirstAgain: a site whose only account was deleted has none, and of two first
// ones at once one is made.
func TestFirstAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		gone := newcomer("gone", "gone@people.example")
		gone.State = broadsheet.AccountDeleted
		if _, err := s.CreateAccount(t.Context(), gone); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		errs := make([]error, 2)
		for i, name := range []string{"ada", "bob"} {
			all.Go(func() {
				n := newcomer(name, name+"@people.example")
				n.First = true
				_, errs[i] = s.CreateAccount(t.Context(), n)
			})
		}
		all.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("two first ones at once: %v and %v, want one refused", errs[0], errs[1])
		}
	})
}
