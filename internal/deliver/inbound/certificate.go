package inbound

import (
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// Certificate is one in two files, which whoever renews it writes anew: they are
// looked at again, so that the server need not be restarted.
type Certificate struct {
	cert, key string
	now       func() time.Time

	mu    sync.Mutex
	have  *tls.Certificate
	stamp [2]stamp
	look  time.Time // when the files are looked at again
}

// stamp tells one content of a file from another.
type stamp struct {
	at   time.Time
	size int64
}

// lookEvery is how old a certificate may be that was renewed.
const lookEvery = time.Minute

// LoadCertificate reads a certificate, with those that lead to its authority, and
// its key, both in PEM. The key may be its owner's alone, or also its group's, as
// Debian's ssl-cert has it; its error says so where others may read it.
func LoadCertificate(cert, key string) (*Certificate, error) {
	c := &Certificate{cert: cert, key: key, now: time.Now}
	return c, c.read()
}

// Get is the certificate as it is in the files. While they are being written, or
// hold nothing that is right, it is the one before.
func (c *Certificate) Get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.After(c.look) || c.look.Sub(now) > lookEvery {
		c.look = now.Add(lookEvery)
		if stamps, err := c.stamps(); err == nil && stamps != c.stamp {
			if err := c.read(); err != nil && c.have == nil {
				return nil, err
			}
		}
	}
	return c.have, nil
}

func (c *Certificate) stamps() (out [2]stamp, err error) {
	for i, path := range []string{c.cert, c.key} {
		info, err := os.Stat(path)
		if err != nil {
			return out, err
		}
		if i == 1 && info.Mode().Perm()&0o007 != 0 {
			return out, fmt.Errorf("%s can be read by others: chmod 640 it", path)
		}
		out[i] = stamp{info.ModTime(), info.Size()}
	}
	return out, nil
}

// read reads the files. What they were like is noted before, so that one that is
// changed meanwhile is read again.
func (c *Certificate) read() error {
	stamps, err := c.stamps()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return errors.New(c.cert + " and " + c.key + " hold no certificate with its key: " + err.Error())
	}
	c.have, c.stamp = &pair, stamps
	return nil
}
