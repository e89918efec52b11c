// Package cli_test runs the real program by scripts: what a person types, what
// they see, and the exit code.
package cli_test

import (
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"broadsheet/internal/harvest/sourcetest"
	"broadsheet/internal/store/storetest"

	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite" // to make databases that the program must refuse
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "broadsheet-cli-*")
	if err != nil {
		panic(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil { // for asnobody
		panic(err)
	}
	binary = filepath.Join(dir, "broadsheet")
	build := exec.Command("go", "build", "-ldflags", "-X broadsheet/internal/cli.version=v1.2.3-test", "-o", binary, "broadsheet/cmd/broadsheet")
	build.Stderr = os.Stderr
	code := 1
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build the program:", err)
	} else {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: ".",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", filepath.Dir(binary)+string(os.PathListSeparator)+env.Getenv("PATH"))
			env.Setenv("ADDR", freeAddress(t))
			env.Setenv("BROADSHEET_HARVEST_ENABLED", "false") // no script asks the world
			fake := sourcetest.New(t)
			fake.Catalog([]sourcetest.Paper{{ID: "2606.00001", Title: "A First Paper"}, {ID: "2606.00002", Bad: true}, {ID: "2606.00003"}})
			env.Setenv("FAKE", fake.URL)
			env.Setenv("DAILY", daily(t))
			env.Setenv("BUSY", answering(t, http.StatusTooManyRequests, "Retry-After: 120", ""))
			env.Setenv("OTHER", answering(t, http.StatusOK, "Content-Type: text/html", "<!doctype html>"))
			env.Setenv("TESTDATA_DIR", os.Getenv("TESTDATA_DIR"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "ready": ready, "get": get, "page": page, "limited": limited, "damage": damage,
			"newer": newer, "papers": papers, "interrupt": interrupt, "postgres": postgres(t), "lock": lock, "asnobody": asNobody, "awaitindex": awaitIndex,
			"fits": fits, "harmless": harmless, "apitoken": apiToken(t),
		},
		Condition: func(cond string) (bool, error) {
			if cond == "postgres" {
				return os.Getenv("BROADSHEET_TEST_POSTGRES") != "", nil
			}
			if cond == "testdata" {
				return os.Getenv("TESTDATA_DIR") != "", nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		WorkdirRoot:   filepath.Dir(binary),              // where nobody may look
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "", // golden files of a run that was looked at
	})
}

func freeAddress(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// exits runs a program and wants an exit code: exits 2 broadsheet nonsense.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE program args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var failed *exec.ExitError
	if err != nil {
		var ok bool
		if failed, ok = err.(*exec.ExitError); !ok {
			ts.Fatalf("run: %v", err)
		}
		got = failed.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code: got %d, want %d", got, want)
	}
}

// ready waits until the server at $ADDR says that it is.
func ready(ts *testscript.TestScript, neg bool, args []string) {
	url := "http://" + ts.Getenv("ADDR") + "/readyz"
	for deadline := time.Now().Add(20 * time.Second); ; {
		res, err := http.Get(url)
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s: not ready: %v", url, err)
		}
		time.Sleep(20 * time.Millisecond) // polls another process; nothing to wait on
	}
}

// awaitIndex waits until the JSON of the index's status has a text: awaitindex
// '"papers": 3'.
func awaitIndex(ts *testscript.TestScript, neg bool, args []string) {
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) { // polls another process; nothing to wait on
		cmd := exec.Command(binary, "index", "status", "--json")
		cmd.Dir = ts.MkAbs(".")
		out, err := cmd.CombinedOutput()
		if err == nil && strings.Contains(string(out), args[0]) {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("the index's status never has %s: %v\n%s", args[0], err, out)
		}
	}
}

// get wants a status from a path of the server: get 200 /papers.
func get(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: get STATUS PATH")
	}
	res, err := http.Get("http://" + ts.Getenv("ADDR") + args[1])
	ts.Check(err)
	res.Body.Close()
	if got := strconv.Itoa(res.StatusCode); got != args[0] {
		ts.Fatalf("GET %s: got %s, want %s", args[1], got, args[0])
	}
}

