package app

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"broadsheet"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/store"
)

// Limits of claims.
const (
	MaxEvidence = 1000 // bytes
	claimsOpen  = 20   // of one account that may wait
	// ClaimsPage is how many claims stand on a page.
	ClaimsPage = 50
)

// NewClaim says that the actor is an author of a paper.
type NewClaim struct {
	Paper    string // any of its ids
	Position int    // of the author, from 1
	Name     string // as the form showed it, so that nobody claims another than they saw
	Evidence string // for the moderators: words or an address, may be ""
}

// Claim claims it. It is accepted at once where the account has proven the ORCID
// iD that the source gives for the author or, where the rules of the site say so,
// has verified an address that the source names for them; else moderators decide.
// A second person who claims an author always waits for them. Claiming again what
// one has claimed gives that claim.
func (a *App) Claim(ctx context.Context, by Actor, n NewClaim) (broadsheet.Claim, error) {
	var none broadsheet.Claim
	if err := a.may(by, RightClaim); err != nil {
		return none, err
	}
	id, _, err := broadsheet.ParseID(n.Paper)
	if err != nil {
		return none, err
	}
	if len(n.Evidence) > MaxEvidence {
		return none, broadsheet.InvalidField("evidence", fmt.Sprintf("is longer than %d bytes", MaxEvidence), "say it in fewer words, or give an address")
	}
	rules, err := a.Rules(ctx)
	if err != nil {
		return none, err
	}
	var addresses []broadsheet.AccountAddress
	if rules.ClaimByAddress {
		if addresses, err = a.store.Addresses(ctx, by.id()); err != nil {
			return none, err
		}
	}
	c, _, err := a.store.PutClaim(ctx, store.ClaimDraft{Account: by.id(), Handle: by.Name(), Paper: id, Position: n.Position, Name: n.Name,
		Evidence: strings.TrimSpace(clean.Text(n.Evidence)), Most: claimsOpen, At: a.now(),
		Prove: func(p *broadsheet.Paper, position int) broadsheet.ClaimProof {
			return proof(by.Account, addresses, p, position)
		}})
	return c, err
}

// proof is what proves that an account is an author of a paper, "" for nothing. The
// name proves nothing: many share one, and any can be typed.
func proof(x *broadsheet.Account, addresses []broadsheet.AccountAddress, p *broadsheet.Paper, position int) broadsheet.ClaimProof {
	author := &p.Authors[position-1]
	if x.ORCID != "" && x.ORCID == author.ORCID {
		return broadsheet.ProofORCID
	}
	if author.ORCID != "" && x.ORCID != "" {
		return "" // somebody else, as both say
	}
	// An address in the affiliation is that author's. One elsewhere in the record may
	// be any author's, unless there is only one.
	named := author.Affiliation
	if len(p.Authors) == 1 && p.AuthorCount <= 1 {
		named += "\n" + p.Note + "\n" + p.Abstract
	}
	if namesAddress(named, addresses) {
		return broadsheet.ProofAddress
	}
	return ""
}

var addressForm = regexp.MustCompile(`[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+`)

// namesAddress tells whether a text holds one of some addresses, whole: not as the
// end or the beginning of another.
func namesAddress(text string, addresses []broadsheet.AccountAddress) bool {
	for _, at := range addressForm.FindAllStringIndex(text, 100) {
		before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
		after, _ := utf8.DecodeRuneInString(text[at[1]:])
		if at[0] > 0 && (unicode.IsLetter(before) || unicode.IsMark(before) || strings.ContainsRune("}@'", before)) || unicode.IsLetter(after) || unicode.IsMark(after) || after == '@' {
			continue
		}
		found := broadsheet.AddressKey(text[at[0]:at[1]])
		for _, x := range addresses {
			if found == broadsheet.AddressKey(x.Address) {
				return true
			}
		}
	}
	return false
}

// WithdrawClaim takes back a claim of the actor's own, decided or not.
func (a *App) WithdrawClaim(ctx context.Context, by Actor, token string) (broadsheet.Claim, error) {
	if err := a.may(by, RightClaim); err != nil {
		return broadsheet.Claim{}, err
	}
	return a.store.StepClaim(ctx, store.ClaimStep{Token: token, Account: by.id(), From: []broadsheet.ClaimState{broadsheet.ClaimWaiting, broadsheet.ClaimAccepted}, To: broadsheet.ClaimTakenBack, At: a.now()})
}

