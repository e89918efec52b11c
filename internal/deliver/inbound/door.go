package inbound

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// door lets connections in, so many at once, and each for so long.
type door struct {
	net.Listener
	limits Limits

	mu   sync.Mutex
	all  int
	from map[string]int // by network, of those on the Internet
}

// busy is said to those who find no room (RFC 5321, section 3.8).
const busy = "421 4.3.2 too many connections; try again later\r\n"

// Accept gives the next connection for which there is room.
func (d *door) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		who := network(c.RemoteAddr())
		if d.enter(who) {
			return &guest{Conn: c, end: time.Now().Add(d.limits.Life), leave: sync.OnceFunc(func() { d.leave(who) })}, nil
		}
		if c.SetWriteDeadline(time.Now().Add(time.Second)) == nil {
			_, _ = c.Write([]byte(busy)) // fits into what the system buffers; nobody may listen
		}
		c.Close()
	}
}

func (d *door) enter(who string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.all >= d.limits.Connections || who != "" && d.from[who] >= d.limits.PerClient {
		return false
	}
	d.all++
	if who != "" {
		d.from[who]++
	}
	return true
}

func (d *door) leave(who string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all--
	if who == "" {
		return
	}
	if d.from[who]--; d.from[who] == 0 {
		delete(d.from, who)
	}
}

// network is whom a connection comes from: an address of IPv4, a /64 of IPv6.
// It is "" for this machine and private networks, from which a mail server
// passes on what came from anywhere.
func network(a net.Addr) string {
	p, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return ""
	}
	ip := p.Addr().Unmap()
	if ip.IsLoopback() || ip.IsPrivate() {
		return ""
	}
	if ip.Is6() {
		if n, err := ip.WithZone("").Prefix(64); err == nil {
			return n.String()
		}
	}
	return ip.String()
}

// guest is a connection that ends at a time, whatever goes on in it.
type guest struct {
	net.Conn
	end   time.Time
	leave func()
}

func (g *guest) until(t time.Time) time.Time {
	if t.IsZero() || t.After(g.end) {
		return g.end
	}
	return t
}

func (g *guest) SetDeadline(t time.Time) error      { return g.Conn.SetDeadline(g.until(t)) }
func (g *guest) SetReadDeadline(t time.Time) error  { return g.Conn.SetReadDeadline(g.until(t)) }
func (g *guest) SetWriteDeadline(t time.Time) error { return g.Conn.SetWriteDeadline(g.until(t)) }

func (g *guest) Close() error {
	g.leave()
	return g.Conn.Close()
}
