package broadsheet

import "time"

// Notification tells a person that something happened which concerns them.
type Notification struct {
	ID      int64
	Kind    NotificationKind
	Account int64  // whom it tells
	Actor   string // handle of who did it, "" for the site
	Paper   string // public id, "" for none
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
