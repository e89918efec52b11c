package transfer_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
	"broadsheet/internal/testkit"
	"broadsheet/internal/transfer"

	"github.com/google/go-cmp/cmp"
)

func TestImportReadsEveryPacking(t *testing.T) {
	data := snapshotFile(300)
	want := func() string {
		s := storetest.Open(t)
		load(t, s, transfer.Options{}, write(t, "papers.jsonl", data))
		return export(t, s)
	}()
	if n := strings.Count(want, `"kind":"paper"`); n != 300 {
		t.Fatalf("%d papers went in, want 300", n)
	}
	folder := filepath.Dir(write(t, "all/b.jsonl.gz", gz(data[:len(data)/2][:bytes.LastIndexByte(data[:len(data)/2], '\n')+1])))
	half := data[bytes.LastIndexByte(data[:len(data)/2], '\n')+1:]
	for name, content := range map[string][]byte{"a.jsonl": half, ".hidden": []byte("x"), "README.txt": []byte("about"), "sub/empty.txt": nil} {
		os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o750)
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, path string
		stdin      io.Reader
	}{
		{"gzip by another name", write(t, "papers.txt", gz(data)), nil},
		{"zstd", write(t, "papers.jsonl.zst", zst(data)), nil},
		{"zstd in gzip", write(t, "papers.zst.gz", gz(zst(data))), nil},
		{"zip", write(t, "papers.zip", zipped("x/", "", "x/papers.jsonl", string(data), "x/README", "about")), nil},
		{"zstd in zip", write(t, "papers.zip", zipped("papers.jsonl.zst", string(zst(data)))), nil},
		{"folder", folder, nil},
		{"standard input", "-", bytes.NewReader(data)},
		{"standard input, gzip", "-", bytes.NewReader(gz(data))},
		{"standard input, zip", "-", bytes.NewReader(zipped("a.jsonl", string(data), "b.txt", "about"))},
		{"byte order mark", write(t, "papers.jsonl", append([]byte("\xef\xbb\xbf"), data...)), nil},
		{"line ends of two characters", write(t, "papers.jsonl", bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := storetest.Open(t)
			rep := load(t, s, transfer.Options{Stdin: c.stdin}, c.path)
			if rep.Papers != 300 || rep.Inserted != 300 {
				t.Errorf("report %+v, want 300 inserted", rep)
			}
			if got := export(t, s); got != want {
				t.Errorf("not what the plain file gives: %s", differ(got, want))
			}
		})
	}
}

func TestImportTwiceChangesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		path := write(t, "papers.jsonl", slices.Concat(snapshotFile(50), []byte("broken\n")))
		first := load(t, s, transfer.Options{}, path)
		want := transfer.Count{Stored: transfer.Stored{Papers: 50, Rejected: 1}, Inserted: 50}
		if first.Count != want {
			t.Errorf("first import: %+v, want %+v", first.Count, want)
		}
		storetest.Settle(t, s)
		before, head := export(t, s), must(s.Head(t.Context()))
		moved := filepath.Join(t.TempDir(), "renamed.jsonl")
		if err := os.Rename(path, moved); err != nil {
			t.Fatal(err)
		}
		second := load(t, s, transfer.Options{}, moved)
		if !second.Inputs[0].Before || second.Earlier != want.Stored || second.Papers != 0 {
			t.Errorf("second import: %+v, want it to say that it was imported before", second)
		}
		if err := os.Rename(moved, path); err != nil {
			t.Fatal(err)
		}
		third := load(t, s, transfer.Options{Again: true}, path)
		if third.Unchanged != 50 || third.Rejected != 1 {
			t.Errorf("third import: %+v, want 50 unchanged", third.Count)
		}
		storetest.Settle(t, s)
		if after := export(t, s); after != before || must(s.Head(t.Context())) != head {
			t.Errorf("importing again changed something: %s", differ(before, after))
		}
	})
}

