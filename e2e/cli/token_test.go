package cli_test

import (
	"path/filepath"
	"testing"

	"broadsheet"
	"broadsheet/internal/app/apptest"
	"broadsheet/internal/store"

	"github.com/rogpeppe/go-internal/testscript"
)

// apiToken gives `apitoken NAME ROLE SCOPE…`: an account, which may be there
// already, beside the running program, and a token of it in $TOKEN. People make
// theirs in a browser, which e2e/browser does.
func apiToken(t *testing.T) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) < 2 {
			ts.Fatalf("usage: apitoken NAME ROLE SCOPE…")
		}
		s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(ts.Getenv("WORK"), "var", "broadsheet.db"), store.Options{})
		ts.Check(err)
		defer s.Close()
		by := apptest.Account(t, s, args[0], broadsheet.Role(args[1]))
		var scopes []broadsheet.Scope
		for _, scope := range args[2:] {
			scopes = append(scopes, broadsheet.Scope(scope))
		}
		ts.Setenv("TOKEN", apptest.Token(t, s, by, scopes...))
	}
}
