package config

import "net/netip"

// Lookup says where papers that people submit are looked up. arXiv's address is
// Harvest.ArxivAPIURL.
type Lookup struct {
	Enabled         bool
	CrossrefURL     string
	DOIURL          string
	OpenReviewURL   string
	OpenReviewV1URL string
	BiorxivURL      string
	ACLURL          string
	PrivateNetworks []netip.Prefix // that pages may be in whose address somebody typed
}

func lookupSettings() []*Setting {
	l := func(f func(*Lookup) any) func(*Config) any { return func(c *Config) any { return f(&c.Lookup) } }
	serve := []string{"serve", "config"}
	place := func(key, address, help, doc string, field func(*Lookup) *string) *Setting {
		return &Setting{Key: "lookup." + key, Default: address, Example: "http://localhost:9000/" + key[:len(key)-len("_url")], Commands: serve, Help: help, Doc: doc,
			bind: l(func(l *Lookup) any { return field(l) }), check: checkURL}
	}
	return []*Setting{
		{Key: "lookup.enabled", Default: "true", Example: "false", Commands: serve,
			Help: "take submissions of papers",
			Doc:  "Whether people can submit papers, which are looked up at their source: arXiv (at `harvest.arxiv_api_url`), the places below, or the page that was named. Who may submit what is a rule of the site, changed at `/admin/rules`.",
			bind: l(func(l *Lookup) any { return &l.Enabled })},
		place("crossref_url", "https://api.crossref.org", "Crossref's REST API", "Crossref's REST API, which knows most DOIs; it is told `site.contact`.", func(l *Lookup) *string { return &l.CrossrefURL }),
		place("doi_url", "https://doi.org", "resolver of DOIs", "The resolver that leads from a DOI to its page, for DOIs that Crossref does not know.", func(l *Lookup) *string { return &l.DOIURL }),
		place("openreview_url", "https://api2.openreview.net", "OpenReview's API", "OpenReview's API.", func(l *Lookup) *string { return &l.OpenReviewURL }),
		place("openreview_v1_url", "https://api.openreview.net", "OpenReview's former API", "OpenReview's former API, which has what was submitted before 2023.", func(l *Lookup) *string { return &l.OpenReviewV1URL }),
		place("biorxiv_url", "https://api.biorxiv.org", "bioRxiv's and medRxiv's API", "The API of bioRxiv and medRxiv.", func(l *Lookup) *string { return &l.BiorxivURL }),
		place("acl_url", "https://aclanthology.org", "the ACL Anthology", "The ACL Anthology, or a mirror.", func(l *Lookup) *string { return &l.ACLURL }),
		{Key: "lookup.private_networks", Example: "10.1.0.0/16", Commands: serve,
			Help: "private networks whose pages may be submitted",
			Doc:  "Private networks in which pages may stand that members submit, such as a laboratory's own report server. Anybody who may submit can then have this program ask any address there. Without it, addresses that are not on the public Internet are never asked, whatever a name or a redirect says.",
			bind: l(func(l *Lookup) any { return &l.PrivateNetworks })},
	}
}
