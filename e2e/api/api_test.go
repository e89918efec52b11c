// Package api_test reads the real program as programs do: with the commands that
// its page /api shows, and with package client. The program is built unless
// BROADSHEET_BIN names one; it shows the sample edition.
package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/client"
	"broadsheet/internal/testkit"

	"github.com/google/go-cmp/cmp"
)

// binaries is the folder of the program that is built.
var binaries string

func TestMain(m *testing.M) {
	code := m.Run()
	_ = os.RemoveAll(binaries) // "" where nothing was built: removes nothing
	os.Exit(code)
}

// program is the path of the program, built once.
var program = sync.OnceValues(func() (string, error) {
	if binary := os.Getenv("BROADSHEET_BIN"); binary != "" {
		return filepath.Abs(binary)
	}
	var err error
	if binaries, err = os.MkdirTemp("", "broadsheet-api-*"); err != nil {
		return "", err
	}
	binary := filepath.Join(binaries, "broadsheet")
	if out, err := exec.Command("go", "build", "-o", binary, "broadsheet/cmd/broadsheet").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return binary, nil
})

// site starts the program on the sample edition, waits until its search knows
// every paper, and gives its address.
func site(t *testing.T) string {
	t.Helper()
	return siteIn(t, t.TempDir())
}

// siteIn has its data in a folder.
func siteIn(t *testing.T, dir string) string {
	t.Helper()
	testkit.NoRace(t)
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	serve := exec.Command(binary, "serve", "--listen", address, "--data-dir", filepath.Join(dir, "var"), "--no-harvest-enabled")
	// The program takes BROADSHEET_BIN and the like for settings.
	serve.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "BROADSHEET_") })
	var log strings.Builder
	serve.Stdout, serve.Stderr = &log, &log
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = serve.Process.Signal(syscall.SIGTERM) // it may have ended
		if err := serve.Wait(); err != nil || t.Failed() {
			t.Errorf("the program ended: %v\n%s", err, &log)
		}
	})
	base := "http://" + address
	c := at(t, base)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		s, err := c.Status(t.Context())
		if err == nil && s.Index != nil && s.Index.Complete && s.Index.Behind == 0 {
			return base
		}
		if time.Now().After(deadline) {
			t.Fatalf("not ready after a minute: %+v, %v", s, err)
		}
	}
}

