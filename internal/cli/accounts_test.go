package cli

import (
	"bytes"
	"strings"
	"testing"
)

// TestLinkSaysWhatItTook: a link is to the site's address, and where no setting has
// that, standard error tells which was taken and how to name it.
func TestLinkSaysWhatItTook(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		environ []string
		command []string
		base    string
		note    bool
	}{
		{nil, []string{"accounts", "link"}, "http://localhost:8080", true},
		{[]string{"BROADSHEET_LISTEN=0.0.0.0:9000"}, []string{"accounts", "link"}, "http://localhost:9000", true},
		{[]string{"BROADSHEET_LISTEN=[::]:9000"}, []string{"admin", "link"}, "http://localhost:9000", true},
		{[]string{"BROADSHEET_SITE_URL=https://papers.example.org"}, []string{"accounts", "link"}, "https://papers.example.org", false},
		{[]string{"BROADSHEET_SITE_URL=https://papers.example.org"}, []string{"admin", "link"}, "https://papers.example.org", false},
	} {
		var out, errs bytes.Buffer
		code := Main(World{Args: append(c.command, "--data-dir", dir), Environ: c.environ, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs})
		if code != 0 || !strings.HasPrefix(out.String(), c.base+"/") {
			t.Errorf("%v with %v: code %d, %q, %s; want a link to %s", c.command, c.environ, code, out.String(), errs.String(), c.base)
		}
		note := strings.Contains(errs.String(), "taken to be at "+c.base+" ") && strings.Contains(errs.String(), "BROADSHEET_SITE_URL")
		if note != c.note {
			t.Errorf("%v with %v: standard error is %q; want a note with the address: %t", c.command, c.environ, errs.String(), c.note)
		}
	}
}

// TestLastAdministratorStays: who takes the role from the only administrator is
// told how to do it all the same.
func TestLastAdministratorStays(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		command []string
		code    int
		says    string
	}{
		{[]string{"create", "ada", "--role", "admin"}, 0, ""},
		{[]string{"role", "ada", "member"}, 1, "this is the last administrator (make another account an administrator first, or add --force)"},
		{[]string{"role", "ada", "member", "--force"}, 0, ""},
	} {
		_, errs, code := runCLI(append(append([]string{"accounts"}, c.command...), "--data-dir", dir)...)
		if code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("accounts %v: code %d, %q; want %d and %q", c.command, code, errs, c.code, c.says)
		}
	}
}
