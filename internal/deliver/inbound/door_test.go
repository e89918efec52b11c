package inbound

import (
	"net"
	"testing"
)

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7:25": "192.0.2.7", "[::ffff:192.0.2.7]:25": "192.0.2.7", "[2001:db8:1:2:3:4:5:6]:25": "2001:db8:1:2::/64", "[2001:db8:1:2::9]:1": "2001:db8:1:2::/64",
		"127.0.0.1:25": "", "[::1]:25": "", "10.1.2.3:25": "", "[fd00::1]:25": "",
	} {
		a, err := net.ResolveTCPAddr("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if got := network(a); got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
	if got := network(&net.UnixAddr{Name: "/run/x", Net: "unix"}); got != "" {
		t.Errorf("a socket of this machine: got %q, want none", got)
	}
}

// TestDoor: one network has no more than its share, and gets it back.
func TestDoor(t *testing.T) {
	d := &door{limits: Limits{Connections: 5, PerClient: 2}, from: map[string]int{}}
	for i, c := range []struct {
		who  string
		want bool
	}{{"a", true}, {"a", true}, {"a", false}, {"b", true}, {"", true}, {"", true}, {"", false}, {"c", false}} {
		if got := d.enter(c.who); got != c.want {
			t.Errorf("%d: %q: let in %v, want %v", i, c.who, got, c.want)
		}
	}
	for _, who := range []string{"a", "a", "b", "", ""} {
		d.leave(who)
	}
	if d.all != 0 || len(d.from) != 0 {
		t.Errorf("after all left: %d, %v", d.all, d.from)
	}
}
