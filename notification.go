package broadsheet

import "time"

// Notification tells a person that something happened which concerns them.
type Notification struct {
	ID      int64
	Kind    NotificationKind
	Account int64  // whom it tells
	Actor   string // handle of who did it, "" for the site
	Paper   string // public id, "" for none
	Title   string // of the paper, when it was read; "" for none that is shown
	Comment string // public id, "" for none
	Detail  string // plain text: the comment's beginning, a moderator's reason
	At      time.Time
	ReadAt  time.Time
}

// NotificationKind says what happened; people choose for each how they are told.
type NotificationKind string

// Kinds of notifications.
const (
	NotifyReply      NotificationKind = "reply"      // to one's comment
	NotifyMention    NotificationKind = "mention"    // of one's handle
	NotifyPaper      NotificationKind = "paper"      // a comment on a paper that one claimed or submitted
	NotifyFeatured   NotificationKind = "featured"   // one's paper or submission
	NotifySubmission NotificationKind = "submission" // what became of it
	NotifyClaim      NotificationKind = "claim"      // what became of it; to moderators: one waits
	NotifyModeration NotificationKind = "moderation" // something of one's own was hidden, a flag was decided
	NotifyAccount    NotificationKind = "account"    // role, organisation
)

// NotificationKinds are all kinds.
var NotificationKinds = []NotificationKind{NotifyReply, NotifyMention, NotifyPaper, NotifyFeatured, NotifySubmission, NotifyClaim, NotifyModeration, NotifyAccount}

// NotifyWay is how somebody wants to be told.
type NotifyWay string

// Ways of telling.
const (
	NotifyByMail NotifyWay = "mail" // on the site, and by mail where it was not read there
	NotifyOnSite NotifyWay = "site"
	NotifyOff    NotifyWay = "off"
)

// IsNotifyWay tells whether w is one of them.
func IsNotifyWay(w NotifyWay) bool {
	return w == NotifyByMail || w == NotifyOnSite || w == NotifyOff
}

// DefaultWay is how people who chose nothing are told: of talk about their papers,
// which may be much, on the site only.
func DefaultWay(k NotificationKind) NotifyWay {
	if k == NotifyPaper {
		return NotifyOnSite
	}
	return NotifyByMail
}
