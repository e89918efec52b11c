package httpkit

import (
	"net/http"
	"net/netip"
	"strings"
)

// peer is the address of who sent r as far as can be trusted, unmapped; invalid
// where unknown. Forwarded headers count only when the connection comes from a
// trusted proxy, and then only up to the last address that no trusted proxy
// vouches for. Where both X-Forwarded-For and Forwarded are there and disagree,
// one was made up by the client, and neither counts.
func peer(r *http.Request, trusted []netip.Prefix) netip.Addr {
	near := address(r.RemoteAddr)
	if !within(trusted, near) {
		return near
	}
	xff, fwd := commas(r.Header["X-Forwarded-For"]), forwarded(r.Header["Forwarded"])
	chain := xff
	switch {
	case len(xff) > 0 && len(fwd) > 0:
		if client(trusted, xff) != client(trusted, fwd) {
			return near
		}
	case len(xff) == 0:
		chain = fwd
	}
	if a := client(trusted, chain); a.IsValid() {
		return a
	}
	return near
}

// someone stands for all clients whose address cannot be told: one of them, or
// a forger, spends the share of all.
var someone = netip.AddrFrom4([4]byte{0, 0, 0, 1})

// who is the client whose share of work and requests a request counts against: an
// IPv4 address or an IPv6 network of 64 bits. Programs on this machine are nobody,
// the invalid address, and have no share: among them is a proxy that nobody told
// us to trust. What comes through a proxy that is trusted is always somebody's.
func who(r *http.Request, trusted []netip.Prefix) netip.Addr {
	near := address(r.RemoteAddr)
	told := len(r.Header["X-Forwarded-For"]) > 0 || len(r.Header["Forwarded"]) > 0
	if !told || !within(trusted, near) {
		return crowd(near)
	}
	far := peer(r, trusted)
	if c := crowd(far); c.IsValid() && far != near {
		return c
	}
	return someone
}

// client walks a chain of addresses from its trusted end and gives the first
// that is no trusted proxy; the invalid address where the chain breaks off.
func client(trusted []netip.Prefix, chain []string) netip.Addr {
	for i := len(chain) - 1; i >= 0; i-- {
		a := address(chain[i])
		if !a.IsValid() || !within(trusted, a) || i == 0 {
			return a
		}
	}
	return netip.Addr{}
}

// forwarded reads the for parameters of RFC 7239 in order.
func forwarded(lines []string) (chain []string) {
	for _, item := range commas(lines) {
		addr := ""
		for _, pair := range strings.Split(item, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			if strings.EqualFold(name, "for") {
				addr = strings.Trim(value, `"`)
			}
		}
		chain = append(chain, addr)
	}
	return chain
}

// commas splits comma-separated headers.
func commas(lines []string) []string {
	var out []string
	for _, line := range lines {
		for _, v := range strings.Split(line, ",") {
			out = append(out, strings.TrimSpace(v))
		}
	}
	return out
}

// address reads an address with or without port and brackets.
func address(s string) netip.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

func within(nets []netip.Prefix, a netip.Addr) bool {
	for _, n := range nets {
		if a.IsValid() && n.Contains(a) {
			return true
		}
	}
	return false
}
