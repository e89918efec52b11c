package hook

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"sync"
	"time"

	"broadsheet"
)

// certificates keeps the keys of SNS. Anybody who knows the topic's name can name
// a certificate before anything is checked; so few are asked for.
type certificates struct {
	mu    sync.Mutex
	keys  map[string]kept
	asked []time.Time // of the last minute
}

type kept struct {
	key   *rsa.PublicKey
	until time.Time
}

const (
	maxAsked = 6 // certificates that are asked for in a minute
	maxCerts = 16
	keepCert = 24 * time.Hour
)

// key is the key of the certificate at an address of SNS.
func (c *certificates) key(ctx context.Context, address string, get func(context.Context, string) ([]byte, error), now time.Time) (*rsa.PublicKey, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k, ok := c.keys[address]; ok && now.Before(k.until) {
		return k.key, nil
	}
	for len(c.asked) > 0 && now.Sub(c.asked[0]) > time.Minute {
		c.asked = c.asked[1:]
	}
	if len(c.asked) >= maxAsked {
		return nil, broadsheet.Errorf(broadsheet.Unavailable, "too many certificates were named; try again in a minute")
	}
	c.asked = append(c.asked, now)
	body, err := get(ctx, address)
	if err != nil {
		return nil, &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "the certificate cannot be had", Err: err}
	}
	k, err := keyIn(body, now)
	if err != nil {
		return nil, &broadsheet.Error{Kind: broadsheet.Denied, Text: "the certificate is not good", Err: err}
	}
	if c.keys == nil || len(c.keys) >= maxCerts {
		c.keys = map[string]kept{}
	}
	c.keys[address] = k
	return k.key, nil
}

func keyIn(body []byte, now time.Time) (kept, error) {
	block, _ := pem.Decode(body)
	if block == nil || block.Type != "CERTIFICATE" {
		return kept{}, fmt.Errorf("no certificate in PEM")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return kept{}, err
	}
	if now.Before(cert.NotBefore) || now.After(cert.NotAfter) {
		return kept{}, fmt.Errorf("valid from %s to %s", cert.NotBefore, cert.NotAfter)
	}
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	if !ok || key.N.BitLen() < 2048 {
		return kept{}, fmt.Errorf("no RSA key of 2048 bits or more")
	}
	until := now.Add(keepCert)
	if cert.NotAfter.Before(until) {
		until = cert.NotAfter
	}
	return kept{key, until}, nil
}
