package store_test

import (
	"fmt"
	"testing"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
	"broadsheet/internal/store/storetest"

	"github.com/google/go-cmp/cmp"
)

// pictured is a featured paper with pictures; each URL ends in its name.
func pictured(n int, day broadsheet.Day, org, submitter string, links ...broadsheet.Link) broadsheet.Paper {
	at := day.Time().Add(time.Duration(n) * time.Minute)
	p := broadsheet.Paper{ID: fmt.Sprintf("2601.%05d", n), Title: fmt.Sprint("Paper ", n), PublishedAt: at, Links: links,
		Features: []broadsheet.Feature{{Day: day, Position: n, FeaturedAt: at}}}
	if org != "" {
		p.Organizations = []broadsheet.Organization{{Key: org, Name: org, AvatarURL: "https://p.example/" + org}}
	}
	if submitter != "" {
		p.Features[0].Submitter = &broadsheet.Person{Key: submitter, AvatarURL: "https://p.example/" + submitter}
	}
	return p
}

func wanted(t *testing.T, s *store.Store, now time.Time, limit int) []string {
	t.Helper()
	refs, err := s.PicturesWanted(t.Context(), now, limit)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range refs {
		out = append(out, fmt.Sprintf("%s %s %d", r.URL[len("https://p.example/"):], r.Class, r.Failures))
	}
	return out
}

func TestPicturesWanted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, now := t.Context(), at("2026-01-10 12:00:00")
		media := func(name string) broadsheet.Link {
			return broadsheet.Link{Kind: broadsheet.LinkMedia, URL: "https://p.example/" + name}
		}
		thumb := broadsheet.Link{Kind: broadsheet.LinkThumbnail, URL: "https://p.example/thumb.png"}
		_, err := s.Put(ctx, store.Batch{Papers: []broadsheet.Paper{
			pictured(1, "2026-01-08", "lab", "ann", thumb),
			pictured(2, "2026-01-09", "lab", "bob.svg", thumb, media("film.mp4"), media("a.gif?x=1"), media("b.png")),
			pictured(1, "2026-01-09", "", ""), // featured twice
			{ID: "2601.00009", Title: "not featured", Links: []broadsheet.Link{media("never.png")}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		expect := func(why string, now time.Time, limit int, want ...string) {
			t.Helper()
			if diff := cmp.Diff(want, wanted(t, s, now, limit)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", why, diff)
			}
		}
		put := func(p ...store.Picture) {
			t.Helper()
			if err := s.PutPicture(ctx, p...); err != nil {
				t.Fatal(err)
			}
		}
		pic := func(name string, class store.PictureClass) store.Picture {
			return store.Picture{URL: "https://p.example/" + name, Class: class, Type: "image/png", Body: []byte("png"), Width: 4, Height: 3, FetchedAt: now}
		}
		expect("newest day first, no films, no drawings", now, 10, "thumb.png thumbnail 0", "lab avatar 0", "a.gif?x=1 thumbnail 0", "ann avatar 0")
		expect("limit", now, 2, "thumb.png thumbnail 0", "lab avatar 0")
		put(pic("thumb.png", store.PictureThumbnail), pic("ann", store.PictureThumbnail))
		expect("one of another class does not count", now, 10, "lab avatar 0", "a.gif?x=1 thumbnail 0", "ann avatar 0")
		failed := pic("a.gif?x=1", store.PictureThumbnail)
		failed.Body, failed.Error, failed.Failures, failed.RetryAt = nil, "status 404", 3, now.Add(time.Hour)
		put(failed, pic("ann", store.PictureAvatar))
		expect("after a failure the next best", now, 10, "lab avatar 0", "b.png thumbnail 0")
		expect("until it is time", now.Add(time.Hour), 10, "lab avatar 0", "a.gif?x=1 thumbnail 3")
	})
}

func TestPictures(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, now := t.Context(), at("2026-01-10 12:00:00")
		good := store.Picture{URL: "https://p.example/a", Class: store.PictureAvatar, Type: "image/png", Body: []byte{0, 1, 2}, Width: 4, Height: 3, FetchedAt: now}
		good.Key = store.PictureKey(good.URL, good.Class)
		bad := store.Picture{URL: "https://p.example/b", Class: store.PictureAvatar, FetchedAt: now, Failures: 1, Error: "no", RetryAt: now.Add(time.Hour)}
		before := s.Generation()
		if err := s.PutPicture(ctx, bad); err != nil {
			t.Fatal(err)
		}
		if s.Generation() != before {
			t.Error("a failure made pages old")
		}
		if err := s.PutPicture(ctx, good); err != nil {
			t.Fatal(err)
		}
		if s.Generation() == before {
			t.Error("a new picture left pages as they were")
		}
		again := bad
		again.URL = good.URL // a failure later on
		if err := s.PutPicture(ctx, again); err != nil {
			t.Fatal(err)
		}
		want := good
		want.Failures, want.Error, want.RetryAt = bad.Failures, bad.Error, bad.RetryAt
		got, err := s.Picture(ctx, good.Key)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("picture (-want +got):\n%s", diff)
		}
		badKey := store.PictureKey(bad.URL, bad.Class)
		for _, key := range []string{badKey, "", "nothing"} {
			if _, err := s.Picture(ctx, key); broadsheet.KindOf(err) != broadsheet.NotFound {
				t.Errorf("picture %q: got %v, want not found", key, err)
			}
		}
		keys := []string{good.Key, badKey}
		for i := range 600 {
			keys = append(keys, fmt.Sprint(i))
		}
		ready, err := s.PicturesReady(ctx, keys)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]store.PictureInfo{good.Key: {Type: "image/png", Width: 4, Height: 3}}, ready); diff != "" {
			t.Errorf("ready (-want +got):\n%s", diff)
		}
	})
}

