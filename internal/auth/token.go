package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"
)

// APITokenPrefix begins every API token, so that scanners of published code know
// one.
const APITokenPrefix = "bs_"

var coding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewToken makes a word of 160 random bits: 32 letters and digits in lower case,
// which survive mail programs, paths and cookies.
func NewToken() string {
	var raw [20]byte
	rand.Read(raw[:]) // never fails
	return coding.EncodeToString(raw[:])
}

// IsToken tells whether s has the shape of what NewToken makes. What has not need
// not be looked up.
func IsToken(s string) bool {
	if len(s) != 32 {
		return false
	}
	for i := range len(s) {
		if (s[i] < 'a' || s[i] > 'z') && (s[i] < '2' || s[i] > '7') {
			return false
		}
	}
	return true
}

// Hash is what is kept of a word that opens something, for one purpose. The words
// are random, so nothing slower than SHA-256 is called for.
func Hash(purpose, word string) string {
	sum := sha256.Sum256([]byte(purpose + "\x00" + word))
	return hex.EncodeToString(sum[:])
}

// Derive makes another word of a secret one, from which the secret cannot be told.
func Derive(purpose, secret string) string {
	sum := sha256.Sum256([]byte("derive\x00" + purpose + "\x00" + secret))
	return coding.EncodeToString(sum[:])
}

// codeLetters are what codes are made of: no letter that is mistaken for another,
// no vowels, so that no code is a word.
const codeLetters = "23456789BCDFGHJKLMNPQRSTVWXZ"

// CodeLength is how many letters a code has: 38 bits, for five tries.
const CodeLength = 8

// Code is the short code that stands for a token in the browser that asked for it.
func Code(token string) string {
	sum := sha256.Sum256([]byte("code\x00" + token))
	var b strings.Builder
	for i := range CodeLength { // 2 bytes a letter: the bias is under 0.1 %
		b.WriteByte(codeLetters[(int(sum[2*i])<<8|int(sum[2*i+1]))%len(codeLetters)])
	}
	return b.String()
}

// ShowCode writes a code as people read it: in two groups.
func ShowCode(code string) string {
	if len(code) != CodeLength {
		return code
	}
	return code[:CodeLength/2] + "-" + code[CodeLength/2:]
}

// ReadCode reads a code as people type it.
func ReadCode(text string) string {
	if len(text) > 64 {
		return ""
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, text)
}