// page wants a text in the answer to a path: page /papers 'Some title'.
func page(ts *testscript.TestScript, neg bool, args []string) {
	res, err := http.Get("http://" + ts.Getenv("ADDR") + args[0])
	ts.Check(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	ts.Check(err)
	if found := strings.Contains(string(body), args[1]); found == neg {
		ts.Fatalf("GET %s: %q found: %v", args[0], args[1], found)
	}
}

// limited runs a program that may write no file bigger than a number of KiB,
// as on a full disk: limited 1024 broadsheet import x.
func limited(ts *testscript.TestScript, neg bool, args []string) {
	script := fmt.Sprintf(`trap '' XFSZ; ulimit -f %s; shift; exec "$@"`, args[0])
	err := ts.Exec("bash", append([]string{"-c", script, "bash"}, args...)...)
	if (err != nil) != neg {
		ts.Fatalf("run under a limit of %s KiB: %v", args[0], err)
	}
}

// damage overwrites bytes in the middle of a file: damage FILE OFFSET COUNT.
func damage(ts *testscript.TestScript, neg bool, args []string) {
	offset, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_WRONLY, 0)
	ts.Check(err)
	_, err = f.WriteAt([]byte(strings.Repeat("\xa5", n)), offset)
	ts.Check(err)
	ts.Check(f.Close())
}

// newer makes a database look like that of a newer program.
func newer(ts *testscript.TestScript, neg bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(`INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, 'from the future', 'x')`)
	ts.Check(err)
}

// lock holds a database's write lock until the script ends.
func lock(ts *testscript.TestScript, neg bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(args[0])+"?_txlock=immediate")
	ts.Check(err)
	tx, err := db.Begin()
	ts.Check(err)
	ts.Defer(func() {
		tx.Rollback()
		db.Close()
	})
}

// asNobody runs a program for which file rights count: as another user where
// the tests run as root. asnobody CODE program args...
func asNobody(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	cmd := exec.Command(binary, args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Stdout, cmd.Stderr = ts.Stdout(), ts.Stderr()
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	err = cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != want {
		ts.Fatalf("exit code: got %d (%v), want %d", got, err, want)
	}
}

// papers writes a file of made-up papers: papers FILE COUNT.
func papers(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	var b strings.Builder
	b.WriteString(`{"broadsheet":1,"kind":"header"}` + "\n")
	for i := range n {
		fmt.Fprintf(&b, `{"kind":"paper","paper":{"id":"2605.%05d","origin":30,"title":"Paper number %d","abstract":"%s"}}`+"\n",
			i, i, strings.Repeat("made up ", 100))
	}
	fmt.Fprintf(&b, `{"kind":"end","lines":%d}`+"\n", n+1)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o644))
}

// interrupt runs the program, presses Ctrl-C once some papers went in, and
// wants the exit code that says so.
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	in := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = ts.MkAbs("."), ts.Stdout(), ts.Stderr()
		return cmd
	}
	cmd := in(binary, args[1:]...)
	ts.Check(cmd.Start())
	for deadline := time.Now().Add(30 * time.Second); ; {
		status := in(binary, "status", "--json")
		status.Stdout, status.Stderr = nil, nil
		out, err := status.Output()
		if err == nil && !strings.Contains(string(out), `"papers": 0`) {
			break
		}
		if time.Now().After(deadline) {
			cmd.Process.Kill()
			ts.Fatalf("nothing went in: %v", err)
		}
	}
	ts.Check(cmd.Process.Signal(os.Interrupt))
	err := cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != 130 {
		ts.Fatalf("exit code: got %d (%v), want 130", got, err)
	}
}

// postgres puts the URL of an empty database into a variable: postgres NAME.
func postgres(t *testing.T) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		ts.Setenv(args[0], storetest.PostgresDSN(t))
	}
}
