package httpkit

import (
	"context"
	"net/http"
	"net/netip"
)

type clientKey struct{}

// withClient notes who sent a request, as who tells.
func withClient(ctx context.Context, a netip.Addr) context.Context {
	name := ""
	if a.IsValid() {
		name = a.String()
	}
	return context.WithValue(ctx, clientKey{}, name)
}

// Client names the client that sent a request to a Private or Action route, for
// limits of the application's own: an IPv4 address or the first of an IPv6
// network of 64 bits, as Limit counts them. It is "" for programs on this machine,
// and for routes of other kinds, whose answers depend on nobody.
func Client(r *http.Request) string {
	name, _ := r.Context().Value(clientKey{}).(string)
	return name
}
