package boot

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/deliver/mail"
	"broadsheet/internal/digest/letter"
	"broadsheet/internal/jobs"
)

// Jobs about an address have a unique word that begins with its key, by which the
// store finds them when the address is erased.

// ask takes a request over: one row, whatever is known of the address.
func (d *delivery) ask(ctx context.Context, q app.Request) error {
	return d.queue.Enqueue(ctx, askJob, q, jobs.Opts{Unique: broadsheet.AddressKey(q.Address) + " " + rand.Text()})
}

// do does what was asked for.
func (d *delivery) do(ctx context.Context, args json.RawMessage) error {
	var q app.Request
	if err := json.Unmarshal(args, &q); err != nil {
		return fmt.Errorf("read a request: %w", err)
	}
	return d.app.Do(ctx, q)
}

// notify takes a notice over: as a job, so that it outlives a crash.
func (d *delivery) notify(ctx context.Context, n app.Notice) error {
	unique := n.Recipient + " " + string(n.Kind) + " " + n.Subscription
	return d.queue.Enqueue(ctx, noticeJob, n, jobs.Opts{Unique: unique})
}

// notice sends a notice, to the address that its recipient has now.
func (d *delivery) notice(ctx context.Context, args json.RawMessage) error {
	var n app.Notice
	if err := json.Unmarshal(args, &n); err != nil {
		return fmt.Errorf("read a notice: %w", err)
	}
	x, err := d.noticeFor(ctx, n)
	if broadsheet.KindOf(err) == broadsheet.NotFound && err != nil {
		return nil // erased since
	}
	if err != nil {
		return err
	}
	body, err := d.letter.Notice(x)
	if err != nil {
		return err
	}
	err = d.mail.Send(ctx, x.Token, x.To, &mail.Letter{Body: body})
	if err == nil {
		return nil
	}
	// What is kept of a job outlives the address, which relays like to repeat.
	told := errors.New(broadsheet.HideAddresses(err.Error()))
	if broadsheet.KindOf(err) == broadsheet.Invalid {
		d.log.Info("a notice was refused", "kind", n.Kind, "error", told)
		return nil // another try changes nothing
	}
	return told
}

// noticeFor is what is to be written; NotFound where there is nobody to write to
// any more.
func (d *delivery) noticeFor(ctx context.Context, n app.Notice) (x letter.Notice, err error) {
	r, err := d.store.RecipientByKey(ctx, broadsheet.ChannelMail, n.Recipient)
	if err != nil {
		return x, err
	}
	// Asked again: much may have come back since the notice was asked for.
	_, suppressed, err := d.store.Suppression(ctx, r.Channel, r.Key)
	if err != nil {
		return x, err
	}
	if suppressed {
		return x, broadsheet.Errorf(broadsheet.NotFound, "the address is suppressed")
	}
	x.To = r.Address
	switch n.Kind {
	case app.NoticeConfirm:
		s, err := d.store.Subscription(ctx, n.Subscription)
		if err == nil && s.RecipientID != r.ID {
			err = broadsheet.Errorf(broadsheet.NotFound, "the subscription is another's")
		}
		x.Kind, x.Path, x.Token, x.At = letter.NoticeConfirm, d.app.ConfirmPath(&s), s.Token, s.CreatedAt
		return x, err
	case app.NoticePreferences:
		now := time.Now()
		sum := sha256.Sum256([]byte(r.Key + r.Salt + now.Format(time.RFC3339)))
		x.Kind, x.Path, x.Token, x.At = letter.NoticePreferences, d.app.PreferencesPath(&r, now), hex.EncodeToString(sum[:13]), now
		return x, nil
	}
	return x, fmt.Errorf("a notice of kind %q", n.Kind)
}