// OwnClaims are the actor's claims, the newest first, before a row (0: from the
// newest), and whether there are more.
func (a *App) OwnClaims(ctx context.Context, by Actor, before int64) (list []broadsheet.Claim, more bool, err error) {
	if err := a.may(by, RightRead); err != nil {
		return nil, false, err
	}
	list, err = a.store.Claims(ctx, store.ClaimQuery{Account: by.id(), Before: before, Limit: ClaimsPage + 1})
	if len(list) > ClaimsPage {
		list, more = list[:ClaimsPage], true
	}
	return list, more, err
}

// ClaimedBy are the accepted claims of a person, by handle, the newest first.
func (a *App) ClaimedBy(ctx context.Context, handle string, limit int) ([]broadsheet.Claim, error) {
	x, err := a.store.AccountNamed(ctx, handle)
	if err != nil {
		return nil, err
	}
	return a.store.Claims(ctx, store.ClaimQuery{Account: x.ID, State: broadsheet.ClaimAccepted, Limit: limit})
}

// ClaimForm is what a person needs who wants to claim a paper.
type ClaimForm struct {
	Paper broadsheet.Paper
	Taken map[int]broadsheet.Claim // accepted claims by position, from 1
	Known []broadsheet.Claim       // all that are accepted, also of authors who are on the paper no more
	Own   *broadsheet.Claim        // the actor's claim that is open or accepted
}

// ClaimForm reads a paper for its form.
func (a *App) ClaimForm(ctx context.Context, by Actor, paper string) (*ClaimForm, error) {
	if err := a.may(by, RightClaim); err != nil {
		return nil, err
	}
	id, _, err := broadsheet.ParseID(paper)
	if err != nil {
		return nil, err
	}
	p, err := a.store.Paper(ctx, id)
	if err != nil {
		return nil, err
	}
	f := &ClaimForm{Paper: p}
	all, err := a.store.ClaimedAuthors(ctx, []string{p.ID})
	if err != nil {
		return nil, err
	}
	f.Known = all[p.ID]
	f.Taken = placed(f.Known, p.Authors)
	own, err := a.store.Claims(ctx, store.ClaimQuery{Account: by.id(), Paper: p.ID, Limit: ClaimsPage})
	for i := range own {
		if s := own[i].State; s == broadsheet.ClaimWaiting || s == broadsheet.ClaimAccepted {
			f.Own = &own[i]
		}
	}
	return f, err
}

// AuthorsOf are the accepted claims of a paper by the place of the author now,
// from 1. A claim whose author is on the paper no more has none.
func (a *App) AuthorsOf(ctx context.Context, p *broadsheet.Paper) (map[int]broadsheet.Claim, error) {
	all, err := a.store.ClaimedAuthors(ctx, []string{p.ID})
	return placed(all[p.ID], p.Authors), err
}

// placed are claims by the place of their author now; nil for none.
func placed(claims []broadsheet.Claim, authors []broadsheet.Author) map[int]broadsheet.Claim {
	var out map[int]broadsheet.Claim
	for _, c := range claims {
		place := c.Place(authors)
		if _, taken := out[place]; place == 0 || taken {
			continue
		}
		if out == nil {
			out = map[int]broadsheet.Claim{}
		}
		out[place] = c
	}
	return out
}

// Authorship is what a Daily Papers API tells of claims.
type Authorship struct {
	Authors       map[int]broadsheet.Claim // by place, from 1
	Participating bool                     // one of them takes part in the discussion
}

// Authorships are those of papers, by their ids; papers that nobody claimed are
// left out.
func (a *App) Authorships(ctx context.Context, papers []broadsheet.Paper) (map[string]Authorship, error) {
	ids := make([]string, len(papers))
	for i := range papers {
		ids[i] = papers[i].ID
	}
	all, err := a.store.ClaimedAuthors(ctx, ids)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	talks, err := a.store.Participating(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := map[string]Authorship{}
	for i := range papers {
		p := &papers[i]
		if len(all[p.ID]) > 0 {
			out[p.ID] = Authorship{Authors: placed(all[p.ID], p.Authors), Participating: talks[p.ID]}
		}
	}
	return out, nil
}

// claimedAuthors are the accounts, by their rows, whose claim to be an author of
// the paper was accepted.
func (a *App) claimedAuthors(ctx context.Context, paper string) (map[int64]bool, error) {
	all, err := a.store.ClaimedAuthors(ctx, []string{paper})
	out := map[int64]bool{}
	for _, claims := range all {
		for _, c := range claims {
			out[c.Account] = true
		}
	}
	return out, err
}
