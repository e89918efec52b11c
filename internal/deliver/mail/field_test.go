package mail

import "testing"

func TestFields(t *testing.T) {
	for host, want := range map[string]string{
		"smtp.postmarkapp.com": "X-PM-Metadata-delivery: k3j5\r\n", "postmarkapp.com": "", "mail.example.org": "", "postmarkapp.com.example": "",
		"smtp-broadcasts.postmarkapp.com": "X-PM-Metadata-delivery: k3j5\r\n",
	} {
		if got := (&Relay{Host: host}).fields("k3j5"); got != want {
			t.Errorf("%s: got %q, want %q", host, got, want)
		}
	}
}
