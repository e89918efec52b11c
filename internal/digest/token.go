package digest

import (
	"crypto/rand"
	"encoding/base32"
	"strconv"
	"strings"
	"time"
)

// timed puts the time before a token, so that tokens are made in about the order
// in which the database's index has them.
func timed(at time.Time, token string) string {
	return strconv.FormatInt(at.UnixMilli(), 36) + token
}

// newToken is a public name that nobody guesses: 128 random bits in 26 letters
// and digits that survive mail servers which change case.
func newToken() string {
	var raw [16]byte
	rand.Read(raw[:]) // never fails
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:]))
}
