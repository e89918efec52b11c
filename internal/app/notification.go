package app

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/auth"
	"broadsheet/internal/lib/tex"
)

// NotificationPage is how many notifications stand on a page.
const NotificationPage = 50

const feedPurpose = "notification feed"

// Sentence says what a notification tells, without a final stop and without the
// words of others.
func Sentence(n *broadsheet.Notification) string { return tell(n, "") }

// News says what a notification tells with the title of the paper that it is
// about, in plain text.
func News(n *broadsheet.Notification) string {
	if n.Title == "" {
		return Sentence(n)
	}
	return tell(n, "“"+tex.Plain(n.Title)+"”")
}

// tell says what a notification tells of a paper, "" for one that has no name.
func tell(n *broadsheet.Notification, named string) string {
	who := n.Actor
	if who == "" {
		who = "the site"
	}
	if broadsheet.IsGoneName(who) {
		who = "somebody who has left"
	}
	with := func(text, before string) string {
		if named == "" {
			return text
		}
		return text + " " + before + " " + named
	}
	switch n.Kind {
	case broadsheet.NotifyReply:
		return with(who+" answered your comment", "on")
	case broadsheet.NotifyMention:
		return with(who+" mentioned you", "in the discussion of")
	case broadsheet.NotifyPaper:
		return who + " wrote about " + cmp.Or(named, "a paper of yours")
	case broadsheet.NotifyFeatured:
		return cmp.Or(named, "a paper of yours") + " is featured"
	case broadsheet.NotifySubmission:
		return with(who+" decided on your submission", "of")
	case broadsheet.NotifyClaim:
		if strings.HasPrefix(n.Detail, "waits: ") {
			return who + " claims to have written " + cmp.Or(named, "a paper")
		}
		return with(who+" decided on a claim", "to")
	case broadsheet.NotifyModeration:
		return with("the moderators decided", "about")
	case broadsheet.NotifyAccount:
		return "something about your account changed"
	}
	return "news"
}

// Notifications are those of the actor, the newest first, before a row (0: from
// the newest), and whether there are more.
func (a *App) Notifications(ctx context.Context, by Actor, before int64) (list []broadsheet.Notification, more bool, err error) {
	if err := a.may(by, RightRead); err != nil {
		return nil, false, err
	}
	list, err = a.store.Notifications(ctx, by.id(), before, NotificationPage+1)
	if len(list) > NotificationPage {
		list, more = list[:NotificationPage], true
	}
	return list, more, err
}

// ReadNotifications marks those up to a row as read.
func (a *App) ReadNotifications(ctx context.Context, by Actor, through int64) error {
	if err := a.may(by, RightRead); err != nil {
		return err
	}
	return a.store.ReadNotifications(ctx, by.id(), through, a.now())
}

// NotifyChoice is how somebody is told of a kind.
type NotifyChoice struct {
	Kind broadsheet.NotificationKind
	Way  broadsheet.NotifyWay
}

// NotifyChoices are how the actor is told of each kind, and whether there is a
// private feed.
func (a *App) NotifyChoices(ctx context.Context, by Actor) (out []NotifyChoice, feed bool, err error) {
	if err := a.may(by, RightSession); err != nil {
		return nil, false, err
	}
	ways, err := a.store.NotifyWays(ctx, by.id())
	if err != nil {
		return nil, false, err
	}
	for _, k := range broadsheet.NotificationKinds {
		out = append(out, NotifyChoice{k, wayOf(ways, k)})
	}
	feed, err = a.store.HasFeed(ctx, by.id())
	return out, feed, err
}

func wayOf(ways map[broadsheet.NotificationKind]broadsheet.NotifyWay, k broadsheet.NotificationKind) broadsheet.NotifyWay {
	if w, ok := ways[k]; ok {
		return w
	}
	return broadsheet.DefaultWay(k)
}

// ChooseNotifications changes how the actor is told; kinds that are not named stay.
func (a *App) ChooseNotifications(ctx context.Context, by Actor, choices []NotifyChoice) error {
	if err := a.may(by, RightSession); err != nil {
		return err
	}
	ways := map[broadsheet.NotificationKind]broadsheet.NotifyWay{}
	for _, c := range choices {
		if !broadsheet.IsNotifyWay(c.Way) {
			return broadsheet.InvalidField(string(c.Kind), fmt.Sprintf("%.40q is no way of telling", c.Way), "use mail, site or off")
		}
		ways[c.Kind] = c.Way
	}
	return a.store.SetNotifyWays(ctx, by.id(), ways)
}

// NewNotificationFeed makes the address of a private feed, void what was one
// before, and gives its word: it is shown once, and only its hash is kept.
func (a *App) NewNotificationFeed(ctx context.Context, by Actor) (word string, err error) {
	if err := a.may(by, RightSession); err != nil {
		return "", err
	}
	word = auth.NewToken()
	return word, a.store.SetFeed(ctx, by.id(), auth.Hash(feedPurpose, word), a.now())
}

