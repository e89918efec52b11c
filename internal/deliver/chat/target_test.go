package chat_test

import (
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/internal/deliver/chat"
)

func TestParse(t *testing.T) {
	const hook = "https://hooks.slack.com/services/T000/B000/XXXX"
	for _, c := range []struct {
		channel, address string
		wrong            string // a part of the error; "" is none
	}{
		{"slack", hook, ""},
		{"slack", " " + hook + "\n", ""},
		{"slack", "https://hooks.slack.com/workflows/T0/A0/1/x", "starts a workflow"},
		{"slack", "https://hooks.slack.com/triggers/T0/1/x", "starts a workflow"},
		{"slack", "https://hooks.slack.com/services/T000/B000", "not an incoming webhook of Slack"},
		{"slack", "https://discord.com/api/webhooks/1/x", "is one of Discord, not of Slack (say --channel discord"},
		{"slack", "http://hooks.slack.com/services/T000/B000/XXXX", "in the clear"},
		{"slack", hook + "#secret=x", `has "secret" after #`},
		{"slack", "https://user:pass@hooks.slack.com/services/T000/B000/XXXX", "user name or password"},
		{"slack", "not an address", "is not a web address (copy the incoming webhook's URL"},
		{"slack", "https://hooks.slack.com/services/T000/B000/" + strings.Repeat("X", 2000), "longer than 2000 bytes"},
		{"slack", "gopher://127.0.0.1/services/T000/B000/XXXX", "is not a web address"},
		{"discord", "https://discord.com/api/webhooks/123/abc", ""},
		{"discord", "https://discord.com/api/v10/webhooks/123/abc?thread_id=5", ""},
		{"discord", "https://discord.com/api/webhooks/123/abc/slack", "is not a webhook of Discord"},
		{"discord", "https://discord.com/api/webhooks/123/abc?x=1", "not thread_id"},
		{"telegram", "telegram://" + botToken + "@telegram/-100123", ""},
		{"telegram", "telegram://" + botToken + "@telegram/@channel", ""},
		{"telegram", "https://api.telegram.org/bot" + botToken + "/sendMessage?chat_id=@channel", ""},
		{"telegram", "telegram://" + botToken + "@elsewhere/-100123", "another host"},
		{"telegram", "telegram://123:short@telegram/-100123", "no token of a bot (write telegram://TOKEN"},
		{"telegram", "telegram://" + botToken + "@telegram/", "names no chat"},
		{"telegram", "https://api.telegram.org/bot" + botToken + "/getMe", "not sendMessage"},
		{"mattermost", "https://chat.example.org/hooks/abcdefghijklmnop", ""},
		{"mattermost", "https://chat.example.org/team/hooks/abcdefghijklmnop", ""},
		{"mattermost", "http://mattermost:8065/hooks/abcdefghijklmnop", ""},
		{"mattermost", "http://10.1.2.3:8065/hooks/abcdefghijklmnop", ""},
		{"mattermost", "http://chat.example.org/hooks/abcdefghijklmnop", "in the clear"},
		{"mattermost", "https://chat.example.org/api/v4/posts", "not an incoming webhook"},
		{"matrix", "matrix://" + accessToken + "@matrix.example.org/!room:example.org", ""},
		{"matrix", "https://matrix.example.org/!room:example.org#token=" + accessToken, ""},
		{"matrix", "https://matrix.example.org/#room:example.org", "has "},
		{"matrix", "matrix://" + accessToken + "@matrix.example.org/%23room:example.org", "begins with !"},
		{"matrix", "https://matrix.example.org/!room:example.org", "no access token"},
		{"feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/x-y#secret=k", ""},
		{"feishu", "https://open.larksuite.com/open-apis/bot/v2/hook/x-y", ""},
		{"feishu", "https://open.feishu.cn/open-apis/im/v1/messages", "not a custom bot"},
		{"dingtalk", "https://oapi.dingtalk.com/robot/send?access_token=abc#secret=SECabc", ""},
		{"dingtalk", "https://oapi.dingtalk.com/robot/send", "not a custom robot"},
		{"teams", "https://prod-1.westeurope.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke?sig=abc", ""},
		{"teams", "https://example.webhook.office.com/webhookb2/a@b/IncomingWebhook/c/d", ""},
		{"teams", "https://teams.microsoft.com/l/channel/x", "not a workflow's webhook"},
		{"ntfy", "https://ntfy.sh/my-papers", ""},
		{"ntfy", "https://ntfy.example.org/my-papers#token=" + ntfyToken, ""},
		{"ntfy", "https://ntfy.sh/", "names no topic"},
		{"ntfy", "https://ntfy.sh/a/b", "names no topic"},
		{"webhook", "https://example.org/receive?x=1#secret=" + webhookKey, ""},
		{"webhook", "https://example.org/receive", "no key to sign with"},
		{"webhook", "https://example.org/receive#secret=whsec_c2hvcnQ=", "no key to sign with"},
		{"mail", "someone@example.org", "channel: \"mail\" is not a chat or hook"},
		{"fax", "x", "use slack, discord"},
	} {
		target, err := chat.Parse(broadsheet.Channel(c.channel), c.address)
		switch {
		case c.wrong == "" && err != nil:
			t.Errorf("%s %s: %v, want no error", c.channel, c.address, err)
		case c.wrong == "":
			if again, err := chat.Parse(target.Channel, target.Address()); err != nil || again.Key() != target.Key() {
				t.Errorf("%s %s: written as %s, which is read as %v, %v", c.channel, c.address, target.Address(), again, err)
			}
		case err == nil || !strings.Contains(err.Error(), c.wrong) || strings.Contains(err.Error(), botToken) || strings.Contains(err.Error(), accessToken):
			t.Errorf("%s %s: got %v, want %q", c.channel, c.address, err, c.wrong)
		}
	}
}

// TestGuess also sees that the secret of a signature does not make another
// target of the same address.
func TestGuess(t *testing.T) {
	for address, want := range map[string]broadsheet.Channel{
		"https://hooks.slack.com/services/T/B/X": "slack", "https://canary.discord.com/api/webhooks/1/x": "discord", "telegram://1:x@telegram/1": "telegram",
		"https://ntfy.sh/x": "ntfy", "https://prod-1.westeurope.logic.azure.com/x?sig=1": "teams", "https://hooks.slack.com.evil.example/services/T/B/X": "",
		"https://example.org/x": "", "": "", "%": "",
	} {
		if got := chat.Guess(address); got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
	a, err := chat.Parse("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/x#secret=a")
	if err != nil {
		t.Fatal(err)
	}
	b, err := chat.Parse("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/x#secret=b")
	if err != nil || a.Key() != b.Key() || a.Address() == b.Address() {
		t.Errorf("got keys %s and %s of %s and %s, %v; want the same key", a.Key(), b.Key(), a.Address(), b.Address(), err)
	}
	if s := a.String(); strings.Contains(s, "hook/x") || !strings.HasPrefix(s, "open.feishu.cn (") {
		t.Errorf("for people: %q", s)
	}
	if x, err := chat.Parse("webhook", "https://example.org/#secret="+chat.NewSecret()); err != nil {
		t.Errorf("a key that was made: %v, %v", x, err)
	}
}
