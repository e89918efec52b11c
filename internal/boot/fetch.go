package boot

import (
	"net/netip"
	"net/url"
	"time"

	"broadsheet/internal/config"
	"broadsheet/internal/harvest"
	"broadsheet/internal/lib/fetch"
)

// FetchOptions are how this site asks sources: who it is, how often it may,
// and which private addresses it may reach.
func FetchOptions(c *config.Config, version string) fetch.Options {
	return fetch.Options{
		Agent: fetch.Agent(version, c.Site.URL, c.Site.Contact),
		Allow: append(namedPrivate(c), c.Harvest.PrivateNetworks...),
		Limits: append(harvest.Limits(), fetch.Limit{
			// Another Daily Papers service, perhaps a site like this one.
			Name: "daily-papers", Hosts: []string{hostOf(c.Harvest.DailyPapersURL)}, Every: 600 * time.Millisecond, Burst: 5, Shared: true,
		}),
	}
}

// namedPrivate are the addresses on this machine or a private network that the
// operator named in a source's URL.
func namedPrivate(c *config.Config) []netip.Prefix {
	var out []netip.Prefix
	for _, u := range []string{c.Harvest.ArxivOAIURL, c.Harvest.ArxivRSSURL, c.Harvest.ArxivAPIURL, c.Harvest.DailyPapersURL} {
		out = append(out, named(u)...)
	}
	return out
}

// named are the addresses that a URL names itself: an address, or localhost.
func named(u string) []netip.Prefix {
	host := hostOf(u)
	if host == "localhost" {
		return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Prefix{netip.PrefixFrom(a, a.BitLen())}
	}
	return nil
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
