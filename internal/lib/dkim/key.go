package dkim

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Key is a private key with the selector under which its public half stands in
// the DNS: SELECTOR._domainkey.DOMAIN.
type Key struct {
	Selector string
	private  crypto.Signer // *rsa.PrivateKey or ed25519.PrivateKey
}

// minBits is the least length of an RSA key that mailboxes believe for long.
const minBits = 2048

// ParseKey reads a private RSA or Ed25519 key in PEM: PKCS #8 as openssl genpkey
// writes it, or PKCS #1. Its errors hold nothing of the key.
func ParseKey(selector string, text []byte) (*Key, error) {
	if !hostLabels(selector) {
		return nil, fmt.Errorf("%.70q is no selector: write letters, digits and hyphens", selector)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("there is no key in PEM form")
	}
	var key any
	var err error
	switch block.Type {
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	default:
		return nil, fmt.Errorf("%.40q is no private key: make one with openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048", block.Type)
	}
	if err != nil {
		return nil, errors.New("the key cannot be read")
	}
	switch k := key.(type) {
	case ed25519.PrivateKey:
		return &Key{selector, k}, nil
	case *rsa.PrivateKey:
		if k.N.BitLen() < minBits {
			return nil, fmt.Errorf("the RSA key has %d bits; it needs %d", k.N.BitLen(), minBits)
		}
		return &Key{selector, k}, nil
	}
	return nil, fmt.Errorf("a key of kind %T does not sign mail: use RSA or Ed25519", key)
}

// maxKeyFile is more than any key takes.
const maxKeyFile = 64 << 10

// LoadKey reads a key from "SELECTOR=FILE". A file that others can read is
// refused.
func LoadKey(setting string) (*Key, error) {
	selector, path, ok := strings.Cut(setting, "=")
	if !ok || path == "" {
		return nil, errors.New("write it as SELECTOR=FILE")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others: chmod 600 it", path)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return nil, err
	}
	k, err := ParseKey(strings.TrimSpace(selector), text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return k, nil
}

// Record is the text of the TXT record that publishes the key.
func (k *Key) Record() string {
	switch p := k.private.(type) {
	case ed25519.PrivateKey:
		return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(p.Public().(ed25519.PublicKey))
	case *rsa.PrivateKey:
		der, err := x509.MarshalPKIXPublicKey(&p.PublicKey)
		if err != nil {
			panic("dkim: the public half of a key that was read: " + err.Error())
		}
		return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)
	}
	return ""
}

// Name is where the record stands for a domain.
func (k *Key) Name(domain string) string { return k.Selector + "._domainkey." + domain }

// hostLabels tells whether s is made of labels of the DNS.
func hostLabels(s string) bool {
	if len(s) > 200 {
		return false
	}
	for _, label := range strings.Split(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range []byte(label) {
			if c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
				return false
			}
		}
	}
	return true
}
