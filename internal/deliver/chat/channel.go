package chat

import (
	"slices"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/deliver"
	"broadsheet/internal/lib/fetch"
)

// kind is how one channel is spoken to.
type kind struct {
	title    string   // as people write it
	form     string   // of an address, for errors: "copy it from …"
	fragment []string // what may stand after #
	// parse checks an address and takes apart what of it is not asked; own says that
	// it has the channel's own scheme.
	parse func(t *Target, own bool) error
	// write makes the message of an edition. It fits, or what is left out is said.
	write func(t *Target, n *news) request
	// judge reads answers that are not what their status says; nil where all are.
	// ok is false where the status decides.
	judge func(a *fetch.Answer) (o deliver.Outcome, ok bool)
	// known says that the other side knows a message again that it got before.
	known bool
	every time.Duration // least time between two messages to one target
}

// request is a message as it is sent.
type request struct {
	method string // default POST
	url    string // default the target's
	header map[string]string
	body   []byte // JSON
}

// kinds are the channels, each in its file.
var kinds = map[broadsheet.Channel]*kind{
	broadsheet.ChannelSlack: slack, broadsheet.ChannelDiscord: discord, broadsheet.ChannelTelegram: telegram, broadsheet.ChannelMattermost: mattermost,
	broadsheet.ChannelMatrix: matrix, broadsheet.ChannelFeishu: feishu, broadsheet.ChannelDingTalk: dingtalk, broadsheet.ChannelTeams: teams,
	broadsheet.ChannelNtfy: ntfy, broadsheet.ChannelWebhook: webhook,
}

// Channels are the chats and hooks.
func Channels() []broadsheet.Channel {
	return slices.DeleteFunc(slices.Clone(broadsheet.Channels), func(c broadsheet.Channel) bool { return kinds[c] == nil })
}

// title is a channel's name as people write it.
func title(c broadsheet.Channel) string { return kinds[c].title }

func names() string {
	var out []string
	for _, c := range Channels() {
		out = append(out, string(c))
	}
	return strings.Join(out[:len(out)-1], ", ") + " or " + out[len(out)-1]
}
