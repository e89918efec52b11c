package hf_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"broadsheet/internal/lib/hfwire"
	"broadsheet/internal/store/storetest"
	"broadsheet/internal/testkit"
	"broadsheet/internal/transfer"
)

// archiveName is that of all recorded days in the folder of recorded data.
const archiveName = "daily-papers-days.zip"

// TestRecordedDays imports every recorded day, asks for each again, and holds
// the answer to the recording: the same papers in the same order, every member as
// it was, and nothing beside it but what the union shape adds.
func TestRecordedDays(t *testing.T) {
	path := filepath.Join(testkit.WholeData(t), archiveName)
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	s := storetest.Open(t)
	if _, err := transfer.Import(t.Context(), s, []string{path}, transfer.Options{}); err != nil {
		t.Fatal(err)
	}
	site := plainSite(t, s, time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC))
	days, entries, changes := 0, 0, map[string]int{}
	for _, f := range archive.File {
		days++
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		recorded, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		day := strings.TrimSuffix(f.Name, ".json")
		w := site.get(t, "/api/daily_papers?limit=100&date="+day)
		want, got := decode[[]map[string]any](t, recorded), decode[[]map[string]any](t, w.Body.Bytes())
		if len(got) != len(want) {
			t.Errorf("%s: %d entries, want %d", f.Name, len(got), len(want))
			continue
		}
		for i := range want {
			entries++
			for _, d := range differences(day, want[i], got[i]) {
				if !d.allowed() {
					t.Errorf("%s[%d] (%v): %s", f.Name, i, id(want[i]), d)
				}
				changes[d.what+" "+d.path]++
			}
			if read, err := readPaper(got[i]); err != nil {
				t.Errorf("%s[%d] (%v): the official client cannot read it: %v", f.Name, i, id(want[i]), err)
			} else if err := check(want[i], read); err != nil {
				t.Errorf("%s[%d] (%v): the official client sees that %v", f.Name, i, id(want[i]), err)
			}
		}
	}
	t.Logf("%d days, %d entries, differences %v", days, entries, changes)
	if days < 501 || entries < 7000 {
		t.Errorf("only %d days with %d entries compared", days, entries)
	}
}

func id(entry map[string]any) any {
	paper, _ := entry["paper"].(map[string]any)
	return paper["id"]
}

func decode[T any](t testing.TB, data []byte) (v T) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %.200s", err, data)
	}
	return v
}

// difference is one between a recorded value and the one that was answered.
type difference struct {
	what, path string
	want, got  any
	entry      map[string]any // as recorded
	day        string
}

func (d difference) String() string {
	return fmt.Sprintf("%s %s: got %v, want %v", d.what, d.path, d.got, d.want)
}

func differences(day string, want, got map[string]any) []difference {
	var all []difference
	var walk func(path string, want, got any)
	walk = func(path string, w, g any) {
		wm, ok1 := w.(map[string]any)
		gm, ok2 := g.(map[string]any)
		if !ok1 || !ok2 {
			if !reflect.DeepEqual(w, g) {
				all = append(all, difference{"changed", path, w, g, want, day})
			}
			return
		}
		for k := range wm {
			if _, ok := gm[k]; !ok {
				all = append(all, difference{"lost", path + "." + k, wm[k], nil, want, day})
				continue
			}
			walk(path+"."+k, wm[k], gm[k])
		}
		for k := range gm {
			if _, ok := wm[k]; !ok {
				all = append(all, difference{"added", path + "." + k, nil, gm[k], want, day})
			}
		}
	}
	walk("", want, got)
	return all
}

// allowed tells whether the union shape makes that difference.
func (d difference) allowed() bool {
	paper, _ := d.entry["paper"].(map[string]any)
	submitter, _ := d.entry["submittedBy"].(map[string]any)
	same := func(v any) bool { return v != nil && reflect.DeepEqual(d.got, v) }
	switch d.what + " " + d.path {
	case "changed .publishedAt": // is when the paper was featured, and was something else where that is said elsewhere
		return same(paper["submittedOnDailyAt"])
	case "added .upvotes":
		return same(paper["upvotes"])
	case "added .ai_summary", "added .ai_keywords", "added .projectPage", "added .githubRepo", "added .githubStars", "added .summary":
		return same(paper[strings.TrimPrefix(d.path, ".")])
	case "added .paper.numComments":
		return same(d.entry["numComments"])
	case "added .source", "added .paper.source":
		return same("arxiv")
	case "added .submittedBy.user":
		return same(submitter["name"])
	case "added .paper.submittedOnDailyBy.name":
		by, _ := paper["submittedOnDailyBy"].(map[string]any)
		return same(by["user"])
	case "added .paper.submittedOnDailyBy":
		got, _ := d.got.(map[string]any)
		return got["user"] == submitter["name"] && got["fullname"] == submitter["fullname"]
	case "added .paper.submittedOnDailyAt": // recordings from before there was a member for it; some do not tell the hour
		return same(d.entry["publishedAt"]) || same(d.day+"T00:00:00.000Z")
	case "added .organization.avatarUrl", "added .paper.organization.avatarUrl":
		o, _ := paper["organization"].(map[string]any)
		return same(o["avatar"])
	case "added .submitterOrganization.avatarUrl":
		o, _ := d.entry["submitterOrganization"].(map[string]any)
		return same(o["avatar"])
	case "added .mediaUrls":
		one := d.entry["mediaUrl"]
		return same(paper["mediaUrls"]) || one != nil && reflect.DeepEqual(d.got, []any{one}) || one == nil && reflect.DeepEqual(d.got, []any{})
	case "added .thumbnail":
		return d.got == nil
	case "added .isAuthorParticipating":
		return d.got == false
	}
	return false
}

// BenchmarkDay is an answer of 100 recorded entries from the database, without
// the cache of whole answers.
func BenchmarkDay(b *testing.B) {
	s := storetest.Open(b)
	if _, err := transfer.Import(b.Context(), s, []string{filepath.Join(testkit.Data(b), archiveName)}, transfer.Options{}); err != nil {
		b.Fatal(err)
	}
	site := plainSite(b, s, time.Date(2025, 9, 30, 12, 0, 0, 0, time.UTC))
	for _, path := range []string{"/api/daily_papers?date=2025-09-30&limit=100", "/api/daily_papers?month=2025-09&limit=100", "/api/daily_papers?limit=100", "/api/papers?limit=100"} {
		b.Run(path, func(b *testing.B) {
			var took []time.Duration
			b.ReportAllocs()
			for b.Loop() {
				begin := time.Now()
				if w := site.direct(b, path); w.Body.Len() < 1000 {
					b.Fatal(w.Body)
				}
				took = append(took, time.Since(begin))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}

// BenchmarkWrite is the writing alone of 50 recorded entries.
func BenchmarkWrite(b *testing.B) {
	s := storetest.Open(b)
	if _, err := transfer.Import(b.Context(), s, []string{filepath.Join(testkit.Data(b), archiveName)}, transfer.Options{}); err != nil {
		b.Fatal(err)
	}
	ids, err := s.Chosen(b.Context(), "2025-09-30", 0, 50)
	if err != nil {
		b.Fatal(err)
	}
	var of []string
	for _, c := range ids {
		of = append(of, c.ID)
	}
	papers, err := s.Whole(b.Context(), of)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	body := make([]byte, 0, 1<<20)
	for b.Loop() {
		body = append(body[:0], '[')
		for i := range papers {
			body = hfwire.AppendEntry(body, &papers[i], hfwire.LastFeature(&papers[i]), hfwire.Writing{})
		}
		b.SetBytes(int64(len(body)))
	}
}
