package httpkit

import (
	"net/http"
	"net/netip"
	"strings"
)

// Peer is who sent a request, as far as can be trusted.
type Peer struct {
	Addr  netip.Addr // of the client, unmapped; invalid where unknown
	HTTPS bool       // the client's connection was encrypted
}

// peer finds who sent r. Forwarded headers count only when the connection comes
// from a trusted proxy, and then only up to the last address that no trusted
// proxy vouches for. Where both X-Forwarded-For and Forwarded are there and
// disagree, one was made up by the client, and neither counts.
func peer(r *http.Request, trusted []netip.Prefix) Peer {
	p := Peer{Addr: address(r.RemoteAddr), HTTPS: r.TLS != nil}
	if !within(trusted, p.Addr) {
		return p
	}
	xff := commas(r.Header["X-Forwarded-For"])
	fwd, fwdProto := forwarded(r.Header["Forwarded"])
	chain := xff
	switch {
	case len(xff) > 0 && len(fwd) > 0:
		if client(trusted, xff) != client(trusted, fwd) {
			return p
		}
	case len(xff) == 0:
		chain = fwd
	}
	if a := client(trusted, chain); a.IsValid() {
		p.Addr = a
	}
	proto := fwdProto
	if protos := commas(r.Header["X-Forwarded-Proto"]); len(protos) > 0 {
		proto = protos[len(protos)-1]
	}
	if proto != "" {
		p.HTTPS = strings.EqualFold(proto, "https")
	}
	return p
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

// forwarded reads the for parameters of RFC 7239 in order, and the last proto.
func forwarded(lines []string) (chain []string, proto string) {
	for _, item := range commas(lines) {
		addr := ""
		for _, pair := range strings.Split(item, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			value = strings.Trim(value, `"`)
			switch strings.ToLower(name) {
			case "for":
				addr = value
			case "proto":
				proto = value
			}
		}
		chain = append(chain, addr)
	}
	return chain, proto
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
