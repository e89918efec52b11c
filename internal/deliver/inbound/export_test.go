package inbound

import "time"

// LoadCertificateAt is LoadCertificate with a clock.
func LoadCertificateAt(cert, key string, now func() time.Time) (*Certificate, error) {
	c := &Certificate{cert: cert, key: key, now: now}
	return c, c.read()
}
