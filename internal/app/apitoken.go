package app

import (
	"cmp"
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"broadsheet"
	"broadsheet/internal/auth"
	"broadsheet/internal/lib/clean"
)

const (
	// maxAPITokens is how many an account may have.
	maxAPITokens = 50
	// maxLabel is the most letters of what its owner calls a token or key.
	maxLabel = 60
)

// label is what a person calls something of theirs, fit to be shown in one line.
func label(text, otherwise string) string {
	if len(text) > 8*maxLabel {
		text = text[:8*maxLabel]
	}
	text = clean.Line(text)
	if utf8.RuneCountInString(text) > maxLabel {
		text = string([]rune(text)[:maxLabel])
	}
	return cmp.Or(text, otherwise)
}

// LongestAPIToken is how long an API token may hold.
func (a *App) LongestAPIToken() time.Duration {
	return cmp.Or(a.sign.LongestAPIToken, 365*24*time.Hour)
}

// NewAPIToken makes an API token of the actor: its word, which is shown this once.
func (a *App) NewAPIToken(ctx context.Context, by Actor, name string, scopes []broadsheet.Scope, holds time.Duration) (word string, err error) {
	if err := Proven(by); err != nil {
		return "", err
	}
	if by.Account.State != broadsheet.AccountActive {
		return "", Allowed(by, RightProfile)
	}
	if len(scopes) == 0 {
		return "", broadsheet.InvalidField("scopes", "are none", "choose at least one thing that the token may do")
	}
	for _, s := range scopes {
		if !slices.Contains(broadsheet.Scopes, s) {
			return "", broadsheet.InvalidField("scopes", "hold one that is none", "choose among those shown")
		}
	}
	if holds <= 0 || holds > a.LongestAPIToken() {
		return "", broadsheet.InvalidField("days", "are too few or too many", "a token holds for a year at most")
	}
	have, err := a.store.APITokens(ctx, by.Account.ID)
	if err != nil {
		return "", err
	}
	if len(have) >= maxAPITokens {
		return "", &broadsheet.Error{Kind: broadsheet.Limited, Text: "this account has fifty tokens", Fix: "end one first"}
	}
	word = auth.APITokenPrefix + auth.NewToken()
	now := a.now()
	// In the order of the table, each once, whatever the form says.
	kept := slices.DeleteFunc(slices.Clone(broadsheet.Scopes), func(s broadsheet.Scope) bool { return !slices.Contains(scopes, s) })
	err = a.store.PutAPIToken(ctx, auth.Hash(wordAPI, word), broadsheet.APIToken{ID: broadsheet.NewObjectID(), AccountID: by.Account.ID, Name: label(name, "Token"),
		Scopes: kept, CreatedAt: now, ExpiresAt: now.Add(holds)})
	if err == nil {
		a.tellMinor(ctx, by)
	}
	return word, err
}

// APITokens are the actor's, without their words.
func (a *App) APITokens(ctx context.Context, by Actor) ([]broadsheet.APIToken, error) {
	if err := a.may(by, RightSession); err != nil {
		return nil, err
	}
	return a.store.APITokens(ctx, by.Account.ID)
}

// EndAPIToken ends one of the actor's.
func (a *App) EndAPIToken(ctx context.Context, by Actor, id string) error {
	if err := a.may(by, RightSession); err != nil {
		return err
	}
	_, err := a.store.EndAPIToken(ctx, by.Account.ID, id)
	return err
}
