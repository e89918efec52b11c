package fetch

import (
	"fmt"
	"net/netip"
	"slices"
	"syscall"
)

// reserved are the networks that are not part of the public Internet, or lead
// back from it: IANA's special-purpose registries (RFC 6890 and updates).
var reserved = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
	"224.0.0.0/4", "240.0.0.0/4",
	"::/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
	"5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
)

// nat64 holds IPv4 addresses in its last four bytes (RFC 6052).
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// Public tells whether an address is one of the public Internet. Addresses of
// IPv4 inside IPv6 count as the IPv4 address.
func Public(a netip.Addr) bool {
	a = plain(a)
	return a.IsValid() && !slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(a) })
}

// plain unpacks IPv4 from its IPv6 forms and drops the zone.
func plain(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if a.Is6() && nat64.Contains(a) {
		b := a.As16()
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	return a
}

// guard gives the function that net.Dialer calls with the resolved address
// before it connects: what is checked is what is connected to.
func guard(allow []netip.Prefix) func(network, address string, _ syscall.RawConn) error {
	return func(network, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("%w: %s", ErrForbidden, address)
		}
		a := plain(to.Addr())
		if slices.ContainsFunc(allow, func(p netip.Prefix) bool { return p.Contains(a) }) {
			return nil
		}
		if network != "tcp4" && network != "tcp6" || !Public(a) {
			return fmt.Errorf("%w: %s", ErrForbidden, to.Addr())
		}
		if p := to.Port(); p < 1024 && p != 80 && p != 443 {
			return fmt.Errorf("%w: port %d", ErrForbidden, p)
		}
		return nil
	}
}
