package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"

	"broadsheet"
	"broadsheet/internal/store"
)

// MaxPicture is how many bytes an uploaded picture may have.
const MaxPicture = 200 << 10

// SetPicture gives the actor a picture in the place of the one before: decoded,
// cut square and encoded anew, so that nothing of what was uploaded is served. It
// is Invalid, with the field picture, for what is no picture or too large a one.
func (a *App) SetPicture(ctx context.Context, by Actor, original []byte) error {
	if err := a.may(by, RightProfile); err != nil {
		return err
	}
	bad := func(text string) error {
		return broadsheet.InvalidField("picture", text, "use a PNG, JPEG or WebP picture of at most 200 kB and 8 million pixels")
	}
	if a.portrait == nil {
		return &broadsheet.Error{Kind: broadsheet.Unavailable, Text: "this site takes no pictures"}
	}
	if len(original) == 0 {
		return bad("no picture was chosen")
	}
	if len(original) > MaxPicture {
		return bad("the picture is too large")
	}
	p, err := a.makePortrait(ctx, original)
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		return bad("what was sent " + oneLine(err.Error()))
	}
	var key [16]byte
	rand.Read(key[:]) // never fails
	return a.store.PutAccountPicture(ctx, by.id(), store.AccountPicture{Key: hex.EncodeToString(key[:]), Type: p.Type, Body: p.Body})
}

// Portrait gives the picture of an account by the key that it has.
func (a *App) Portrait(ctx context.Context, key string) (*PictureFile, error) {
	if !pictureKey.MatchString(key) {
		return nil, broadsheet.Errorf(broadsheet.NotFound, "there is no such picture here")
	}
	p, err := a.store.AccountPicture(ctx, key)
	if err != nil {
		return nil, err
	}
	return &PictureFile{Type: p.Type, Body: p.Body}, nil
}

// makePortrait unpacks one picture at a time: a large one takes some 120 MB for a
// moment.
func (a *App) makePortrait(ctx context.Context, original []byte) (store.Picture, error) {
	select {
	case a.drawing <- struct{}{}:
		defer func() { <-a.drawing }()
		return a.portrait(original)
	case <-ctx.Done():
		return store.Picture{}, ctx.Err()
	}
}

// DropPicture takes the actor's picture away.
func (a *App) DropPicture(ctx context.Context, by Actor) error {
	if err := a.may(by, RightProfile); err != nil {
		return err
	}
	return a.store.PutAccountPicture(ctx, by.id(), store.AccountPicture{})
}
