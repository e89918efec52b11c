package app

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"broadsheet"
	"broadsheet/internal/lib/clean"
)

// linksMost is how many links of one kind, and how many organisations, people may
// give a paper.
const linksMost = 5

// PaperLinks is what a claimed author or curator says belongs to a paper: whole
// lists, each in its order. A nil list stays as it is; what is left out of one is
// taken from the paper.
type PaperLinks struct {
	Paper         string // any of its ids
	Code          []string
	Project       []string
	Media         []string
	Organizations []string // handles or names
	Reason        string   // for the log, may be ""
}

// MayEdit tells whether the actor may add to a paper: a claimed author of it, or a
// curator.
func (a *App) MayEdit(ctx context.Context, by Actor, paper string) (bool, error) {
	if Allowed(by, RightClaim) != nil {
		return false, nil
	}
	if Allowed(by, RightCurate) == nil {
		return true, nil
	}
	authors, err := a.claimedAuthors(ctx, paper)
	return authors[by.id()], err
}

// EditPaper changes what belongs to a paper. What people added stays whatever
// sources tell later, and so does what they took away; the log says who. An author
// names organisations that they are members of, or that the paper has; a curator
// any that is here.
func (a *App) EditPaper(ctx context.Context, by Actor, in PaperLinks) (*broadsheet.Paper, error) {
	if err := a.may(by, RightClaim); err != nil {
		return nil, err
	}
	id, _, err := broadsheet.ParseID(in.Paper)
	if err != nil {
		return nil, err
	}
	p, err := a.store.Paper(ctx, id)
	if err != nil {
		return nil, err
	}
	ok, err := a.MayEdit(ctx, by, p.ID)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, &broadsheet.Error{Kind: broadsheet.Denied, Text: "only its authors and curators add to a paper", Fix: "claim it on its page, if you wrote it"}
	}
	reason, err := because(in.Reason, false)
	if err != nil {
		return nil, err
	}
	rules, err := a.Rules(ctx)
	if err != nil {
		return nil, err
	}
	var edits []broadsheet.PaperEdit
	for _, x := range []struct {
		kind broadsheet.EditKind
		link broadsheet.LinkKind
		want []string
	}{{broadsheet.EditCode, broadsheet.LinkCode, in.Code}, {broadsheet.EditProject, broadsheet.LinkProject, in.Project}, {broadsheet.EditMedia, broadsheet.LinkMedia, in.Media}} {
		if x.want == nil {
			continue
		}
		var have []string
		for _, l := range p.Links {
			if l.Kind == x.link {
				have = append(have, l.URL)
			}
		}
		want, err := addresses(&rules, string(x.kind), x.want, have)
		if err != nil {
			return nil, err
		}
		edits = append(edits, differences(x.kind, have, want)...)
	}
	if in.Organizations != nil {
		var have []string
		for _, o := range p.Organizations {
			have = append(have, o.Key)
		}
		want, err := a.organizationsOf(ctx, by, in.Organizations, have)
		if err != nil {
			return nil, err
		}
		edits = append(edits, differences(broadsheet.EditOrganization, have, want)...)
	}
	if len(edits) == 0 {
		return &p, nil
	}
	out, err := a.store.EditPaper(ctx, p.ID, edits, by.id(), broadsheet.Action{At: a.now(), Actor: by.Name(), Act: broadsheet.ActEdit, Reason: reason})
	return &out, err
}

