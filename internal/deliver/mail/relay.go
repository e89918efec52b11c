package mail

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/smtp"
	"net/url"
	"sync"
	"time"

	"broadsheet"
)

// Relay is a mail server that takes mail for everybody.
type Relay struct {
	Address  string // host:port
	Host     string // whose certificate it must show
	User     string // "" says no AUTH
	Password string
	TLS      TLSMode

	mu    sync.Mutex
	until time.Time // left alone until then
	fails int
}

// TLSMode says how a connection is kept private.
type TLSMode int

// TLS modes.
const (
	TLSWanted   TLSMode = iota // STARTTLS where it is offered, whoever's certificate (RFC 7435)
	TLSRequired                // STARTTLS, or no mail
	TLSImplicit                // from the first byte, as on port 465
	TLSNone                    // never: for a relay on this machine
)

// ParseRelay reads smtp://user:password@host:587, smtps://host (TLS from the
// first byte) or smtp://host:25?tls=none|wanted|required. Without a port smtp is
// 587 with a user and 25 without, smtps is 465. A password is only ever sent
// over TLS with a certificate that holds, or to this machine.
func ParseRelay(s string) (*Relay, error) {
	bad := func(text, fix string) (*Relay, error) { return nil, broadsheet.InvalidField("mail.relays", text, fix) }
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Path != "" && u.Path != "/" {
		return bad("is not the address of a mail server", "write smtp://user:password@host:587")
	}
	r := &Relay{Host: u.Hostname()}
	port := u.Port()
	if u.User != nil {
		r.User = u.User.Username()
		r.Password, _ = u.User.Password()
	}
	switch u.Scheme {
	case "smtp":
		if port == "" {
			if port = "25"; r.User != "" {
				port = "587"
			}
		}
		switch mode := u.Query().Get("tls"); mode {
		case "":
			if r.User != "" && !local(r.Host) {
				r.TLS = TLSRequired
			}
		case "wanted":
		case "required":
			r.TLS = TLSRequired
		case "none":
			r.TLS = TLSNone
		default:
			return bad(fmt.Sprintf("tls=%.20s means nothing", mode), "use none, wanted or required")
		}
		if r.User != "" && r.TLS != TLSRequired && !local(r.Host) {
			return bad("would send a password in the open", "leave tls= out, or say tls=required")
		}
	case "smtps":
		if port == "" {
			port = "465"
		}
		r.TLS = TLSImplicit
	default:
		return bad(fmt.Sprintf("%.20s is not a way to send mail", u.Scheme), "use smtp or smtps")
	}
	r.Address = net.JoinHostPort(r.Host, port)
	return r, nil
}

func local(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// String is the relay without its password.
func (r *Relay) String() string { return r.Address }

const (
	dialTimeout  = 20 * time.Second
	greetTimeout = time.Minute
	firstRest    = 15 * time.Second // that a relay is left alone after a failure
	longestRest  = 5 * time.Minute
)

// resting tells whether a relay is left alone.
func (r *Relay) resting(now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return now.Before(r.until)
}

// rest leaves a relay alone for a while, longer after each failure in a row.
func (r *Relay) rest(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Before(r.until) {
		return // another conversation found out as well
	}
	r.until = now.Add(min(firstRest<<min(r.fails, 5), longestRest))
	r.fails++
}

func (r *Relay) works() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.until, r.fails = time.Time{}, 0
}

// open connects, greets and signs in.
func (r *Relay) open(ctx context.Context, hello string, roots *tls.Config) (*smtp.Client, net.Conn, error) {
	d := net.Dialer{Timeout: dialTimeout}
	conn, err := d.DialContext(ctx, "tcp", r.Address)
	if err != nil {
		return nil, nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(greetTimeout)); err != nil {
		conn.Close()
		return nil, nil, err
	}
	c, err := r.greet(conn, hello, roots)
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	return c, conn, nil
}

func (r *Relay) greet(conn net.Conn, hello string, base *tls.Config) (*smtp.Client, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if base != nil {
		config = base.Clone()
	}
	config.ServerName = r.Host
	// Where the mail would go in the open if STARTTLS were not offered, a certificate
	// that cannot be checked is no reason not to go: it is better than nothing, and
	// who can put another certificate there can as well take the offer out.
	config.InsecureSkipVerify = r.TLS == TLSWanted // #nosec G402 -- see above; no password is sent in this mode
	over := conn
	if r.TLS == TLSImplicit {
		over = tls.Client(conn, config)
	}
	c, err := smtp.NewClient(over, r.Host)
	if err != nil {
		return nil, err
	}
	if err := c.Hello(hello); err != nil {
		return nil, err
	}
	if r.TLS == TLSWanted || r.TLS == TLSRequired {
		ok, _ := c.Extension("STARTTLS")
		switch {
		case ok && !(r.TLS == TLSWanted && local(r.Host)): // a relay on this machine has nobody to hide from
			if err := c.StartTLS(config); err != nil {
				return nil, fmt.Errorf("STARTTLS: %w", err)
			}
		case r.TLS == TLSRequired:
			return nil, fmt.Errorf("%s offers no STARTTLS", r.Address)
		}
	}
	if r.User != "" {
		if err := c.Auth(r.auth(c)); err != nil {
			return nil, fmt.Errorf("sign in as %s: %w", r.User, err)
		}
	}
	return c, nil
}
