package fetch_test

import (
	"context"
	"errors"
	"net"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"broadsheet/internal/lib/fetch"
)

func TestPublic(t *testing.T) {
	for s, want := range map[string]bool{
		"8.8.8.8": true, "128.84.21.199": true, "2606:4700::1111": true, "::ffff:8.8.8.8": true, "64:ff9b::808:808": true,
		"127.0.0.1": false, "127.255.255.254": false, "0.0.0.0": false, "10.1.2.3": false, "172.16.0.1": false, "172.31.255.255": false,
		"192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false, "100.127.255.255": false, "192.0.0.8": false,
		"198.18.0.1": false, "203.0.113.5": false, "224.0.0.1": false, "239.255.255.250": false, "255.255.255.255": false, "240.0.0.1": false,
		"172.32.0.1": true, "100.128.0.1": true, "11.0.0.1": true,
		"::": false, "::1": false, "::127.0.0.1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:169.254.169.254": false,
		"64:ff9b::7f00:1": false, "64:ff9b::a00:1": false, "64:ff9b:1::1": false, "2002:7f00:1::": false, "2001::1": false,
		"fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd12::1": false, "fec0::1": false, "ff02::1": false, "2001:db8::1": false, "100::1": false,
	} {
		if got := fetch.Public(netip.MustParseAddr(s)); got != want {
			t.Errorf("Public(%s) = %v, want %v", s, got, want)
		}
	}
	if fetch.Public(netip.Addr{}) {
		t.Error("no address at all is public")
	}
}

// TestGuard asks for this machine by every spelling known to have slipped
// through a check of names. Without leave nothing may arrive.
func TestGuard(t *testing.T) {
	url, count := serve(t, text("secret"))
	port := url[strings.LastIndex(url, ":"):]
	for _, host := range []string{
		"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.0.0.1", "127.0.0.1.", "0.0.0.0", "0",
		"[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "①②⑦.⓪.⓪.①", "[::]",
	} {
		f := fetch.New(fetch.Options{Clock: newClock(), Attempts: 1})
		_, err := f.Get(t.Context(), fetch.Request{URL: "http://" + host + port + "/"})
		if !errors.Is(err, fetch.ErrForbidden) && !errors.Is(err, fetch.ErrUnreachable) && !errors.Is(err, fetch.ErrURL) {
			t.Errorf("%s: got %v, want it refused", host, err)
		}
		f.Close()
	}
	for _, host := range []string{"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1"} {
		f := fetch.New(fetch.Options{Clock: newClock(), Attempts: 1})
		if _, err := f.Get(t.Context(), fetch.Request{URL: "http://" + host + port + "/"}); !errors.Is(err, fetch.ErrForbidden) {
			t.Errorf("%s: got %v, want ErrForbidden", host, err)
		}
		f.Close()
	}
	if n := count.Load(); n != 0 {
		t.Errorf("%d requests arrived", n)
	}
	f, _ := client(t, fetch.Options{})
	if _, err := f.Get(t.Context(), fetch.Request{URL: url}); err != nil {
		t.Errorf("with leave: %v", err)
	}
}

func TestGuardRefusesOddPorts(t *testing.T) {
	for _, port := range []string{"22", "25", "53", "6", "111"} {
		f := fetch.New(fetch.Options{Clock: newClock(), Attempts: 1})
		if _, err := f.Get(t.Context(), fetch.Request{URL: "http://8.8.8.8:" + port + "/"}); !errors.Is(err, fetch.ErrForbidden) {
			t.Errorf("port %s: got %v, want ErrForbidden", port, err)
		}
	}
}

// TestRebinding lets a name change its address between two look-ups: what
// counts is the address that is connected to.
func TestRebinding(t *testing.T) {
	url, count := serve(t, text("secret"))
	port := url[strings.LastIndex(url, ":"):]
	var asked atomic.Int32
	resolver := names(t, func() [4]byte {
		asked.Add(1)
		return [4]byte{127, 0, 0, 1}
	})
	f := fetch.New(fetch.Options{Clock: newClock(), Attempts: 1, Resolver: resolver})
	defer f.Close()
	if _, err := f.Get(t.Context(), fetch.Request{URL: "http://rebind.example" + port + "/"}); !errors.Is(err, fetch.ErrForbidden) {
		t.Errorf("got %v, want ErrForbidden", err)
	}
	if asked.Load() == 0 || count.Load() != 0 {
		t.Errorf("the name was asked for %d times and %d requests arrived; want some and none", asked.Load(), count.Load())
	}
	allowed, _ := client(t, fetch.Options{Resolver: resolver})
	if _, err := allowed.Get(t.Context(), fetch.Request{URL: "http://rebind.example" + port + "/"}); err != nil {
		t.Errorf("with leave: %v", err)
	}
}

// names is a name service that answers every question for an address with
// what next gives.
func names(t *testing.T, next func() [4]byte) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Header.Response, m.Additionals = true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
					Body: &dnsmessage.AResource{A: next()}}}
			}
			if out, err := m.Pack(); err == nil {
				conn.WriteTo(out, from)
			}
		}
	}()
	dial := net.Dialer{}
	server := conn.LocalAddr().String()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial.DialContext(ctx, "udp4", server) }}
}

func TestPrivateServersByLeave(t *testing.T) {
	s := httptest.NewServer(text("own"))
	defer s.Close()
	f := fetch.New(fetch.Options{Clock: newClock(), Allow: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, Attempts: 1})
	if _, err := f.Get(t.Context(), fetch.Request{URL: s.URL}); !errors.Is(err, fetch.ErrForbidden) {
		t.Errorf("leave for 10.0.0.0/8 opened 127.0.0.1: %v", err)
	}
}
