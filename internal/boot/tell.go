package boot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"broadsheet"
	"broadsheet/internal/app"
	"broadsheet/internal/deliver/mail"
	"broadsheet/internal/digest/letter"
	"broadsheet/internal/jobs"
)

// Kinds of jobs about notifications: look who is to be written to, write to one,
// forget what is old.
const (
	tellersJob         = "mail.notifications"
	tellJob            = "mail.notification"
	pruneToldJob       = "prune-notifications"
	notificationsKept  = 180 * 24 * time.Hour
	notificationsEvery = 2 * time.Minute
	detailRunes        = 200 // of what others wrote, in a mail
)

// tell registers the mails of notifications; call it where mail is sent.
func (d *delivery) tell() {
	d.queue.Register(tellersJob, d.tellers, jobs.Policy{Timeout: time.Minute})
	d.queue.Schedule(tellersJob, func(now time.Time) time.Time { return now.Truncate(notificationsEvery).Add(notificationsEvery) })
	d.queue.Register(tellJob, d.tellOne, jobs.Policy{Timeout: time.Minute, MaxAttempts: 4, Forget: true})
	d.queue.Register(pruneToldJob, func(ctx context.Context, _ json.RawMessage) error {
		return d.store.PruneNotifications(ctx, time.Now().Add(-notificationsKept))
	}, jobs.Policy{Timeout: time.Minute})
	d.queue.Schedule(pruneToldJob, func(now time.Time) time.Time { return now.Truncate(24 * time.Hour).Add(27 * time.Hour) })
}

func (d *delivery) tellers(ctx context.Context, _ json.RawMessage) error {
	who, err := d.app.ToNotify(ctx)
	if err != nil {
		return err
	}
	for _, id := range who {
		if err := d.queue.Enqueue(ctx, tellJob, id, jobs.Opts{Unique: strconv.FormatInt(id, 10)}); err != nil {
			return err
		}
	}
	return nil
}

// tellOne writes to one account. The mail's name derives from the last thing that
// it tells of, so that one that is sent again after a crash is the same to mailboxes.
func (d *delivery) tellOne(ctx context.Context, args json.RawMessage) error {
	var id int64
	if err := json.Unmarshal(args, &id); err != nil {
		return fmt.Errorf("read whom to tell: %w", err)
	}
	m, ok, err := d.app.PrepareNotify(ctx, id)
	if err != nil || !ok {
		return err
	}
	sum := sha256.Sum256([]byte(fmt.Sprint("notifications ", m.Off, " ", m.Through)))
	x := letter.Told{To: m.To, More: m.More, Off: m.Off, Token: hex.EncodeToString(sum[:13]), At: m.At}
	for i := range m.Lines {
		x.Lines = append(x.Lines, toldLine(&m.Lines[i]))
	}
	body, err := d.letter.Told(x)
	if err != nil {
		return err
	}
	err = d.mail.Send(ctx, x.Token, x.To, &mail.Letter{Body: body})
	if err == nil {
		return d.app.Notified(ctx, m)
	}
	told := errors.New(broadsheet.HideAddresses(err.Error()))
	if broadsheet.KindOf(err) == broadsheet.Invalid {
		d.log.Info("a mail of notifications was refused", "error", told)
		return d.app.Notified(ctx, m)
	}
	return told
}

// toldLine is a notification in a line of plain text.
func toldLine(n *broadsheet.Notification) string {
	line := app.News(n)
	if n.Paper != "" {
		line += " (" + n.Paper + ")"
	}
	detail := []rune(n.Detail)
	if len(detail) > detailRunes {
		detail = append(detail[:detailRunes:detailRunes], '…')
	}
	if len(detail) > 0 {
		line += ": " + string(detail)
	}
	return line
}
