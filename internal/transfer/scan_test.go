package transfer

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/zstd"

	"broadsheet/internal/testkit"
)

// sameAsJSON holds scan against encoding/json; an empty list and none are one.
func sameAsJSON(t *testing.T, line []byte) (scanned bool) {
	t.Helper()
	var got, want snapshot
	if !got.scan(line) {
		return false
	}
	if err := json.Unmarshal(line, &want); err != nil {
		t.Fatalf("scan takes %q; encoding/json: %v", line, err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%q differs (-encoding/json +scan):\n%s", line, diff)
	}
	return true
}

func TestScan(t *testing.T) {
	for _, c := range []struct {
		in   string
		want bool // that it is read without encoding/json
	}{
		{`{"id":"2503.02130","title":"a \\alpha \"q\" \/ \b\f\n\r\t é","doi":null}`, true},
		{` { "id" : "x" , "versions" : [ { "version" : "v1" , "created" : "c" } ] , "authors_parsed" : [ [ "a" , "b" , null ] , [ ] ] } `, true},
		{`{}`, true},
		{`{"versions":[],"authors_parsed":[]}`, true},
		{`{"id":"\u0041"}`, false},
		{"{\"id\":\"\xff\"}", false},
		{"{\"id\":\"a\nb\"}", false},
		{`{"id":1}`, false},
		{`{"id":"a","id":"b"}`, false},
		{`{"ID":"a"}`, false},
		{`{"id":"a",}`, false},
		{`{"id":"a"`, false},
		{`{"id":"a"}x`, false},
		{`{"id":nullx}`, false},
		{`{"versions":null}`, false},
		{`{"id":"a\`, false},
		{``, false},
	} {
		if got := sameAsJSON(t, []byte(c.in)); got != c.want {
			t.Errorf("scan(%s) = %v, want %v", c.in, got, c.want)
		}
	}
}

func FuzzScan(f *testing.F) {
	f.Add([]byte(`{"id":"2503.02130","title":"a \\alpha","doi":null,"versions":[{"version":"v1","created":"c"}],"authors_parsed":[["a","b",""]]}`))
	f.Add([]byte(`{"authors_parsed":[[],[null]],"id":null}`))
	f.Fuzz(func(t *testing.T, line []byte) { sameAsJSON(t, line) })
}

// TestScanOfRealRecords also holds that the fast way is the usual one.
func TestScanOfRealRecords(t *testing.T) {
	f, err := os.Open(filepath.Join(testkit.WholeData(t), "arxiv-sample.jsonl.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	r := bufio.NewReaderSize(d, 1<<20)
	const records = 20_000
	fast := 0
	for range records {
		line, err := r.ReadBytes('\n')
		if err != nil {
			t.Fatal(err)
		}
		if sameAsJSON(t, line) {
			fast++
		}
	}
	if fast < records*8/10 {
		t.Errorf("only %d of %d records are read without encoding/json", fast, records)
	}
	t.Logf("%d of %d records are read without encoding/json", fast, records)
}