// BenchmarkPicturesWanted looks through 60 days of 50 papers whose pictures
// are all here, as a run that finds nothing to do does.
func BenchmarkPicturesWanted(b *testing.B) {
	s := storetest.Open(b)
	now := at("2026-05-01 12:00:00")
	for d := range 60 {
		var batch store.Batch
		for i := range 50 {
			n := d*50 + i
			batch.Papers = append(batch.Papers, pictured(n, broadsheet.Day("2026-01-01").Add(d), fmt.Sprint("lab", n%200), fmt.Sprint("reader", n%100),
				broadsheet.Link{Kind: broadsheet.LinkThumbnail, URL: fmt.Sprintf("https://p.example/%d.png", n)}))
		}
		if _, err := s.Put(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	for {
		refs, err := s.PicturesWanted(b.Context(), now, 500)
		if err != nil {
			b.Fatal(err)
		}
		if len(refs) == 0 {
			break
		}
		var got []store.Picture
		for _, r := range refs {
			got = append(got, store.Picture{URL: r.URL, Class: r.Class, Type: "image/png", Body: make([]byte, 20_000), Width: 1, Height: 1})
		}
		if err := s.PutPicture(b.Context(), got...); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if refs, err := s.PicturesWanted(b.Context(), now, 40); err != nil || len(refs) > 0 {
			b.Fatalf("got %d wanted, %v", len(refs), err)
		}
	}
}

func TestThumbnails(t *testing.T) {
	link := func(kind broadsheet.LinkKind, url string) broadsheet.Link {
		return broadsheet.Link{Kind: kind, URL: url}
	}
	const thumb, media = broadsheet.LinkThumbnail, broadsheet.LinkMedia
	for _, test := range []struct {
		name  string
		links []broadsheet.Link
		want  []string
	}{
		{"none", nil, nil},
		{"other links", []broadsheet.Link{link(broadsheet.LinkCode, "https://p.example/a.png")}, nil},
		{"media first", []broadsheet.Link{link(thumb, "https://p.example/t"), link(media, "https://p.example/a"), link(media, "https://p.example/b")},
			[]string{"https://p.example/a", "https://p.example/b", "https://p.example/t"}},
		{"films and drawings", []broadsheet.Link{link(media, "https://p.example/f.MP4?x=1#y"), link(thumb, "https://p.example/d.svg")}, nil},
		{"no address", []broadsheet.Link{link(media, "javascript:alert(1)"), link(media, "")}, nil},
	} {
		if diff := cmp.Diff(test.want, store.Thumbnails(test.links)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