// TestImportNoticesAChangeInTheMiddle changes one character of a long file
// where neither its beginning, nor its end, nor its size tells.
func TestImportNoticesAChangeInTheMiddle(t *testing.T) {
	s := storetest.Open(t)
	path := write(t, "papers.jsonl", snapshotFile(600))
	load(t, s, transfer.Options{}, path)
	data := must(os.ReadFile(path))
	old, changed := []byte("number 300\""), []byte("number 3oo\"")
	if at := bytes.Index(data, old); at < 70_000 || len(data)-at < 70_000 {
		t.Fatalf("byte %d of %d is not in the middle", at, len(data))
	}
	info := must(os.Stat(path))
	if err := os.WriteFile(path, bytes.Replace(data, old, changed, 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, time.Time{}, info.ModTime().Add(time.Nanosecond)); err != nil {
		t.Fatal(err)
	}
	rep := load(t, s, transfer.Options{}, path)
	if rep.Inputs[0].Before || rep.Updated != 1 || rep.Unchanged != 599 {
		t.Errorf("import of the changed file: %+v, want one paper updated", rep)
	}
	if p := must(s.Paper(t.Context(), paperID(300))); !strings.HasSuffix(p.Title, "3oo") {
		t.Errorf("title %q, want the changed one", p.Title)
	}
	if again := load(t, s, transfer.Options{}, path); !again.Inputs[0].Before {
		t.Errorf("third import: %+v, want it to say that it was imported before", again)
	}
}

func TestImportGoesOnWhereItStopped(t *testing.T) {
	data := slices.Concat(snapshotFile(1500), []byte("not json\n"), []byte(snapshotLine(1500)+"\n"))
	other := slices.Concat(snapshotFile(100), []byte(snapshotLine(4000)+"\n"), data[len(snapshotFile(100)):])
	days := []string{}
	for i := range 9 {
		days = append(days, "2024-05-2"+string(rune('1'+i))+".json", "["+entry("2405.0000"+string(rune('1'+i)), i)+","+entry("2405.10001", i)+"]")
	}
	for _, c := range []struct {
		name  string
		first []byte // read until it stops
		then  []byte
		want  int // records at least that the second run need not read again
	}{
		{"plain", data, data, 256},
		{"zstd", zst(data), zst(data), 256},
		{"zip", zipped(days...), zipped(days...), 3},
		{"another file that begins alike", data, other, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			whole := storetest.Open(t)
			load(t, whole, transfer.Options{}, write(t, "papers", c.then))
			s := storetest.Open(t)
			ctx, cancel := context.WithCancel(t.Context())
			stop := func(e transfer.Event) {
				if e.Papers >= 3 {
					cancel()
				}
			}
			_, err := transfer.Import(ctx, s, []string{write(t, "papers", c.first)}, transfer.Options{Batch: 1, Progress: stop})
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("stopped import: %v, want a cancelled one", err)
			}
			rep := load(t, s, transfer.Options{Batch: 1}, write(t, "papers", c.then))
			if got := rep.Earlier.Papers; got < c.want || c.want == 0 && got != 0 {
				t.Errorf("%d papers were stored earlier, want %d or more", got, c.want)
			}
			if c.want > 0 && rep.Unchanged > 0 {
				t.Errorf("%d papers were read twice", rep.Unchanged)
			}
			if c.name != "another file that begins alike" {
				if got, want := export(t, s), export(t, whole); got != want {
					t.Errorf("not what an unbroken import gives: %s", differ(got, want))
				}
			} else if _, err := s.Paper(t.Context(), paperID(4000)); err != nil {
				t.Errorf("the other file did not go in: %v", err)
			}
		})
	}
}