func at(t *testing.T, base string) *client.Client {
	t.Helper()
	c, err := client.New(base, client.Options{UserAgent: "broadsheet-test"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func page(t *testing.T, address string) string {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %d, %v", address, r.StatusCode, err)
	}
	return string(body)
}

var (
	command = regexp.MustCompile(`(?s)<pre tabindex="0">(curl .*?|next=.*?)</pre>`)
	term    = regexp.MustCompile(`<dt><code>(/[^<?]*)`)
	link    = regexp.MustCompile(`href="(/[^"#]*)`)
	titled  = regexp.MustCompile(`<h3[^>]*><a href="/papers/([^"]+)"`)
)

// TestPage runs every command that /api shows, in a shell as a reader would, and
// holds what it says of addresses against the OpenAPI document.
func TestPage(t *testing.T) {
	dir := t.TempDir()
	base := siteIn(t, dir)
	ada := people(t, dir)("ada", broadsheet.RoleMember)
	text := page(t, base+"/api")
	if _, err := exec.LookPath("curl"); err != nil {
		t.Error("curl is not here, so the commands of the page cannot be run; install it")
	}
	commands := command.FindAllStringSubmatch(text, -1)
	if len(commands) < 5 {
		t.Errorf("%d commands on the page, want more", len(commands))
	}
	acted := 0
	for _, m := range commands {
		script := html.UnescapeString(m[1])
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		sh := exec.CommandContext(ctx, "sh", "-ec", strings.ReplaceAll(script, "curl ", "curl -fsS "))
		sh.Dir, sh.Env = dir, append(os.Environ(), "BROADSHEET_TOKEN="+ada)
		acts := strings.Contains(script, "$BROADSHEET_TOKEN")
		var said strings.Builder
		sh.Stderr = &said
		out, err := sh.Output()
		cancel()
		if strings.Contains(script, "-o day.json") {
			if out, err = os.ReadFile(filepath.Join(dir, "day.json")); err == nil {
				err = again(t, dir, script)
			}
		}
		if acts {
			if err != nil || !json.Valid(out) {
				t.Errorf("%s\ngave %v, %.300s%s, want JSON", script, err, out, &said)
			}
			acted++
			continue
		}
		var answer struct {
			ID    string
			Items []client.Paper
		}
		if err != nil || json.Unmarshal(out, &answer) != nil || answer.ID == "" && len(answer.Items) == 0 {
			t.Errorf("%s\ngave %v, %.300s%s, want a paper or a list of papers", script, err, out, &said)
		}
	}

	if acted < 5 {
		t.Errorf("%d commands use a token, want more", acted)
	}

	var doc struct{ Paths map[string]any }
	if err := json.Unmarshal([]byte(page(t, base+"/api/v1/openapi.json")), &doc); err != nil || len(doc.Paths) < 10 {
		t.Errorf("openapi.json: %v, %d paths", err, len(doc.Paths))
	}
	for _, m := range term.FindAllStringSubmatch(text, -1) {
		if doc.Paths["/api/v1"+m[1]] == nil {
			t.Errorf("the page names %s, which the OpenAPI document does not", m[1])
		}
	}
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		page(t, base+html.UnescapeString(m[1]))
	}
}

// again runs a command that asks for what changed: nothing did, so the file that
// it writes to stays as it was.
func again(t *testing.T, dir, script string) error {
	t.Helper()
	const want = "304"
	sh := exec.CommandContext(t.Context(), "sh", "-ec", script+" -s -w '%{http_code}'")
	sh.Dir = dir
	out, err := sh.Output()
	if err == nil && string(out) != want {
		return fmt.Errorf("status %s the second time, want %s", out, want)
	}
	return err
}

// TestSameOrder reads lists with the client and as pages: the same papers, in
// the same order.
func TestSameOrder(t *testing.T) {
	base := site(t)
	c := at(t, base)
	latest, err := c.List(t.Context(), client.ListDay, "", client.View{})
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range []struct {
		kind client.Kind
		key  string
		view client.View
	}{
		{kind: client.ListDay}, {kind: client.ListDay, key: latest.Key, view: client.View{Sort: "new"}}, {kind: client.ListWeek}, {kind: client.ListMonth},
		{kind: client.ListMonth, view: client.View{Sort: "hot", HasCode: true}}, {kind: client.ListHot}, {kind: client.ListOrganization, key: "nvidia"},
	} {
		l, err := c.List(t.Context(), list.kind, list.key, list.view)
		if err != nil {
			t.Errorf("%v: %v", list, err)
			continue
		}
		var ids, onPage []string
		for _, p := range l.Items {
			ids = append(ids, p.ID)
		}
		for _, m := range titled.FindAllStringSubmatch(page(t, l.URL), -1) {
			onPage = append(onPage, m[1])
		}
		if d := cmp.Diff(onPage, ids); d != "" || len(ids) == 0 {
			t.Errorf("%s (-page +client):\n%s", l.URL, d)
		}
	}
	f, err := c.Search(t.Context(), client.Search{Text: "language models"})
	if err != nil {
		t.Fatal(err)
	}
	var ids, onPage []string
	for _, h := range f.Items {
		ids = append(ids, h.ID)
	}
	for _, m := range titled.FindAllStringSubmatch(page(t, f.URL), -1) {
		onPage = append(onPage, m[1])
	}
	if d := cmp.Diff(onPage, ids); d != "" || len(ids) == 0 {
		t.Errorf("%s (-page +client):\n%s", f.URL, d)
	}

	seen := map[string]bool{}
	for p, err := range c.AllPapers(t.Context(), client.All{Limit: 7, Select: client.Select{Fields: []string{"id"}}}) {
		if err != nil {
			t.Fatal(err)
		}
		if seen[p.ID] {
			t.Errorf("the walk gives %s twice", p.ID)
		}
		seen[p.ID] = true
	}
	if s, err := c.Status(t.Context()); err != nil || int(s.Papers) != len(seen) {
		t.Errorf("the walk has %d papers, the site %+v, %v", len(seen), s, err)
	}
	if !slices.ContainsFunc(latest.Items, func(p client.Paper) bool { return seen[p.ID] }) {
		t.Error("the latest day's papers are not in the walk")
	}
}
