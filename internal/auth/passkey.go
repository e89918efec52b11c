package auth

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"slices"

	"broadsheet"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Passkeys asks browsers for keys of the Web Authentication standard and checks
// what they answer.
type Passkeys struct{ web *webauthn.WebAuthn }

// NewPasskeys is for the site at an address. ok is false where browsers give none:
// over plain HTTP, and under an address in numbers.
func NewPasskeys(base, title string) (p *Passkeys, ok bool, err error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, false, fmt.Errorf("passkeys: %w", err)
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil || u.Scheme != "https" && u.Hostname() != "localhost" {
		return nil, false, nil
	}
	web, err := webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: title, RPOrigins: []string{u.Scheme + "://" + u.Host}})
	if err != nil {
		return nil, false, fmt.Errorf("passkeys: %w", err)
	}
	return &Passkeys{web}, true, nil
}

// KeyHolder is an account with its passkeys.
type KeyHolder struct {
	Account *broadsheet.Account
	Keys    []broadsheet.Passkey
}

// WebAuthnID is what a key keeps of the account: nothing that tells who it is.
func (h KeyHolder) WebAuthnID() []byte { return []byte(h.Account.Token) }

// WebAuthnName is the handle.
func (h KeyHolder) WebAuthnName() string { return h.Account.Name }

// WebAuthnDisplayName is the name that the browser shows.
func (h KeyHolder) WebAuthnDisplayName() string { return h.Account.ShownName() }

// WebAuthnCredentials are the keys that can be read.
func (h KeyHolder) WebAuthnCredentials() []webauthn.Credential {
	var out []webauthn.Credential
	for _, k := range h.Keys {
		var c webauthn.Credential
		if json.Unmarshal(k.Data, &c) == nil {
			out = append(out, c)
		}
	}
	return out
}

// BeginNew asks for a new key: options for the browser, and what must be kept
// until it answers. The key is to be found without a name and to check its owner
// (a finger, a PIN), so that it alone is two factors.
func (p *Passkeys) BeginNew(h KeyHolder) (options, kept []byte, err error) {
	made, session, err := p.web.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.WebAuthnCredentials()).CredentialDescriptors()),
		webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired,
			RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired}))
	if err != nil {
		return nil, nil, fmt.Errorf("ask for a new passkey: %w", err)
	}
	return both(made, session)
}

// FinishNew reads the browser's answer: the new key without a name.
func (p *Passkeys) FinishNew(h KeyHolder, kept, answer []byte) (k broadsheet.Passkey, err error) {
	var session webauthn.SessionData
	if err := json.Unmarshal(kept, &session); err != nil {
		return k, fmt.Errorf("what was asked of a passkey: %w", err)
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return k, refused(err)
	}
	c, err := p.web.CreateCredential(h, session, parsed)
	if err != nil {
		return k, refused(err)
	}
	return stored(h.Account.ID, c)
}

// BeginUse asks for any key of this site.
func (p *Passkeys) BeginUse() (options, kept []byte, err error) {
	made, session, err := p.web.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, nil, fmt.Errorf("ask for a passkey: %w", err)
	}
	return both(made, session)
}

// FinishUse reads the browser's answer. find gives the account whose key says that
// it is of it. The key comes back with what it counted, to be stored.
func (p *Passkeys) FinishUse(kept, answer []byte, find func(token string) (KeyHolder, error)) (h KeyHolder, k broadsheet.Passkey, err error) {
	var session webauthn.SessionData
	if err := json.Unmarshal(kept, &session); err != nil {
		return h, k, fmt.Errorf("what was asked of a passkey: %w", err)
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return h, k, refused(err)
	}
	var failed error // of the look-up, which is not the browser's fault
	c, err := p.web.ValidateDiscoverableLogin(func(_, handle []byte) (webauthn.User, error) {
		h, failed = find(string(handle))
		return h, failed
	}, session, parsed)
	if failed != nil && broadsheet.KindOf(failed) != broadsheet.NotFound {
		return h, k, failed
	}
	if err != nil {
		return h, k, refused(err)
	}
	if c.Authenticator.CloneWarning {
		return h, k, &broadsheet.Error{Kind: broadsheet.Denied, Text: "there may be a copy of this passkey", Fix: "sign in in another way and make a new one"}
	}
	if k, err = stored(h.Account.ID, c); err != nil {
		return h, k, err
	}
	i := slices.IndexFunc(h.Keys, func(x broadsheet.Passkey) bool { return x.ID == k.ID })
	if i < 0 {
		return h, k, refused(nil)
	}
	k.Name, k.CreatedAt = h.Keys[i].Name, h.Keys[i].CreatedAt
	return h, k, nil
}

func stored(account int64, c *webauthn.Credential) (k broadsheet.Passkey, err error) {
	data, err := json.Marshal(c)
	return broadsheet.Passkey{ID: base64.RawURLEncoding.EncodeToString(c.ID), AccountID: account, Data: data}, err
}

func both(options any, session *webauthn.SessionData) (o, s []byte, err error) {
	if o, err = json.Marshal(options); err != nil {
		return nil, nil, err
	}
	s, err = json.Marshal(session)
	return o, s, err
}

// refused is the error of an answer that proves nothing. What exactly was wrong is
// for the log.
func refused(err error) error {
	return &broadsheet.Error{Kind: broadsheet.Denied, Text: "that passkey does not open anything here", Fix: "try again, or sign in in another way", Err: err}
}
