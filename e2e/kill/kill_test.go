// Package kill_test lets things happen to the real program that no program
// likes: SIGKILL at any moment, a disk that fills up, rights that are taken
// away, two at the same work, archives that break off. After each of them the
// database is to be sound and the same command, run again, is to end with the
// export that an undisturbed run gives.
//
// Mail is held against what the receiving side counts instead.
//
// Random moments come from -seed, which is printed; -kills says how often each
// of the cases is killed. The program is built unless BROADSHEET_BIN
// names one. Data are made up where TESTDATA_DIR is not set.
package kill_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var (
	kills = flag.Int("kills", 6, "how often each case is killed")
	seed  = flag.Uint64("seed", 0, "seed of the random moments; 0: another each time")
)

// binary is the program under test; shared is a folder that ends with it.
var binary, shared string

func TestMain(m *testing.M) {
	flag.Parse()
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "broadsheet-kill-*")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	shared = dir
	if err := os.Chmod(dir, 0o755); err != nil { // for another user
		panic(err)
	}
	if binary = os.Getenv("BROADSHEET_BIN"); binary != "" {
		if binary, err = filepath.Abs(binary); err != nil {
			panic(err)
		}
		return m.Run()
	}
	binary = filepath.Join(dir, "broadsheet")
	build := exec.Command("go", "build", "-o", binary, "broadsheet/cmd/broadsheet")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build the program:", err)
		return 1
	}
	return m.Run()
}

// random gives a case its own moments.
func random(t *testing.T, stream uint64) *rand.Rand {
	t.Logf("-seed=%d", *seed)
	return rand.New(rand.NewPCG(*seed, stream))
}

// place is a working folder with a database of its own.
type place struct {
	dir  string   // working folder; the database is in var/ there
	args []string // given to every command
	env  []string // beside PATH
	user *syscall.Credential
	in   io.Reader // of the next command; nil: nothing
	// postgres is the database instead of the one in var/, "" for that.
	postgres string
}

func newPlace(t *testing.T, env ...string) *place {
	return &place{dir: t.TempDir(), env: env}
}

// fresh is the same surroundings with no database yet.
func (p *place) fresh(t *testing.T) *place {
	q := *p
	q.dir = t.TempDir()
	return &q
}

func (p *place) command(args ...string) *exec.Cmd {
	cmd := exec.Command(binary, append(args, p.args...)...)
	cmd.Dir = p.dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.dir, "BROADSHEET_LOG_FORMAT=text", "BROADSHEET_HARVEST_PICTURES=false"}, p.env...)
	if p.postgres != "" {
		cmd.Env = append(cmd.Env, "BROADSHEET_DATABASE="+p.postgres)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: p.user}
	return cmd
}

// result is what came of a command.
type result struct {
	out, errs string
	code      int
	killed    bool
}

func (r result) String() string {
	return fmt.Sprintf("exit code %d, killed: %v\n%s%s", r.code, r.killed, r.out, r.errs)
}

// start begins a command. The function it gives waits for its end.
func (p *place) start(t *testing.T, args ...string) (cmd *exec.Cmd, wait func() result) {
	t.Helper()
	cmd = p.command(args...)
	var out, errs output
	cmd.Stdin, cmd.Stdout, cmd.Stderr = p.in, &out, &errs
	p.in = nil
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			cmd.Wait()
		}
	})
	return cmd, func() result { return ended(cmd.Wait(), cmd, &out, &errs) }
}

// output holds what a program writes, also while it runs.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// says waits until a running command has said something on standard error.
func says(t *testing.T, cmd *exec.Cmd, text string) {
	t.Helper()
	errs := cmd.Stderr.(*output)
	for deadline := time.Now().Add(30 * time.Second); !strings.Contains(errs.String(), text); time.Sleep(20 * time.Millisecond) { // polls another process
		if time.Now().After(deadline) {
			t.Fatalf("it does not say %q: %s", text, errs)
		}
	}
}

func ended(err error, cmd *exec.Cmd, out, errs *output) result {
	r := result{out: out.String(), errs: errs.String(), code: cmd.ProcessState.ExitCode()}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		r.killed = exit.Sys().(syscall.WaitStatus).Signaled()
	}
	return r
}

// run runs a command to its end, whatever that is.
func (p *place) run(t *testing.T, args ...string) result {
	t.Helper()
	_, wait := p.start(t, args...)
	return wait()
}

// must runs a command that has to end well; records kept aside are well.
func (p *place) must(t *testing.T, args ...string) result {
	t.Helper()
	r := p.run(t, args...)
	if !r.well() {
		t.Fatalf("broadsheet %s: %s", strings.Join(args, " "), r)
	}
	return r
}

func (r result) well() bool { return !r.killed && (r.code == 0 || r.code == 3) }

// fails runs a command that has to say what is wrong, with an exit code.
func (p *place) fails(t *testing.T, code int, want string, args ...string) {
	t.Helper()
	r := p.run(t, args...)
	if r.code != code || !strings.Contains(r.errs, want) || strings.Contains(r.errs, "goroutine ") {
		t.Errorf("broadsheet %s: got %s\nwant exit code %d and %q", strings.Join(args, " "), r, code, want)
	}
}

// killedAt runs a command and kills its process group when moment gives a
// value. It tells whether the command ended by itself before, which must be
// well.
func (p *place) killedAt(t *testing.T, moment <-chan struct{}, args ...string) (finished bool) {
	t.Helper()
	cmd, wait := p.start(t, args...)
	over, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-moment:
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		case <-over:
		}
	}()
	r := wait()
	close(over)
	<-watched
	if !r.killed && !r.well() {
		t.Fatalf("broadsheet %s, after kills: %s", strings.Join(args, " "), r)
	}
	return !r.killed
}

// after gives a value once the time is over.
func after(d time.Duration) <-chan struct{} {
	c := make(chan struct{})
	time.AfterFunc(d, func() { close(c) })
	return c
}

// export checks that the database is sound and gives its export.
func (p *place) export(t *testing.T) string {
	t.Helper()
	r := p.must(t, "doctor", "--offline", "--full", "--listen", freeAddress(t))
	if !strings.Contains(r.out, "sound") {
		t.Fatalf("the database is not sound: %s", r)
	}
	out := p.must(t, "export", "-").out
	if strings.Count(out, "\n{\"kind\":\"paper\"") < 5 {
		t.Fatalf("an export with hardly a paper shows nothing:\n%.2000s", out)
	}
	return out
}

// same compares exports.
func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Fatalf("%s: -seed=%d: %d lines, want %d; line %d:\ngot  %.1500s\nwant %.1500s", what, *seed, len(g), len(w), i+1, g[i], w[i])
		}
	}
	t.Fatalf("%s: -seed=%d: %d lines, want %d", what, *seed, len(g), len(w))
}

func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
