package chat

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"time"

	"broadsheet/internal/deliver"
	"broadsheet/internal/lib/fetch"
)

// Bounds of what a service may ask to wait.
const (
	leastWait = time.Second
	usualWait = 30 * time.Second // where it does not say
	mostWait  = 6 * time.Hour
)

func wait(d time.Duration) time.Duration { return min(max(d, leastWait), mostWait) }

// verdict is the outcome of an answer. doubt is what the service said where it may
// have taken the message all the same.
func (k *kind) verdict(a *fetch.Answer) (o deliver.Outcome, doubt error) {
	if k.judge != nil {
		if o, ok := k.judge(a); ok {
			return o, nil
		}
	}
	switch {
	case a.Status/100 == 2:
		return deliver.Sent(said(a)), nil
	case a.Status/100 == 3:
		return deliver.Failed(fmt.Sprintf("%d it leads elsewhere, which is not followed: add the new address", a.Status)), nil
	}
	switch a.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone:
		return refused(a), nil
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return later(a), nil
	}
	if a.Status/100 == 4 {
		return deliver.Failed(said(a)), nil
	}
	if k.known {
		return deliver.Later(said(a)), nil
	}
	return deliver.Outcome{}, fmt.Errorf("%s", said(a))
}

// refused is the outcome where the other side knows no such target, or not this
// sender's right to it. Proxies, moved servers and faults of an hour say so as
// well: only where it goes on for weeks, or the answer is 410, which says that it is
// for good (RFC 9110, section 15.5.11), is the target not written to any more.
func refused(a *fetch.Answer) deliver.Outcome {
	o := deliver.Failed(said(a))
	o.NoSuchAddress = a.Status == http.StatusGone
	o.Mailbox = !o.NoSuchAddress
	return o
}

// later is the outcome of what was surely not taken and may be soon. The wait is
// what the service asks for, and not the schedule of failures.
func later(a *fetch.Answer) deliver.Outcome {
	o := deliver.Later(said(a))
	o.After, o.NotTried = wait(cmp.Or(a.RetryAfter, usualWait)), a.Status == http.StatusTooManyRequests
	return o
}

// said is an answer in a line.
func said(a *fetch.Answer) string {
	text := strings.ToValidUTF8(string(a.Body[:min(len(a.Body), 400)]), "")
	if strings.HasPrefix(strings.TrimSpace(text), "<") {
		text = http.StatusText(a.Status) // a page for people
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", a.Status, line(text)))
}
