// Package oaipmh harvests any server of OAI-PMH 2.0
// (openarchives.org/OAI/openarchivesprotocol.html): Identify, ListRecords
// page by page with resumption tokens, GetRecord, deleted records, errors and
// both granularities. Formats that are read here into fields: arXiv, arXivRaw
// and oai_dc.
//
// Asking politely, repeating and bounding is the Getter's business, bounding
// the XML that of package xmldoc. What is not as it should be inside a record
// (no identifier, no metadata) is left to the caller, who knows what to do
// with a bad record; a page that is not whole is an error.
package oaipmh

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"broadsheet/internal/lib/fetch"
	"broadsheet/internal/lib/xmldoc"
)

// Getter fetches; *fetch.Client is one.
type Getter interface {
	Get(ctx context.Context, r fetch.Request) (*fetch.Response, error)
}

// Client asks one server.
type Client struct {
	Get  Getter
	Base string // "https://oaipmh.arxiv.org/oai"
}

// Granularities, as Identify words them.
const (
	Days    = "YYYY-MM-DD"
	Seconds = "YYYY-MM-DDThh:mm:ssZ"
)

// Identity is what a server says of itself.
type Identity struct {
	Name              string
	BaseURL           string
	ProtocolVersion   string
	EarliestDatestamp string
	DeletedRecord     string // "no", "transient", "persistent"
	Granularity       string // Days or Seconds
}

// Stamp words a time in the server's granularity.
func (id Identity) Stamp(t time.Time) string {
	if id.Granularity == Seconds {
		return t.UTC().Format("2006-01-02T15:04:05Z")
	}
	return t.UTC().Format(time.DateOnly)
}

// Query asks for records. Where Token is set, nothing else counts.
type Query struct {
	Prefix string // "arXivRaw"
	Set    string // "cs:cs:LG"; "" is all
	From   string // datestamp, in the server's granularity, inclusive
	Until  string // likewise
	Token  string
}

// Page is one answer to ListRecords.
type Page struct {
	ResponseDate time.Time
	Records      []Record
	Token        string    // for the next page; "" on the last
	Expires      time.Time // of Token; zero where the server does not say
	Size         int       // of the whole list; 0 where the server does not say
}

// Record is one record. Identifier or Metadata may be missing.
type Record struct {
	Identifier string
	Datestamp  string
	Sets       []string
	Deleted    bool
	Metadata   *xmldoc.Node // the element inside <metadata>
	Raw        []byte       // the whole record, to be kept or read again by ParseRecord
}

// Error is an error that the protocol words (section 3.6).
type Error struct {
	Code string
	Text string
}

func (e *Error) Error() string {
	if e.Text == "" {
		return "the server answers " + e.Code
	}
	return "the server answers " + e.Code + ": " + e.Text
}

// BadToken tells that the list must be begun again: the token has expired or
// was never valid.
func BadToken(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == "badResumptionToken"
}

var xmlTypes = []string{"text/xml", "application/xml", "application/oai+xml"}

func (c *Client) ask(ctx context.Context, args url.Values) ([]byte, error) {
	sep := "?"
	if strings.Contains(c.Base, "?") {
		sep = "&"
	}
	res, err := c.Get.Get(ctx, fetch.Request{URL: c.Base + sep + args.Encode(), Accept: "text/xml, application/xml", Types: xmlTypes})
	if err != nil {
		var status *fetch.StatusError
		if errors.As(err, &status) && len(status.Body) > 0 {
			// Some servers send the protocol's errors with status 4xx.
			if _, perr := Parse(status.Body); errors.As(perr, new(*Error)) {
				return nil, perr
			}
		}
		return nil, err
	}
	return res.Body, nil
}

// Identify asks what the server is.
func (c *Client) Identify(ctx context.Context) (Identity, error) {
	body, err := c.ask(ctx, url.Values{"verb": {"Identify"}})
	if err != nil {
		return Identity{}, fmt.Errorf("identify: %w", err)
	}
	return ParseIdentity(body)
}

// ParseIdentity reads an answer to Identify.
func ParseIdentity(body []byte) (Identity, error) {
	var id Identity
	found := false
	err := walk(body, func(p xmldoc.Piece) error {
		if p.Name == "Identify" {
			found = true
			id = Identity{Name: p.Value("repositoryName"), BaseURL: p.Value("baseURL"), ProtocolVersion: p.Value("protocolVersion"),
				EarliestDatestamp: p.Value("earliestDatestamp"), DeletedRecord: p.Value("deletedRecord"), Granularity: p.Value("granularity")}
		}
		return nil
	})
	if err == nil && !found {
		err = errors.New("the answer is none to Identify")
	}
	return id, err
}

