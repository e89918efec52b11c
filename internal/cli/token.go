package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"broadsheet"
	"broadsheet/internal/auth"
	"broadsheet/internal/config"
	"broadsheet/internal/serve/httpkit"
)

// API tokens are kept in a file of the person's own, by the address of the site,
// and are sent to that site alone. No flag takes one: command lines are read by
// every program of the machine and stay in histories.

// tokenFile is where they are kept.
func (r *run) tokenFile() (string, error) {
	dir := r.env("XDG_CONFIG_HOME")
	if dir == "" {
		home := r.env("HOME")
		if home == "" {
			return "", broadsheet.Errorf(broadsheet.Unavailable, "there is no home folder to keep a token in (set HOME, or give the token in %s)", config.TokenEnv)
		}
		dir = filepath.Join(home, ".config")
	}
	return filepath.Join(dir, "broadsheet", "tokens.json"), nil
}

// tokens reads the file; none where there is none.
func (r *run) tokens() (map[string]string, error) {
	out := map[string]string{}
	path, err := r.tokenFile()
	if err != nil {
		return out, nil // without a home there are none
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the API tokens: %w", err)
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
		return nil, &broadsheet.Error{Kind: broadsheet.Denied, Text: fmt.Sprintf("others can read the API tokens in %s", path), Fix: "chmod 600 " + path}
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, &broadsheet.Error{Kind: broadsheet.Invalid, Text: path + " is no file of API tokens", Fix: "remove it and log in again"}
	}
	return out, nil
}

// putTokens writes the file, which only its owner reads; with none it goes.
func (r *run) putTokens(tokens map[string]string) error {
	path, err := r.tokenFile()
	if err != nil {
		return err
	}
	if len(tokens) == 0 {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove the API tokens: %w", err)
		}
		return nil
	}
	raw, err := json.MarshalIndent(tokens, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("keep the API token: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".tokens-*") // 0600 from the beginning
	if err != nil {
		return fmt.Errorf("keep the API token: %w", err)
	}
	_, err = f.Write(append(raw, '\n'))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("keep the API token: %w", err), os.Remove(f.Name()))
	}
	return nil
}

// token is the API token for a site, "" for none: that of the environment, else
// the one that is kept. HF_TOKEN counts where it holds a token of a Broadsheet:
// another service's is nobody's business here.
func (r *run) token(site string) (string, error) {
	site = siteKey(site)
	token := strings.TrimSpace(r.env(config.TokenEnv))
	if hf := strings.TrimSpace(r.env("HF_TOKEN")); token == "" && strings.HasPrefix(hf, auth.APITokenPrefix) {
		token = hf
	}
	if token == "" {
		kept, err := r.tokens()
		if err != nil {
			return "", err
		}
		token = kept[site]
	}
	if token != "" {
		if err := checkToken(token); err != nil {
			return "", err
		}
		if err := checkSecure(site); err != nil {
			return "", err
		}
	}
	return token, nil
}

// checkToken tells a token from what was pasted by mistake; it never shows it.
func checkToken(token string) error {
	rest, ok := strings.CutPrefix(token, auth.APITokenPrefix)
	if !ok || !auth.IsToken(rest) {
		return usage(&broadsheet.Error{Kind: broadsheet.Invalid, Text: "this is no API token of a Broadsheet: those begin with " + auth.APITokenPrefix, Fix: "copy it from the site's page Account, API tokens"})
	}
	return nil
}

// checkSecure refuses sites to which no token is sent.
func checkSecure(site string) error {
	if httpkit.SecureBase(siteKey(site)) {
		return nil
	}
	return usage(&broadsheet.Error{Kind: broadsheet.Denied, Text: "an API token is not sent over plain HTTP, where anybody on the way reads it", Fix: "name the site with https://"})
}

// siteKey is a site's address as its token is kept by.
func siteKey(site string) string {
	return strings.ToLower(strings.TrimSuffix(config.ServerURL(site), "/"))
}

// writer is the site that commands write to: the one that is named or on this
// machine, with its token.
func (r *run) writer() (*remote, error) {
	cfg, err := r.config()
	if err != nil {
		return nil, err
	}
	base := cmp.Or(cfg.Server, cfg.Local())
	token, err := r.token(base)
	if err != nil {
		return nil, err
	}
	site, err := newRemote(base, token)
	if err != nil {
		return nil, err
	}
	site.named = cfg.Server != ""
	if token == "" {
		return nil, &broadsheet.Error{Kind: broadsheet.Unauthenticated, Text: "this needs an API token of " + site.base,
			Fix: "make one at " + site.base + "/account/tokens, then run `broadsheet login" + site.flag() + "`"}
	}
	return site, nil
}

// flag is how the site is named on the command line.
func (r *remote) flag() string {
	if !r.named {
		return ""
	}
	return " --server " + r.base
}
