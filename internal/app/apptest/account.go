package apptest

import (
	"net/http"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/auth"
	"broadsheet/internal/store"
)

// always is a time that no test's clock reaches: a session of it is new
// whatever the clock says.
var always = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)

// Account makes an account of that name and role, with the verified address
// NAME@people.example, and gives its owner as somebody who has just signed in.
func Account(t testing.TB, s *store.Store, name string, role broadsheet.Role) app.Actor {
	t.Helper()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	address := name + "@people.example"
	a, err := s.CreateAccount(t.Context(), store.NewAccount{
		Account: broadsheet.Account{Token: broadsheet.NewObjectID(), Name: name, Role: role, State: broadsheet.AccountActive, CreatedAt: at, SeenAt: at},
		Address: address, Mailbox: broadsheet.AddressKey(address), Skeleton: auth.Skeleton(name), Assigned: true})
	if err != nil {
		t.Fatalf("make the account %s: %v", name, err)
	}
	return app.Actor{Account: &a, Strong: true}
}

// Cookie signs an actor in and gives the cookie that a browser would have, as
// r.AddCookie takes it. It holds whatever the test's clock says; its owner has
// proven who they are at a time of that clock, by default now.
func Cookie(t testing.TB, s *store.Store, by app.Actor, proved ...time.Time) *http.Cookie {
	t.Helper()
	proved = append(proved, time.Now())
	word := auth.NewToken()
	err := s.PutSession(t.Context(), auth.Hash("session", word), broadsheet.Session{ID: broadsheet.NewObjectID(), AccountID: by.Account.ID,
		CreatedAt: always, SeenAt: always, ExpiresAt: always.AddDate(1, 0, 0), ProvedAt: proved[0], Client: "192.0.2.1", Agent: "a test"}, "")
	if err != nil {
		t.Fatalf("sign %s in: %v", by.Account.Name, err)
	}
	return &http.Cookie{Name: "__Host-session", Value: word}
}

// Token makes an API token of an actor with scopes and gives its word, for
// Authorization: Bearer.
func Token(t testing.TB, s *store.Store, by app.Actor, scopes ...broadsheet.Scope) string {
	t.Helper()
	word := auth.APITokenPrefix + auth.NewToken()
	err := s.PutAPIToken(t.Context(), auth.Hash("api", word), broadsheet.APIToken{ID: broadsheet.NewObjectID(), AccountID: by.Account.ID, Name: "test", Scopes: scopes,
		CreatedAt: always, ExpiresAt: always.AddDate(1, 0, 0), UsedAt: always})
	if err != nil {
		t.Fatalf("make an API token of %s: %v", by.Account.Name, err)
	}
	return word
}

// Clock is a clock that a test sets.
func Clock(now *time.Time) func() time.Time { return func() time.Time { return *now } }
