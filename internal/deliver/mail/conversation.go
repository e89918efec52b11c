package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"net/textproto"
	"strings"
	"time"

	"broadsheet/internal/deliver"
	"broadsheet/internal/store"
)

const (
	commandTimeout = 5 * time.Minute  // RFC 5321, section 4.5.3.2
	dataTimeout    = 10 * time.Minute // for the answer to the final dot
	mailsPerLine   = 500              // then a connection is made anew: relays grow tired of long ones
)

// conversation is a connection to a relay, made when first needed and again
// after it broke.
type conversation struct {
	carrier *Carrier
	relay   *Relay
	client  *smtp.Client
	conn    net.Conn
	mails   int       // offered on it
	idle    time.Time // since when nothing was said
}

// idleFor is how long a connection is kept that nobody uses: relays hang up soon
// after.
const idleFor = 20 * time.Second

// connect makes a connection to the first relay that takes one.
func (v *conversation) connect(ctx context.Context) error {
	o := &v.carrier.o
	if v.client != nil && (v.mails >= mailsPerLine || o.Now().Sub(v.idle) > idleFor) {
		v.Close()
	}
	if v.client != nil {
		return nil
	}
	var last error
	for _, r := range o.Relays {
		if r.resting(o.Now()) {
			continue
		}
		client, conn, err := r.open(ctx, o.Hello, o.TLS)
		if err == nil {
			v.relay, v.client, v.conn, v.mails = r, client, conn, 0
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.rest(o.Now())
		o.Log.Warn("a relay takes no mail", "relay", r.String(), "error", err)
		last = fmt.Errorf("%s: %w", r, err)
	}
	if last == nil {
		last = errors.New("no relay takes mail; they are asked again in a while")
	}
	return last
}

// Offer says MAIL and RCPT.
func (v *conversation) Offer(ctx context.Context, c *store.Claim, _ deliver.Message) *deliver.Outcome {
	again := func(err error) *deliver.Outcome {
		o := deliver.Later(err.Error())
		o.NotTried, o.After = true, firstRest
		return &o
	}
	if strings.ContainsAny(c.Recipient.Address, "\r\n\x00<> ") { // ParseAddress lets none through
		o := deliver.Failed("the address cannot be written in an envelope")
		return &o
	}
	for {
		if err := v.connect(ctx); err != nil {
			return again(err)
		}
		used := v.mails > 0
		err := v.envelope(BounceAddress(c.Token, v.carrier.o.BounceDomain), c.Recipient.Address)
		v.idle = v.carrier.o.Now()
		var said *textproto.Error
		var sender *senderRefused
		switch {
		case err == nil:
			v.relay.works()
			v.mails++
			return nil
		case errors.As(err, &sender):
			// It is about us: the address, the account or the machine that sends. The
			// recipient is as good as before, and so is the next one.
			v.relay.rest(v.carrier.o.Now())
			v.carrier.o.Log.Warn("a relay refuses the site's sender", "relay", v.relay.String(), "answer", err)
			v.Close()
			continue // another relay may take it
		case !errors.As(err, &said):
			v.drop() // the line broke before anything could be taken: another may hold
		case said.Code == 421:
			if !used {
				v.relay.rest(v.carrier.o.Now())
			}
			v.Close()
		default:
			v.mails++
			v.reset()
			o := deliver.SMTPReply(said.Code, said.Msg)
			return &o
		}
		// Relays end connections after a time or a number of mails, some after every
		// one. That says nothing about the next connection.
		if !used {
			return again(err)
		}
	}
}

// envelope says MAIL FROM and RCPT TO, both at once where the relay has
// PIPELINING. Its error is a textproto.Error where the relay refused.
func (v *conversation) envelope(from, to string) error {
	if err := v.conn.SetDeadline(time.Now().Add(commandTimeout)); err != nil {
		return err
	}
	mail := "MAIL FROM:<" + from + ">"
	if ok, _ := v.client.Extension("8BITMIME"); ok {
		mail += " BODY=8BITMIME"
	}
	rcpt := "RCPT TO:<" + to + ">"
	t := v.client.Text
	if ok, _ := v.client.Extension("PIPELINING"); !ok {
		if err := v.command(250, mail); err != nil {
			return refusedSender(err)
		}
		return v.command(25, rcpt)
	}
	first, err := t.Cmd("%s\r\n%s", mail, rcpt)
	if err != nil {
		return err
	}
	t.StartResponse(first)
	defer t.EndResponse(first)
	_, _, mailErr := t.ReadResponse(250)
	var said *textproto.Error
	if mailErr != nil && !errors.As(mailErr, &said) {
		return mailErr
	}
	if _, _, err := t.ReadResponse(25); err != nil && mailErr == nil {
		return err
	}
	return refusedSender(mailErr)
}

// senderRefused is the error of a refusal of MAIL FROM, other than 421.
type senderRefused struct{ said *textproto.Error }

func (e *senderRefused) Error() string { return "MAIL FROM: " + e.said.Error() }

func refusedSender(err error) error {
	var said *textproto.Error
	if errors.As(err, &said) && said.Code != 421 {
		return &senderRefused{said}
	}
	return err
}

func (v *conversation) command(expect int, line string) error {
	id, err := v.client.Text.Cmd("%s", line)
	if err != nil {
		return err
	}
	v.client.Text.StartResponse(id)
	defer v.client.Text.EndResponse(id)
	_, _, err = v.client.Text.ReadResponse(expect)
	return err
}

// reset takes an envelope back, so that the connection can be used on.
func (v *conversation) reset() {
	if v.client == nil {
		return
	}
	if v.client.Reset() != nil {
		v.Close()
	}
}

// Hand says DATA and the mail. An error means that the relay may have it: the
// final dot was said and not answered.
func (v *conversation) Hand(_ context.Context, c *store.Claim, m deliver.Message) (deliver.Outcome, error) {
	v.idle = v.carrier.o.Now()
	if v.client == nil {
		return deliver.Later("the connection was lost before the mail"), nil
	}
	if err := v.conn.SetDeadline(time.Now().Add(commandTimeout)); err != nil {
		v.Close()
		return deliver.Later(err.Error()), nil
	}
	if err := v.command(354, "DATA"); err != nil {
		return v.refused(err), nil
	}
	t := v.client.Text
	var end string
	_, err := t.W.WriteString(v.relay.fields(c.Token))
	if err == nil {
		end, err = writeBody(t.W, m.(*Letter).Body)
	}
	if err == nil {
		err = t.W.Flush()
	}
	if err == nil {
		err = v.conn.SetDeadline(time.Now().Add(dataTimeout))
	}
	if err != nil {
		v.drop() // without the final dot nothing was taken
		return deliver.Later(err.Error()), nil
	}
	if _, err = t.W.WriteString(end); err == nil {
		err = t.W.Flush()
	}
	if err != nil {
		v.drop()
		return deliver.Outcome{}, err
	}
	code, text, err := t.ReadResponse(250)
	v.idle = v.carrier.o.Now()
	if err == nil {
		return deliver.SMTPReply(code, text), nil
	}
	var said *textproto.Error
	if !errors.As(err, &said) {
		v.drop()
		return deliver.Outcome{}, err
	}
	return v.refused(err), nil
}

// refused is the outcome of a refusal before or after the mail.
func (v *conversation) refused(err error) deliver.Outcome {
	var said *textproto.Error
	if !errors.As(err, &said) {
		v.Close()
		return deliver.Later(err.Error())
	}
	o := deliver.SMTPReply(said.Code, said.Msg)
	o.NoSuchAddress = false // it is about the mail: the address was taken
	if said.Code == 421 {
		v.relay.rest(v.carrier.o.Now())
		v.Close()
	}
	return o
}

// Close says goodbye, without waiting long for the answer.
func (v *conversation) Close() {
	if v.client == nil {
		return
	}
	if v.conn.SetDeadline(time.Now().Add(time.Second)) == nil {
		_ = v.client.Quit() // best effort: the relay sees the end anyway
	}
	v.drop()
}

// drop ends the connection without a word, since the relay hears none or would
// take it for a part of the mail.
func (v *conversation) drop() {
	v.conn.Close()
	v.client, v.conn, v.relay = nil, nil, nil
}