// List asks for a page of records. That no record matches is an empty page
// and no error.
func (c *Client) List(ctx context.Context, q Query) (Page, error) {
	args := url.Values{"verb": {"ListRecords"}}
	if q.Token != "" {
		args.Set("resumptionToken", q.Token)
	} else {
		for name, value := range map[string]string{"metadataPrefix": q.Prefix, "set": q.Set, "from": q.From, "until": q.Until} {
			if value != "" {
				args.Set(name, value)
			}
		}
	}
	body, err := c.ask(ctx, args)
	var page Page
	if err == nil {
		page, err = Parse(body)
	}
	var e *Error
	if errors.As(err, &e) && e.Code == "noRecordsMatch" {
		return Page{ResponseDate: page.ResponseDate}, nil
	}
	if err != nil {
		return Page{}, fmt.Errorf("list records: %w", err)
	}
	return page, nil
}

// Record asks for one record.
func (c *Client) Record(ctx context.Context, identifier, prefix string) (Record, error) {
	body, err := c.ask(ctx, url.Values{"verb": {"GetRecord"}, "identifier": {identifier}, "metadataPrefix": {prefix}})
	var page Page
	if err == nil {
		page, err = Parse(body)
	}
	if err == nil && len(page.Records) != 1 {
		err = fmt.Errorf("%d records where one is wanted", len(page.Records))
	}
	if err != nil {
		return Record{}, fmt.Errorf("get record %s: %w", identifier, err)
	}
	return page.Records[0], nil
}

// Parse reads an answer to ListRecords or GetRecord. An error that the
// protocol words is an *Error. Records that the answer lists more than once
// come more than once.
func Parse(body []byte) (Page, error) {
	var page Page
	listed := false
	var protocol error
	err := walk(body, func(p xmldoc.Piece) error {
		switch {
		case p.Name == "responseDate":
			page.ResponseDate = stamp(strings.TrimSpace(p.Text))
		case p.Name == "error" && p.Parent == "OAI-PMH":
			if protocol == nil {
				protocol = &Error{Code: p.Attr("code"), Text: strings.Join(strings.Fields(p.Text), " ")}
			}
		case p.Name == "record":
			listed = true
			page.Records = append(page.Records, record(p.Node, p.Raw))
		case p.Name == "resumptionToken":
			listed = true
			page.Token = strings.TrimSpace(p.Text)
			page.Expires = stamp(p.Attr("expirationDate"))
			if n, err := strconv.Atoi(p.Attr("completeListSize")); err == nil && n > 0 {
				page.Size = n
			}
		}
		return nil
	})
	if err != nil {
		return Page{}, err
	}
	if protocol != nil {
		return page, protocol
	}
	if !listed {
		return Page{}, errors.New("the answer holds neither records nor an error")
	}
	return page, nil
}

// ParseRecord reads Record.Raw again.
func ParseRecord(raw []byte) (Record, error) {
	n, err := xmldoc.Parse(raw)
	if err != nil {
		return Record{}, fmt.Errorf("read record: %w", err)
	}
	if n.Name != "record" {
		return Record{}, fmt.Errorf("read record: %q is none", n.Name)
	}
	return record(n, raw), nil
}

func record(n *xmldoc.Node, raw []byte) Record {
	h := n.Child("header")
	r := Record{Identifier: h.Value("identifier"), Datestamp: h.Value("datestamp"), Deleted: h.Attr("status") == "deleted", Raw: raw}
	for _, s := range h.All("setSpec") {
		r.Sets = append(r.Sets, strings.TrimSpace(s.Text))
	}
	if m := n.Child("metadata"); m != nil && len(m.Children) > 0 {
		r.Metadata = m.Children[0]
	}
	return r
}

// walk gives the pieces of an answer: what stands in the root, and what
// stands in its lists.
func walk(body []byte, fn func(xmldoc.Piece) error) error {
	root := false
	open := func(name string, depth int) bool {
		return depth == 1 && (strings.HasPrefix(name, "List") || name == "GetRecord")
	}
	err := xmldoc.Each(body, open, func(p xmldoc.Piece) error {
		if !root && p.Parent != "OAI-PMH" {
			return fmt.Errorf("the answer is %q, not OAI-PMH", p.Parent)
		}
		root = true
		return fn(p)
	})
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if !root {
		return errors.New("read answer: it is empty")
	}
	return nil
}

// stamp reads a datestamp of either granularity; zero where it is none.
func stamp(s string) time.Time {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
