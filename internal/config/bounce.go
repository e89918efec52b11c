package config

import "broadsheet"

// Bounces says how mail comes back.
type Bounces struct {
	Listen             string // of a mail server of our own; "": none
	TLSCert, TLSKey    string // files in PEM; "": the server speaks no TLS
	Folder             string // a Maildir; "": none
	PostmarkSecretFile string
	PostmarkSecret     string // what the file holds; never printed
	MailgunKeyFile     string
	MailgunKey         string // likewise
	SendGridKey        string // public
	SESTopic           string
}

func bounceSettings() []*Setting {
	m := func(f func(*Bounces) any) func(*Config) any { return func(c *Config) any { return f(&c.Mail.Bounces) } }
	return []*Setting{
		{Key: "mail.bounce_listen", Example: ":2525", Commands: serving,
			Help:  "address of a mail server that takes what comes back",
			Doc:   "Address at which a mail server listens that takes bounces, complaints and mails that unsubscribe, for `mail.bounce_domain`, and nothing else. The domain's MX record must lead to it: see [operate.md](operate.md#mail-that-comes-back).",
			bind:  m(func(m *Bounces) any { return &m.Listen }),
			check: checkListen},
		{Key: "mail.bounce_tls_cert", Example: "/etc/letsencrypt/live/papers.example.org/fullchain.pem", Commands: serving,
			Help: "certificate of the mail server that takes what comes back",
			Doc:  "A file with the certificate, and those that lead to its authority, in PEM, with which the mail server of `mail.bounce_listen` offers STARTTLS; needs `mail.bounce_tls_key`. Without it mail comes back in the open. A renewed file is read within a minute.",
			bind: m(func(m *Bounces) any { return &m.TLSCert })},
		{Key: "mail.bounce_tls_key", Example: "/etc/letsencrypt/live/papers.example.org/privkey.pem", Commands: serving,
			Help: "file with the key of that certificate",
			Doc:  "A file in PEM with the key of `mail.bounce_tls_cert`; only its owner and its group may have rights on it.",
			bind: m(func(m *Bounces) any { return &m.TLSKey })},
		{Key: "mail.bounce_folder", Example: "/var/mail/bounces", Commands: serving,
			Help: "Maildir folder of mail that comes back",
			Doc:  "A Maildir folder (with `new` and `cur` in it) in which another mail server puts what comes back for `mail.bounce_domain`. It is looked at every 10 seconds; what was taken in moves to `cur`.",
			bind: m(func(m *Bounces) any { return &m.Folder })},
		{Key: "mail.hook_postmark_secret_file", Example: "/etc/broadsheet/postmark.secret", Commands: serving,
			Help: "file with the password of Postmark's posts",
			Doc:  "A file (mode 0600) with the password that Postmark's posts to `/hooks/mail/postmark` bear: give Postmark the address `https://broadsheet:PASSWORD@papers.example.org/hooks/mail/postmark`.",
			bind: m(func(m *Bounces) any { return &m.PostmarkSecretFile })},
		{Key: "mail.hook_mailgun_key_file", Example: "/etc/broadsheet/mailgun.key", Commands: serving,
			Help: "file with Mailgun's key for signing posts",
			Doc:  "A file (mode 0600) with the HTTP webhook signing key of Mailgun, which posts to `/hooks/mail/mailgun`.",
			bind: m(func(m *Bounces) any { return &m.MailgunKeyFile })},
		{Key: "mail.hook_sendgrid_key", Example: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE…", Commands: serving,
			Help: "public key of SendGrid's posts",
			Doc:  "The verification key, as SendGrid shows it for its signed event webhook, which posts to `/hooks/mail/sendgrid`.",
			bind: m(func(m *Bounces) any { return &m.SendGridKey })},
		{Key: "mail.hook_ses_topic", Example: "arn:aws:sns:eu-west-1:123456789012:bounces", Commands: serving,
			Help: "SNS topic of Amazon SES's bounces and complaints",
			Doc:  "The ARN of the SNS topic to which Amazon SES sends bounces and complaints. Subscribe `https://papers.example.org/hooks/mail/ses` to it, without raw message delivery; the subscription confirms itself.",
			bind: m(func(m *Bounces) any { return &m.SESTopic })},
	}
}

// finishBounces reads the files of secrets.
func (c *Config) finishBounces() error {
	b := &c.Mail.Bounces
	for _, x := range []struct{ key, value string }{
		{"mail.bounce_listen", b.Listen}, {"mail.bounce_tls_cert", b.TLSCert}, {"mail.bounce_tls_key", b.TLSKey}, {"mail.bounce_folder", b.Folder}, {"mail.hook_postmark_secret_file", b.PostmarkSecretFile},
		{"mail.hook_mailgun_key_file", b.MailgunKeyFile}, {"mail.hook_sendgrid_key", b.SendGridKey}, {"mail.hook_ses_topic", b.SESTopic},
	} {
		if x.value != "" && !c.Mail.Enabled() {
			return broadsheet.InvalidField(x.key, "is set, but mail.relays is not", "name the mail server, or take it out")
		}
	}
	switch {
	case (b.TLSCert == "") != (b.TLSKey == ""):
		return broadsheet.InvalidField("mail.bounce_tls_cert", "and mail.bounce_tls_key go together", "name both files, or neither")
	case b.TLSCert != "" && b.Listen == "":
		return broadsheet.InvalidField("mail.bounce_tls_cert", "is set, but mail.bounce_listen is not", "say where the mail server listens, or take it out")
	}
	for _, x := range []struct {
		key, path string
		into      *string
	}{
		{"mail.hook_postmark_secret_file", b.PostmarkSecretFile, &b.PostmarkSecret}, {"mail.hook_mailgun_key_file", b.MailgunKeyFile, &b.MailgunKey},
	} {
		if x.path == "" {
			continue
		}
		var err error
		if *x.into, err = readSecret(x.key, x.path); err != nil {
			return err
		}
	}
	return nil
}
