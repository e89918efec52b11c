package broadsheet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Channel is a way on which editions travel.
type Channel string

// Channels. All but mail deliver to an address that the operator or the reader
// made at the other service.
const (
	ChannelMail       Channel = "mail"
	ChannelSlack      Channel = "slack"
	ChannelDiscord    Channel = "discord"
	ChannelTelegram   Channel = "telegram"
	ChannelMattermost Channel = "mattermost"
	ChannelMatrix     Channel = "matrix"
	ChannelFeishu     Channel = "feishu"
	ChannelDingTalk   Channel = "dingtalk"
	ChannelTeams      Channel = "teams"
	ChannelNtfy       Channel = "ntfy"
	ChannelWebhook    Channel = "webhook"
)

// Channels are all channels, mail first.
var Channels = []Channel{ChannelMail, ChannelSlack, ChannelDiscord, ChannelTelegram, ChannelMattermost, ChannelMatrix, ChannelFeishu,
	ChannelDingTalk, ChannelTeams, ChannelNtfy, ChannelWebhook}

// Recipient is an address in a channel, with all that is subscribed for it.
type Recipient struct {
	ID        int64
	Channel   Channel
	Address   string // as given: a mail address, or a target's URL, which may hold a secret
	Key       string // by which it is found: AddressKey of a mail address, else of the target
	Salt      string // part of what its links are signed with: a new one makes old links void
	CreatedAt time.Time
}

// TopicKind says what a subscription is for.
type TopicKind string

// Kinds of topics and what Topic.Key holds.
const (
	TopicHot        TopicKind = "hot"        // no key: what people chose, or where nothing is chosen what was announced, by Hot
	TopicCategories TopicKind = "categories" // "cs.CL,cs.LG": announced in any of these, cross-lists included
	TopicList       TopicKind = "list"       // "author:ada-person", "organization:…", "keyword:…", "submitter:…"
	TopicSearch     TopicKind = "search"     // a query as ParseQuery reads it
)

// Topic is what papers a subscription is for.
type Topic struct {
	Kind TopicKind
	Key  string
}

// String is the topic in one line, as it is stored: "hot", "categories:cs.CL".
// Topics that mean the same are the same text.
func (t Topic) String() string {
	if t.Key == "" {
		return string(t.Kind)
	}
	return string(t.Kind) + ":" + t.Key
}

// MaxTopic is the longest key of a topic, in bytes.
const MaxTopic = 1000

// ParseTopic reads what String writes, and checks it.
func ParseTopic(s string) (Topic, error) {
	kind, key, _ := strings.Cut(s, ":")
	key = strings.Join(strings.Fields(key), " ")
	t := Topic{TopicKind(kind), key}
	bad := func(text, fix string) (Topic, error) { return Topic{}, InvalidField("topic", text, fix) }
	if !utf8.ValidString(key) || strings.ContainsFunc(key, unicode.IsControl) {
		return bad("is not text", "write words")
	}
	if len(key) > MaxTopic {
		return bad(fmt.Sprint("is longer than ", MaxTopic, " bytes"), "shorten it")
	}
	switch t.Kind {
	case TopicHot:
		if key != "" {
			return bad("the hot list has no parts", "write hot")
		}
	case TopicCategories:
		names := strings.FieldsFunc(key, func(r rune) bool { return r == ',' || r == ' ' })
		for _, name := range names {
			if !IsCategory(name) {
				return bad(fmt.Sprintf("%.40q is not a category", name), "write categories as cs.CL,cs.LG, or an archive as cs")
			}
		}
		slices.Sort(names)
		if t.Key = strings.Join(slices.Compact(names), ","); t.Key == "" {
			return bad("names no category", "write categories as cs.CL,cs.LG, or an archive as cs")
		}
	case TopicList:
		kind, name, _ := strings.Cut(key, ":")
		switch ListKind(kind) {
		case ListAuthor, ListOrganization, ListKeyword, ListSubmitter:
		default:
			return bad(fmt.Sprintf("%.40q is not a list that can be subscribed to", kind), "use author, organization, keyword or submitter")
		}
		if name == "" {
			return bad("names no "+kind, "write "+kind+" and its key after a colon")
		}
	case TopicSearch:
		if key == "" {
			return bad("the search is empty", "write words, or conditions such as cat:cs.LG")
		}
	default:
		return bad(fmt.Sprintf("%.40q is not a kind of subscription", kind), "use hot, categories, list or search")
	}
	return t, nil
}