func paperID(i int) string {
	var s struct{ ID string }
	json.Unmarshal([]byte(snapshotLine(i)), &s)
	return s.ID
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestImportKeepsBadRecordsAside(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		lines := []string{
			snapshotLine(1),
			`{"id": 2503.02130, "title": "number"}`,
			`<html>`,
			"",
			`{"id":"2503.02130","title":"T` + "\xff\xfe" + `","abstract":"<script>x</script>\u0000\u202e","categories":"no.SUCH"}`,
			`{"id":"2503.02131","title":"` + strings.Repeat("long ", 40_000) + `"}`,
			`{"id":"2503.02132","title":"T","update_date":"2025-02-30"}`,
			snapshotLine(1),
			snapshotLine(2),
		}
		rep := load(t, s, transfer.Options{MaxLine: 100_000}, write(t, "papers.jsonl", []byte(strings.Join(lines, "\n"))))
		want := transfer.Count{Stored: transfer.Stored{Papers: 4, Rejected: 4}, Inserted: 3, Unchanged: 1}
		if rep.Count != want {
			t.Errorf("report %+v, want %+v", rep.Count, want)
		}
		if diff := cmp.Diff([]string{
			"papers.jsonl:2 id: a JSON number does not belong here",
			"papers.jsonl:3 not a JSON object",
			"papers.jsonl:6 longer than 100000 bytes",
			`papers.jsonl:7 update_date: "2025-02-30" is not a day`,
		}, rejects(t, s)); diff != "" {
			t.Errorf("kept aside (-want +got):\n%s", diff)
		}
		long := must(s.Rejects(t.Context(), store.RejectQuery{}))[2]
		if len(long.Body) != store.MaxRejectBody || !strings.HasPrefix(string(long.Body), `{"id":"2503.02131"`) {
			t.Errorf("of the long line are kept %d bytes, %.30q", len(long.Body), long.Body)
		}
		p := must(s.Paper(t.Context(), "2503.02130"))
		if p.Title != "T\uFFFD" && p.Title != "T\uFFFD\uFFFD" || p.Abstract != "<script>x</script>" || p.Categories[0] != "no.SUCH" {
			t.Errorf("repaired paper: %q %q %q", p.Title, p.Abstract, p.Categories)
		}
	})
}

// TestImportBoundsABatchByBytes watches how much source goes in at once where
// papers have thousands of authors.
func TestImportBoundsABatchByBytes(t *testing.T) {
	const papers, most = 240, 8<<20 + 1<<20
	authors := strings.Repeat(`["Long-Family-Name-Of-Nobody","Given Names","Jr."],`, 2000)
	var b bytes.Buffer
	for i := range papers {
		fmt.Fprintf(&b, `{"id":"2503.%05d","title":"T","abstract":"A.","categories":"hep-ex","versions":[],"update_date":"","authors_parsed":[%s]}`+"\n", i+1, authors[:len(authors)-1])
	}
	record := b.Len() / papers
	if b.Len() < 2*most {
		t.Fatalf("%d bytes are too few for several batches", b.Len())
	}
	s := storetest.Open(t)
	before, batches := 0, 0
	rep := load(t, s, transfer.Options{Progress: func(e transfer.Event) {
		if n := (e.Papers - before) * record; n > most {
			t.Errorf("a batch holds %d papers, %d bytes; want %d bytes at most", e.Papers-before, n, most)
		} else if n > 0 {
			batches++
		}
		before = e.Papers
	}}, write(t, "papers.jsonl", b.Bytes()))
	if rep.Inserted != papers || batches < 3 {
		t.Errorf("%d papers in %d batches, want %d in 3 or more", rep.Inserted, batches, papers)
	}
}

func TestImportOfARecordOfTwelveMegabytes(t *testing.T) {
	long := `{"id":"2503.02131","title":"T","abstract":"` + strings.Repeat("x", 12<<20) + `"}`
	s := storetest.Open(t)
	rep := load(t, s, transfer.Options{}, write(t, "papers.jsonl", []byte(snapshotLine(1)+"\n"+long+"\n"+snapshotLine(2)+"\n")))
	if rep.Papers != 3 || rep.Rejected != 0 {
		t.Errorf("report %+v, want all three in", rep.Count)
	}
}

