package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"broadsheet"
	"broadsheet/internal/auth"
	"broadsheet/internal/lib/clean"
	"broadsheet/internal/store"
)

// Bounds of a profile, in characters.
const (
	MaxFullName    = 80
	MaxBio         = 500
	MaxAffiliation = 120
	MaxLinks       = 5
	maxLink        = 200
)

// profileShown is how many of somebody's comments, votes and submissions stand on
// the page of their name.
const profileShown = 50

// Profile is what the page of a person shows.
type Profile struct {
	broadsheet.Account
	Comments    []broadsheet.Comment // the latest
	Votes       []broadsheet.Vote    // the latest; none where their giver does not show them
	HidesVotes  bool
	Claims      []broadsheet.Claim        // accepted, the latest first
	Orgs        []broadsheet.Organization // that the person is a member of
	Submissions []string                  // public ids of papers, the latest first
	Titles      map[string]string         // of all papers that are named here
	Brought     bool                      // papers stand here that this name brought, or brought to another site
	New         bool                      // the account is young: search engines are not to know it yet
}

// Profile is the page of a person who has an account here. It is NotFound for a
// name that nobody has, and says so where the account was deleted.
func (a *App) Profile(ctx context.Context, by Actor, name string) (*Profile, error) {
	account, err := a.store.AccountNamed(ctx, name)
	if err == nil && account.State == broadsheet.AccountDeleted {
		err = errNoPerson
	}
	if err != nil {
		if broadsheet.KindOf(err) == broadsheet.NotFound {
			return nil, a.goneOr(ctx, name, errNoPerson)
		}
		return nil, err
	}
	known(&account, a.now()) // a ban whose time is over is none
	p := &Profile{Account: account, Titles: map[string]string{}}
	if p.HidesVotes, err = a.store.HidesVotes(ctx, account.ID); err != nil {
		return nil, err
	}
	if !p.HidesVotes || by.id() == account.ID {
		if p.Votes, err = a.store.VotesBy(ctx, account.ID, 0, profileShown); err != nil {
			return nil, err
		}
	}
	if p.Comments, err = a.store.LatestComments(ctx, store.CommentQuery{Account: account.ID, Limit: profileShown}); err != nil {
		return nil, err
	}
	if p.Submissions, err = a.store.SubmissionsBy(ctx, account.ID, profileShown); err != nil {
		return nil, err
	}
	if p.Claims, err = a.store.Claims(ctx, store.ClaimQuery{Account: account.ID, State: broadsheet.ClaimAccepted, Limit: profileShown}); err != nil {
		return nil, err
	}
	orgs, err := a.Affiliations(ctx, []int64{account.ID})
	if err != nil {
		return nil, err
	}
	p.Orgs = orgs[account.ID]
	var ids []string
	for _, c := range p.Claims {
		ids = append(ids, c.Paper)
	}
	for _, v := range p.Votes {
		ids = append(ids, v.Paper)
	}
	for _, c := range p.Comments {
		ids = append(ids, c.Paper)
	}
	if p.Titles, err = a.store.Titles(ctx, append(ids, p.Submissions...)); err != nil {
		return nil, err
	}
	switch _, err := a.store.Person(ctx, account.Name); {
	case err == nil:
		p.Brought = true
	case broadsheet.KindOf(err) != broadsheet.NotFound:
		return nil, err
	}
	rules, err := a.Rules(ctx)
	p.New = a.now().Sub(account.CreatedAt) < time.Duration(rules.NewAccountDays)*24*time.Hour
	return p, err
}

var errNoPerson = error(&broadsheet.Error{Kind: broadsheet.NotFound, Text: "nobody here has that name"})

// goneOr says that an account was deleted, or err.
func (a *App) goneOr(ctx context.Context, name string, err error) error {
	if _, perr := auth.ParseHandle(name); perr != nil {
		return err
	}
	if gone, gerr := a.store.GoneHandle(ctx, auth.Skeleton(name)); gerr != nil || gone {
		if gerr != nil {
			return gerr
		}
		return &broadsheet.Error{Kind: broadsheet.NotFound, Text: "this account was deleted"}
	}
	return err
}

// HasProfile tells whether an account of that name is in use: where pages of
// people whom imports named lead there.
func (a *App) HasProfile(ctx context.Context, name string) (bool, error) {
	has, err := a.store.Handles(ctx, []string{name})
	return has[name], err
}

