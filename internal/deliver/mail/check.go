package mail

import (
	"context"
	"time"
)

// checkTimeout bounds one look at a relay.
const checkTimeout = 15 * time.Second

// Check connects to a relay, greets it as hello and signs in, and goes again
// without mail.
func (r *Relay) Check(ctx context.Context, hello string) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	c, conn, err := r.open(ctx, hello, nil)
	if err != nil {
		return err
	}
	defer conn.Close()
	return c.Quit()
}