func TestImportOfDamagedFiles(t *testing.T) {
	data := snapshotFile(3000)
	flipped := bytes.Clone(zst(data))
	flipped[len(flipped)*3/4] ^= 0x55
	days := zipped("2024-05-27.json", "["+entry("2405.00001", 1)+"]", "2024-05-28.json", "["+entry("2405.00002", 1)+","+entry("2405.00003", 1)+"]")
	bad := bytes.Clone(days)
	bad[60] ^= 0x55 // in the first member's content
	for _, c := range []struct {
		name, file string
		data       []byte
		least      int // papers that are to go in
		want       string
	}{
		{"gzip cut off", "p.gz", gz(data)[:len(gz(data))/2], 500, "p.gz is cut off at byte "},
		{"zstd cut off", "p.zst", zst(data)[:len(zst(data))*3/4], 500, "p.zst is cut off at byte "},
		{"zstd damaged", "p.zst", flipped, 0, "p.zst is damaged at byte "},
		{"plain, cut off within a line", "p.jsonl", data[:len(data)/2], 1000, "p.jsonl is cut off at byte "},
		{"array cut off", "2024-05-27.json", []byte("[" + entry("2405.00001", 1) + "," + entry("2405.00002", 1)[:50]), 1, "2024-05-27.json is cut off at byte "},
		{"array broken", "2024-05-27.json", []byte("[" + entry("2405.00001", 1) + ",}]"), 1, "2024-05-27.json is damaged at byte "},
		{"zip cut off", "d.zip", days[:len(days)*2/3], 1, "d.zip is cut off at byte "},
		{"zip with a broken member", "d.zip", bad, 2, "d.zip is damaged at byte "},
		{"empty", "p.jsonl", nil, 0, "p.jsonl is empty"},
		{"only zeros", "p.jsonl", make([]byte, 1000), 0, "p.jsonl is not written in a layout that can be imported"},
		{"a day that is none", "2024-02-31.json", []byte("[]"), 0, "the name 2024-02-31.json holds no calendar day"},
		{"an error for a day", "2024-05-27.json", []byte(`{"error":"busy"}`), 0, "is not written in a layout"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := storetest.Open(t)
			path := write(t, c.file, c.data)
			rep, err := transfer.Import(t.Context(), s, []string{path, write(t, "more.jsonl", []byte(snapshotLine(9000)))}, transfer.Options{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want %q in it", err, c.want)
			}
			if k := broadsheet.KindOf(rep.Inputs[0].Err); k != broadsheet.Invalid {
				t.Errorf("kind %v, want invalid", k)
			}
			if got := rep.Inputs[0].Papers; got < c.least {
				t.Errorf("%d papers went in, want %d or more", got, c.least)
			}
			if rep.Inputs[1].Papers != 1 {
				t.Error("the file after it did not go in")
			}
			if again, err := transfer.Import(t.Context(), s, []string{path}, transfer.Options{}); err == nil || again.Inputs[0].Before {
				t.Errorf("the second import calls the damaged file done: %+v %v", again, err)
			}
		})
	}
	t.Run("made whole again", func(t *testing.T) {
		s, whole := storetest.Open(t), storetest.Open(t)
		packed := zst(data)
		if _, err := transfer.Import(t.Context(), s, []string{write(t, "p.zst", packed[:len(packed)*3/4])}, transfer.Options{}); err == nil {
			t.Fatal("no error")
		}
		rep := load(t, s, transfer.Options{}, write(t, "p.zst", packed))
		if rep.Unchanged != 0 || rep.Earlier.Papers == 0 {
			t.Errorf("it began anew: %+v", rep)
		}
		load(t, whole, transfer.Options{}, write(t, "p.jsonl", data))
		if got, want := export(t, s), export(t, whole); got != want {
			t.Errorf("not what the whole file gives: %s", differ(got, want))
		}
	})
}

func TestImportOfDailyPapers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		path := write(t, "days.zip", zipped(
			"2024-05-25.json", "[]",
			"2024-05-27.json", "["+entry("2405.00001", 3)+`,{"paper":{"id":2405.0002,"title":"T"}},`+entry("2405.00003", 4)+"]",
			"2099-01-01.json", "["+entry("2405.00001", 9)+"]"))
		rep := load(t, s, transfer.Options{}, path)
		want := transfer.Count{Stored: transfer.Stored{Papers: 3, Rejected: 1}, Inserted: 2, Updated: 1}
		if rep.Count != want {
			t.Errorf("report %+v, want %+v", rep.Count, want)
		}
		if got := rejects(t, s); len(got) != 1 || !strings.HasPrefix(got[0], "days.zip!2024-05-27.json:2 paper.id: ") {
			t.Errorf("kept aside: %q", got)
		}
		p := must(s.Paper(t.Context(), "2405.00001"))
		if len(p.Features) != 2 || p.Features[0].Day != "2024-05-27" || p.Features[1].Day != "2099-01-01" || p.ImportedVotes != 9 {
			t.Errorf("features %+v, votes %d", p.Features, p.ImportedVotes)
		}
		if third := must(s.Paper(t.Context(), "2405.00003")); third.Features[0].Position != 3 {
			t.Errorf("position %d, want 3: the place in the list", third.Features[0].Position)
		}
		if got := string(p.Features[0].Wire); got != entry("2405.00001", 3) {
			t.Errorf("the recorded entry differs:\n%s\n%s", got, entry("2405.00001", 3))
		}
		if p.SeenAt.IsZero() || p.SeenAt.Format("2006-01-02") != "2024-05-27" {
			t.Errorf("seen at %v, want the day of the list", p.SeenAt)
		}
	})
}

