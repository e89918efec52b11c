package httpkit

import (
	"fmt"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"broadsheet"
)

// Limit bounds what one client may ask in a window of time, over all routes
// that name it. A client is an IPv4 address or an IPv6 network of 64 bits;
// programs on this machine are not counted, because among them is the proxy
// that nobody told us to trust.
type Limit struct {
	Requests int           // in a window, at least 1
	Window   time.Duration // whole seconds
}

// limiter counts in fixed windows: all clients begin anew at the same moment,
// so that a window's counts are dropped as one.
type limiter struct {
	name string
	Limit
	policy []string // RateLimit-Policy

	mu     sync.Mutex
	window int64 // its number since 1970
	counts map[netip.Addr]int
}

// maxCounted bounds the clients that are counted in a window; any further are
// let through, since refusing them would let many addresses shut out everybody.
const maxCounted = 1 << 17

func newLimiter(name string, l Limit) *limiter {
	if l.Requests < 1 || l.Window < time.Second {
		panic(fmt.Sprintf("httpkit: limit %s: %d requests in %v", name, l.Requests, l.Window))
	}
	// The form of draft-ietf-httpapi-ratelimit-headers, as the hub's clients parse it.
	policy := fmt.Sprintf(`"fixed window";%q;q=%d;w=%d`, name, l.Requests, l.Window/time.Second)
	return &limiter{name: name, Limit: l, policy: []string{policy}, counts: map[netip.Addr]int{}}
}

// take counts a request: what is left in the window, how long it lasts, and
// whether the request may pass.
func (l *limiter) take(who netip.Addr, now time.Time) (left int, reset time.Duration, ok bool) {
	window := now.UnixNano() / int64(l.Window)
	reset = time.Duration((window+1)*int64(l.Window) - now.UnixNano())
	if !who.IsValid() {
		return l.Requests, reset, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if window != l.window {
		l.window = window
		clear(l.counts)
	}
	n := l.counts[who]
	if n >= l.Requests {
		return 0, reset, false
	}
	if n > 0 || len(l.counts) < maxCounted {
		l.counts[who] = n + 1
	}
	return l.Requests - n - 1, reset, true
}

// headers tell a client where it stands: RateLimit: "api";r=499;t=120.
func (l *limiter) headers(left int, reset time.Duration) []field {
	seconds := int64((reset + time.Second - 1) / time.Second)
	return []field{
		{"Ratelimit", []string{strconv.Quote(l.name) + ";r=" + strconv.Itoa(left) + ";t=" + strconv.FormatInt(seconds, 10)}},
		{"Ratelimit-Policy", l.policy},
	}
}

// tooMany is the answer to a client that asked too often, and its Retry-After.
func (l *limiter) tooMany(reset time.Duration) (retry string, err error) {
	seconds := strconv.FormatInt(int64((reset+time.Second-1)/time.Second), 10)
	return seconds, &broadsheet.Error{Kind: broadsheet.Limited, Text: fmt.Sprintf("more than %d requests in %d seconds", l.Requests, l.Window/time.Second),
		Fix: "wait " + seconds + " seconds"}
}
