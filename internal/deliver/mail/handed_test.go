package mail

import (
	"bufio"
	"bytes"
	"net"
	"net/smtp"
	"strings"
	"testing"

	"broadsheet"
	"broadsheet/internal/store"
)

// TestHandedOver holds what a relay gets against the mail: Postmark's is preceded
// by the field that names the delivery, others' is the mail alone.
func TestHandedOver(t *testing.T) {
	for host, want := range map[string]string{
		"smtp.postmarkapp.com": "X-PM-Metadata-delivery: k3j5\r\nSubject: x\r\n\r\ny\r\n.\r\n",
		"mail.example.org":     "Subject: x\r\n\r\ny\r\n.\r\n",
	} {
		ours, theirs := net.Pipe()
		got := make(chan string, 1)
		go func() {
			r := bufio.NewReader(theirs)
			var all bytes.Buffer
			theirs.Write([]byte("220 ready\r\n"))
			for body := false; ; {
				line, err := r.ReadString('\n')
				switch {
				case err != nil:
					return
				case body:
					if all.WriteString(line); line == ".\r\n" {
						got <- all.String()
						theirs.Write([]byte("250 taken\r\n"))
						body = false
					}
				case strings.HasPrefix(line, "DATA"):
					body = true
					theirs.Write([]byte("354 go on\r\n"))
				default:
					theirs.Write([]byte("250 ok\r\n"))
				}
			}
		}()
		client, err := smtp.NewClient(ours, host)
		if err != nil {
			t.Fatal(err)
		}
		v := &conversation{carrier: New(Options{}), relay: &Relay{Host: host}, client: client, conn: ours}
		o, err := v.Hand(t.Context(), &store.Claim{Delivery: broadsheet.Delivery{Token: "k3j5"}}, &Letter{Body: []byte("Subject: x\r\n\r\ny\r\n")})
		if err != nil || o.State != broadsheet.DeliverySent {
			t.Fatalf("%s: %+v (%v)", host, o, err)
		}
		if text := <-got; text != want {
			t.Errorf("%s got %q, want %q", host, text, want)
		}
		ours.Close()
		theirs.Close()
	}
}
