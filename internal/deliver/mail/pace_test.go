package mail_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver/mail"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
)

// counted is a store that counts rows which senders touch.
type counted struct {
	*store.Store
	claims, steps atomic.Int64
}

func (c *counted) ClaimDeliveries(ctx context.Context, channel broadsheet.Channel, now, lease time.Time, limit int) ([]store.Claim, error) {
	got, err := c.Store.ClaimDeliveries(ctx, channel, now, lease, limit)
	c.claims.Add(int64(len(got)))
	return got, err
}

func (c *counted) PutSteps(ctx context.Context, steps []store.Step) ([]bool, error) {
	c.steps.Add(int64(len(steps)))
	return c.Store.PutSteps(ctx, steps)
}

// TestABusyDomainCostsWhatItSends: hundreds of mails wait for one domain that is
// sent ten a minute, and a few for another. Each is claimed once to be given its
// turn and once to be sent, again where its turn is many hours away, and not
// whenever the sender looks.
func TestABusyDomainCostsWhatItSends(t *testing.T) {
	const busy, others = 300, 20
	var addresses []string
	for i := range busy {
		addresses = append(addresses, fmt.Sprintf("ok.%d@busy.example", i))
	}
	for i := range others {
		addresses = append(addresses, fmt.Sprintf("ok.%d@quiet%d.example", i, i))
	}
	s, relay := storetest.Open(t), newRelay(t, true)
	plan(t, s, addresses...)
	ledger := &counted{Store: s}
	var mu sync.Mutex
	sent := map[string][]time.Time{} // by domain
	c := &clock{now: begin}
	o := mail.Options{Relays: []*mail.Relay{parse(t, "smtp://"+relay.address)}, PerDomain: 10, Now: c.Now, BounceDomain: "bounces.example", Hello: "test.example",
		Writer: noting(func(x *store.Claim) {
			mu.Lock()
			defer mu.Unlock()
			domain := broadsheet.AddressDomain(x.Recipient.Address)
			sent[domain] = append(sent[domain], c.Now())
		})}
	runs(t, s, ledger, o, false, c)
	if got := states(t, s); got[broadsheet.DeliverySent] != busy+others {
		t.Fatalf("the ledger says %v, want %d sent", got, busy+others)
	}
	// A claim and two steps of what is sent, a claim and a step of what waits.
	if claims, steps := ledger.claims.Load(), ledger.steps.Load(); claims > 2*(busy+others) || steps > 3*(busy+others) {
		t.Errorf("%d claims and %d steps for %d mails, want at most two and three each", claims, steps, busy+others)
	}
	all := sent["busy.example"]
	for i := range all {
		if n := 0; i >= 30 {
			for _, at := range all[i-30:] {
				if d := all[i].Sub(at); d >= 0 && d < time.Minute {
					n++
				}
			}
			if n > 25 {
				t.Errorf("mail %d: %d to one domain within a minute, want about 10", i, n)
				break
			}
		}
	}
	if took := all[len(all)-1].Sub(all[0]); took < 28*time.Minute || took > 32*time.Minute {
		t.Errorf("%d mails at 10 a minute took %v, want about 29 minutes", busy, took)
	}
	for domain, at := range sent {
		if domain != "busy.example" && at[0].Sub(begin) > 2*time.Minute {
			t.Errorf("%s waited %v for the busy domain", domain, at[0].Sub(begin))
		}
	}
}

// noting tells of each mail that is written.
type noting func(*store.Claim)

func (n noting) Write(ctx context.Context, c *store.Claim) (*mail.Letter, error) {
	n(c)
	return plain{}.Write(ctx, c)
}
