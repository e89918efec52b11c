package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"time"

	"broadsheet"
)

// PictureClass says what a picture is shown as.
type PictureClass string

// Classes of pictures.
const (
	PictureAvatar    PictureClass = "avatar"    // badge of an organisation or person
	PictureThumbnail PictureClass = "thumbnail" // of a paper
	PicturePortrait  PictureClass = "portrait"  // of somebody with an account, as it was uploaded
)

// PictureKey names the copy of the picture at url for a class: 32 hexadecimal
// digits, the first 16 bytes of SHA-256 of both.
func PictureKey(url string, class PictureClass) string {
	sum := sha256.Sum256([]byte(url + "\x00" + string(class)))
	return hex.EncodeToString(sum[:16])
}

// Picture is a copy of a picture from elsewhere, or what came of fetching it.
type Picture struct {
	Key           string // PictureKey(URL, Class); PutPicture fills it in
	URL           string
	Class         PictureClass
	Type          string // media type of Body
	Body          []byte // empty after a failure
	Width, Height int    // pixels
	FetchedAt     time.Time
	Failures      int // in a row
	Error         string
	RetryAt       time.Time // after a failure
}

// PictureRef names a picture that is to be fetched.
type PictureRef struct {
	URL      string
	Class    PictureClass
	Failures int // in a row so far
}

// PictureInfo is a picture without its bytes.
type PictureInfo struct {
	Type          string
	Width, Height int
}

