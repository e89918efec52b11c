package digest

import (
	"crypto/rand"
	"encoding/base32"
	"strconv"
	"strings"
	"time"
)

// timed puts the time before a token, so that the tokens of one run lie side by
// side in the database's index: a million strewn over it take twice as long.
func timed(at time.Time, token string) string {
	return strconv.FormatInt(at.Unix(), 36) + token
}

// newToken is a public name that nobody guesses: 128 random bits in 26 letters
// and digits that survive mail servers which change case.
func newToken() string {
	var raw [16]byte
	rand.Read(raw[:]) // never fails
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:]))
}
