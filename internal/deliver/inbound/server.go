package inbound

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/dsn"

	"github.com/emersion/go-smtp"
)

// Server is a mail server that takes mail for nothing but the addresses that
// mail comes back to. Mail is taken in before it is acknowledged: what the other
// side was told is safe is safe. It sends nothing.
//
// Who knows no token can make it hold no mail, since a mail's bytes come after
// its addresses. Connections are bounded in number, in time, and in addresses
// that are looked up.
type Server struct {
	s      *smtp.Server
	desk   *Desk
	limits Limits

	mu     sync.RWMutex // held for reading while a mail is taken in
	closed bool
}

// Limits bound what others can make a Server do.
type Limits struct {
	Connections int           // at once, default 64
	PerClient   int           // at once from one network of the Internet, default 8
	Silence     time.Duration // until the next command, or the end of a mail, default 2 minutes
	Life        time.Duration // of a connection, default 10 minutes
}

const (
	maxAtOnce  = 50       // recipients of one mail
	maxRefused = 20       // addresses of one connection that are looked up in vain
	maxOneLine = 64 << 10 // bytes of a line; mail may have 1,000 (RFC 5321), and reports quote what has more
)

// NewServer makes a server for a desk; hello is its name.
func NewServer(d *Desk, hello string, l Limits) *Server {
	if l.Connections == 0 {
		l.Connections = 64
	}
	if l.PerClient == 0 {
		l.PerClient = 8
	}
	if l.Silence == 0 {
		l.Silence = 2 * time.Minute
	}
	if l.Life == 0 {
		l.Life = 10 * time.Minute
	}
	x := &Server{desk: d, limits: l}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{server: x}, nil }))
	s.Domain = hello
	s.ReadTimeout, s.WriteTimeout = l.Silence, l.Silence
	s.MaxMessageBytes, s.MaxRecipients, s.MaxLineLength = dsn.MaxMail, maxAtOnce, maxOneLine
	s.ErrorLog = quiet{}
	x.s = s
	return x
}

// OfferTLS lets others go on in private (STARTTLS, RFC 3207), if they like: mail
// servers that deliver a bounce do not ask whose certificate it is, and one that
// cannot speak TLS would rather drop the bounce. It must be called before Serve.
func (s *Server) OfferTLS(c *Certificate) {
	s.s.TLSConfig = &tls.Config{GetCertificate: c.Get, MinVersion: tls.VersionTLS12}
}

// quiet drops what the library says of broken connections: they are ordinary.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// Serve takes mail until Close.
func (s *Server) Serve(l net.Listener) error {
	err := s.s.Serve(&door{Listener: l, limits: s.limits, from: map[string]int{}})
	if errors.Is(err, smtp.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Close ends all connections, after the mails that are just being taken in.
// Whose mail was not acknowledged sends it again.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	return s.s.Close()
}

// take takes a mail in.
func (s *Server) take(to []string, body []byte) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return later
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookTime)
	defer cancel()
	for _, a := range to {
		if err := s.desk.Mail(ctx, a, body); err != nil && !errors.Is(err, error(ErrNotHere)) { // erased between RCPT and DATA
			s.desk.o.Log.Error("take in what came back", "error", err)
			return later
		}
	}
	return nil
}

// lookTime is how long the store may take.
const lookTime = time.Minute

type session struct {
	server  *Server
	to      []string
	refused int
}

func (s *session) Reset()                               { s.to = nil }
func (s *session) Logout() error                        { return nil }
func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.refused >= maxRefused {
		return tooMany
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookTime)
	defer cancel()
	switch _, err := s.server.desk.find(ctx, to); {
	case err == nil:
		if !slices.Contains(s.to, to) {
			s.to = append(s.to, to)
		}
		return nil
	case broadsheet.KindOf(err) == broadsheet.NotFound:
		s.refused++
		return nobody
	default:
		s.server.desk.o.Log.Error("look for whom a mail is", "error", err)
		return later
	}
}

func (s *session) Data(r io.Reader) error {
	to := s.to
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return s.server.take(to, body)
}

var (
	nobody  = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: ErrNotHere.Text}
	later   = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "not now; try again later"}
	tooMany = &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "too many addresses that are not here"}
)