// PutPicture stores copies, or failures. A failure keeps the copy that is
// there.
func (s *Store) PutPicture(ctx context.Context, pictures ...Picture) error {
	copies := false
	for _, p := range pictures {
		copies = copies || len(p.Body) > 0
	}
	run := s.tx
	if !copies {
		run = s.tryTx // nothing that a page shows has changed
	}
	err := run(ctx, func(tx *txn) error {
		for _, p := range pictures {
			const insert = `INSERT INTO pictures (key, url, class, type, width, height, fetched_at, failures, error, retry_at, body)
			  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
			  ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, error = excluded.error, retry_at = excluded.retry_at`
			text := insert
			if len(p.Body) > 0 {
				text += `, type = excluded.type, width = excluded.width, height = excluded.height, fetched_at = excluded.fetched_at, body = excluded.body`
			} else {
				p.Type, p.Width, p.Height, p.Body = "", 0, 0, []byte{}
			}
			_, err := tx.exec(ctx, text, PictureKey(p.URL, p.Class), p.URL, string(p.Class), p.Type, p.Width, p.Height,
				sortMicros(p.FetchedAt), p.Failures, p.Error, sortMicros(p.RetryAt), p.Body)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return s.explain(err)
}

// Picture reads a copy by its key; NotFound where there is none.
func (s *Store) Picture(ctx context.Context, key string) (Picture, error) {
	p := Picture{Key: key}
	var fetched, retry int64
	err := s.queryRow(ctx, `SELECT url, class, type, width, height, fetched_at, failures, error, retry_at, body
	  FROM pictures WHERE key = $1 AND type <> ''`, key).
		Scan(&p.URL, &p.Class, &p.Type, &p.Width, &p.Height, &fetched, &p.Failures, &p.Error, &retry, &p.Body)
	if err == sql.ErrNoRows {
		return Picture{}, broadsheet.Errorf(broadsheet.NotFound, "there is no such picture here")
	}
	if err != nil {
		return Picture{}, s.explain(err)
	}
	p.FetchedAt = microTime(fetched)
	if retry != 0 {
		p.RetryAt = microTime(retry)
	}
	return p, nil
}

// PicturesReady tells which of the keys have a copy.
func (s *Store) PicturesReady(ctx context.Context, keys []string) (map[string]PictureInfo, error) {
	out := make(map[string]PictureInfo, len(keys))
	err := s.eachPicture(ctx, keys, func(r pictureRow) {
		if r.Type != "" {
			out[r.key] = r.PictureInfo
		}
	})
	return out, err
}

// pictureRow is what is known of a key without its bytes.
type pictureRow struct {
	key string
	PictureInfo
	failures int
	retry    int64
}

func (s *Store) eachPicture(ctx context.Context, keys []string, fn func(pictureRow)) error {
	for len(keys) > 0 {
		part := keys[:min(len(keys), 500)]
		keys = keys[len(part):]
		rows, err := s.query(ctx, `SELECT key, type, width, height, failures, retry_at FROM pictures WHERE key IN (`+placeholders(1, len(part))+`)`, anys(part)...)
		found, err := collect(rows, err, func(r *sql.Rows) (p pictureRow, err error) {
			return p, r.Scan(&p.key, &p.Type, &p.Width, &p.Height, &p.failures, &p.retry)
		})
		if err != nil {
			return s.explain(err)
		}
		for _, r := range found {
			fn(r)
		}
	}
	return nil
}

// pictureDays is how many of the newest days with featured papers have their
// pictures fetched.
const pictureDays = 60

// PicturesWanted gives at most limit pictures to fetch: the badges that owners
// gave their organisations, and of the newest days with featured papers, newest
// first, the badges of organisations and submitters and one picture a paper, that
// are not here and did not fail too short a time ago.
func (s *Store) PicturesWanted(ctx context.Context, now time.Time, limit int) ([]PictureRef, error) {
	rows, err := s.query(ctx, `SELECT DISTINCT day FROM features ORDER BY day DESC LIMIT $1`, pictureDays)
	days, err := collect(rows, err, func(r *sql.Rows) (day string, err error) { return day, r.Scan(&day) })
	if err != nil {
		return nil, s.explain(err)
	}
	var wanted []PictureRef
	seen := map[string]bool{}
	for _, day := range append([]string{""}, days...) {
		of, err := s.picturesOf(ctx, day)
		if err != nil {
			return nil, fmt.Errorf("pictures of %s: %w", day, s.explain(err))
		}
		known := map[string]pictureRow{}
		var keys []string
		for _, choices := range of {
			for _, ref := range choices {
				keys = append(keys, PictureKey(ref.URL, ref.Class))
			}
		}
		if err := s.eachPicture(ctx, keys, func(r pictureRow) { known[r.key] = r }); err != nil {
			return nil, err
		}
		for _, choices := range of {
			ref, ok := firstWanted(choices, known, now)
			if key := PictureKey(ref.URL, ref.Class); ok && !seen[key] {
				seen[key] = true
				wanted = append(wanted, ref)
			}
			if len(wanted) == limit {
				return wanted, nil
			}
		}
	}
	return wanted, nil
}

// firstWanted walks through what may be shown in one place, best first: a copy
// ends the search, a failure goes on to the next.
func firstWanted(choices []PictureRef, known map[string]pictureRow, now time.Time) (PictureRef, bool) {
	for _, ref := range choices {
		row, ok := known[PictureKey(ref.URL, ref.Class)]
		switch {
		case !ok:
			return ref, true
		case row.Type != "":
			return PictureRef{}, false
		case row.retry <= now.UnixMicro():
			ref.Failures = row.failures
			return ref, true
		}
	}
	return PictureRef{}, false
}

// picturesOf gives, for every place of a day's list that shows a picture, the
// pictures that may stand there; of "" those of organisations that people edited.
func (s *Store) picturesOf(ctx context.Context, day string) ([][]PictureRef, error) {
	if day == "" {
		return s.badgesGiven(ctx)
	}
	type paper struct {
		details
		submitter string
	}
	rows, err := s.query(ctx, `SELECT t.details, coalesce(p.avatar_url, '') FROM features f JOIN paper_texts t ON t.paper_id = f.paper_id
	  LEFT JOIN people p ON p.key = f.person_key WHERE f.day = $1 ORDER BY f.position, f.paper_id`, day)
	papers, err := collect(rows, err, func(r *sql.Rows) (p paper, err error) {
		var text string
		if err := r.Scan(&text, &p.submitter); err != nil {
			return p, err
		}
		return p, json.Unmarshal([]byte(text), &p.details)
	})
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, p := range papers {
		keys = append(keys, p.Organizations...)
	}
	orgs, err := s.organizationAvatars(ctx, keys)
	if err != nil {
		return nil, err
	}
	var out [][]PictureRef
	for _, p := range papers {
		var choices []PictureRef
		for _, u := range Thumbnails(p.Links) {
			choices = append(choices, PictureRef{URL: u, Class: PictureThumbnail})
		}
		if len(choices) > 0 {
			out = append(out, choices)
		}
		for _, key := range p.Organizations {
			out = append(out, avatar(orgs[key])...)
		}
		out = append(out, avatar(p.submitter)...)
	}
	return out, nil
}

func (s *Store) organizationAvatars(ctx context.Context, keys []string) (map[string]string, error) {
	out := make(map[string]string, len(keys))
	for len(keys) > 0 {
		part := keys[:min(len(keys), 500)]
		keys = keys[len(part):]
		rows, err := s.query(ctx, `SELECT key, avatar_url FROM organizations WHERE key IN (`+placeholders(1, len(part))+`)`, anys(part)...)
		found, err := collect(rows, err, func(r *sql.Rows) (kv [2]string, err error) { return kv, r.Scan(&kv[0], &kv[1]) })
		if err != nil {
			return nil, err
		}
		for _, kv := range found {
			out[kv[0]] = kv[1]
		}
	}
	return out, nil
}

func avatar(url string) [][]PictureRef {
	if !picturable(url) {
		return nil
	}
	return [][]PictureRef{{{URL: url, Class: PictureAvatar}}}
}

// Thumbnails are the addresses of the pictures that may stand on a paper's
// card, best first: those shown with it, then the one that its source made.
// What cannot be a picture is left out.
func Thumbnails(links []broadsheet.Link) []string {
	var out []string
	for _, kind := range []broadsheet.LinkKind{broadsheet.LinkMedia, broadsheet.LinkThumbnail} {
		for _, l := range links {
			if l.Kind == kind && picturable(l.URL) {
				out = append(out, l.URL)
			}
		}
	}
	return out
}

// picturable is false for what need not be fetched to know that it is no
// picture that would be shown: films, and drawings that can carry scripts.
func picturable(url string) bool {
	if !broadsheet.ValidURL(url) {
		return false
	}
	url, _, _ = strings.Cut(url, "#")
	url, _, _ = strings.Cut(url, "?")
	switch strings.ToLower(path.Ext(url)) {
	case ".svg", ".svgz", ".mp4", ".webm", ".mov", ".qt", ".m4v", ".avi", ".mkv", ".pdf", ".html":
		return false
	}
	return true
}