// ProfileDraft is what somebody wants to tell of themselves.
type ProfileDraft = store.Profile

// OwnProfile is what the actor tells of themselves, to be changed; who is banned
// reads it, in a browser.
func (a *App) OwnProfile(ctx context.Context, by Actor) (d ProfileDraft, err error) {
	if err := a.may(by, RightSession); err != nil && a.may(by, RightProfile) != nil {
		return d, err
	}
	x := by.Account
	d = ProfileDraft{FullName: x.FullName, Bio: x.Bio, Affiliation: x.Affiliation, Links: x.Links, Zone: x.Zone}
	d.HideVotes, err = a.store.HidesVotes(ctx, x.ID)
	return d, err
}

// EditProfile changes what the actor tells of themselves. Where something cannot
// be, all of it is said at once: errors.Join of *broadsheet.Error with their fields.
func (a *App) EditProfile(ctx context.Context, by Actor, d ProfileDraft) error {
	if err := a.may(by, RightProfile); err != nil {
		return err
	}
	rules, err := a.Rules(ctx)
	if err != nil {
		return err
	}
	if err := checkProfile(&rules, &d); err != nil {
		return err
	}
	return a.store.PutProfile(ctx, by.id(), d)
}

// checkProfile cleans a draft and finds all that is wrong with it.
func checkProfile(rules *broadsheet.Rules, d *ProfileDraft) error {
	var wrong []error
	for _, x := range []struct {
		field string
		what  string
		text  *string
		clean func(string) string
		most  int
	}{{"name", "the name", &d.FullName, clean.Line, MaxFullName}, {"bio", "the text", &d.Bio, clean.Text, MaxBio}, {"affiliation", "this", &d.Affiliation, clean.Line, MaxAffiliation}} {
		// Bytes come first: what is cleaned is not long.
		if len(*x.text) <= 8*x.most {
			*x.text = strings.TrimSpace(x.clean(*x.text))
		}
		if n := utf8.RuneCountInString(*x.text); n > x.most || len(*x.text) > 8*x.most {
			wrong = append(wrong, broadsheet.InvalidField(x.field, fmt.Sprintf("%s has %d characters", x.what, n), fmt.Sprintf("use at most %d", x.most)))
		}
	}
	var links []string
	for i, link := range d.Links {
		if link = strings.TrimSpace(link); link == "" {
			continue
		}
		field := LinkField(i)
		link, err := profileLink(field, link)
		if e := (*broadsheet.Error)(nil); err == nil && errors.As(blockedAddress(rules, link), &e) {
			err = broadsheet.InvalidField(field, e.Text, e.Fix)
		}
		if err != nil {
			wrong = append(wrong, err)
		}
		links = append(links, link)
	}
	if len(links) > MaxLinks {
		wrong = append(wrong, broadsheet.InvalidField("links", fmt.Sprintf("there are %d addresses", len(links)), fmt.Sprintf("use at most %d", MaxLinks)))
	}
	d.Links = links
	if d.Zone != "" {
		if _, err := time.LoadLocation(d.Zone); err != nil || d.Zone == "Local" || len(d.Zone) > 64 {
			wrong = append(wrong, broadsheet.InvalidField("zone", fmt.Sprintf("%.40q is not a time zone", d.Zone), "choose one, or write one as Europe/Berlin or UTC"))
		}
	}
	return errors.Join(wrong...)
}

// LinkField is the field that an error about the i-th address of a draft, from 0,
// names; one about all of them names "links".
func LinkField(i int) string { return fmt.Sprint("links-", i+1) }

// profileLink reads the address of a page: https, a public name, and nothing that
// hides where it leads.
func profileLink(field, text string) (string, error) {
	bad := func(what, fix string) (string, error) { return text, broadsheet.InvalidField(field, what, fix) }
	if len(text) > maxLink || clean.Line(text) != text {
		return bad(fmt.Sprintf("%.60q is no address", text), fmt.Sprintf("use at most %d plain characters", maxLink))
	}
	if !strings.Contains(text, "://") && strings.Contains(text, ".") && !strings.Contains(text, ":") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Opaque != "" || !strings.Contains(strings.Trim(u.Hostname(), "."), ".") {
		return bad(fmt.Sprintf("%.60q is no address that begins with https://", text), "copy it from the page")
	}
	if u.User != nil {
		return bad(fmt.Sprintf("%.60q hides where it leads", text), "leave out what stands before the @")
	}
	return u.String(), publicAddress(field, u.String())
}
