package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// Box seals what must be read again, such as the secret of an app, with a key that
// is not in the database: AES-256-GCM under a key derived from the site's, with a
// random nonce of 96 bits. What is sealed for one purpose opens for no other.
type Box struct{ aead cipher.AEAD }

// NewBox makes a box from the site's secret key.
func NewBox(key [32]byte) (*Box, error) {
	derived := sha256.Sum256(append([]byte("broadsheet box\x00"), key[:]...))
	block, err := aes.NewCipher(derived[:])
	if err != nil {
		return nil, fmt.Errorf("key of secrets: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("key of secrets: %w", err)
	}
	return &Box{aead}, nil
}

// Seal seals a text for a purpose.
func (b *Box) Seal(purpose, text string) string {
	nonce := make([]byte, b.aead.NonceSize())
	rand.Read(nonce) // never fails
	return base64.RawURLEncoding.EncodeToString(b.aead.Seal(nonce, nonce, []byte(text), []byte(purpose)))
}

var errSealed = errors.New("what was sealed does not open: another key, another purpose, or changed")

// Open reads what was sealed for a purpose.
func (b *Box) Open(purpose, sealed string) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(raw) < b.aead.NonceSize() {
		return "", errSealed
	}
	n := b.aead.NonceSize()
	text, err := b.aead.Open(nil, raw[:n], raw[n:], []byte(purpose))
	if err != nil {
		return "", errSealed
	}
	return string(text), nil
}
