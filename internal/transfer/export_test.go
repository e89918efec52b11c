package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"
	"broadsheet/internal/transfer"
)

// fill puts something of everything into s.
func fill(t testing.TB, s *store.Store) {
	t.Helper()
	load(t, s, transfer.Options{}, write(t, "papers.jsonl", append(snapshotFile(700), []byte("broken\n")...)),
		write(t, "2024-05-27.json", []byte("["+entry("1903.00001", 3)+","+entry("2405.00002", 1)+"]")),
		write(t, "2024-05-28.json", []byte("["+entry("1903.00001", 7)+"]")))
	when := time.Date(2026, 6, 30, 1, 2, 3, 456000, time.UTC)
	_, err := s.Put(t.Context(), store.Batch{
		Papers: []broadsheet.Paper{
			{ID: "doi:10.1101/2026.01.01", Title: "<b> & \u2028 “quotes” 漢字", Votes: 3, Comments: 2, Withdrawn: true, SeenAt: when, AuthorCount: 7},
			{ID: "1903.00002", Origin: broadsheet.OriginFeed, Title: "Known already", DOI: "10.1000/x", IDs: []broadsheet.SourceID{{Scheme: "doi", Value: "10.1000/x"}}},
		},
		Source:  &broadsheet.Source{Name: "arxiv-oai", Cursor: "2026-06-30", LastAttempt: when, LastSuccess: when, Papers: 9, Note: "a note"},
		Rejects: []broadsheet.Reject{{Source: "arxiv-rss", Ref: "item 3", Layout: "rss", Reason: "why", Body: []byte{0, 0xff, '\n'}, At: when, ReplayedAt: when}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.PutOrganizations(t.Context(), []broadsheet.Organization{{Key: "alone", Name: "Without papers"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.PutPeople(t.Context(), []broadsheet.Person{{Key: "alone", AvatarURL: "https://example.org/x.png"}}); err != nil {
		t.Fatal(err)
	}
}

// pairs runs test on stores of every two kinds of databases.
func pairs(t *testing.T, test func(t *testing.T, a, b *store.Store)) {
	storetest.Each(t, func(t *testing.T, a *store.Store) {
		storetest.Each(t, func(t *testing.T, b *store.Store) { test(t, a, b) })
	})
}

func TestExportAndImportGiveTheSame(t *testing.T) {
	pairs(t, func(t *testing.T, a, b *store.Store) {
		fill(t, a)
		want := export(t, a)
		for _, part := range []string{`{"broadsheet":1,"kind":"header"}`, `"kind":"organization"`, `"kind":"person"`, `"kind":"source"`, `"kind":"reject"`, `"wire":{"paper"`, `"key":"alone"`} {
			if !strings.Contains(want, part) {
				t.Errorf("the export lacks %s", part)
			}
		}
		rep := load(t, b, transfer.Options{}, write(t, "export.jsonl.zst", zst([]byte(want))))
		if rep.Rejected != 0 || rep.Papers != strings.Count(want, `"kind":"paper"`) || rep.Inputs[0].Layout != transfer.Own {
			t.Errorf("report %+v", rep)
		}
		if got := export(t, b); got != want {
			t.Fatalf("the round trip changed %s", differ(want, got))
		}
		storetest.Settle(t, b)
		head := must(b.Head(t.Context()))
		load(t, b, transfer.Options{Again: true}, write(t, "export.jsonl", []byte(want)))
		storetest.Settle(t, b)
		if got := export(t, b); got != want || must(b.Head(t.Context())) != head {
			t.Errorf("a second import changed %s", differ(want, got))
		}
	})
}

func TestCopyGivesTheSame(t *testing.T) {
	pairs(t, func(t *testing.T, a, b *store.Store) {
		fill(t, a)
		storetest.Settle(t, a) // a head that moves on looks as if the database had changed
		ctx, cancel := context.WithCancel(t.Context())
		_, err := transfer.Copy(ctx, a, b, func(e transfer.Event) {
			if e.Total != 702 {
				t.Errorf("progress %+v, want a total of 702", e)
			}
			cancel()
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped copy: %v, want a cancelled one", err)
		}
		rep, err := transfer.Copy(t.Context(), a, b, nil)
		if err != nil {
			t.Fatal(err)
		}
		if rep.Papers != 202 {
			t.Errorf("the second copy stored %d papers, want the 202 that the first had not", rep.Papers)
		}
		want := export(t, a)
		if got := export(t, b); got != want {
			t.Fatalf("the copy differs in %s", differ(want, got))
		}
		if rep, err = transfer.Copy(t.Context(), a, b, nil); err != nil || rep.Papers != 702 {
			t.Errorf("a third copy: %+v, %v; want it to go over all 702", rep, err)
		}
		if got := export(t, b); got != want {
			t.Errorf("copying again changed %s", differ(want, got))
		}
	})
}

func TestImportNoticesAnExportThatIsNotWhole(t *testing.T) {
	s := storetest.Open(t)
	fill(t, s)
	whole := export(t, s)
	lines := strings.SplitAfter(whole, "\n")
	for _, c := range []struct {
		name, data string
		kind       broadsheet.Kind
		want       string
	}{
		{"without its end", strings.Join(lines[:500], ""), broadsheet.Invalid, "export.jsonl is cut off: the line is missing that ends an export"},
		{"without its middle", strings.Join(append(append([]string{}, lines[:300]...), lines[400:]...), ""), broadsheet.Invalid, "export.jsonl lacks lines"},
		{"without its beginning", strings.Join(lines[10:], ""), broadsheet.Invalid, "export.jsonl lacks lines"},
		{"of a later version", strings.Replace(whole, `"broadsheet":1`, `"broadsheet":2`, 1), broadsheet.Conflict, "export.jsonl was written by a newer Broadsheet (layout 2, this one reads 1)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			to := storetest.Open(t)
			path := write(t, "export.jsonl", []byte(c.data))
			for range 2 { // also when it goes on at the end
				_, err := transfer.Import(t.Context(), to, []string{path}, transfer.Options{})
				if err == nil || broadsheet.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v, want %s", err, c.want)
				}
			}
		})
	}
	t.Run("two in one file", func(t *testing.T) {
		to := storetest.Open(t)
		load(t, to, transfer.Options{}, write(t, "export.jsonl", []byte(whole+whole)))
		if got := export(t, to); got != whole {
			t.Errorf("differs: %s", differ(whole, got))
		}
	})
}

func TestImportRefusesLinesThatWouldBreakAPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		body := []string{
			`{"kind":"paper","paper":{"id":"2503.02130","title":"Good","abstract":"a"}}`,
			`{"kind":"paper","paper":{"id":"2503.02131v2","title":"T"}}`,
			`{"kind":"paper","paper":{"id":"2503.02132","title":" "}}`,
			`{"kind":"paper","paper":{"id":"2503.02133","title":"T","links":[{"kind":"code","url":"javascript:alert(1)"}]}}`,
			`{"kind":"paper","paper":{"id":"2503.02134","title":"NUL \u0000"}}`,
			`{"kind":"paper","paper":{"id":"2503.02135","title":"T","votes":-1}}`,
			`{"kind":"paper","paper":{"id":"2503.02136","title":"T","features":[{"day":"2026-02-30"}]}}`,
			`{"kind":"person","person":{"key":"x","avatarUrl":"data:x"}}`,
			`{"kind":"poem"}`,
			`{"kind":"paper","paper":{"id":7}}`,
			`{"kind":"paper","paper":{"id":"2503.02137","title":"Escaped NUL in a record","features":[{"day":"2026-02-03","wire":{"a":"\u0000"}}]}}`,
		}
		data := `{"broadsheet":1,"kind":"header"}` + "\n" + strings.Join(body, "\n") + "\n" + fmt.Sprintf(`{"kind":"end","lines":%d}`, len(body)+1)
		rep := load(t, s, transfer.Options{}, write(t, "export.jsonl", []byte(data)))
		if rep.Papers != 2 || rep.Rejected != 9 {
			t.Errorf("report %+v, want 2 papers and 9 kept aside:\n%s", rep.Count, strings.Join(rejects(t, s), "\n"))
		}
	})
}

func TestAnOldExportSendsNoHarvesterBack(t *testing.T) {
	s := storetest.Open(t)
	newer := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	if err := s.PutSource(t.Context(), broadsheet.Source{Name: "arxiv-oai", Cursor: "new", LastAttempt: newer}); err != nil {
		t.Fatal(err)
	}
	data := `{"broadsheet":1,"kind":"header"}
{"kind":"source","source":{"name":"arxiv-oai","cursor":"old","lastAttempt":"2026-06-01T00:00:00Z"}}
{"kind":"end","lines":2}`
	load(t, s, transfer.Options{}, write(t, "export.jsonl", []byte(data)))
	if got := must(s.Source(t.Context(), "arxiv-oai")).Cursor; got != "new" {
		t.Errorf("cursor %q, want it to stay new", got)
	}
}

func TestCompress(t *testing.T) {
	data := snapshotFile(20)
	for _, name := range []string{"x.jsonl", "x.jsonl.gz", "x.jsonl.zst"} {
		var b bytes.Buffer
		w := must(transfer.Compress(&b, name))
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		s := storetest.Open(t)
		if rep := load(t, s, transfer.Options{}, write(t, name, b.Bytes())); rep.Papers != 20 {
			t.Errorf("%s: %d papers come back, want 20", name, rep.Papers)
		}
		if name != "x.jsonl" && b.Len() >= len(data) {
			t.Errorf("%s is not packed", name)
		}
	}
}
