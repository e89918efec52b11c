package cli

import (
	"fmt"
	"net/mail"
	"net/url"
	"strings"

	"broadsheet"
	"broadsheet/internal/config"
	"broadsheet/internal/lib/dkim"
)

type mailCmd struct {
	DNS mailDNSCmd `cmd:"" name:"dns" help:"Write the DNS records that the settings of mail call for."`
}

type mailDNSCmd struct {
	JSON bool `help:"Print JSON."`
}

func (mailDNSCmd) Help() string {
	return `Nothing is looked up: these are the records to publish, made of the settings and the keys. SPF and MX are suggestions, since only you know
which machines send and receive mail for the domain besides.

Examples:

  broadsheet mail dns`
}

// record is a line of a zone with what it is for.
type record struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Value string `json:"value"`
	Why   string `json:"why"`
}

// Run writes the records.
func (c *mailDNSCmd) Run(r *run) error {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	if !cfg.Mail.Enabled() {
		return usage(broadsheet.InvalidField("mail.relays", "is not set: this site sends no mail", "see doc/operate.md"))
	}
	list, err := mailRecords(cfg)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(r.Stdout, list)
	}
	for i, x := range list {
		if i > 0 {
			fmt.Fprintln(r.Stdout)
		}
		value := x.Value
		if x.Type == "TXT" {
			value = txtStrings(value)
		}
		fmt.Fprintf(r.Stdout, "; %s\n%s. IN %s %s\n", x.Why, x.Name, x.Type, value)
	}
	return nil
}

func mailRecords(c *config.Config) ([]record, error) {
	m := &c.Mail
	from, err := mail.ParseAddress(m.From)
	if err != nil {
		return nil, broadsheet.InvalidField("mail.from", "is no address", "write it as Name <name@example.org>")
	}
	domain := broadsheet.AddressDomain(strings.ToLower(from.Address))
	var hosts []string
	for _, text := range m.Relays {
		u, err := url.Parse(text)
		if err != nil {
			return nil, broadsheet.InvalidField("mail.relays", "is not the address of a mail server", "write smtp://user:password@host:587")
		}
		if h := u.Hostname(); h != "localhost" && h != "127.0.0.1" && h != "::1" {
			hosts = append(hosts, h)
		}
	}
	spf, why := "v=spf1", "SPF: the machines that may send for envelope senders of this domain"
	if len(hosts) > 0 {
		for _, h := range hosts {
			spf += " a:" + h
		}
		why += "; where a mail service relays for you, put what it asks for (include:…) in place of a:…"
	} else {
		spf += " a:" + hostOr(m.Hello, "mail."+domain)
		why += "; the machine whose relay sends to the world"
	}
	bounce := m.BounceDomain
	list := []record{{bounce, "TXT", spf + " -all", why}}
	if bounce != domain {
		list = append(list, record{domain, "TXT", "v=spf1 -all", "SPF: if nothing else sends mail for this domain; else leave what is there"})
	}
	for _, setting := range m.DKIM {
		k, err := dkim.LoadKey(setting)
		if err != nil {
			return nil, broadsheet.InvalidField("mail.dkim_keys", err.Error(), "name a private key in PEM as SELECTOR=FILE")
		}
		list = append(list, record{k.Name(domain), "TXT", k.Record(), "DKIM: the public half of the key " + k.Selector})
	}
	list = append(list, record{"_dmarc." + domain, "TXT", "v=DMARC1; p=quarantine; adkim=r; aspf=r", "DMARC: begin with p=none and an address in rua= where reports are read, then tighten"})
	return append(list, record{bounce, "MX", "10 " + hostOr(m.Hello, hostOfSite(c, "mail."+domain)) + ".",
		"MX: the machine that takes mail that comes back; leave it out where a mailbox of this domain already does (mail.bounce_folder, or a mail service's hook)"}), nil
}

func hostOr(host, other string) string {
	if host != "" {
		return host
	}
	return other
}

func hostOfSite(c *config.Config, other string) string {
	if u, err := url.Parse(c.Site.URL); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return other
}

// txtStrings writes a TXT record's text as a zone file has it, in strings of at
// most 255 bytes (RFC 1035, section 3.3.14).
func txtStrings(s string) string {
	var out []string
	for len(s) > 255 {
		out = append(out, `"`+s[:255]+`"`)
		s = s[255:]
	}
	return strings.Join(append(out, `"`+s+`"`), " ")
}
