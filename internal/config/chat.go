package config

import "net/netip"

// Chat says what chats and hooks may be written to; which ones are is kept in the
// database (`broadsheet targets`).
type Chat struct {
	PrivateNetworks []netip.Prefix // that targets may be in
}

func chatSettings() []*Setting {
	return []*Setting{
		{Key: "chat.private_networks", Example: "10.1.0.0/16", Commands: []string{"serve", "targets", "doctor", "config"},
			Help: "private networks that chats and hooks may be in",
			Doc:  "Private networks in which a chat or hook, such as your own Mattermost, may stand. Without it, editions go only to addresses on the public Internet, whatever a name or a target's URL says.",
			bind: func(c *Config) any { return &c.Chat.PrivateNetworks }},
	}
}
