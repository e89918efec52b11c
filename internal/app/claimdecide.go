package app

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"broadsheet"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/store"

	"golang.org/x/text/unicode/norm"
)

// ClaimCase is a claim that waits, with what helps to decide.
type ClaimCase struct {
	broadsheet.Claim
	Title   string
	Account broadsheet.Account
	Hints   []string // sentences without a final stop
}

// ClaimCases are the claims that wait, of a paper where one is named, what waits
// longest first.
func (a *App) ClaimCases(ctx context.Context, by Actor, paper string) ([]ClaimCase, error) {
	if err := a.may(by, RightModerate); err != nil {
		return nil, err
	}
	list, err := a.store.Claims(ctx, store.ClaimQuery{State: broadsheet.ClaimWaiting, Paper: paper, Oldest: true, Limit: casesShown})
	if err != nil {
		return nil, err
	}
	out := make([]ClaimCase, len(list))
	for i := range list {
		if out[i], err = a.claimCase(ctx, list[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// ClaimsWaiting is how many claims wait, for a moderator.
func (a *App) ClaimsWaiting(ctx context.Context, by Actor) (int, error) {
	if err := a.may(by, RightModerate); err != nil {
		return 0, err
	}
	return a.store.CountClaims(ctx, casesShown)
}

func (a *App) claimCase(ctx context.Context, c broadsheet.Claim) (ClaimCase, error) {
	x := ClaimCase{Claim: c}
	p, err := a.store.AnyPaper(ctx, c.Paper)
	if err != nil {
		return x, err
	}
	x.Title = p.Title
	if x.Account, err = a.store.Account(ctx, c.Account); err != nil {
		return x, err
	}
	addresses, err := a.store.Addresses(ctx, c.Account)
	if err != nil {
		return x, err
	}
	others, err := a.store.Claims(ctx, store.ClaimQuery{Paper: c.Paper, Limit: casesShown})
	if err != nil {
		return x, err
	}
	x.Hints = hints(&c, &x.Account, addresses, &p, others)
	return x, nil
}

// hints say what stands for a claim and what against it. A name is a hint only.
func hints(c *broadsheet.Claim, x *broadsheet.Account, addresses []broadsheet.AccountAddress, p *broadsheet.Paper, others []broadsheet.Claim) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	place := c.Place(p.Authors)
	if place == 0 {
		add("the paper does not name this author any more")
		return out
	}
	author := &p.Authors[place-1]
	switch {
	case author.ORCID != "" && author.ORCID == x.ORCID:
		add("the account has proven the ORCID iD of this author")
	case author.ORCID != "" && x.ORCID != "":
		add("the source gives another ORCID iD for this author")
	}
	if namesAddress(p.Note+"\n"+p.Abstract+"\n"+author.Affiliation, addresses) {
		add("the paper’s record names an address that the account has verified")
	}
	for i := range others {
		o := &others[i]
		if o.ID == c.ID || o.Place(p.Authors) != place {
			continue
		}
		switch {
		case o.Account == c.Account && o.State != broadsheet.ClaimTakenBack:
			add("the same claim was %s before", o.State)
		case o.State == broadsheet.ClaimAccepted:
			add("%s is known as this author", o.By.Key)
		case o.State == broadsheet.ClaimWaiting:
			add("%s claims the same author", o.By.Key)
		}
	}
	switch likeness(author.Name, x.FullName) {
	case nameSame:
		add("the account bears the author’s name, which anybody can type")
	case nameAlike:
		add("the account bears a name that may be the author’s")
	case nameFake:
		add("the account’s name looks like the author’s, but has letters of another script")
	case nameOther:
		add("the account bears another name: %s", x.FullName)
	}
	return out
}

// nameLikeness says how two names compare.
type nameLikeness int

const (
	nameNone  nameLikeness = iota // there is no second one
	nameOther                     // nothing in common
	nameAlike                     // the same last name and initials that fit
	nameSame                      // but for case and accents
	nameFake                      // looks the same, and is written otherwise
)

// likeness compares an author's name with an account's, loosely.
func likeness(author, account string) nameLikeness {
	if strings.TrimSpace(account) == "" {
		return nameNone
	}
	x, y := nameWords(author), nameWords(account)
	if len(x) == 0 || len(y) == 0 {
		return nameOther
	}
	if strings.Join(x, " ") == strings.Join(y, " ") {
		return nameSame
	}
	if (scripts(author) > 1 || scripts(account) > 1 || scripts(author+account) > 1) && seeming(x) == seeming(y) {
		return nameFake
	}
	first := func(w []string) string { return string([]rune(w[0])[:1]) }
	if x[len(x)-1] == y[len(y)-1] && first(x) == first(y) || x[0] == y[len(y)-1] && x[len(x)-1] == y[0] {
		return nameAlike
	}
	return nameOther
}

// nameWords are a name's words in small letters without accents.
func nameWords(name string) []string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsMark(r):
			return -1
		case unicode.IsLetter(r):
			return unicode.ToLower(r)
		}
		return ' '
	}, norm.NFKD.String(name))
	return strings.Fields(plain)
}

