// Package seal signs short texts, so that a link in a mail can be believed when
// it comes back.
//
// A seal is HMAC-SHA256 under a key of 32 random bytes, over the purpose, the
// parts and the time until which it holds, cut to 128 bits. In a link it is the
// expiry in base 36, a dot, and the code in base32: letters and digits in lower
// case, which survive every mail program. Purposes keep seals apart: a link that
// unsubscribes opens nothing else. Everything is compared in constant time.
package seal

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Key signs and checks.
type Key [32]byte

// ErrInvalid is the error of a seal that was not made with the key for these
// parts.
var ErrInvalid = errors.New("the seal does not fit")

// ErrExpired is the error of a seal whose time is over.
var ErrExpired = errors.New("the seal has expired")

var coding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Sign gives the seal of the parts for a purpose. It holds until expiry, for ever
// where that is the zero time.
func (k *Key) Sign(expiry time.Time, purpose string, parts ...string) string {
	var until int64
	if !expiry.IsZero() {
		until = expiry.Unix()
	}
	return strconv.FormatInt(until, 36) + "." + coding.EncodeToString(k.code(until, purpose, parts))
}

// Check tells whether a seal is that of the parts for the purpose, at a time. Its
// error is ErrInvalid or ErrExpired.
func (k *Key) Check(seal string, now time.Time, purpose string, parts ...string) error {
	head, tail, _ := strings.Cut(seal, ".")
	until, err := strconv.ParseInt(head, 36, 64)
	if err != nil || until < 0 {
		return ErrInvalid
	}
	code, err := coding.DecodeString(strings.ToLower(tail))
	if err != nil || !hmac.Equal(code, k.code(until, purpose, parts)) {
		return ErrInvalid
	}
	if until != 0 && now.Unix() > until {
		return ErrExpired
	}
	return nil
}

// code is the HMAC. Each part stands behind its length, so that no two lists of
// parts are the same text.
func (k *Key) code(until int64, purpose string, parts []string) []byte {
	mac := hmac.New(sha256.New, k[:])
	var n [8]byte
	write := func(s string) {
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		mac.Write(n[:])
		mac.Write([]byte(s))
	}
	binary.BigEndian.PutUint64(n[:], uint64(until))
	mac.Write(n[:])
	write(purpose)
	for _, p := range parts {
		write(p)
	}
	return mac.Sum(nil)[:16]
}

// Load reads the key from a file of 64 hexadecimal digits. A file that is not
// there is made with a new key, readable by its owner alone. One that others can
// read is refused.
func Load(path string) (*Key, error) {
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return create(path)
	}
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others: chmod 600 it", path)
	}
	var k Key
	raw, err := hex.DecodeString(strings.TrimSpace(string(body)))
	if err != nil || len(raw) != len(k) {
		return nil, fmt.Errorf("%s does not hold a key: %d hexadecimal digits", path, 2*len(k))
	}
	copy(k[:], raw)
	return &k, nil
}

// create makes the file whole or not at all. Of two processes that make it at
// the same time one wins, and both have its key.
func create(path string) (*Key, error) {
	var k Key
	rand.Read(k[:]) // never fails
	// With PostgreSQL nothing else makes the folder before.
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(hex.EncodeToString(k[:]) + "\n")
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	switch err := os.Link(f.Name(), path); {
	case errors.Is(err, fs.ErrExist):
		return Load(path)
	case err != nil:
		return nil, err
	}
	return &k, nil
}