// Days of a rhythm, as a bit mask: Monday is 1, Sunday 64.
type Days uint8

// Often used days.
const (
	EveryDay Days = 127
	Workdays Days = 31
)

// Has tells whether a weekday is among them.
func (d Days) Has(w time.Weekday) bool { return d>>((w+6)%7)&1 == 1 }

// Rhythm is when editions are due.
type Rhythm struct {
	Days      Days           // at least one
	Hour      int            // of the local day, 0 to 23
	Zone      *time.Location // of the reader
	AsItComes bool           // whenever there is something, at most one edition in AsItComesEvery; Hour counts for nothing
}

// AsItComesEvery is the least time between editions sent as things come.
const AsItComesEvery = time.Hour

// Wish is what a reader asked for: everything of a subscription that is the
// reader's to change.
type Wish struct {
	Topic     Topic  `json:"topic"`
	Rhythm    Rhythm `json:"rhythm"`
	MaxPapers int    `json:"maxPapers"`           // of an edition, 1 to MaxEdition
	MinScore  int    `json:"minScore,omitempty"`  // votes that a paper must have, 0 is any
	SendEmpty bool   `json:"sendEmpty,omitempty"` // say so also on a day without papers
}

// Bounds and defaults of a Wish.
const (
	MaxEdition     = 50
	DefaultEdition = 10
	MaxMinScore    = 1 << 20
)

// Check finds what cannot be.
func (w *Wish) Check() error {
	if _, err := ParseTopic(w.Topic.String()); err != nil {
		return err
	}
	switch {
	case w.Rhythm.Days == 0 || w.Rhythm.Days > EveryDay:
		return InvalidField("days", "no day of the week is chosen", "choose at least one")
	case w.Rhythm.Hour < 0 || w.Rhythm.Hour > 23:
		return InvalidField("hour", strconv.Itoa(w.Rhythm.Hour)+" is not an hour", "use 0 to 23")
	case w.Rhythm.Zone == nil:
		return InvalidField("zone", "no time zone is chosen", "write one as Europe/Berlin or UTC")
	case w.MaxPapers < 1 || w.MaxPapers > MaxEdition:
		return InvalidField("max", strconv.Itoa(w.MaxPapers)+" is out of range", fmt.Sprint("use 1 to ", MaxEdition))
	case w.MinScore < 0 || w.MinScore > MaxMinScore:
		return InvalidField("minimum", strconv.Itoa(w.MinScore)+" is out of range", "use 0 or more")
	}
	return nil
}

// SubscriptionState is where a subscription is in its life.
type SubscriptionState string

// States of subscriptions.
const (
	SubscriptionPending SubscriptionState = "pending" // asked for, not confirmed
	SubscriptionActive  SubscriptionState = "active"
	SubscriptionPaused  SubscriptionState = "paused" // by the reader or by an administrator
	SubscriptionEnded   SubscriptionState = "ended"  // unsubscribed, or its address does not work
)

// Subscription is one wish of one recipient.
type Subscription struct {
	ID          int64
	RecipientID int64
	Token       string // public name in links, 128 random bits; not a secret
	State       SubscriptionState
	Wish
	// Cursor is the arrival up to which papers were looked at for it: what came
	// after it is news.
	Cursor      int64
	DueAt       time.Time // of the next edition; zero while not active
	LastSlot    string    // of the last edition that was planned
	CreatedAt   time.Time
	ConfirmedAt time.Time
	EndedAt     time.Time
	Reason      string // why it is paused or has ended
}
