package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"broadsheet"
	"broadsheet/internal/auth"
	"broadsheet/internal/lib/clean"
)

// OrganizationEdit is what owners write of their organisation. Domains of mail are
// for moderators: nil leaves them.
type OrganizationEdit struct {
	Key         string
	Name        string
	AvatarURL   string
	Link        string
	Description string
	Domains     []string
}

// EditOrganization changes an organisation's page.
func (a *App) EditOrganization(ctx context.Context, by Actor, e OrganizationEdit) error {
	if err := a.may(by, RightProfile); err != nil {
		return err
	}
	own, err := a.memberOf(ctx, e.Key, by.id())
	if err != nil {
		return err
	}
	moderates := Allowed(by, RightModerate) == nil
	if !owns(own) && !moderates {
		return &broadsheet.Error{Kind: broadsheet.Denied, Text: "only its owners and moderators edit an organisation", Fix: "ask one"}
	}
	o, err := a.store.Organization(ctx, e.Key)
	if err != nil {
		return err
	}
	page, err := a.store.OrganizationPage(ctx, e.Key)
	if err != nil {
		return err
	}
	was := o.Name
	if o.Name, err = organizationName(e.Name); err != nil {
		return err
	}
	if o.Name != was {
		if err := a.nameLikeOthers(ctx, &o); err != nil {
			return err
		}
	}
	if o.AvatarURL, err = a.pageAddress(ctx, "picture", e.AvatarURL, o.AvatarURL); err != nil {
		return err
	}
	if page.Link, err = a.pageAddress(ctx, "link", e.Link, page.Link); err != nil {
		return err
	}
	if len(e.Description) > maxDescription {
		return broadsheet.InvalidField("description", "is too long", fmt.Sprint("use at most ", maxDescription, " bytes"))
	}
	page.Description = strings.TrimSpace(clean.Text(e.Description))
	x := broadsheet.Action{At: a.now(), Actor: by.Name(), Act: broadsheet.ActOrganization, Kind: broadsheet.ObjectOrganization, Object: o.Key, Detail: "page"}
	if o.Name != was {
		x.Detail = "name: " + o.Name
	}
	if e.Domains != nil {
		if !moderates {
			return &broadsheet.Error{Kind: broadsheet.Denied, Field: "domains", Text: "only moderators set domains", Fix: "ask one"}
		}
		if page.Domains, err = mailDomains(e.Domains); err != nil {
			return err
		}
		x.Detail += "; domains: " + cmp.Or(strings.Join(page.Domains, ", "), "none")
	}
	page.Key, page.ChangedAt = o.Key, x.At
	return a.store.PutOrganizationPage(ctx, o, page, x)
}

const maxDescription = 1000

// pageAddress checks an address that an organisation's page shows; one that is
// there already may stay.
func (a *App) pageAddress(ctx context.Context, field, typed, now string) (string, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" || typed == now {
		return typed, nil
	}
	if err := publicAddress(field, typed); err != nil {
		return "", err
	}
	rules, err := a.Rules(ctx)
	if err != nil {
		return "", err
	}
	return typed, blockedAddress(&rules, typed)
}

func organizationName(typed string) (string, error) {
	if len(typed) > 120 {
		return "", broadsheet.InvalidField("name", "is too long", "use at most 120 bytes")
	}
	name := clean.Line(typed)
	if broadsheet.AuthorKey(name) == "" {
		return "", broadsheet.InvalidField("name", "is missing", "write what the organisation is called")
	}
	if scripts(name) > 1 {
		return "", broadsheet.InvalidField("name", "mixes letters of several scripts that look alike", "write it in one")
	}
	return name, nil
}

// mailDomains reads domains of mail, which must be whole names.
func mailDomains(typed []string) ([]string, error) {
	out := []string{}
	for _, d := range typed {
		d = strings.Trim(strings.ToLower(strings.TrimSpace(d)), ".@")
		if d == "" || slices.Contains(out, d) {
			continue
		}
		if len(d) > 253 || !strings.Contains(d, ".") || strings.Trim(d, "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" {
			return nil, broadsheet.InvalidField("domains", fmt.Sprintf("%.60q is no domain", d), "write them as example.org, with blanks between")
		}
		out = append(out, d)
	}
	if len(out) > 20 {
		return nil, broadsheet.InvalidField("domains", "these are too many", "use at most 20")
	}
	return out, nil
}

// looks is what names of organisations share that look alike.
func looks(text string) string {
	return auth.Skeleton(strings.ReplaceAll(seeming(nameOrDigits(text)), " ", ""))
}

func nameOrDigits(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 0x80)
	})
}

// sameLooks tells whether an organisation is another one that could be taken for it.
func sameLooks(o, other *broadsheet.Organization) bool {
	for _, x := range []string{o.Key, o.Name} {
		for _, y := range []string{other.Key, other.Name} {
			if x != "" && y != "" && looks(x) == looks(y) {
				return true
			}
		}
	}
	return false
}

// nameLikeOthers is an error where a new name looks like the handle or name of
// another organisation.
func (a *App) nameLikeOthers(ctx context.Context, o *broadsheet.Organization) error {
	named := looks(o.Name)
	return a.store.EachOrganization(ctx, func(other broadsheet.Organization) error {
		if other.Key != o.Key && (looks(other.Key) == named || looks(other.Name) == named) {
			return &broadsheet.Error{Kind: broadsheet.Conflict, Field: "name", Text: "another organisation here is called that: " + other.Key, Fix: "choose a name that nobody takes for it"}
		}
		return nil
	})
}

// CreateOrganization makes an organisation, whose first owner is the actor, a
// curator. Its handle and name must not be, or look like, those of another.
func (a *App) CreateOrganization(ctx context.Context, by Actor, key, name string) (broadsheet.Organization, error) {
	var o broadsheet.Organization
	if err := a.may(by, RightCurate); err != nil {
		return o, err
	}
	handle, err := auth.ParseHandle(key)
	if err != nil {
		return o, broadsheet.InvalidField("key", "cannot be a handle", "use 3 to 32 letters a to z, digits and single hyphens, a letter first")
	}
	o.Key = handle
	if o.Name, err = organizationName(name); err != nil {
		return o, err
	}
	x := broadsheet.Action{At: a.now(), Actor: by.Name(), Act: broadsheet.ActOrganization, Kind: broadsheet.ObjectOrganization, Object: o.Key, Detail: "made, as " + o.Name}
	return o, a.store.CreateOrganization(ctx, o, by.id(), func(other broadsheet.Organization) bool { return sameLooks(&o, &other) }, x)
}
