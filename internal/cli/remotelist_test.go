package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"broadsheet/client"

	"github.com/google/go-cmp/cmp"
)

// TestListAsksForWhatItShows: papers ls fetches the fields that it prints, and
// hardly more papers than were asked for.
func TestListAsksForWhatItShows(t *testing.T) {
	const table = "authors=1&fields=id%2Ctitle%2Cvotes%2Cauthors%2CauthorCount%2Cwithdrawn"
	for _, tt := range []struct {
		args  []string
		want  []string // requests
		lines int
	}{
		{[]string{"-q", "--limit", "3"}, []string{"fields=id&limit=3"}, 3},
		{[]string{"--limit", "3"}, []string{table + "&limit=3"}, 3},
		{[]string{"-q", "--limit", "101"}, []string{"fields=id&limit=51", "cursor=51&fields=id&limit=51"}, 101},
		{[]string{"--tsv", "--limit", "100"}, []string{"limit=100"}, 101},
	} {
		var asked []string
		site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.URL.Query().Encode())
			n, _ := strconv.Atoi(r.FormValue("limit"))
			l := client.List{Total: 1000, Next: client.Cursor(strconv.Itoa(n))}
			for i := range n {
				l.Items = append(l.Items, client.Paper{ID: fmt.Sprintf("2606.%05d", i)})
			}
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(l)
		}))
		var out, no bytes.Buffer
		code := Main(World{Args: append([]string{"papers", "ls", "--server", site.URL}, tt.args...), Stdout: &out, Stderr: &no})
		site.Close()
		if code != ExitOK || bytes.Count(out.Bytes(), []byte("\n")) != tt.lines {
			t.Errorf("%v: code %d, %d lines, want %d; %s", tt.args, code, bytes.Count(out.Bytes(), []byte("\n")), tt.lines, no.String())
		}
		if diff := cmp.Diff(tt.want, asked); diff != "" {
			t.Errorf("%v: requests (-want +got):\n%s", tt.args, diff)
		}
	}
}
