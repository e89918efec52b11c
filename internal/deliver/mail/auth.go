package mail

import (
	"errors"
	"net/smtp"
	"slices"
	"strings"
)

// auth is how to sign in: PLAIN (RFC 4616), or LOGIN at servers that offer no
// PLAIN, as Microsoft's. Both are refused without TLS, but on this machine.
func (r *Relay) auth(c *smtp.Client) smtp.Auth {
	plain := smtp.PlainAuth("", r.User, r.Password, r.Host)
	_, offered := c.Extension("AUTH")
	ways := strings.Fields(strings.ToUpper(offered))
	if slices.Contains(ways, "LOGIN") && !slices.Contains(ways, "PLAIN") {
		return &login{r.User, r.Password, plain}
	}
	return plain
}

// login answers what LOGIN asks for: first the user, then the password.
type login struct {
	user, password string
	plain          smtp.Auth // sees to it that the line is private
}

func (l *login) Start(server *smtp.ServerInfo) (string, []byte, error) {
	if _, _, err := l.plain.Start(server); err != nil {
		return "", nil, err
	}
	return "LOGIN", nil, nil
}

func (l *login) Next(asked []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	switch strings.ToLower(strings.TrimSuffix(string(asked), ":")) {
	case "username", "user name":
		return []byte(l.user), nil
	case "password":
		return []byte(l.password), nil
	}
	return nil, errors.New("LOGIN asks for neither a user nor a password")
}
