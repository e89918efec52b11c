package httpkit

import (
	"strconv"
	"strings"
)

// Negotiate chooses among media types the one that an Accept header likes best;
// of equals the first, which is also taken where nothing is said or nothing
// fits. RFC 9110, section 12.5.1, without parameters other than q.
func Negotiate(accept string, offers ...string) string {
	if len(offers) == 0 {
		return ""
	}
	best, bestQ := offers[0], 0.0
	for _, offer := range offers {
		if q := weight(accept, offer); q > bestQ {
			best, bestQ = offer, q
		}
	}
	return best
}

// weight is the q of the most specific range that fits offer, 0 for none.
func weight(accept, offer string) float64 {
	q, rank := 0.0, 0
	kind, _, _ := strings.Cut(offer, "/")
	for n := 0; accept != "" && n < 100; n++ {
		var item string
		item, accept, _ = strings.Cut(accept, ",")
		name, params, _ := strings.Cut(item, ";")
		name = strings.TrimSpace(name)
		fit := 0
		switch {
		case strings.EqualFold(name, offer):
			fit = 3
		case strings.EqualFold(name, kind+"/*"):
			fit = 2
		case name == "*/*":
			fit = 1
		}
		if fit > rank {
			q, rank = quality(params), fit
		}
	}
	return q
}

// quality reads q from a range's parameters, 1 where there is none.
func quality(params string) float64 {
	for params != "" {
		var p string
		p, params, _ = strings.Cut(params, ";")
		if v, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(p)), "q="); ok {
			q, err := strconv.ParseFloat(v, 64)
			if err != nil || !(q >= 0 && q <= 1) {
				return 0
			}
			return q
		}
	}
	return 1
}
