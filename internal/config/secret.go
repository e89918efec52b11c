package config

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"broadsheet"
)

const hidden = "xxxxx"

// Redact is dsn without its secrets: the password of a URL, in the user part
// or among the parameters. A text that is no URL and might hold one is hidden
// whole.
func Redact(dsn string) string {
	if strings.HasPrefix(dsn, "sqlite:") {
		return dsn
	}
	u, err := url.Parse(dsn)
	if err != nil || u.Host == "" && u.RawQuery == "" {
		return hidden
	}
	q := u.Query()
	for name := range q {
		if low := strings.ToLower(name); strings.Contains(low, "password") || strings.Contains(low, "secret") {
			q.Set(name, hidden)
			u.RawQuery = q.Encode()
		}
	}
	return u.Redacted()
}

// hasSecret reports whether the value of a secret setting holds one.
func hasSecret(value string) bool {
	return !strings.HasPrefix(value, "sqlite:") && Redact(value) != value
}

// guardFile refuses a configuration file that holds a secret and that others
// than its owner may read.
func guardFile(path string, given []assignment) error {
	for _, a := range given {
		if a.setting.Secret && hasSecret(a.value) {
			return guardMode(path, a.where+": "+a.name)
		}
	}
	return nil
}

func guardMode(path, field string) error {
	info, err := os.Stat(path)
	if err != nil {
		return broadsheet.InvalidField(field, "cannot look at "+path, "check the path and its rights")
	}
	if info.Mode().Perm()&0o077 != 0 {
		return broadsheet.InvalidField(field, "holds a secret that others on this machine can read in "+path,
			"chmod 600 "+path)
	}
	return nil
}

// readSecret reads a file that holds nothing but a secret, for a setting.
func readSecret(field, path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", &broadsheet.Error{Kind: broadsheet.Invalid, Field: field, Text: "cannot read " + path,
			Fix: "check the path and its rights", Err: plainPathError(err)}
	}
	if err := guardMode(path, field); err != nil {
		return "", err
	}
	secret := strings.TrimRight(string(data), "\r\n")
	if secret == "" || strings.ContainsAny(secret, "\r\n") || len(secret) > 1024 {
		return "", broadsheet.InvalidField(field, path+" does not hold one line", "write the secret alone on the first line")
	}
	return secret, nil
}

// plainPathError is the reason without the path, which the text already names.
func plainPathError(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
