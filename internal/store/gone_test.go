package store_test

import (
	"context"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// wire is a way to a PostgreSQL server that can be cut.
type wire struct {
	listener net.Listener
	mu       sync.Mutex
	ends     []net.Conn
	cut      bool
}

// newWire leads to the server of dsn and gives the dsn of its near end.
func newWire(t *testing.T, dsn string) (*wire, string) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{}
	if w.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.close)
	cfg, err := pgx.ParseConfig(dsn) // the server may be at a socket file
	if err != nil {
		t.Fatal(err)
	}
	network, server := pgconn.NetworkAddress(cfg.Host, cfg.Port)
	go func() {
		for {
			near, err := w.listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial(network, server)
			if err != nil || !w.keep(near, far) {
				near.Close()
				continue
			}
			go io.Copy(near, far)
			go io.Copy(far, near)
		}
	}()
	u.Host = w.listener.Addr().String()
	q := u.Query()
	q.Del("host")
	u.RawQuery = q.Encode()
	return w, u.String()
}

func (w *wire) keep(ends ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ends = append(w.ends, ends...)
	return !w.cut
}

// close cuts what is connected and takes no more.
func (w *wire) close() {
	w.listener.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = true
	for _, c := range w.ends {
		c.Close()
	}
}

// TestPostgresThatIsGoneIsUnavailable: not the program's fault, and soon over.
func TestPostgresThatIsGoneIsUnavailable(t *testing.T) {
	w, dsn := newWire(t, storetest.PostgresDSN(t))
	s := storetest.OpenDSN(t, dsn)
	put(t, s, store.Batch{Papers: []broadsheet.Paper{whole()}})
	w.close()
	asked := map[string]func(context.Context) error{
		"ping":   s.Ping,
		"paper":  func(ctx context.Context) error { _, err := s.Paper(ctx, whole().ID); return err },
		"source": func(ctx context.Context) error { _, err := s.Source(ctx, "arxiv-oai"); return err },
		"cursor": func(ctx context.Context) error { _, err := s.Cursor(ctx, "x"); return err },
		"list":   func(ctx context.Context) error { _, err := s.LatestDay(ctx, "2026-06-01"); return err },
		"schema": s.CheckSchema,
		"put": func(ctx context.Context) error {
			_, err := s.Put(ctx, store.Batch{Papers: []broadsheet.Paper{whole()}})
			return err
		},
	}
	for range 2 { // over a connection that is cut, and where none can be made
		for name, ask := range asked {
			err := ask(t.Context())
			if broadsheet.KindOf(err) != broadsheet.Unavailable || !strings.Contains(err.Error(), "PostgreSQL does not answer") {
				t.Errorf("%s: got %v, want that PostgreSQL does not answer", name, err)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Ping(ctx); broadsheet.KindOf(err) == broadsheet.Unavailable {
		t.Errorf("a caller that went away: got %v, which blames the database", err)
	}
}

// TestPostgresEndsAConnection: a transaction whose connection the server ends
// says that it is the server, and the next one is served.
func TestPostgresEndsAConnection(t *testing.T) {
	s := storetest.OpenDSN(t, storetest.PostgresDSN(t))
	admin, err := pgx.Connect(t.Context(), os.Getenv("BROADSHEET_TEST_POSTGRES"))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(t.Context())
	for range 20 {
		if err := s.Ping(t.Context()); err != nil && broadsheet.KindOf(err) != broadsheet.Unavailable {
			t.Errorf("got %v, want the kind unavailable", err)
		}
		if _, err := admin.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, s.Pool().Config().ConnConfig.Database); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 { // as many connections at most are kept that have ended
		err = s.Ping(t.Context())
	}
	if err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