func TestImportFindsTheDayInTheEntries(t *testing.T) {
	s := storetest.Open(t)
	load(t, s, transfer.Options{}, write(t, "answer.json", []byte("["+entry("2405.00001", 1)+"]")))
	if p := must(s.Paper(t.Context(), "2405.00001")); p.Features[0].Day != "2024-05-27" {
		t.Errorf("day %q, want 2024-05-27 as the entry says", p.Features[0].Day)
	}
}

// TestRecordedDays holds what is stored of real days against the recording.
func TestRecordedDays(t *testing.T) {
	dir := testkit.WholeData(t)
	z, err := zip.OpenReader(filepath.Join(dir, "daily-papers-days.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	type ref struct{ day, id string }
	recorded := map[ref]map[string]any{}
	var members []string
	for i, m := range z.File {
		if i%8 != 0 {
			continue
		}
		r := must(m.Open())
		data := must(io.ReadAll(r))
		r.Close()
		members = append(members, m.Name, string(data))
		var entries []map[string]any
		if err := json.Unmarshal(data, &entries); err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			recorded[ref{m.Name[:10], e["paper"].(map[string]any)["id"].(string)}] = e
		}
	}
	s := storetest.Open(t)
	rep := load(t, s, transfer.Options{}, write(t, "days.zip", zipped(members...)))
	if rep.Rejected != 0 || rep.Papers < len(recorded) || len(recorded) < 500 {
		t.Errorf("of %d recorded entries went in %d, %d were kept aside", len(recorded), rep.Papers, rep.Rejected)
	}
	for r, want := range recorded {
		p, err := s.Paper(t.Context(), r.id)
		if err != nil {
			t.Fatalf("%v: %v", r, err)
		}
		i := slices.IndexFunc(p.Features, func(f broadsheet.Feature) bool { return string(f.Day) == r.day })
		if i < 0 {
			t.Fatalf("%v: no feature that day", r)
		}
		var got map[string]any
		if err := json.Unmarshal(p.Features[i].Wire, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%v differs (-recorded +stored):\n%s", r, diff)
		}
	}
}

func TestImportRefusesWhatIsNotThere(t *testing.T) {
	s := storetest.Open(t)
	for _, c := range []struct {
		paths []string
		opt   transfer.Options
		kind  broadsheet.Kind
		want  string
	}{
		{nil, transfer.Options{}, broadsheet.Invalid, "nothing to import"},
		{[]string{"/no/such.jsonl"}, transfer.Options{}, broadsheet.NotFound, "cannot read /no/such.jsonl: no such file"},
		{[]string{"-"}, transfer.Options{}, broadsheet.Invalid, "standard input"},
		{[]string{"-"}, transfer.Options{As: "csv"}, broadsheet.Invalid, `no layout "csv"`},
	} {
		_, err := transfer.Import(t.Context(), s, c.paths, c.opt)
		if err == nil || broadsheet.KindOf(err) != c.kind || !strings.Contains(strings.ReplaceAll(err.Error(), "file: ", ""), c.want) {
			t.Errorf("Import(%q, %+v) = %v, want %s", c.paths, c.opt, err, c.want)
		}
	}
}

func TestImportTellsHowFarItIs(t *testing.T) {
	s := storetest.Open(t)
	var last transfer.Event
	calls := 0
	a, b := write(t, "a.jsonl", snapshotFile(600)), write(t, "b.jsonl.gz", gz(snapshotFile(700)))
	load(t, s, transfer.Options{Batch: 100, Progress: func(e transfer.Event) {
		if e.Done < last.Done || e.Done > e.Total || e.Papers < last.Papers {
			t.Errorf("after %+v comes %+v", last, e)
		}
		last = e
		calls++
	}}, a, b)
	if last.Done != last.Total || last.Papers != 1300 || last.Index != 2 || calls < 5 {
		t.Errorf("%d calls, the last %+v; want it to end at the total with 1300 papers", calls, last)
	}
}
