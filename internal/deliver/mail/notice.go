package mail

import (
	"context"
	"fmt"

	"broadsheet"
	"broadsheet/internal/deliver"
	"broadsheet/internal/store"
)

// Send hands one mail over that is in no ledger, such as the question whether
// somebody wants a subscription. Its error is Invalid where the mail or its
// address was refused for good; others are worth another try, though the mail
// may then come twice.
func (c *Carrier) Send(ctx context.Context, token, to string, letter *Letter) error {
	line := c.Converse()
	defer line.Close()
	claim := &store.Claim{Delivery: broadsheet.Delivery{Token: token}, Recipient: broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: to}}
	outcome := line.Offer(ctx, claim, letter)
	if outcome == nil {
		o, err := line.Hand(ctx, claim, letter)
		if err != nil {
			return fmt.Errorf("send a notice: %w", err)
		}
		outcome = &o
	}
	return noticeError(outcome)
}

func noticeError(o *deliver.Outcome) error {
	switch o.State {
	case broadsheet.DeliverySent:
		return nil
	case broadsheet.DeliveryFailed:
		return broadsheet.Errorf(broadsheet.Invalid, "the notice was refused: %s", o.Reply)
	}
	return broadsheet.Errorf(broadsheet.Unavailable, "the notice was not taken: %s", o.Reply)
}
