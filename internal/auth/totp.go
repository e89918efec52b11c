package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" // #nosec G505 -- what RFC 6238 and every app use; HMAC needs no collision resistance
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Codes of an app by RFC 6238, in the only form that all apps know: HMAC-SHA-1, six
// digits, thirty seconds.
const (
	totpStep   = 30
	totpDigits = 6
	// totpSlack is how many steps a telephone's clock may be off, each way.
	totpSlack = 1
)

var secretCoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewSecret makes the secret of an app: 160 bits, as RFC 4226 wants, in base32.
func NewSecret() string {
	var raw [20]byte
	rand.Read(raw[:]) // never fails
	return secretCoding.EncodeToString(raw[:])
}

// SecretURI is what an app reads from a picture.
func SecretURI(site, name, secret string) string {
	site = strings.ReplaceAll(site, ":", " ") // which would end it
	v := url.Values{"secret": {secret}, "issuer": {site}}
	return "otpauth://totp/" + url.PathEscape(site+":"+name) + "?" + strings.ReplaceAll(v.Encode(), "+", "%20")
}

// TOTP is the code of a secret for a step.
func TOTP(secret string, step int64) (string, error) {
	key, err := secretCoding.DecodeString(secret)
	if err != nil {
		return "", fmt.Errorf("secret of an app: %w", err)
	}
	mac := hmac.New(sha1.New, key)
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(step))
	mac.Write(n[:])
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%0*d", totpDigits, binary.BigEndian.Uint32(sum[at:])&0x7fffffff%1_000_000), nil
}

// Step is the number of the step that a time is in.
func Step(at time.Time) int64 { return at.Unix() / totpStep }

// CheckTOTP finds the step that a code is of, near a time; ok is false for a wrong
// one. That no step counts twice is for the caller to see to.
func CheckTOTP(secret, code string, at time.Time) (step int64, ok bool, err error) {
	code = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, code)
	if len(code) != totpDigits {
		return 0, false, nil
	}
	now := Step(at)
	for s := now - totpSlack; s <= now+totpSlack; s++ {
		want, err := TOTP(secret, s)
		if err != nil {
			return 0, false, err
		}
		if hmac.Equal([]byte(want), []byte(code)) {
			return s, true, nil
		}
	}
	return 0, false, nil
}
