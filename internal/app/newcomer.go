package app

import (
	"context"
	"strings"

	"broadsheet"
)

// Newcomers says in a sentence how somebody without an account gets one, invited or
// not.
func (a *App) Newcomers(ctx context.Context, invited bool) string {
	rules, err := a.Rules(ctx)
	if err != nil {
		return ""
	}
	switch rules.Registration {
	case broadsheet.RegistrationOpen:
		return "If you have no account yet, the same link opens one."
	case broadsheet.RegistrationDomain:
		if !invited {
			return "New accounts are for addresses at " + strings.Join(rules.Domains, ", ") + ", and for who was invited."
		}
	case broadsheet.RegistrationClosed:
		return "This site takes no new accounts."
	}
	if invited {
		return "You are invited: type your address, and the link that you get opens your account."
	}
	return "A new account needs an invitation."
}
