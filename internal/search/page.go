package search

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"math"
	"strings"

	"broadsheet"
)

// place is where a page of results ended, and all that the next one needs: the
// next goes on behind the paper that was the last, wherever that stands by then,
// and where it is gone, behind its score. Papers that come in between move the
// scores a little, so that one near the border may be missed or come twice.
type place struct {
	tier  uint8   // 0 the finely ranked pool, 1 what follows it
	shown uint16  // results before it
	score float64 // of the last result; 0 under an order by date
	time  uint32
	key   string
}

// cursorSum keeps apart what somebody typed or shortened and what belongs to
// another query. It keeps no secret: whoever forges one sees papers they could
// search for anyway.
func cursorSum(body []byte, query string) uint32 {
	return crc32.Update(crc32.ChecksumIEEE([]byte(query)), crc32.IEEETable, body)
}

// encode writes the cursor: tier, shown, score, time, key, then four bytes of
// checksum over these and the query, in unpadded URL base64.
func (p place) encode(query string) string {
	b := make([]byte, 0, 32+len(p.key))
	b = append(b, p.tier)
	b = binary.LittleEndian.AppendUint16(b, p.shown)
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p.score))
	b = binary.LittleEndian.AppendUint32(b, p.time)
	b = append(b, p.key...)
	b = binary.LittleEndian.AppendUint32(b, cursorSum(b, query))
	return base64.RawURLEncoding.EncodeToString(b)
}

const cursorHead = 1 + 2 + 8 + 4

// parsePlace reads a cursor of that query; anything else is Invalid.
func parsePlace(s, query string) (place, error) {
	bad := broadsheet.InvalidField("after", "this is no place in the results of this search", "begin with the first page")
	if len(s) > 1000 {
		return place{}, bad
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) < cursorHead+4 {
		return place{}, bad
	}
	body, sum := b[:len(b)-4], binary.LittleEndian.Uint32(b[len(b)-4:])
	if cursorSum(body, query) != sum {
		return place{}, bad
	}
	p := place{
		tier:  body[0],
		shown: binary.LittleEndian.Uint16(body[1:]),
		score: math.Float64frombits(binary.LittleEndian.Uint64(body[3:])),
		time:  binary.LittleEndian.Uint32(body[11:]),
		key:   string(body[cursorHead:]),
	}
	if p.tier > 1 || p.shown > broadsheet.MaxSearchDepth || math.IsNaN(p.score) {
		return place{}, bad
	}
	return p, nil
}

// follows reports whether a hit comes after the place in the order by score.
func (p *place) follows(f *found, v *view) bool {
	if c := cmp.Or(cmp.Compare(p.score, f.total), cmp.Compare(p.time, f.time)); c != 0 {
		return c > 0
	}
	return strings.Compare(v.key(f.seg, f.doc), p.key) > 0
}

// after is how many of a tier's hits come after the place where the page begins.
func (s *search) after(hits []found, tier uint8) int {
	switch {
	case s.from == nil || s.from.tier < tier:
		return len(hits)
	case s.from.tier > tier:
		return 0
	}
	for i := range hits {
		if s.view.key(hits[i].seg, hits[i].doc) == s.from.key {
			return len(hits) - i - 1
		}
	}
	for i := range hits {
		if s.from.follows(&hits[i], s.view) {
			return len(hits) - i
		}
	}
	return 0
}

// page cuts the page out of the tiers.
func (s *search) page(r *broadsheet.Results, tiers [2][]found) error {
	shown := 0
	if s.from != nil {
		shown = int(s.from.shown)
	}
	room := min(s.q.Limit, broadsheet.MaxSearchDepth-shown)
	var last place
	for t := range uint8(2) {
		hits := tiers[t]
		for i := len(hits) - s.after(hits, t); i < len(hits); i++ {
			if len(r.Hits) == room {
				if shown+room < broadsheet.MaxSearchDepth && room > 0 {
					r.Next = last.encode(fingerprint(&s.q0))
				}
				return nil
			}
			f := &hits[i]
			if err := s.view.name(f); err != nil {
				return err
			}
			r.Hits = append(r.Hits, s.hit(f))
			last = place{tier: t, shown: uint16(shown + len(r.Hits)), score: f.total, time: f.time, key: f.key} // #nosec G115 -- at most MaxSearchDepth
		}
	}
	return nil
}

// hit shows a candidate.
func (s *search) hit(f *found) broadsheet.Hit {
	h := broadsheet.Hit{ID: f.key, Score: f.total}
	if s.q.Explain {
		h.Explain = s.explanation(f)
	}
	return h
}
