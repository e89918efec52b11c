package clean

import (
	"strings"

	"golang.org/x/net/idna"
)

// browsers read names of hosts as the URL standard says: mapped (UTS 46), and
// lenient about what no registry would sell.
var browsers = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.CheckHyphens(false))

// Host gives the name of a host as name servers know it, so that two spellings of
// one host are equal: in lower case, in ASCII (xn--…), with full stops for the
// ideographic ones, without one at its end. What cannot be a name is only put into
// lower case.
func Host(name string) string {
	if ascii, err := browsers.ToASCII(name); err == nil {
		name = ascii
	}
	return strings.TrimSuffix(strings.ToLower(name), ".")
}
