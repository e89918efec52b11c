// Package config is the one place where settings come from: flags, then the
// environment (BROADSHEET_…), then one TOML file, then defaults. All four, the
// help of the command line and doc/config.md are made from one table.
//
// It guarantees that a name or value it does not know stops the start with a
// text that names it, where it stood and the nearest valid one; and that no
// text it makes, errors included, holds a secret.
package config

import (
	"net/netip"
	"net/url"
	"time"

	"broadsheet"
)

// Config holds every setting, checked.
type Config struct {
	Database     string // "sqlite:PATH" or "postgres://…", with the password; Redact before printing
	PasswordFile string
	DataDir      string
	Listen       string
	Server       string // that `papers` and `mcp` ask; "" is this site

	Site     Site
	HTTP     HTTP
	Metrics  Metrics
	Harvest  Harvest
	Lookup   Lookup
	Embed    Embed
	Mail     Mail
	Chat     Chat
	Accounts Accounts
	Log      Log
	Memory   Size

	// File is the configuration file that was read, "" where there is none.
	File string

	origins map[string]string // key to where its value came from
}

// Site says what the site is called and where it stands.
type Site struct {
	URL      string // "https://papers.example.org", no slash at the end; "" is unknown
	Title    string
	Tagline  string
	Contact  string // mail address; sources see it in the User-Agent
	TimeZone *time.Location
}

// HTTP bounds what the server accepts.
type HTTP struct {
	TrustedProxies    []netip.Prefix // whose X-Forwarded-… are believed
	ReadHeaderTimeout time.Duration
	ReadTimeout       time.Duration
	WriteTimeout      time.Duration
	IdleTimeout       time.Duration
	RenderTimeout     time.Duration
	PageCache         Size
	APIRequests       int // of one client in APIWindow; 0 is no limit
	DrainTimeout      time.Duration
}

// APIWindow is the time in which HTTP.APIRequests counts.
const APIWindow = 5 * time.Minute

// Metrics says where Prometheus may read.
type Metrics struct {
	Listen string // "" serves no metrics
}

// Harvest says which sources are asked, where, and what for.
type Harvest struct {
	Enabled         bool
	Sources         []string
	Categories      []string
	Pictures        bool
	ArxivOAIURL     string
	ArxivRSSURL     string
	ArxivAPIURL     string
	DailyPapersURL  string
	PrivateNetworks []netip.Prefix // that sources may be in
}

// Embed says which service elsewhere makes vectors, if one does.
type Embed struct {
	URL             string // base address; "" is the built-in model
	Model           string
	KeyFile         string
	Key             string // what KeyFile holds; never printed
	QueryPrefix     string
	DocumentPrefix  string
	AskDimensions   bool
	Batch           int // texts in a request
	Parallel        int // requests at a time
	MaxText         Size
	Timeout         time.Duration
	QueryTimeout    time.Duration
	DailyTokens     int            // 0 is no bound
	PrivateNetworks []netip.Prefix // that the service may be in
}

// Log says what is logged, and how.
type Log struct {
	Level  string // "debug", "info", "warn" or "error"
	Format string // "auto", "text" or "json"
}

// Input is what settings are read from.
type Input struct {
	// Flags holds the flags that were given, by name without dashes.
	Flags map[string]string
	// Environ is the environment as KEY=value.
	Environ []string
	// File names the configuration file; "" looks for one in Files.
	File string
	// Files are the places where a file may stand; the first one there counts.
	Files []string
}

// Files are the places where a configuration file is looked for.
var Files = []string{"broadsheet.toml", "/etc/broadsheet/broadsheet.toml"}

// Load reads and checks all settings. Its error names the first setting that
// is wrong, where it stood and what is allowed.
func Load(in Input) (*Config, error) {
	c := &Config{origins: map[string]string{}}
	table := Table()
	for _, s := range table {
		if err := s.set(c, s.Default); err != nil {
			panic("config: default of " + s.Key + ": " + err.Error())
		}
		c.origins[s.Key] = "default"
	}
	env, err := environment(table, in.Environ)
	if err != nil {
		return nil, err
	}
	path, err := findFile(in, env)
	if err != nil {
		return nil, err
	}
	var given []assignment
	if path != "" {
		if given, err = readFile(table, path); err != nil {
			return nil, err
		}
		c.File = path
	}
	given = append(append(given, env...), flags(table, in.Flags)...)
	for _, a := range given {
		if a.setting == nil { // --config and BROADSHEET_CONFIG
			continue
		}
		if err := a.setting.set(c, a.value); err != nil {
			return nil, a.wrong(err)
		}
		c.origins[a.setting.Key] = a.where
	}
	return c, c.finish()
}

// finish fills what depends on other settings.
func (c *Config) finish() error {
	if c.Database == "" {
		c.Database = "sqlite:" + joinPath(c.DataDir, "broadsheet.db")
	}
	if err := c.finishEmbed(); err != nil {
		return err
	}
	if err := c.finishMail(); err != nil {
		return err
	}
	if err := c.finishAccounts(); err != nil {
		return err
	}
	if c.PasswordFile == "" {
		return nil
	}
	password, err := readSecret("database_password_file", c.PasswordFile)
	if err != nil {
		return err
	}
	u, err := url.Parse(c.Database)
	if err != nil || u.Scheme == "sqlite" {
		return broadsheet.InvalidField("database_password_file", "is set, but the database is not PostgreSQL", "take it out")
	}
	name := ""
	if u.User != nil {
		if _, twice := u.User.Password(); twice {
			return broadsheet.InvalidField("database_password_file", "is set, and the database has a password too", "take one of them out")
		}
		name = u.User.Username()
	}
	u.User = url.UserPassword(name, password)
	c.Database = u.String()
	return nil
}

// assignment is a value somebody gave to a setting.
type assignment struct {
	setting *Setting
	name    string // as written: "--listen", "BROADSHEET_LISTEN", "listen"
	value   string
	where   string // "flag", "environment", "broadsheet.toml:12"
}

// wrong says that the value cannot be, in the words of the one who wrote it.
func (a assignment) wrong(err error) error {
	name := a.name
	if a.where != "flag" && a.where != "environment" {
		name = a.where + ": " + name
	}
	bad := err.(*valueError) //nolint:errorlint // set gives no other
	text := bad.text
	if !a.setting.Secret && a.value != "" {
		text = quote(a.value) + " " + text
	}
	return broadsheet.InvalidField(name, text, bad.fix)
}

func flags(table []*Setting, given map[string]string) []assignment {
	var out []assignment
	for _, s := range table {
		if v, ok := given[s.Flag()]; ok {
			out = append(out, assignment{setting: s, name: "--" + s.Flag(), value: v, where: "flag"})
		}
	}
	return out
}
