package chat

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"broadsheet"
	"broadsheet/internal/lib/fetch"
)

// Target is where a recipient is.
type Target struct {
	Channel broadsheet.Channel

	url    *url.URL // what is asked, without fragment
	secret string   // the key of a signature, or a token
	room   string   // Telegram's chat, Matrix's room, ntfy's topic
	thread string   // Telegram's topic in a chat
}

// maxAddress is the longest address, in bytes.
const maxAddress = 2000

// field is what errors about an address name.
const field = "target"

// wrong is a mistake in an address; without a fix it gets the form of one.
func wrong(text, fix string) error { return broadsheet.InvalidField(field, text, fix) }

// Parse reads a target's address. Its error is Invalid, says what to write, and
// does not repeat the address.
func Parse(channel broadsheet.Channel, address string) (*Target, error) {
	k := kinds[channel]
	if k == nil {
		return nil, broadsheet.InvalidField("channel", fmt.Sprintf("%.40q is not a chat or hook", channel), "use "+names())
	}
	address = strings.TrimSpace(address)
	if len(address) > maxAddress {
		return nil, wrong(fmt.Sprint("is longer than ", maxAddress, " bytes"), k.form)
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return nil, wrong("is not a web address", k.form)
	}
	if other := Guess(address); other != "" && other != channel {
		return nil, wrong("is one of "+title(other)+", not of "+title(channel), "say --channel "+string(other)+", or "+k.form)
	}
	own := u.Scheme == string(channel) // telegram://, matrix://
	if !own && u.User != nil {
		return nil, wrong("holds a user name or password before the host", k.form)
	}
	fragment, err := url.ParseQuery(strings.ReplaceAll(u.EscapedFragment(), "+", "%2B")) // base64 has pluses
	if err != nil {
		return nil, wrong("has a part after # that cannot be read", k.form)
	}
	for name := range fragment {
		if !slices.Contains(k.fragment, name) {
			return nil, wrong(fmt.Sprintf("has %.20q after #, which means nothing here", name), k.form)
		}
	}
	plain := *u
	plain.Fragment, plain.RawFragment = "", ""
	t := &Target{Channel: channel, url: &plain, secret: fragment.Get("secret") + fragment.Get("token")}
	if err := k.parse(t, own); err != nil {
		var e *broadsheet.Error
		if errors.As(err, &e) && e.Fix == "" {
			e.Fix = k.form
		}
		return nil, err
	}
	switch {
	case t.url.Scheme != "https" && t.url.Scheme != "http":
		return nil, wrong("is not a web address", k.form)
	case t.url.Scheme == "http" && !near(t.url.Hostname()):
		return nil, wrong("begins with http:// and would travel in the clear", "use https://; only names and addresses of a private network may do without")
	}
	return t, nil
}

// near tells whether a host is named as one of a private network.
func near(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return !fetch.Public(a)
	}
	if !strings.Contains(host, ".") {
		return true // localhost, a container's name
	}
	return slices.ContainsFunc([]string{".internal", ".local", ".lan", ".home.arpa", ".localhost", ".test"}, func(end string) bool {
		return strings.HasSuffix(strings.ToLower(host), end)
	})
}

// hosts are those that say by themselves what speaks there.
var hosts = map[string]broadsheet.Channel{
	"hooks.slack.com": broadsheet.ChannelSlack, "hooks.slack-gov.com": broadsheet.ChannelSlack,
	"discord.com": broadsheet.ChannelDiscord, "discordapp.com": broadsheet.ChannelDiscord,
	"api.telegram.org": broadsheet.ChannelTelegram,
	"open.feishu.cn":   broadsheet.ChannelFeishu, "open.larksuite.com": broadsheet.ChannelFeishu,
	"oapi.dingtalk.com": broadsheet.ChannelDingTalk, "api.dingtalk.com": broadsheet.ChannelDingTalk,
	"logic.azure.com": broadsheet.ChannelTeams, "webhook.office.com": broadsheet.ChannelTeams, "powerplatform.com": broadsheet.ChannelTeams,
	"ntfy.sh": broadsheet.ChannelNtfy,
}

// Guess tells what channel an address is of, by its scheme or host, or "" where
// neither says.
func Guess(address string) broadsheet.Channel {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return ""
	}
	switch u.Scheme {
	case "telegram", "matrix":
		return broadsheet.Channel(u.Scheme)
	}
	host := strings.ToLower(u.Hostname())
	for name, channel := range hosts {
		if host == name || strings.HasSuffix(host, "."+name) {
			return channel
		}
	}
	return ""
}

// Address is the whole address, secrets included, in the form that Parse reads.
func (t *Target) Address() string {
	u := *t.url
	if t.Channel == broadsheet.ChannelMatrix || t.Channel == broadsheet.ChannelNtfy {
		u.Path, u.RawPath = "/"+t.room, ""
	}
	if t.secret == "" {
		return u.String()
	}
	return u.String() + "#" + kinds[t.Channel].fragment[0] + "=" + url.QueryEscape(t.secret)
}

// Key is how a target is found: a hash of its address without the key of its
// signature, so that a new key is not another target.
func (t *Target) Key() string {
	u := *t.url
	sum := sha256.Sum256([]byte(string(t.Channel) + " " + u.String() + " " + t.room + " " + t.thread))
	return hex.EncodeToString(sum[:16])
}

// String names the target for people, without anything secret.
func (t *Target) String() string {
	return t.url.Hostname() + " (" + t.Key()[:6] + ")"
}

// scrub takes what is secret of the target out of a text.
func (t *Target) scrub(s string) string {
	for _, x := range t.secrets() {
		s = strings.ReplaceAll(s, x, "…")
	}
	return s
}

// secrets are the parts of the address that may be secret: longest first, so
// that none is left over when a part of it went.
func (t *Target) secrets() []string {
	out := []string{t.secret, t.url.String(), t.url.RequestURI()}
	out = append(out, strings.Split(t.url.Path, "/")...)
	for _, values := range t.url.Query() {
		out = append(out, values...)
	}
	if t.Channel == broadsheet.ChannelTelegram {
		out = append(out, strings.TrimPrefix(strings.Split(t.url.Path+"/", "/")[1], "bot"))
	}
	if t.Channel == broadsheet.ChannelNtfy {
		out = append(out, t.room)
	}
	out = slices.DeleteFunc(out, func(x string) bool { return len(x) < leastSecret })
	slices.SortFunc(out, func(a, b string) int { return len(b) - len(a) })
	return out
}

// leastSecret is the shortest part of an address that is taken for a secret;
// shorter ones are words such as "services".
const leastSecret = 9
