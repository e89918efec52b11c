package config

import (
	"net/mail"
	"strings"

	"broadsheet"
)

// Mail says how editions are sent.
type Mail struct {
	Relays         []string // smtp://…, with passwords; none: no mail is sent
	From           string   // "Daily papers <papers@example.org>"
	ReplyTo        string
	BounceDomain   string   // of envelope senders; default that of From
	DKIM           []string // "selector=path of a private key"
	Hello          string   // name of this machine; "" asks the system
	Connections    int
	PerDomain      int    // mails a minute, 0 is no bound
	Unknown        string // "drop" or "repeat"
	RefusedDomains []string
	NoticesPerHour int
	KeepEnded      int // days
	SecretFile     string
	Bounces        Bounces
}

// Enabled tells whether mail is sent.
func (m *Mail) Enabled() bool { return len(m.Relays) > 0 }

func mailSettings() []*Setting {
	m := func(f func(*Mail) any) func(*Config) any { return func(c *Config) any { return f(&c.Mail) } }
	return []*Setting{
		{Key: "mail.relays", Secret: true, Example: "smtp://papers:password@mail.example.org:587", Commands: serving,
			Help: "mail servers that take the site's mail",
			Doc:  "The mail servers that take the site's mail, in the order in which they are asked: `smtp://user:password@host:587` (STARTTLS is then required), `smtps://host` (TLS from the first byte), `smtp://localhost:25` (a relay on this machine). Without it the site sends no mail and nobody can subscribe by mail. Needs `mail.from` and `site.url`.",
			bind: m(func(m *Mail) any { return &m.Relays })},
		{Key: "mail.from", Example: "Daily papers <papers@example.org>", Commands: serving,
			Help:  "sender of the site's mail",
			Doc:   "Name and address from which mail comes. Its domain needs SPF, DKIM and DMARC records: see [operate.md](operate.md#sending-mail).",
			bind:  m(func(m *Mail) any { return &m.From }),
			check: checkMailbox},
		{Key: "mail.reply_to", Example: "editors@example.org", Commands: serving,
			Help:  "address for readers' answers",
			Doc:   "Where answers of readers go, if not to `mail.from`.",
			bind:  m(func(m *Mail) any { return &m.ReplyTo }),
			check: checkMailbox},
		{Key: "mail.bounce_domain", Example: "bounces.example.org", Commands: serving,
			Help: "domain to which mail comes back that could not be delivered",
			Doc:  "The domain of the envelope senders `bounce+TOKEN@…`, whose mail must reach this program; default the domain of `mail.from`.",
			bind: m(func(m *Mail) any { return &m.BounceDomain })},
		{Key: "mail.dkim_keys", Example: "papers2026=/etc/broadsheet/dkim.pem", Commands: serving,
			Help: "keys that sign mail (SELECTOR=FILE)",
			Doc:  "Keys that sign mail by DKIM, as `SELECTOR=FILE`: a private RSA or Ed25519 key in PEM, readable by its owner alone (mode 0600). Every key named signs every mail: to change keys, publish the new one, name both for a week, then take the old one out.",
			bind: m(func(m *Mail) any { return &m.DKIM })},
		{Key: "mail.hello", Example: "papers.example.org", Commands: serving,
			Help: "name of this machine for mail servers",
			Doc:  "The name with which this machine greets mail servers; default the machine's own.",
			bind: m(func(m *Mail) any { return &m.Hello })},
		{Key: "mail.connections", Default: "8", Example: "20", Commands: serving,
			Help:  "connections to mail servers at a time",
			Doc:   "How many connections send mail at a time. It is also the most mails of which nobody knows, after a crash, whether they were sent.",
			bind:  m(func(m *Mail) any { return &m.Connections }),
			check: checkPositive},
		{Key: "mail.per_domain", Default: "0", Example: "120", Commands: serving,
			Help: "mails to one domain in a minute",
			Doc:  "How many mails go to one domain, such as gmail.com, in a minute; 0 is no bound, for a relay that paces mail itself.",
			bind: m(func(m *Mail) any { return &m.PerDomain })},
		{Key: "mail.unknown", Default: "drop", Allowed: []string{"drop", "repeat"}, Example: "repeat", Commands: serving,
			Help: "what becomes of mail that may have been sent before a crash",
			Doc:  "What becomes of mails that were being handed over when the program or the line died, so that nobody knows whether they were taken: `drop` sends none twice, `repeat` loses none.",
			bind: m(func(m *Mail) any { return &m.Unknown })},
		{Key: "mail.refused_domains", Example: "throwaway.example,trash.example", Commands: serving,
			Help: "domains whose addresses cannot subscribe",
			Doc:  "Domains, with all below them, whose addresses cannot subscribe, such as those of throw-away mailboxes.",
			bind: m(func(m *Mail) any { return &m.RefusedDomains })},
		{Key: "mail.notices_per_hour", Default: "1000", Example: "200", Commands: serving,
			Help:  "subscriptions that can be asked for in an hour",
			Doc:   "How many people together can ask for a subscription or a link in an hour. One address is sent three such mails a day at most, one client can ask 20 times an hour.",
			bind:  m(func(m *Mail) any { return &m.NoticesPerHour }),
			check: checkPositive},
		{Key: "mail.keep_ended", Default: "30", Example: "90", Commands: serving,
			Help:  "days for which the address of who has ended all subscriptions is kept",
			Doc:   "For how many days the address of somebody who has ended all subscriptions, and the list of what was sent to it, are kept, so that questions can be answered and late bounces find whom they are about. Then both are removed; where mail came back or was reported as spam, a hash of the address stays. What was asked for and never confirmed goes after three days.",
			bind:  m(func(m *Mail) any { return &m.KeepEnded }),
			check: checkPositive},
		{Key: "secret_file", Example: "/etc/broadsheet/secret.key", Commands: serving,
			Help: "file with the key that signs links in mails (default DATA_DIR/secret.key)",
			Doc:  "The file with the key that signs links in mails; it is made where it is missing. Machines that share a database need the same file. Only its owner may have rights on it (mode 0600). Whoever has it can read and change every reader's subscriptions; whoever loses it makes the links of all mails void.",
			bind: m(func(m *Mail) any { return &m.SecretFile })},
	}
}

func checkMailbox(v string) string {
	if v == "" {
		return ""
	}
	a, err := mail.ParseAddress(v)
	if err != nil {
		return "write it as Name <name@example.org>"
	}
	if _, err := broadsheet.ParseAddress(a.Address); err != nil {
		return "write it as Name <name@example.org>"
	}
	return ""
}

// finishMail sees that the settings of mail make sense together.
func (c *Config) finishMail() error {
	if err := c.finishBounces(); err != nil {
		return err
	}
	m := &c.Mail
	if m.SecretFile == "" {
		m.SecretFile = joinPath(c.DataDir, "secret.key")
	}
	if !m.Enabled() {
		if m.From != "" {
			return broadsheet.InvalidField("mail.from", "is set, but mail.relays is not", "name the mail server, or take it out")
		}
		return nil
	}
	switch {
	case m.From == "":
		return broadsheet.InvalidField("mail.from", "is not set, but mail.relays is", "say from whom mail comes, as Daily papers <papers@example.org>")
	case c.Site.URL == "":
		return broadsheet.InvalidField("site.url", "is not set, but mail.relays is", "say where readers reach the site: mails hold links to it")
	}
	if m.BounceDomain == "" {
		if a, err := mail.ParseAddress(m.From); err == nil {
			m.BounceDomain = broadsheet.AddressDomain(strings.ToLower(a.Address))
		}
	}
	return nil
}
