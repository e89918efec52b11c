package inbound

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"broadsheet"
	"broadsheet/internal/lib/dsn"

	"github.com/emersion/go-smtp"
)

// Server is a mail server that takes mail for nothing but the addresses that
// mail comes back to. Mail is taken in before it is acknowledged: what the other
// side was told is safe is safe.
type Server struct{ s *smtp.Server }

// Limits of a connection.
const (
	smtpTimeout = 2 * time.Minute
	maxAtOnce   = 50 // recipients of one mail
)

// NewServer makes a server for a desk; hello is its name.
func NewServer(d *Desk, hello string) *Server {
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{desk: d}, nil }))
	s.Domain = hello
	s.ReadTimeout, s.WriteTimeout = smtpTimeout, smtpTimeout
	s.MaxMessageBytes, s.MaxRecipients, s.MaxLineLength = dsn.MaxMail, maxAtOnce, 4096
	s.ErrorLog = quiet{}
	return &Server{s}
}

// quiet drops what the library says of broken connections: they are ordinary.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// Serve takes mail until Close.
func (s *Server) Serve(l net.Listener) error {
	err := s.s.Serve(l)
	if errors.Is(err, smtp.ErrServerClosed) {
		return nil
	}
	return err
}

// Close ends all connections.
func (s *Server) Close() error { return s.s.Close() }

type session struct {
	desk *Desk
	to   []string
}

func (s *session) Reset()                               { s.to = nil }
func (s *session) Logout() error                        { return nil }
func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	ctx, cancel := context.WithTimeout(context.Background(), smtpTimeout)
	defer cancel()
	if _, err := s.desk.find(ctx, to); err != nil {
		return reply(err)
	}
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), smtpTimeout)
	defer cancel()
	for _, to := range s.to {
		if err := s.desk.Mail(ctx, to, body); err != nil && !errors.Is(err, error(ErrNotHere)) {
			s.desk.o.Log.Error("take in what came back", "error", err)
			return reply(err)
		}
	}
	return nil
}

func reply(err error) error {
	if broadsheet.KindOf(err) == broadsheet.NotFound {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no mail is taken for that address"}
	}
	return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "not now; try again later"}
}
