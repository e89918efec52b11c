package auth

import (
	"strings"

	"broadsheet"
)

// Lengths of handles.
const (
	MinHandle = 3
	MaxHandle = 32
)

// ParseHandle reads the name that somebody wants to have: letters and digits of
// ASCII with single hyphens between, a letter first. Capitals are made small.
// Anything else is Invalid, above all letters of other scripts that look like
// these, and so are names that speak for the site.
func ParseHandle(text string) (string, error) {
	bad := func(text, fix string) (string, error) { return "", broadsheet.InvalidField("name", text, fix) }
	name := strings.Trim(text, " \t\r\n")
	const fix = "use 3 to 32 letters a to z, digits and single hyphens, a letter first"
	if len(name) < MinHandle || len(name) > MaxHandle {
		return bad("is too short or too long", fix)
	}
	name = lowerASCII(name)
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z':
		case i > 0 && c >= '0' && c <= '9':
		case i > 0 && i < len(name)-1 && c == '-' && name[i-1] != '-':
		default:
			return bad("holds what a name here cannot", fix)
		}
	}
	if reserved[Skeleton(name)] || strings.HasPrefix(name, "admin-") || strings.HasPrefix(name, "official-") || strings.HasPrefix(name, "deleted-") {
		return bad("is kept for the site itself", "choose another")
	}
	return name, nil
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r - 'A' + 'a'
		}
		return r
	}, s)
}

var lookAlikes = strings.NewReplacer("rn", "m", "vv", "w", "cl", "d", "0", "o", "1", "l", "i", "l", "2", "z", "5", "s", "8", "b")

// Skeleton is what names share that look alike, in most typefaces at least: two
// names with one skeleton are not both had.
func Skeleton(name string) string {
	// Hyphens first: r-n looks like rn, not like m, but nobody should count on it.
	return lookAlikes.Replace(strings.ReplaceAll(name, "-", ""))
}

// reserved are the skeletons of names that would speak for the site, stand for
// nobody, or be read as an address of it.
var reserved = func() map[string]bool {
	out := map[string]bool{}
	for name := range strings.FieldsSeq(`about abuse account accounts admin administrator administrators admins all anonymous anybody api apis archive arxiv
	  author authors billing board bot bots broadsheet cli comment comments contact curator curators daily dailypapers data delete deleted
	  dev digest doctor edit edition editor editorial editors everybody everyone export feed feeds flag guest harvest help here hostmaster
	  huggingface info invite job jobs legal list lists log login logout mail mailer mailerdaemon me member members mod moderation moderator moderators
	  mods news newsletter nobody noreply none notifications null official openreview operator orcid organization organizations orgs owner paper papers
	  password people person policy postmaster press privacy profile queue reader readers register rights robot root rss rules search security
	  self session sessions settings shop sign signin signout signup site siteadmin staff status submission submissions submit submitter subscribe subscriptions
	  support suspended sysadmin system team terms test token tokens topic trust undefined unknown unsubscribe user users verified vote votes voters web
	  webmaster website www`) {
		out[Skeleton(name)] = true
	}
	return out
}()
