package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// ImportOptions say what becomes of a list of people who are already subscribed
// elsewhere, and have agreed to it there.
type ImportOptions struct {
	Name    string                   // of the list, in messages
	Wish    broadsheet.Wish          // of who has none in the list
	DryRun  bool                     // look and store nothing
	Refused func(domain string) bool // nil: none is
	Reject  func(ImportReject)       // is told of every line that cannot be; nil: nobody is
}

// ImportReject is a line that cannot be.
type ImportReject struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

// ImportReport says what came of a list.
type ImportReport struct {
	Lines      int `json:"lines"`
	Added      int `json:"added"`
	Known      int `json:"known"`      // here already, or left once, and left as they are
	Suppressed int `json:"suppressed"` // must not be written to
	Left       int `json:"left"`       // not subscribed any more, as the list itself says
	Rejected   int `json:"rejected"`
}

// importBatch is how many go in together.
const importBatch = 500

// ImportSubscribers reads addresses, one a line or as CSV with a head that names
// the column (address, e-mail, email address, …), and subscribes those that do not
// subscribe to that topic yet and have not ended all that they had. Columns topic, days, hour and zone, where there are some, are
// each line's own wish, and an address may have a line for each topic; a column status or state leaves out who has unsubscribed,
// so that the exports of listmonk, Mailchimp and this program can be read as they
// are. Doing it again changes nothing.
func (o *Operator) ImportSubscribers(ctx context.Context, r io.Reader, opt ImportOptions) (rep ImportReport, err error) {
	im := &subscriberImport{o: o, opt: opt, now: o.a.now(), seen: map[string]bool{}}
	if im.cursor, err = o.a.store.ArrivalBefore(ctx, im.now.Add(-firstEdition)); err != nil {
		return rep, err
	}
	records := openList(r)
	for {
		rec, err := records.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var pe *csv.ParseError
		if errors.As(err, &pe) {
			im.rep.Lines++
			im.reject(pe.StartLine, pe.Err)
			continue
		}
		if err != nil {
			return im.rep, fmt.Errorf("read %s: %w", opt.Name, err)
		}
		line, _ := records.FieldPos(0)
		if err := im.take(ctx, line, rec); err != nil {
			return im.rep, err
		}
	}
	err = im.flush(ctx)
	return im.rep, err
}

// openList finds out what separates the cells.
func openList(r io.Reader) *csv.Reader {
	b := bufio.NewReaderSize(r, 64<<10)
	if head, _ := b.Peek(3); bytes.Equal(head, []byte("\xef\xbb\xbf")) {
		b.Discard(3) //nolint:errcheck // was peeked
	}
	first, _ := b.Peek(4096)
	first, _, _ = bytes.Cut(first, []byte("\n"))
	out := csv.NewReader(b)
	// Quotes are taken strictly: a stray one then costs its line, not all that follow.
	out.FieldsPerRecord, out.TrimLeadingSpace, out.Comment = -1, true, '#'
	for _, comma := range ";\t" {
		if bytes.ContainsRune(first, comma) && !bytes.ContainsRune(first, ',') {
			out.Comma = comma
		}
	}
	return out
}

type subscriberImport struct {
	o       *Operator
	opt     ImportOptions
	now     time.Time
	cursor  int64
	columns map[string]int // by name; nil before the first line
	batch   []store.Subscriber
	seen    map[string]bool // keys and topics of this list
	rep     ImportReport
}

// addressColumns are the names that programs give the column of addresses.
var addressColumns = []string{"address", "email", "email address", "mail"}

// notSubscribed are the words with which lists say that somebody must not be
// written to, or has not agreed.
var notSubscribed = []string{"unsubscribed", "blocklisted", "blacklisted", "disabled", "cleaned", "bounced", "complained", "ended", "paused", "pending", "unconfirmed", "non-subscribed", "archived"}

func (im *subscriberImport) reject(line int, err error) {
	im.rep.Rejected++
	if im.opt.Reject != nil {
		im.opt.Reject(ImportReject{line, err.Error()})
	}
}

// head takes the first line: true where it names columns.
func (im *subscriberImport) head(rec []string) bool {
	im.columns = map[string]int{}
	for i, cell := range rec {
		name := strings.ToLower(strings.NewReplacer("_", " ", "-", "").Replace(typedCell(cell)))
		if slices.Contains(addressColumns, name) {
			name = "address"
		}
		if _, twice := im.columns[name]; !twice {
			im.columns[name] = i
		}
	}
	if _, ok := im.columns["address"]; ok {
		return true
	}
	im.columns = map[string]int{"address": 0}
	return false
}

