package broadsheet

import (
	"slices"
	"time"
)

// Comment is what somebody wrote about a paper.
type Comment struct {
	ID     int64  // row number, never shown
	Token  string // public object id
	Paper  string // public id
	Parent string // token of the comment that it answers, "" for none
	By     Commenter
	State  CommentState

	Text     string   // Markdown, as it was written; only single reads carry it
	HTML     string   // as package markup wrote it, safe to show
	Plain    string   // without markup; only single reads and lists of the latest carry it
	Renderer int      // version of the markup's language
	Mentions []string // handles

	Version   int // 1 as first written; each edit adds one
	Ups       int // people who found it helpful
	Downs     int // people who did not
	Reactions []ReactionCount
	CreatedAt time.Time
	EditedAt  time.Time // zero: never
}

// Commenter is what a comment shows of who wrote it.
type Commenter struct {
	ID        int64  // row of the account, never shown
	Token     string // public object id of the account
	Name      string // handle
	FullName  string
	Role      Role
	State     AccountState
	AvatarKey string
	Since     time.Time // the account was opened
}

// Gone tells that the account was deleted.
func (c *Commenter) Gone() bool { return c.State == AccountDeleted }

// ShownName is how the person is called where there is room for a name.
func (c *Commenter) ShownName() string {
	if c.FullName != "" {
		return c.FullName
	}
	return c.Name
}

// CommentState says who sees a comment.
type CommentState string

// States of comments.
const (
	CommentShown   CommentState = "shown"
	CommentHeld    CommentState = "held"    // waits for a moderator; its author sees it
	CommentHidden  CommentState = "hidden"  // by a moderator; its place and its replies stay
	CommentDeleted CommentState = "deleted" // by its author; its text is gone
)

// CommentEdit is a comment as it was before an edit.
type CommentEdit struct {
	Version int
	Text    string
	HTML    string
	At      time.Time // it was written
}

// Reaction is one of a few ways to answer without words.
type Reaction string

// Reactions are all reactions, in the order in which they are shown.
var Reactions = []Reaction{"heart", "party", "think", "eyes", "thanks"}

// IsReaction tells whether r is one of Reactions.
func IsReaction(r Reaction) bool { return slices.Contains(Reactions, r) }

// ReactionCount is how many people gave a reaction.
type ReactionCount struct {
	Reaction Reaction
	Count    int
}

// CommentSort is an order of a discussion.
type CommentSort string

// Orders of a discussion.
const (
	CommentsBest   CommentSort = "best"   // by the lower bound of what votes say
	CommentsNewest CommentSort = "newest" // threads; within one, as it was said
	CommentsOldest CommentSort = "oldest"
)