// scripts counts the scripts of a name that have letters which look like each
// other's.
func scripts(name string) int {
	n := 0
	for _, t := range []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian} {
		if strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(t, r) }) {
			n++
		}
	}
	return n
}

var seem = strings.NewReplacer("а", "a", "в", "b", "е", "e", "к", "k", "м", "m", "н", "h", "о", "o", "р", "p", "с", "c", "т", "t", "у", "y", "х", "x", "і", "i", "ј", "j", "ѕ", "s", "ԁ", "d", "ԛ", "q", "ԝ", "w", "һ", "h", "ӏ", "l",
	"α", "a", "β", "b", "ε", "e", "η", "n", "ι", "i", "κ", "k", "ν", "v", "ο", "o", "ρ", "p", "τ", "t", "υ", "u", "χ", "x", "γ", "y", "ո", "n", "օ", "o", "ս", "u", "հ", "h")

// seeming is what words look like to who does not look twice.
func seeming(words []string) string { return seem.Replace(strings.Join(words, " ")) }

// DecideClaim accepts or rejects a claim that waits. To reject needs a reason.
func (a *App) DecideClaim(ctx context.Context, by Actor, token string, accept bool, reason string) (broadsheet.Claim, error) {
	step := store.ClaimStep{Token: token, From: []broadsheet.ClaimState{broadsheet.ClaimWaiting}, To: broadsheet.ClaimRejected}
	act := broadsheet.ActReject
	if accept {
		act, step.To, step.Proof = broadsheet.ActAccept, broadsheet.ClaimAccepted, broadsheet.ProofModerator
	}
	return a.decideClaim(ctx, by, step, act, reason, !accept)
}

// RevokeClaim ends a claim that was accepted, for a reason.
func (a *App) RevokeClaim(ctx context.Context, by Actor, token, reason string) (broadsheet.Claim, error) {
	step := store.ClaimStep{Token: token, From: []broadsheet.ClaimState{broadsheet.ClaimAccepted}, To: broadsheet.ClaimRevoked}
	return a.decideClaim(ctx, by, step, broadsheet.ActReject, reason, true)
}

func (a *App) decideClaim(ctx context.Context, by Actor, step store.ClaimStep, act broadsheet.Act, reason string, must bool) (broadsheet.Claim, error) {
	if err := a.may(by, RightModerate); err != nil {
		return broadsheet.Claim{}, err
	}
	reason, err := because(reason, must)
	if err != nil {
		return broadsheet.Claim{}, err
	}
	c, err := a.store.Claim(ctx, step.Token)
	if err != nil {
		return c, err
	}
	if c.Account == by.id() && !by.Is(broadsheet.RoleAdmin) {
		return c, &broadsheet.Error{Kind: broadsheet.Denied, Text: "this is your own claim", Fix: "ask another moderator, or withdraw it"}
	}
	step.At = a.now()
	step.Log = &broadsheet.Action{At: step.At, Actor: by.Name(), Act: act, Reason: reason}
	return a.store.StepClaim(ctx, step)
}

// because reads the reason of a decision.
func because(reason string, must bool) (string, error) {
	if len(reason) > maxWhy {
		return "", broadsheet.InvalidField("reason", "is too long", fmt.Sprint("use at most ", maxWhy, " bytes"))
	}
	reason = clean.Line(reason)
	if reason == "" && must {
		return "", broadsheet.InvalidField("reason", "is missing", "say why, in a sentence: it stands in the public log")
	}
	return reason, nil
}
