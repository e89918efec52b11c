package app

import (
	"context"
	"errors"
	"time"

	"broadsheet"
	"broadsheet/internal/store"
)

// Options are what the use cases stand on.
type Options struct {
	Store    *store.Store
	Zone     *time.Location   // of the site's days, default UTC
	Now      func() time.Time // default time.Now
	Pictures Pictures         // default: none
}

// App holds the use cases. It is safe for use by many at once.
type App struct {
	store    *store.Store
	zone     *time.Location
	now      func() time.Time
	pictures Pictures
	tops     kept[broadsheet.ListKind, []broadsheet.Count]
	stats    kept[struct{}, store.Stats]
}

// New makes the use cases over a store.
func New(o Options) (*App, error) {
	if o.Store == nil {
		return nil, errors.New("app: no store")
	}
	a := &App{store: o.Store, zone: o.Zone, now: o.Now, pictures: o.Pictures}
	if a.zone == nil {
		a.zone = time.UTC
	}
	if a.now == nil {
		a.now = time.Now
	}
	return a, nil
}

// Today is the day in the site's time zone.
func (a *App) Today() broadsheet.Day { return broadsheet.DayOf(a.now(), a.zone) }

// Now is the site's clock, in its time zone.
func (a *App) Now() time.Time { return a.now().In(a.zone) }

// Picture is a copy of a picture from elsewhere, served from this site.
type Picture struct {
	Path          string // on this site
	Width, Height int    // pixels as served
}

// PictureClass says what a picture is shown as.
type PictureClass string

// Classes of pictures.
const (
	PictureAvatar    PictureClass = "avatar"    // badge of an organisation or person
	PictureThumbnail PictureClass = "thumbnail" // of a paper, on its card and page
)

// Pictures knows the copies of pictures that are ready to be shown.
type Pictures interface {
	// Ready gives the copies that are here, by the address of the original;
	// those that are not are left out. It never fetches.
	Ready(ctx context.Context, class PictureClass, urls []string) (map[string]Picture, error)
}

// Gallery holds the copies of the pictures that go with some papers.
type Gallery struct{ avatars, thumbnails map[string]Picture }

// Avatar is the badge of an organisation or person, nil where there is none.
func (g Gallery) Avatar(url string) *Picture { return pick(g.avatars, url) }

// Thumbnail is the picture of a paper's card: the first picture shown with it,
// else the one that its source made, nil where neither is here.
func (g Gallery) Thumbnail(p *broadsheet.Paper) *Picture {
	for _, u := range thumbnailURLs(p) {
		if pic := pick(g.thumbnails, u); pic != nil {
			return pic
		}
	}
	return nil
}

func pick(m map[string]Picture, url string) *Picture {
	if pic, ok := m[url]; ok && url != "" {
		return &pic
	}
	return nil
}

func thumbnailURLs(p *broadsheet.Paper) []string {
	var urls []string
	for _, kind := range []broadsheet.LinkKind{broadsheet.LinkMedia, broadsheet.LinkThumbnail} {
		for _, l := range p.Links {
			if l.Kind == kind {
				urls = append(urls, l.URL)
			}
		}
	}
	return urls
}

// gallery finds the pictures of papers and people.
func (a *App) gallery(ctx context.Context, papers []broadsheet.Paper, avatars ...string) (Gallery, error) {
	var g Gallery
	if a.pictures == nil {
		return g, nil
	}
	var thumbnails []string
	for i := range papers {
		thumbnails = append(thumbnails, thumbnailURLs(&papers[i])...)
		for _, o := range papers[i].Organizations {
			if o.AvatarURL != "" {
				avatars = append(avatars, o.AvatarURL)
			}
		}
	}
	var err error
	if g.avatars, err = a.pictures.Ready(ctx, PictureAvatar, avatars); err != nil {
		return g, err
	}
	g.thumbnails, err = a.pictures.Ready(ctx, PictureThumbnail, thumbnails)
	return g, err
}
