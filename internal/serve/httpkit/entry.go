package httpkit

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// entry is a finished answer, ready to be sent any number of times at once.
type entry struct {
	status   int
	fields   []field
	modified time.Time // zero: unknown
	squeeze  bool      // the body gets smaller by compression
	etag     bool      // the answer can be asked for again
	forms    [codings]form
	grow     func(bytes int) // tells the cache that a form was added

	err        error // what an error page is about
	id         string
	generation string
	born       time.Time
	forever    bool // never stale
}

// form is the body in a coding. All but identity are made when first asked for.
type form struct {
	once   sync.Once
	body   []byte
	etag   []string
	length []string
}

// fill makes f hold body.
func (e *entry) fill(c coding, body []byte, hash string) {
	f := &e.forms[c]
	f.body = body
	f.length = []string{strconv.Itoa(len(body))}
	if hash != "" {
		f.etag = []string{`"` + hash + codingSuffix[c] + `"`}
	}
}

// form gives the body in c, or plain where compression does not help.
func (e *entry) form(c coding) (*form, coding) {
	plain := &e.forms[identity]
	if c == identity || !e.squeeze {
		return plain, identity
	}
	f := &e.forms[c]
	f.once.Do(func() {
		level := pageLevels[c]
		if e.forever {
			level = assetLevels[c]
		}
		body := compress(c, level, plain.body)
		if body == nil {
			return
		}
		hash := ""
		if len(plain.etag) > 0 {
			hash = strings.Trim(plain.etag[0], `"`)
		}
		e.fill(c, body, hash)
		if e.grow != nil {
			e.grow(len(body))
		}
	})
	if f.body == nil {
		return plain, identity
	}
	return f, c
}

// newEntry closes what a handler wrote. Its cookies stay only if cookies says so.
func newEntry(rec *recorder, status int, cookies bool) *entry {
	e := &entry{status: status}
	h := rec.header
	h.Set("Content-Type", withCharset(h.Get("Content-Type")))
	for _, own := range []string{"Content-Length", "Content-Encoding", "Transfer-Encoding", "Etag", "Connection"} {
		h.Del(own)
	}
	if !cookies {
		h.Del("Set-Cookie")
	}
	if t, err := http.ParseTime(h.Get("Last-Modified")); err == nil {
		e.modified = t
	}
	for name, value := range h {
		e.fields = append(e.fields, field{name, value})
	}
	e.squeeze = rec.body.Len() >= minCompress && compressible(h.Get("Content-Type"))
	body := rec.body.Bytes()
	if cap(body) > len(body)+len(body)/8 {
		body = bytes.Clone(body) // it may be kept long, without the buffer's spare room
	}
	e.fill(identity, body, "")
	return e
}

// tag gives the entry strong entity tags: the hash of type and body.
func (e *entry) tag() {
	sum := sha256.New()
	for _, f := range e.fields {
		if f.name == "Content-Type" {
			sum.Write([]byte(f.value[0]))
		}
	}
	sum.Write(e.forms[identity].body)
	e.etag = true
	e.fill(identity, e.forms[identity].body, base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:15]))
}

// dated moves Last-Modified to when this content was first seen here: what a
// handler knows of may be older than a change that it does not date, such as
// votes or another order, and who asks by If-Modified-Since alone would never
// hear of it. old is the entry before, nil where there is none.
func (e *entry) dated(old *entry, now time.Time) {
	if e.modified.IsZero() || !e.etag {
		return
	}
	now = now.UTC().Truncate(time.Second)
	switch {
	case old != nil && old.etag && !old.modified.IsZero() && old.forms[identity].etag[0] == e.forms[identity].etag[0]:
		e.modified = old.modified
	case now.After(e.modified):
		e.modified = now
	}
	e.set("Last-Modified", e.modified.UTC().Format(http.TimeFormat))
}

// set adds a header or replaces it.
func (e *entry) set(name, value string) {
	for i := range e.fields {
		if e.fields[i].name == name {
			e.fields[i].value = []string{value}
			return
		}
	}
	e.fields = append(e.fields, field{name, []string{value}})
}

// has tells whether the handler wrote that header.
func (e *entry) has(name string) bool {
	for i := range e.fields {
		if e.fields[i].name == name {
			return true
		}
	}
	return false
}

// size is what the entry takes in memory, about: bodies, headers and overhead.
func (e *entry) size() int {
	n := 512
	for c := range e.forms {
		n += len(e.forms[c].body)
	}
	for _, f := range e.fields {
		n += len(f.name) + len(f.value[0]) + 64
	}
	return n
}

// unchanged tells whether the reader has this form already (RFC 9110, section
// 13.2.2). tag is the form's entity tag.
func (e *entry) unchanged(r *http.Request, tag string) bool {
	if match := r.Header["If-None-Match"]; len(match) > 0 {
		for _, line := range match {
			for line != "" {
				var one string
				one, line, _ = strings.Cut(line, ",")
				one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
				if one == tag || one == "*" {
					return true
				}
			}
		}
		return false
	}
	since := r.Header["If-Modified-Since"]
	if e.modified.IsZero() || len(since) == 0 {
		return false
	}
	t, err := http.ParseTime(since[0])
	return err == nil && !e.modified.Truncate(time.Second).After(t)
}