// EndNotificationFeed makes the private feed void.
func (a *App) EndNotificationFeed(ctx context.Context, by Actor) error {
	if err := a.may(by, RightSession); err != nil {
		return err
	}
	return a.store.SetFeed(ctx, by.id(), "", a.now())
}

// NotificationFeed is what a private feed holds, by the word in its address.
func (a *App) NotificationFeed(ctx context.Context, word string) ([]broadsheet.Notification, error) {
	id, err := a.store.FeedAccount(ctx, auth.Hash(feedPurpose, word))
	if err != nil {
		return nil, err
	}
	return a.store.Notifications(ctx, id, 0, NotificationPage)
}

// NotifyMail is a mail that tells somebody of what they have not read.
type NotifyMail struct {
	Account int64
	To      string
	Lines   []broadsheet.Notification
	More    bool
	Off     string // path of the page, and of the one click, that ends such mails
	Through int64  // the last row that it tells of
	At      time.Time
}

const (
	// notifyAfter is how long the site is given to be read first.
	notifyAfter = 10 * time.Minute
	// notifyEvery is the least time between two such mails to one person.
	notifyEvery = time.Hour
	// notifyLines is the most that one mail tells.
	notifyLines = 30
	sealNotify  = "notifications"
)

// ToNotify are accounts that may be due a mail; none while sending is paused.
func (a *App) ToNotify(ctx context.Context) ([]int64, error) {
	if a.post == nil {
		return nil, nil
	}
	if x, err := a.store.Sending(ctx); err != nil || x.Paused {
		return nil, err
	}
	return a.store.ToMail(ctx, a.now().Add(-notifyAfter), 500)
}

// PrepareNotify makes the mail of an account; ok is false where none is due, and
// while sending is paused: then all waits. What nobody wants by mail counts as mailed.
func (a *App) PrepareNotify(ctx context.Context, account int64) (m NotifyMail, ok bool, err error) {
	if x, err := a.store.Sending(ctx); err != nil || x.Paused { // paused since the job was asked for
		return m, false, err
	}
	now := a.now()
	list, last, err := a.store.Unmailed(ctx, account, 200)
	if err != nil || len(list) == 0 || a.post == nil || now.Sub(last) < notifyEvery {
		return m, false, err
	}
	ways, err := a.store.NotifyWays(ctx, account)
	if err != nil {
		return m, false, err
	}
	m = NotifyMail{Account: account, Through: list[len(list)-1].ID, At: now}
	for _, n := range list {
		if wayOf(ways, n.Kind) == broadsheet.NotifyByMail {
			if len(m.Lines) < notifyLines {
				m.Lines = append(m.Lines, n)
			} else {
				m.More = true
			}
		}
	}
	to, err := a.addressOf(ctx, account)
	if err != nil {
		return m, false, err
	}
	if len(m.Lines) == 0 || to == "" {
		return m, false, a.store.Mailed(ctx, account, m.Through, now)
	}
	who, err := a.store.Account(ctx, account)
	if err != nil {
		return m, false, err
	}
	m.To = to
	m.Off = fmt.Sprintf("/notifications/off/%s?seal=%s", who.Token, a.post.Key.Sign(time.Time{}, sealNotify, who.Token))
	return m, true, nil
}

// Notified notes that a mail went out.
func (a *App) Notified(ctx context.Context, m NotifyMail) error {
	return a.store.Mailed(ctx, m.Account, m.Through, m.At)
}

// addressOf is the address that an account is written to, "" for none or where it
// is suppressed.
func (a *App) addressOf(ctx context.Context, account int64) (string, error) {
	all, err := a.store.Addresses(ctx, account)
	if err != nil {
		return "", err
	}
	for _, x := range all {
		if !x.Primary {
			continue
		}
		_, suppressed, err := a.store.Suppression(ctx, broadsheet.ChannelMail, broadsheet.AddressKey(x.Address))
		if err != nil || suppressed {
			return "", err
		}
		return x.Address, nil
	}
	return "", nil
}

// CheckNotifyOff tells whether a link that ends mails of notifications holds.
func (a *App) CheckNotifyOff(token, signature string) error {
	if a.post == nil {
		return errNoPost
	}
	return linkError(a.post.Key.Check(signature, a.now(), sealNotify, token))
}

// NotifyOff ends mails of notifications, by the link in one of them: what would
// have come by mail is on the site only. Doing it again changes nothing.
func (a *App) NotifyOff(ctx context.Context, token, signature string) error {
	if err := a.CheckNotifyOff(token, signature); err != nil {
		return err
	}
	account, err := a.store.AccountByToken(ctx, token)
	if err != nil {
		return err
	}
	ways, err := a.store.NotifyWays(ctx, account.ID)
	if err != nil {
		return err
	}
	off := map[broadsheet.NotificationKind]broadsheet.NotifyWay{}
	for _, k := range broadsheet.NotificationKinds {
		if wayOf(ways, k) == broadsheet.NotifyByMail {
			off[k] = broadsheet.NotifyOnSite
		}
	}
	return a.store.SetNotifyWays(ctx, account.ID, off)
}
