package letter_test

import (
	"net/mail"
	"strings"
	"testing"

	"broadsheet/internal/digest/letter"
)

// TestToldIsGolden: a mail of notifications says what happened in plain lines, and
// ends such mails with one click. What others wrote stays text in it.
func TestToldIsGolden(t *testing.T) {
	w := newWriter(t, options(&shelf{}))
	told := letter.Told{To: "reader@example.net", Token: "toldtoken", At: planned, More: true, Off: "/notifications/off/0123456789abcdef01234567?seal=t.abc",
		Lines: []string{"bo answered your comment (2611.00001): Tea & <b>biscuits</b>?", "cy mentioned you (2611.00002): \u202ehttps://evil.example/\r\nBcc: all@example.net", "a paper of yours is featured (2611.00003)"}}
	body, err := w.Told(told)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "told.eml", string(body))
	m, err := mail.ReadMessage(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{"Subject": "3 things concern you at Daily papers", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Bcc": "", "Auto-Submitted": "auto-generated",
		"List-Unsubscribe": "<https://papers.example.org/notifications/off/0123456789abcdef01234567?seal=t.abc>"} {
		if got := m.Header.Get(field); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	again, err := w.Told(told)
	if err != nil || string(again) != string(body) {
		t.Errorf("the same mail is not the same bytes (%v)", err)
	}
	if _, text, html := read(t, body); strings.Contains(html, "<b>biscuits") || strings.Contains(text+html, "\u202e") {
		t.Error("what others wrote is HTML, or turns text around")
	}
}