// differences are the edits that make want of have, the last of want first, since
// what is added last stands first; media stand in the order in which they come.
func differences(kind broadsheet.EditKind, have, want []string) []broadsheet.PaperEdit {
	if slices.Equal(have, want) {
		return nil
	}
	var out []broadsheet.PaperEdit
	for _, v := range have {
		if !slices.Contains(want, v) {
			out = append(out, broadsheet.PaperEdit{Kind: kind, Value: v, Removed: true})
		}
	}
	same := 0 // at the end of both, which stays where it is
	if kind != broadsheet.EditMedia {
		kept := slices.DeleteFunc(slices.Clone(have), func(v string) bool { return !slices.Contains(want, v) })
		for same < len(kept) && same < len(want) && kept[len(kept)-1-same] == want[len(want)-1-same] {
			same++
		}
	}
	rest := slices.Clone(want[:len(want)-same])
	if kind != broadsheet.EditMedia {
		slices.Reverse(rest)
	}
	for _, v := range rest {
		if kind == broadsheet.EditMedia && slices.Contains(have, v) {
			continue
		}
		out = append(out, broadsheet.PaperEdit{Kind: kind, Value: v})
	}
	return out
}

// addresses checks the addresses of one field. What stands on the paper already is
// nobody's to explain.
func addresses(rules *broadsheet.Rules, field string, typed, have []string) ([]string, error) {
	out := []string{}
	for _, s := range typed {
		if s = strings.TrimSpace(s); s == "" || slices.Contains(out, s) {
			continue
		}
		if !slices.Contains(have, s) {
			if err := publicAddress(field, s); err != nil {
				return nil, err
			}
			if err := blockedAddress(rules, s); err != nil {
				return nil, err
			}
		}
		out = append(out, s)
	}
	if len(out) > max(linksMost, len(have)) {
		return nil, broadsheet.InvalidField(field, fmt.Sprintf("%d are too many", len(out)), fmt.Sprint("give at most ", linksMost))
	}
	return out, nil
}

// publicAddress refuses what no reader could open or should: other schemes, and
// addresses within a private network.
func publicAddress(field, s string) error {
	bad := func(text string) error {
		return broadsheet.InvalidField(field, text, "write one that begins with https:// and that everybody can open")
	}
	u, err := url.Parse(s)
	if !broadsheet.ValidURL(s) || err != nil || s != clean.Line(s) || strings.ContainsAny(s, " \\\"<>") {
		return bad(fmt.Sprintf("%.60q is no address of a page", s))
	}
	host := clean.Host(u.Hostname())
	last := host[strings.LastIndexByte(host, '.')+1:]
	_, err = netip.ParseAddr(host)
	switch {
	case err == nil || strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x"):
		return bad(fmt.Sprintf("%.60q names a machine by its number", s))
	case !strings.Contains(host, "."), slices.Contains([]string{"localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "onion", "arpa", "test", "invalid"}, last):
		return bad(fmt.Sprintf("%.60q is in a private network", s))
	}
	return nil
}

// organizationsOf finds the organisations that are typed.
func (a *App) organizationsOf(ctx context.Context, by Actor, typed, have []string) ([]string, error) {
	out := []string{}
	curates := Allowed(by, RightCurate) == nil
	var asked []string // each once, and few: to find one walks over all
	for _, s := range typed {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(asked, s) {
			asked = append(asked, s)
		}
		if len(asked) > max(linksMost, len(have)) {
			return nil, broadsheet.InvalidField("organization", "there are too many", fmt.Sprint("give at most ", linksMost))
		}
	}
	for _, s := range asked {
		o, err := a.organization(ctx, s)
		if broadsheet.KindOf(err) == broadsheet.NotFound {
			return nil, broadsheet.InvalidField("organization", fmt.Sprintf("there is no organisation %.60q here", s), "write its handle, as in the address of its page")
		}
		if err != nil {
			return nil, err
		}
		if !curates && !slices.Contains(have, o.Key) {
			m, err := a.memberOf(ctx, o.Key, by.id())
			if err != nil {
				return nil, err
			}
			if m == nil || m.State != broadsheet.MemberIn {
				return nil, broadsheet.InvalidField("organization", "you are no member of "+cmp.Or(o.Name, o.Key), "join it on its page first, or ask a curator")
			}
		}
		if !slices.Contains(out, o.Key) {
			out = append(out, o.Key)
		}
	}
	return out, nil
}