func (im *subscriberImport) take(ctx context.Context, line int, rec []string) error {
	if im.columns == nil && im.head(rec) {
		return nil
	}
	im.rep.Lines++
	cell := func(name string) string {
		i, ok := im.columns[name]
		if !ok || i >= len(rec) {
			return ""
		}
		return typedCell(rec[i])
	}
	if channel := cell("channel"); channel != "" && channel != string(broadsheet.ChannelMail) {
		im.rep.Left++
		return nil
	}
	for _, name := range []string{"status", "state"} {
		if slices.Contains(notSubscribed, strings.ToLower(cell(name))) {
			im.rep.Left++
			return nil
		}
	}
	address, err := broadsheet.ParseAddress(cell("address"))
	if err == nil && im.opt.Refused != nil && im.opt.Refused(broadsheet.AddressDomain(address)) {
		err = broadsheet.InvalidField("address", "addresses of that domain are not taken here", "see mail.refused_domains")
	}
	wish := im.opt.Wish
	if err == nil {
		err = readWish(&wish, cell)
	}
	if err != nil {
		im.reject(line, err)
		return nil
	}
	key := broadsheet.AddressKey(address)
	name := key + " " + wish.Topic.String()
	if im.seen[name] {
		im.rep.Known++
		return nil
	}
	im.seen[name] = true
	_, suppressed, err := im.o.a.store.Suppression(ctx, broadsheet.ChannelMail, key)
	if err != nil {
		return err
	}
	if suppressed {
		im.rep.Suppressed++
		return nil
	}
	x := store.Subscriber{Recipient: broadsheet.Recipient{Channel: broadsheet.ChannelMail, Address: address, Key: key, Salt: name128(), CreatedAt: im.now}}
	x.Subscription = broadsheet.Subscription{Token: name128(), State: broadsheet.SubscriptionActive, Wish: wish, Cursor: im.cursor, DueAt: dueAfter(wish.Rhythm, im.now),
		CreatedAt: im.now, ConfirmedAt: im.now, Reason: "imported from " + oneLine(im.opt.Name)}
	if im.batch = append(im.batch, x); len(im.batch) < importBatch {
		return nil
	}
	return im.flush(ctx)
}

func (im *subscriberImport) flush(ctx context.Context) error {
	defer func() { im.batch = im.batch[:0] }()
	if len(im.batch) == 0 {
		return nil
	}
	added := 0
	if im.opt.DryRun {
		for i := range im.batch {
			known, err := im.known(ctx, &im.batch[i])
			if err != nil {
				return err
			}
			if !known {
				added++
			}
		}
	} else {
		var err error
		if added, err = im.o.a.store.PutSubscribers(ctx, im.batch); err != nil {
			return err
		}
	}
	im.rep.Added += added
	im.rep.Known += len(im.batch) - added
	return nil
}

// known tells what store.PutSubscribers would: whether a subscription is left as
// it is.
func (im *subscriberImport) known(ctx context.Context, x *store.Subscriber) (bool, error) {
	r, err := im.o.a.store.RecipientByKey(ctx, x.Recipient.Channel, x.Recipient.Key)
	if broadsheet.KindOf(err) == broadsheet.NotFound && err != nil {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	have, err := im.o.a.store.SubscriptionsOf(ctx, r.ID)
	ended := func(s broadsheet.Subscription) bool { return s.State == broadsheet.SubscriptionEnded }
	going := slices.ContainsFunc(have, func(s broadsheet.Subscription) bool { return !ended(s) })
	return len(have) > 0 && !going || slices.ContainsFunc(have, func(s broadsheet.Subscription) bool { return s.Topic == x.Topic }), err
}

// readWish takes what a line says of its own wish.
func readWish(w *broadsheet.Wish, cell func(string) string) (err error) {
	if s := cell("topic"); s != "" {
		if w.Topic, err = broadsheet.ParseTopic(s); err != nil {
			return err
		}
	}
	if s := cell("days"); s != "" {
		if w.Rhythm.Days, err = ParseDays(s); err != nil {
			return err
		}
	}
	if s := cell("zone"); s != "" {
		if w.Rhythm.Zone, err = time.LoadLocation(s); err != nil || s == "Local" {
			return broadsheet.InvalidField("zone", fmt.Sprintf("%.40q is not a time zone", s), "write one as Europe/Berlin or UTC")
		}
	}
	for _, n := range []struct {
		column string
		to     *int
	}{{"hour", &w.Rhythm.Hour}, {"max papers", &w.MaxPapers}, {"min score", &w.MinScore}} {
		if s := cell(n.column); s != "" {
			if *n.to, err = strconv.Atoi(s); err != nil {
				return broadsheet.InvalidField(n.column, fmt.Sprintf("%.20q is not a number", s), "write digits")
			}
		}
	}
	w.Rhythm.AsItComes = cell("as it comes") == "true" || w.Rhythm.AsItComes
	w.SendEmpty = cell("send empty") == "true" || w.SendEmpty
	return w.Check()
}
