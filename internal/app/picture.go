package app

import (
	"context"
	"fmt"
	"regexp"

	"broadsheet"
	"broadsheet/internal/store"
)

// PictureFile is a picture as it is served.
type PictureFile struct {
	Type string // media type
	Body []byte
}

var pictureKey = regexp.MustCompile(`^[0-9a-f]{32}$`)

// PictureFile gives the copy of a picture by the key that a Picture has.
func (a *App) PictureFile(ctx context.Context, key string) (*PictureFile, error) {
	if !pictureKey.MatchString(key) {
		return nil, broadsheet.Errorf(broadsheet.NotFound, "there is no such picture here")
	}
	p, err := a.store.Picture(ctx, key)
	if err != nil {
		return nil, err
	}
	return &PictureFile{Type: p.Type, Body: p.Body}, nil
}

// Picture is the copy of a picture from elsewhere, kept by this site. Where
// there is no copy yet, there is no Picture: a page goes without.
type Picture struct {
	Key           string
	Width, Height int // pixels
}

// Gallery holds the pictures that go with some papers.
type Gallery struct {
	copies map[string]store.PictureInfo // by key
}

// Avatar is the badge of an organisation or person, nil where there is none.
func (g Gallery) Avatar(url string) *Picture { return g.pick(url, store.PictureAvatar) }

// Thumbnail is the picture of a paper's card: the first picture shown with it,
// else the one that its source made, nil where neither is here.
func (g Gallery) Thumbnail(p *broadsheet.Paper) *Picture {
	for _, u := range store.Thumbnails(p.Links) {
		if pic := g.pick(u, store.PictureThumbnail); pic != nil {
			return pic
		}
	}
	return nil
}

func (g Gallery) pick(url string, class store.PictureClass) *Picture {
	if url == "" {
		return nil
	}
	key := store.PictureKey(url, class)
	info, ok := g.copies[key]
	if !ok {
		return nil
	}
	return &Picture{Key: key, Width: info.Width, Height: info.Height}
}

// gallery finds the copies of the pictures of papers and people.
func (a *App) gallery(ctx context.Context, papers []broadsheet.Paper, avatars ...string) (Gallery, error) {
	var keys []string
	add := func(class store.PictureClass, urls ...string) {
		for _, u := range urls {
			if u != "" {
				keys = append(keys, store.PictureKey(u, class))
			}
		}
	}
	add(store.PictureAvatar, avatars...)
	for i := range papers {
		add(store.PictureThumbnail, store.Thumbnails(papers[i].Links)...)
		for _, o := range papers[i].Organizations {
			add(store.PictureAvatar, o.AvatarURL)
		}
	}
	if len(keys) == 0 {
		return Gallery{}, nil
	}
	copies, err := a.store.PicturesReady(ctx, keys)
	if err != nil {
		return Gallery{}, fmt.Errorf("look for pictures: %w", err)
	}
	return Gallery{copies}, nil
}
